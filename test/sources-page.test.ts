import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { barriers } from "./axe.ts";
import { ARTEFACTS, answered, CHROMIUM, launchChromium, watchedTab } from "./chromium.ts";
import { FakeSourcesServer } from "./fake-sources-server.ts";
import { faint, nameless } from "./readable.ts";
import { LIAR, SCENES, toldOfLiar } from "./source-scenes.ts";

const WIDE = { width: 1600, height: 1000 };
const NARROW = { width: 360, height: 800 };

describe.skipIf(CHROMIUM === undefined)("the page of sources in a real browser (skipped: chromium not found)", () => {
  const server = new FakeSourcesServer();
  const complaints: string[] = [];
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    url = await server.listen();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });
  beforeEach(() => {
    server.broken = null;
    server.told = [];
    server.keeps = true;
    server.fleet = SCENES.accused();
  });

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await watchedTab(browser, complaints, { viewport: WIDE, ...options }, () => server.broken === null);
    await page.goto(url + path);
    await answered(page);
    return page;
  }

  it("says what is wrong first: which source, how far off, for whom, and what rests on one vote", async () => {
    const page = await open("/");
    await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Sources" }).click();
    await page.locator(".sources-truth").waitFor();
    expect(await page.title()).toBe("1 source is called false by most of its users · Sources · Truebound");
    const truth = await page.locator(".sources-truth").textContent();
    for (const words of ["10 sources of 11 hosts", "the farthest is off UTC by at least 47", "2 of 11 hosts rests on one vote alone"])
      expect(truth).toContain(words);
    const first = page.locator(".fleet-sources tbody tr").first();
    expect(await first.textContent()).toMatch(/203\.0\.113\.9.*false7 of 7 hosts that can judge it call it false/);
    expect(await first.locator("svg.spread").getAttribute("aria-label")).toMatch(/^offset by 7 hosts: −48\.\d+ ms to −47\.\d+ ms, median/);
    expect(await page.locator(".shared-words").textContent()).toBe("These 3 sources follow one clock, 192.0.2.1: one vote");
    expect(await page.locator(".shared-group").textContent()).toContain("The only vote of 2 hosts");
    const rows = await page.locator(".fleet-sources .status-word").allTextContents();
    expect([...new Set(rows)]).toEqual(["false", "disputed", "undecided", "unheard", "agrees", "gone"]);
    await page.close();
  });

  it("is searched and ordered by the server, by keys, and keeps both in the address", async () => {
    const page = await open("/sources");
    await page.keyboard.press("/");
    await page.keyboard.type("198.51");
    await until("two are found", async () => (await page.locator(".fleet-sources tbody tr").count()) === 2);
    expect(page.url()).toContain("/sources?q=198.51");
    await until("the server is asked for all of it", () => server.asked.includes("198.51"));
    await page.getByText("2 of 10").waitFor();
    await page.getByRole("searchbox").fill("nothing like it");
    await page.getByText("No source matches “nothing like it”.").waitFor();
    await page.getByRole("searchbox").fill("");
    await page.getByRole("link", { name: "most used" }).click();
    await until("the most used is first", async () =>
      ((await page.locator(".fleet-sources .row-link").first().textContent()) ?? "").startsWith("192.0.2.1"),
    );
    expect(page.url()).toContain("sort=users");
    await page.getByRole("heading", { name: "All sources" }).click();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator(".source-users").waitFor();
    expect(await page.locator("h1").textContent()).toBe("198.51.100.2");
    await page.goBack();
    await page.locator(".fleet-sources").waitFor();
    expect(page.url()).toContain("sort=users");
    await page.close();
  });

  it("shows one source: who uses it, what each proves of it, and why; what it follows, and who shares its vote", async () => {
    const page = await open(`/sources/${LIAR}`);
    expect(await page.locator(".explanation").textContent()).toMatch(/It is off UTC by at least 47\.\d ms/);
    const row = page.locator(".source-users tbody tr").first();
    expect(await row.textContent()).toMatch(/edge-\d\.fra\.example.*falseticker.*disagrees with the others: it is 48 ms or more away/);
    expect(await row.locator("svg.bar").getAttribute("aria-label")).toMatch(/^offset of the source −48\.\d+ ms to −47\.\d+ ms$/);
    expect(await row.locator(".spread-text").textContent()).toMatch(/it says of the host \+48\..*, which proves −/);
    expect(await page.locator(".spread-figures tbody tr").nth(2).textContent()).toMatch(/median−48.*ns to −47.*nsbetween .* ahead of UTC/);
    await page.getByRole("searchbox").fill("edge-3");
    await until("one host is found", async () => (await page.locator(".source-users tbody tr").count()) === 1);
    expect(await page.getByRole("link", { name: "edge-3.fra.example" }).getAttribute("href")).toMatch(/^\/hosts\/0{8}-.*3$/);
    await page.goto(`${url}/sources/198.51.100.2`);
    await page.getByRole("heading", { name: "One vote with others" }).waitFor();
    expect(await page.locator(".chain li").allTextContents()).toEqual(["192.0.2.1stratum 1", "GPSstratum 0"]);
    await page.getByText("silent: does not count").waitFor();
    expect(await page.locator(".source-users").textContent()).toContain("was agrees");
    expect(await page.locator(".facts-source").textContent()).toContain("not asked under NTS");
    await page.goto(`${url}/sources/192.0.2.1`);
    await page.getByText(/^for 8 of 9 hosts/).waitFor();
    expect(await page.locator(".facts-source").textContent()).toMatch(/root: declared for \d of \d+, void for 1/);
    expect(await page.locator(".facts-source").textContent()).toContain("as nts1.fra.example, key q3Zx0_q3Zx0_…");
    await page.goto(`${url}/sources/192.0.2.99`);
    await page.getByText("No host of the fleet uses this source").waitFor();
    await page.close();
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes("404")));
  });

  it("says who called it false, and when, and what it says of its own way to its clock", async () => {
    server.told = toldOfLiar();
    const page = await open(`/sources/${LIAR}`);
    await page.locator(".source-history tbody").waitFor();
    const rows = page.locator(".source-history tbody tr");
    expect(await rows.count()).toBe(3);
    expect(await rows.nth(0).textContent()).toMatch(/^edge-1\.fra\.example2.*UTCgoes onfalseticker203\.0\.113\.9:123$/);
    expect(await rows.nth(1).textContent()).toMatch(/^edge-2\.fra.*UTC by receive timevote void/);
    expect(await rows.nth(2).textContent()).toMatch(/^edge-1\.fra\.exampleearlier2/);
    await page.getByLabel("the past 30 days").check();
    await until("the long past is told", async () => !((await rows.nth(2).textContent()) ?? "").includes("earlier"));
    expect(page.url()).toContain("past=30d");
    expect(await page.locator(".facts-source").textContent()).toContain("root delay 168 µs, dispersion 351 µs");
    server.told = [];
    await page.reload();
    await page.getByText("None of those who use it now told that it was false").waitFor();
    await page.close();
  });

  it("draws where its offset lay over time, as a picture and as a table, and says whose reports these are", async () => {
    const page = await open(`/sources/${LIAR}`);
    const section = page.getByRole("region", { name: "Its offset over time", exact: true });
    await section.locator("canvas").waitFor();
    expect(await section.locator("canvas").getAttribute("aria-label")).toContain(`Offset of ${LIAR} from UTC over time`);
    expect(await section.textContent()).toContain("By 7 hosts. Of each of them the first report in every 3\u00a0min is looked at");
    expect(await section.textContent()).toContain("some of them called it false, dashed");
    await section.getByLabel("its offset as a table").check();
    expect(page.url()).toContain("offsets=table");
    const rows = section.locator("tbody tr");
    await rows.first().waitFor();
    expect(await rows.count()).toBe(112);
    expect(await rows.first().textContent()).toMatch(/UTC−48.*ns−47.*nsbetween .* ahead of UTC77$/);
    expect(await rows.last().textContent()).toMatch(/ns\+.*ns.*70$/);
    await section.getByRole("link", { name: "30 d" }).click();
    await section.getByText("the first report in every 6 h is looked at").waitFor();
    expect(page.url()).toContain("stretch=30d");
    server.keeps = false;
    await page.reload();
    await section.getByText("No batch that was looked at has both").waitFor();
    await page.close();
  });

  it("says that it is not live while the server is broken, keeps what was known as past, and recovers", async () => {
    const page = await watchedTab(browser, complaints, { viewport: WIDE }, () => false);
    await page.clock.install();
    await page.goto(`${url}/sources`);
    await page.locator(".sources-truth").waitFor();
    server.broken = 503;
    await page.clock.runFor(10_500);
    await page.getByText("Not live.").waitFor();
    expect(await page.locator("h1").textContent()).toBe("1 source was called false by most of its users");
    expect(await page.locator(".stale .fleet-sources").count()).toBe(1);
    await page.screenshot({ path: join(ARTEFACTS, "sources-stale.png") });
    server.broken = null;
    server.fleet = SCENES.sound();
    await page.clock.runFor(6_000);
    await page.getByText("Nobody calls a source false").waitFor();
    expect(await page.getByText("Not live.").count()).toBe(0);
    server.broken = 503;
    await page.goto(`${url}/sources`);
    await page.getByText("The server refused").waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "sources-broken.png") });
    await page.close();
  });

  it("says so where no source is known, and how many are left out of a long list", async () => {
    server.fleet = SCENES.empty();
    const page = await open("/sources");
    await page.getByText("No source is known yet").waitFor();
    server.fleet = SCENES.many();
    await page.reload();
    await page.getByText("The first 300 of 421 are shown; search to see others.").waitFor();
    await page.close();
  });

  it.each(["light", "dark"] as const)("can be read and used by everybody, on a phone and wide, %s", async (colorScheme) => {
    const paths = {
      accused: "/sources",
      source: `/sources/${LIAR}`,
      shared: "/sources/192.0.2.1",
      declared: `/sources/${encodeURIComponent("external:gps of edge-11.fra.example")}`,
    };
    server.told = toldOfLiar();
    for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      const page = await open("/sources", { colorScheme, viewport });
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(url + path);
        await page.locator("table.sources").waitFor();
        if (name !== "accused") await page.locator(".source-series canvas").waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(
          0,
        );
        expect([...(await page.evaluate(faint)), ...(await page.evaluate(nameless))]).toEqual([]);
        // Each once on a phone and once wide: the look at all rules is slow, and colours are judged above.
        if (name !== "shared" && (size === "wide") === (colorScheme === "light")) expect(await barriers(page)).toEqual([]);
        await page.screenshot({ path: join(ARTEFACTS, `sources-${name}-${colorScheme}-${size}.png`), fullPage: true });
      }
      await page.close();
    }
  });

  it.each([360, 390])("keeps all views of the header in one line, %i px wide", async (width) => {
    const page = await open("/sources", { viewport: { width, height: 800 } });
    const tops = await page.locator(".views a").evaluateAll((links) => links.map((link) => Math.round(link.getBoundingClientRect().top)));
    expect(tops.length).toBeGreaterThanOrEqual(6);
    expect(new Set(tops).size).toBe(1);
    await page.close();
  });

  it("had nothing to complain of on the console", () => expect(complaints).toEqual([]));
});
