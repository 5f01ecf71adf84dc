import { join } from "node:path";
import { HostDetail, Series, TermsSeries, validator } from "@truebound/wire";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { barriers } from "./axe.ts";
import { ARTEFACTS, answered, CHROMIUM, launchChromium, watchedTab } from "./chromium.ts";
import { FakeHostServer } from "./fake-host-server.ts";
import { flapping, HOST, HOSTS, seriesOf, stepped, termsOf } from "./host-scenes.ts";
import { faint, nameless } from "./readable.ts";

const WIDE = { width: 1600, height: 1000 };
const NARROW = { width: 360, height: 800 };
const BARRIERS = ["proven", "conflict"];
const DARK = ["proven", "declared", "holdover", "disrupted", "conflict"];
const PATH = `/hosts/${HOST}`;

describe("what the page is shown here", () => {
  it("is what the API promises", () => {
    const now = Date.parse("2026-11-27T06:00:00Z");
    for (const scene of Object.values(HOSTS)) {
      const host = scene(now);
      expect(validator(HostDetail).errors(host)).toEqual([]);
      expect(validator(Series).errors(seriesOf(host, now - 900_000, now))).toEqual([]);
      expect(validator(TermsSeries).errors(termsOf(host, now - 900_000, now))).toEqual([]);
    }
  });
});

describe.skipIf(CHROMIUM === undefined)("the page of a host in a real browser (skipped: chromium not found)", () => {
  const server = new FakeHostServer();
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
  beforeEach(() => server.show("proven"));

  async function open(options: BrowserContextOptions = {}, search = ""): Promise<Page> {
    const page = await watchedTab(browser, complaints, { viewport: WIDE, ...options }, () => server.broken === null);
    await page.goto(url + PATH + search);
    await answered(page);
    await page.locator(".true-time").waitFor();
    return page;
  }

  const ends = async (page: Page) => {
    const [earliest = "", latest = ""] = await page.locator(".true-time-time").allTextContents();
    return { earliest: Date.parse(`2000-01-01T${earliest}Z`), latest: Date.parse(`2000-01-01T${latest}Z`) };
  };

  it("ticks between its earliest and its latest, which the server's time lies between, whatever the browser's clock says", async () => {
    server.ahead_ms = 7_200_000;
    const page = await open();
    await page.locator(".true-time-time").first().waitFor();
    const named = await page.locator(".source-name").allTextContents();
    expect(
      named.map((text) => /authenticated as ntp1\.example$|not authenticated, though asked under NTS$/.exec(text)?.[0] ?? null),
    ).toEqual(["authenticated as ntp1.example", "not authenticated, though asked under NTS", null, null]);
    const assumed = await page.locator(".facts-assumed").allInnerTexts();
    expect(assumed[0]).toMatch(/hardware interleaved\s+by the network card's own clock/);
    const said = await page.locator("td[data-name='stratum, refid']").allTextContents();
    expect(said.map((text) => /root: .*$/.exec(text)?.[0] ?? null)).toEqual([
      "root: declared, at most 1 µs by NPL",
      null,
      "root: advertised, since the declaration is void: it is no stratum 1",
      null,
    ]);
    const before = await ends(page);
    const now = Date.parse(`2000-01-01T${new Date(server.now).toISOString().slice(11, 23)}Z`);
    expect(before.earliest).toBeLessThan(before.latest);
    expect(Math.abs(now - before.earliest)).toBeLessThan(60_000);
    await until("it ticks", async () => (await ends(page)).earliest > before.earliest);
    expect(await page.locator(".true-time [aria-live=off]").count()).toBe(1);
    await page.close();
  });

  it.each([
    ["never", "nothing is proved of this clock"],
    ["disrupted", "the host is disrupted"],
    ["silent", "the host is silent"],
  ])("tells no time of a host that is %s", async (scene, why) => {
    server.show(scene);
    const page = await open();
    await page.locator(".true-time").getByText(`Unknown: ${why}.`).waitFor();
    expect(await page.locator(".true-time-time").count()).toBe(0);
    await page.close();
  });

  it("says that the browser's clock is off only where that is proved", async () => {
    const sound = await open();
    await sound.locator(".true-time-time").first().waitFor();
    expect(await sound.locator(".clock-banner").count()).toBe(0);
    await sound.close();
    server.ahead_ms = 90_000;
    const off = await open();
    await off.getByText(/at least \d.* behind UTC/).waitFor();
    await off.screenshot({ path: join(ARTEFACTS, "host-banner-light-wide.png") });
    await off.getByRole("button", { name: "Hide" }).click();
    expect(await off.locator(".clock-banner").count()).toBe(0);
    await off.close();
    server.isTimeUnknown = true;
    const unknown = await open();
    await unknown.locator(".true-time-time").first().waitFor();
    expect(await unknown.locator(".clock-banner").count()).toBe(0);
    await unknown.close();
  });

  it("lets a step join the picture and the list by itself, and names limits in sight and beyond", async () => {
    const page = await open();
    await page.getByText("limit ±100 µs of equities").waitFor();
    await page.getByText("limit ±50 ms of all-hosts (finra-4590), beyond the picture").waitFor();
    expect(await page.locator(".band-events").count()).toBe(0);
    server.events = [stepped(server.now - 240_000)];
    server.tell();
    await page.locator(".band-events").getByText("the clock was set forward by 250 ms").waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "host-step-light-wide.png"), fullPage: true });
    server.events = [...flapping(server.now - 30_000, 14), stepped(server.now - 240_000)];
    server.tell();
    await page.locator(".band-events").getByText("192.0.2.7 flapped 14 times in 2 min 10 s").waitFor();
    await page.locator(".band-events").getByText("the clock was set forward by 250 ms").waitFor();
    const folded = page.locator(".host-events details");
    await folded.locator("summary").click();
    expect(await page.locator(".host-events > li").count()).toBe(2);
    expect(await folded.locator("li").count()).toBe(14);
    await page.screenshot({ path: join(ARTEFACTS, "host-flaps-light-wide.png"), fullPage: true });
    await page.close();
  });

  it("draws what the width was made of, and names the batch behind each point", async () => {
    const page = await open();
    await page.locator(".terms-over-time canvas").waitFor();
    await page.locator(".terms-over-time").getByText("One batch of each part of the stretch is drawn").waitFor();
    await page.getByLabel("as a table, with the batch behind each point").check();
    const first = page.locator(".terms-over-time tbody tr").first();
    await first.waitFor();
    expect(await first.textContent()).toContain("1.4689");
    expect(await first.locator("a").getAttribute("href")).toContain(`/api/v1/hosts/${HOST}/interval?at=`);
    expect(await page.locator(".terms-over-time tbody tr").nth(46).textContent()).toContain("nonenonenonenonenone");
    expect(page.url()).toContain("terms=table");
    await page.close();
  });

  it("draws how fast oscillator and clock ran, and gives the same figures as a table", async () => {
    const page = await open();
    await page.locator(".frequency canvas").waitFor();
    await page.getByLabel("frequency as a table").check();
    const first = page.locator(".frequency tbody tr").first();
    await first.waitFor();
    expect(await first.textContent()).toContain("−12.4 to −11.8 ppm slow+11.9 to +12.3 ppm fast−0.5 to +0.5 ppm");
    expect(page.url()).toContain("frequency=table");
    await page.close();
    server.show("never");
    const unknown = await open();
    await unknown.getByText("The oscillator’s frequency was not known in this stretch").waitFor();
    await unknown.close();
  });

  it("draws what the daemon claims as no proof, and says where that excludes what was measured", async () => {
    const page = await open();
    const legend = page.locator(".band .legend").first();
    await legend.getByText("daemon’s claim (not proved)").waitFor();
    expect(await legend.getByText("excludes").count()).toBe(0);
    const rows = page.locator(".daemon tbody tr");
    expect(await rows.nth(1).textContent()).toMatch(/chronyd claims.*neither refutes the other.*421 µs.*root dispersion 77.3 µs/);
    expect(await rows.nth(2).textContent()).toContain("it claims nothing: it says that this clock is not synchronised");
    await page.locator(".band").getByRole("checkbox", { name: "as a table" }).check();
    await page.getByRole("columnheader", { name: "Daemon’s claim, upper" }).waitFor();
    await page.close();
    server.show("conflict");
    const off = await open();
    await off.locator(".band .legend").getByText("the claim excludes what was measured").waitFor();
    await off.locator(".daemon .claim-excluded").getByText("it is wrong about this clock").waitFor();
    await off.locator(".band").getByRole("checkbox", { name: "as a table" }).check();
    await off.locator(".band .excluded").first().waitFor();
    await off.close();
  });

  it("leads from each source to what the fleet makes of it", async () => {
    const page = await open();
    const link = page.locator(".sources").getByRole("link", { name: "ntp4.example:123" });
    expect(await link.getAttribute("href")).toBe("/sources/203.0.113.9");
    expect(await page.locator(".sources tbody tr").nth(3).textContent()).toContain("root delay 15.3 µs, dispersion 30.6 µs");
    await page.close();
  });

  it("writes times as the browser's zone does when asked, says so, and keeps that from view to view", async () => {
    const page = await open({ timezoneId: "Asia/Kolkata" });
    expect(await page.locator(".facts .instant").first().textContent()).toMatch(/ UTC$/);
    await page.locator(".band").getByLabel("times in this browser’s zone (UTC+05:30)").check();
    await page.locator(".facts .instant").filter({ hasText: "UTC+05:30" }).waitFor();
    await page.getByRole("link", { name: "Incidents" }).click();
    await page.waitForURL(/incidents\?tz=local/);
    await page.close();
  });

  it("keeps the picture while it asks for as many points as another width has", async () => {
    const page = await open();
    const canvas = page.locator(".band canvas");
    await canvas.waitFor();
    const held: (() => Promise<void>)[] = [];
    await page.route("**/series?*", (route) => void held.push(() => route.continue()));
    await page.setViewportSize({ width: 900, height: 1000 });
    await until("the series of this width is asked for", () => held.length > 0);
    expect(await canvas.count()).toBe(1);
    expect(await page.getByText("Asking the server for this stretch").count()).toBe(0);
    await page.unroute("**/series?*");
    for (const go of held) await go().catch(() => {});
    await page.close();
  });

  it("zooms by dragging, keeps the range in the address, and goes back by a reset", async () => {
    const page = await open();
    const box = await page.locator(".band .drag-zoom").boundingBox();
    if (box === null) throw new Error("Cannot find the picture of the band");
    await page.mouse.move(box.x + box.width * 0.4, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 100, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=2.*&to=2/);
    const query = new URL(page.url()).searchParams;
    const span_ms = Date.parse(query.get("to") ?? "") - Date.parse(query.get("from") ?? "");
    expect(span_ms).toBeGreaterThan(60_000);
    expect(span_ms).toBeLessThan(400_000);
    await until("the zoomed series is asked for", () =>
      server.asked.some((path) => path.includes(`series?from=${query.get("from")?.slice(0, 10)}`)),
    );
    await page.getByRole("link", { name: "reset" }).click();
    await page.waitForURL((address) => !address.search.includes("from="));
    await page.close();
  });

  it.each(["light", "dark"] as const)(
    "can be read in all of its states, wide and narrow, %s",
    { timeout: 180_000 },
    async (colorScheme) => {
      for (const name of Object.keys(HOSTS))
        for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
          // What is measured in the dark is ink on ground: states that draw alike are looked at once.
          if (colorScheme === "dark" && !DARK.includes(name)) continue;
          if (size === "narrow" && colorScheme === "dark" && name !== "proven") continue;
          server.show(name);
          server.events = [stepped(server.now - 240_000)];
          const page = await open({ colorScheme, viewport, reducedMotion: "reduce" });
          await page.locator(".legend, .band-none").first().waitFor();
          expect(
            await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
          ).toBeLessThanOrEqual(0);
          if (size === "wide" && colorScheme === "light" && BARRIERS.includes(name)) expect(await barriers(page)).toEqual([]);
          if (size === "wide") expect([...(await page.evaluate(faint)), ...(await page.evaluate(nameless))]).toEqual([]);
          await page.screenshot({ path: join(ARTEFACTS, `host-${name}-${colorScheme}-${size}.png`), fullPage: true });
          await page.close();
        }
    },
  );

  it("had nothing to complain of on the console", () => expect(complaints).toEqual([]));
});
