import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { HostList } from "@truebound/wire";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { barriers } from "./axe.ts";
import { ARTEFACTS, answered, CHROMIUM, launchChromium, watchedTab } from "./chromium.ts";
import { FakeFleetServer, fleetOf } from "./fake-fleet-server.ts";
import { faint } from "./readable.ts";

const FLEET = fleetOf(10_000);
const ASSETS = join(import.meta.dirname, "../web/dist/site/assets");
const SIZES = { wide: { width: 1440, height: 1000 }, narrow: { width: 360, height: 800 }, huge: { width: 3840, height: 2160 } };

it("is a page of at most 200 kB of script, compressed", () => {
  const scripts = readdirSync(ASSETS).filter((name) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(ASSETS, name))).length, 0);
  expect(scripts.length).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(200_000);
});

describe.skipIf(CHROMIUM === undefined)("ten thousand hosts in a real browser (skipped: chromium not found)", () => {
  const server = new FakeFleetServer();
  const complaints: string[] = [];
  let browser: Browser;
  let url = "";

  beforeAll(async () => {
    server.hosts = FLEET;
    url = await server.listen();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });

  async function open(path: string, colorScheme: "light" | "dark" = "light", size: keyof typeof SIZES = "wide"): Promise<Page> {
    const page = await watchedTab(browser, complaints, { colorScheme, viewport: SIZES[size] }, () => server.broken === null);
    await page.goto(new URL(path, url).href);
    await answered(page);
    return page;
  }

  const firstName = (page: Page): Promise<string | null> => page.locator("tbody tr a.row-link").first().textContent();

  it("draws only the rows in sight, and reaches the last one", async () => {
    const page = await open("/");
    expect(await page.locator("tbody tr").count()).toBeLessThan(120);
    expect(await page.locator("table").getAttribute("aria-rowcount")).toBe("10001");
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    const last = FLEET.at(-1)?.name ?? "";
    await page.getByRole("link", { name: last, exact: true }).waitFor();
    expect(await page.locator("tbody tr").last().getAttribute("aria-rowindex")).toBe("10001");
    expect(await page.locator("tbody tr").count()).toBeLessThan(120);
    await page.close();
  });

  it("orders, filters and searches by the address", async () => {
    const page = await open("/");
    await page.getByRole("button", { name: "Host", exact: true }).click();
    await page.waitForURL(/sort=name/);
    expect(await firstName(page)).toBe("cache-3");
    await page.getByRole("combobox", { name: "Only hosts with a label" }).selectOption("role=db");
    await page.getByRole("button", { name: "Without role=db" }).waitFor();
    expect(await firstName(page)).toBe("db-1");
    await page.keyboard.press("Escape");
    await page.locator("body").click({ position: { x: 2, y: 2 } });
    await page.keyboard.press("/");
    await page.keyboard.type("db-9997");
    await page.getByText("1 of 10000").waitFor();
    const shared = await open(`/${new URL(page.url()).search}`);
    expect(await firstName(shared)).toBe("db-9997");
    await shared.close();
    await page.close();
  });

  it("gives the hosts on show as files, every nanosecond of them", async () => {
    const page = await open("/?labels=role%3Ddb&sort=-worst");
    const [json] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "as JSON" }).click()]);
    const { items } = JSON.parse(readFileSync(await json.path(), "utf8")) as HostList;
    const wanted = FLEET.filter(({ labels }) => labels.role === "db");
    expect(items).toHaveLength(wanted.length);
    const one = wanted.find(({ worst_error_ns }) => worst_error_ns !== null);
    expect(items).toContainEqual(one);
    const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "as CSV" }).click()]);
    const lines = readFileSync(await csv.path(), "utf8")
      .trimEnd()
      .split("\r\n");
    expect(lines).toHaveLength(wanted.length + 1);
    expect(lines[1]?.startsWith(items[0]?.id ?? "?")).toBe(true);
    await page.close();
  });

  it("comes nearer on the strip until a row is one host, and opens it", async () => {
    const page = await open("/");
    const strip = page.getByRole("button", { name: /^Bounds of all hosts/ });
    const box = await strip.boundingBox();
    if (box === null) throw new Error("Cannot find the strip on the page");
    await page.mouse.move(box.x + 200, box.y + 0.5);
    await page.getByText(/^\d+ hosts, .* the worst:/).waitFor();
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForURL(/ranks=1-\d\d$/);
    const worst = FLEET.find(({ guaranteed }) => guaranteed !== null)?.name ?? "";
    expect(await firstName(page)).toBe(worst);
    await page.screenshot({ path: join(ARTEFACTS, "fleet-10k-zoomed.png") });
    await strip.focus();
    await page.mouse.move(5, 5);
    await page.keyboard.press("ArrowDown");
    await page.getByText(new RegExp(`^${worst}: `)).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/hosts\//);
    await page.close();
  });

  it("says how all stand against their limits, and how right its own clock is", async () => {
    const page = await open("/");
    const counts = page.getByRole("list", { name: "Hosts against their limits" });
    const outside = FLEET.filter(
      ({ guaranteed, limit_ns, status, liveness }) =>
        guaranteed !== null && BigInt(guaranteed.lo_ns) > BigInt(limit_ns ?? 0) && status === "proven" && liveness === "reporting",
    );
    await page.getByText("The server’s own clock: within 5 ms of UTC").waitFor();
    await counts.getByRole("link", { name: `${outside.length} proved outside` }).click();
    await page.getByText(`${outside.length} of 10000`).waitFor();
    expect(outside.map(({ name }) => name)).toContain(await firstName(page));
    expect((await counts.locator(".tally-number").allTextContents()).reduce((sum, text) => sum + Number(text), 0)).toBe(10_000);
    await page.close();
    server.time = { ...server.time, earliest: null, latest: null, reason: "no_agent_here" };
    const other = await open("/");
    await other.getByText("The server’s own clock: unknown: no agent runs beside it").waitFor();
    await other.close();
  });

  it("keeps those without a bound in a lane of their own", async () => {
    const page = await open("/");
    const blind = FLEET.filter(({ guaranteed }) => guaranteed === null).length;
    await page.getByRole("link", { name: `${blind} hosts without a bound` }).click();
    await page.getByText(`${blind} of 10000`).waitFor();
    await page.close();
  });

  it("says live what a host said, and moves no row under the pointer", async () => {
    const page = await open("/?sort=-worst");
    await page.getByText("live", { exact: true }).first().waitFor();
    const rows = page.locator("tbody tr");
    await rows.nth(3).hover();
    const name = (await rows.nth(3).locator("a.row-link").textContent()) ?? "";
    const host = FLEET.find((one) => one.name === name);
    if (host === undefined) throw new Error(`Cannot find ${name} in the fleet`);
    server.tell({ ...host, worst_error_ns: "12345", guaranteed: { lo_ns: "-12345", hi_ns: "12345" } });
    await rows.nth(3).getByText("12.4 µs").waitFor();
    expect(await rows.nth(3).locator("a.row-link").textContent()).toBe(name);
    await page.close();
  });

  it("draws the last hours of the rows in sight, asked for in one question, and moves nothing for it", async () => {
    server.sparksAsked.length = 0;
    const page = await open("/");
    await page.evaluate(watchShifts);
    await page.locator("tbody tr .spark").first().waitFor();
    expect(await page.locator("tbody tr .spark").count()).toBe(await page.locator("tbody tr").count());
    expect(server.sparksAsked.map(({ length }) => length)).toEqual([await page.locator("tbody tr").count()]);
    expect(await page.evaluate(() => (globalThis as unknown as { shift: number }).shift)).toBe(0);
    expect(FLEET.find(({ guaranteed }) => guaranteed === null)?.name).toBe(await firstName(page));
    await page.getByRole("img", { name: "worst error over the last 6 h: unknown" }).first().waitFor();
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    const last = page.locator("tbody tr").last();
    await last.getByRole("img", { name: /^worst error over the last 6 h: .* to .*, limit ±/ }).waitFor();
    expect(server.sparksAsked.at(-1)).toContain(FLEET.at(-1)?.id);
    expect(server.sparksAsked).toHaveLength(2);
    await page.close();
  });

  it("shows its hosts though nobody says what is open", async () => {
    const page = await watchedTab(browser, complaints, { viewport: SIZES.wide });
    await page.route("**/api/v1/incidents?*", () => {});
    await page.goto(url);
    await page.locator("tbody tr a.row-link").first().waitFor();
    await page.close();
  });

  it("asks for its hosts and for what is open once when it begins, and again when news was missed", async () => {
    // A stream that is cut off is told on the console by the browser itself.
    let isCut = false;
    const page = await watchedTab(browser, complaints, { viewport: SIZES.wide }, () => !isCut);
    const asked = { hosts: 0, incidents: 0 };
    page.on("request", (request) => {
      const name = /\/api\/v1\/(hosts|incidents)\?/.exec(request.url())?.[1] as keyof typeof asked | undefined;
      if (name !== undefined) asked[name] += 1;
    });
    await page.clock.install();
    await page.goto(url);
    await answered(page);
    await page.locator(".pill-live").waitFor();
    await page.clock.runFor(5_000);
    expect(asked).toEqual({ hosts: 1, incidents: 1 });
    isCut = true;
    await Promise.all([page.waitForRequest(/\/api\/v1\/hosts\?/), server.cut()]);
    await page.close();
  });

  it("is walked by keys, and tells which", async () => {
    const page = await open("/");
    await page.locator("body").click({ position: { x: 2, y: 2 } });
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys of the fleet" }).waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "fleet-10k-help.png") });
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    for (let step = 0; step < 60; step++) await page.keyboard.press("j");
    const focused = await page.evaluate(() => document.activeElement?.closest("tr")?.getAttribute("aria-rowindex"));
    expect(focused).toBe("62");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/hosts\//);
    await page.goBack();
    await page.locator("tr[aria-rowindex='62'] a.row-link:focus").waitFor();
    for (let step = 0; step < 30; step++) await page.keyboard.press("k");
    expect(await page.evaluate(underTheHead)).toBe(false);
    await page.close();
  });

  it.each([
    ["light", "wide"],
    ["dark", "narrow"],
    ["dark", "huge"],
  ] as const)("reads well: %s, %s", async (scheme, size) => {
    const page = await open("/", scheme, size);
    await page.locator("tbody tr .spark").first().waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `fleet-10k-${scheme}-${size}.png`) });
    expect(await page.evaluate(faint)).toEqual([]);
    // Rows are alike, and it takes long over a hundred of them.
    if (size !== "huge") expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
    await page.close();
  });

  it("says that the server does not answer, and that nothing matches", async () => {
    const none = await open("/?q=nobody-has-this-name");
    await none.getByText("No host matches “nobody-has-this-name”.").waitFor();
    await none.close();
    server.broken = 503;
    const page = await open("/");
    await page.getByText("The server refused").waitFor();
    await page.close();
    server.broken = null;
  });

  it("had nothing to complain of on the console", () => expect(complaints).toEqual([]));
});

/** Run in the page. Whether the head of the list covers something of the row in focus. */
function underTheHead(): boolean {
  const row = document.activeElement?.closest("tr");
  const head = document.querySelector("thead");
  if (!row || !head) throw new Error("Cannot find a row in focus");
  return row.getBoundingClientRect().top < head.getBoundingClientRect().bottom;
}

/** Run in the page. How much of it moves by itself from now on. */
function watchShifts(): void {
  const told = globalThis as unknown as { shift: number };
  told.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
      if (!entry.hadRecentInput) told.shift += entry.value;
  }).observe({ type: "layout-shift" });
}
