import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answered, CHROMIUM, launchChromium } from "./chromium.ts";
import { FakeFleetServer, fleetOf } from "./fake-fleet-server.ts";
import { FakeHostServer } from "./fake-host-server.ts";
import { HOST, stepped } from "./host-scenes.ts";

const HOSTS = 10_000;
const ROUNDS = 5;
const UPDATES = 8;
const REDRAWS = 10;
const HEAP_MOST = 5_000_000;
const say = (figure: string): void => void process.stdout.write(`page: ${figure}\n`);

type Metrics = Readonly<Record<string, number>>;
const metrics = async (devtools: CDPSession): Promise<Metrics> =>
  Object.fromEntries((await devtools.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
const spent_ms = (before: Metrics, after: Metrics, name: string): number => ((after[name] ?? 0) - (before[name] ?? 0)) * 1000;

async function measured(page: Page): Promise<CDPSession> {
  const devtools = await page.context().newCDPSession(page);
  // What its thread was on a processor for: how long things took beside that is the machine's.
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  return devtools;
}

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  return (await metrics(devtools)).JSHeapUsedSize ?? Number.NaN;
}

/** Times are printed, never held to: they are the machine's as much as the page's. */
describe.skipIf(CHROMIUM === undefined)("figures of the page (skipped: chromium not found)", () => {
  const fleet = new FakeFleetServer();
  const host = new FakeHostServer();
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await fleet.close();
    await host.close();
  });

  it("shows ten thousand hosts, and holds each of them once through all news", async () => {
    fleet.hosts = fleetOf(HOSTS);
    const url = await fleet.listen();
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    const devtools = await measured(page);
    const since = performance.now();
    await page.goto(url);
    await page.locator("tbody tr").first().waitFor();
    const first_ms = performance.now() - since;
    const { TaskDuration = 0, ScriptDuration = 0 } = await metrics(devtools);
    say(
      `${HOSTS} hosts: rows after ${first_ms.toFixed(0)} ms; processor ${(TaskDuration * 1000).toFixed(0)} ms, of it script ${(ScriptDuration * 1000).toFixed(0)} ms`,
    );
    await page.getByText("live", { exact: true }).first().waitFor();
    await page.locator("tbody tr .spark").first().waitFor();
    const shown = fleet.hosts[0];
    if (shown === undefined) throw new Error("Cannot find a host in the fleet");
    const before = await metrics(devtools);
    const waits: number[] = [];
    for (let update = 0; update < UPDATES; update++) {
      const seen = page.evaluate(painted, `update ${update}`);
      const told = performance.now();
      fleet.tell({ ...shown, words: `update ${update}` });
      await seen;
      waits.push(performance.now() - told);
    }
    const after = await metrics(devtools);
    const each = (name: string): string => (spent_ms(before, after, name) / UPDATES).toFixed(0);
    say(
      `an update: processor ${each("TaskDuration")} ms, of it script ${each("ScriptDuration")} ms; told to painted ${waits.map((wait) => wait.toFixed(0)).join(", ")} ms`,
    );
    const heaps = [await heapOf(devtools)];
    for (let round = 1; round <= ROUNDS; round++) {
      fleet.hosts = fleet.hosts.map((one) => ({ ...one, words: `told ${round} times` }));
      for (const one of fleet.hosts) fleet.tell(one);
      await page.getByText(`told ${round} times`).first().waitFor();
      heaps.push(await heapOf(devtools));
    }
    const [first = Number.NaN] = heaps;
    const last = heaps.at(-1) ?? Number.NaN;
    say(
      `heap after each ${HOSTS} pieces of news, beside before: ${heaps.map((heap) => `${((heap - first) / 1e6).toFixed(1)} MB`).join(", ")}`,
    );
    // What was held of a host before is let go.
    expect(last - first).toBeLessThan(HEAP_MOST);
    await page.close();
  });

  it("redraws a host's day of 2,000 points with 40 events", async () => {
    host.points = 2000;
    const url = await host.listen();
    host.events = Array.from({ length: 40 }, (_, index) => stepped(host.now - 86_000_000 + index * 2_000_000));
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    const devtools = await measured(page);
    await page.goto(`${url}/hosts/${HOST}?from=now-24h`);
    await answered(page);
    await page.locator(".band-events").waitFor();
    await page.locator(".terms-over-time canvas").waitFor();
    const before = await metrics(devtools);
    for (let turn = 0; turn < REDRAWS; turn++) await page.evaluate(redrawn, `?from=now-24h${turn % 2 === 0 ? "&y=fit" : ""}`);
    const after = await metrics(devtools);
    const each = (name: string): string => (spent_ms(before, after, name) / REDRAWS).toFixed(0);
    say(`a redraw of the host's page: processor ${each("TaskDuration")} ms, of it script ${each("ScriptDuration")} ms`);
    expect(await page.locator(".band .band-box canvas").count()).toBeGreaterThan(0);
    await page.close();
  });
});

/** Run in the page. Resolves once the first row says this, and that was painted. */
function painted(text: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.querySelector("tbody tr .status-words")?.textContent === text) requestAnimationFrame(() => resolve());
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** Goes to another address of the same view, and waits until what that changes was painted. */
function redrawn(search: string): Promise<void> {
  history.pushState(null, "", location.pathname + search);
  dispatchEvent(new PopStateEvent("popstate"));
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}
