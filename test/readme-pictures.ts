import { join } from "node:path";
import type { HostList, HostSummary, IncidentList } from "@truebound/wire";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runningTime } from "../packages/testkit/src/sim/sim-clock.ts";
import { type ReferenceServer, startReferenceServer } from "../packages/testkit/src/udp/reference-server.ts";
import { answered, launchChromium } from "./chromium.ts";
import { type Product, startProduct } from "./product.ts";

/** The pictures of the README, taken of the demo fleet: `npm run pictures`. */
const IMAGES = join(import.meta.dirname, "../docs/images");
const WIDTH = 1280;
const PATIENCE_MS = 600_000;

/** What the demo should show by then: each kind of fault, and hosts that are fine. */
const SHOWN: Readonly<Record<string, (host: HostSummary) => boolean>> = {
  "demo-healthy": ({ status, worst_error_ns }) => status === "proven" && Number(worst_error_ns) < 50_000_000,
  "demo-steps": ({ status, guaranteed }) => status === "proven" && Number(guaranteed?.hi_ns) < -200_000_000,
  "demo-disagree": ({ status }) => status === "conflict",
  "demo-holdover": ({ status }) => status === "holdover",
  "demo-silent": ({ liveness }) => liveness === "silent",
  "demo-unreachable": ({ status }) => status === "unknown",
};

let references: readonly ReferenceServer[] = [];
let product: Product;
let browser: Browser;

beforeAll(async () => {
  // By which this machine measures itself: they keep the time that its own clock showed when they began.
  const truth = runningTime();
  references = await Promise.all([7, 8, 9].map((last) => startReferenceServer({ address: `127.0.3.${last}`, truth, code: "GPS" })));
  const sources = references.map(({ address, port }) => `${address}:${port}`).join(",");
  [product, browser] = await Promise.all([startProduct(sources, { demo: true }), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  for (const one of references) one.close();
});

const get = async <T>(path: string): Promise<T> => (await (await fetch(new URL(path, product.url))).json()) as T;

/** Whose incident the picture shows; "" = not yet. */
async function stepIncident(): Promise<string> {
  const { items } = await get<HostList>("/api/v1/hosts?limit=100");
  const isShown = Object.entries(SHOWN).every(([name, is]) => items.some((host) => host.name === name && is(host)));
  if (!isShown) return "";
  const open = await get<IncidentList>("/api/v1/incidents?state=open&limit=100");
  return open.items.find(({ title, severity }) => title.startsWith("demo-steps") && severity === "critical")?.id ?? "";
}

async function take(name: string, path: string, { height, last }: { readonly height: number; readonly last: string }): Promise<void> {
  const page = await browser.newPage({ viewport: { width: WIDTH, height }, colorScheme: "light", reducedMotion: "reduce" });
  await page.goto(new URL(path, product.url).href);
  await answered(page);
  await page.locator(".pill-live").waitFor();
  await page.locator(last).first().waitFor();
  await page.screenshot({ path: join(IMAGES, name) });
  await page.close();
}

it("takes pictures once the demo shows all of its faults", { timeout: PATIENCE_MS + 60_000 }, async () => {
  let id = "";
  await expect.poll(async () => (id = await stepIncident()), { timeout: PATIENCE_MS, interval: 500 }).not.toBe("");
  await take("incident.png", `/incidents/${id}`, { height: 860, last: ".guide li" });
  await take("fleet.png", "/", { height: 1180, last: ".spark-place > *" });
});
