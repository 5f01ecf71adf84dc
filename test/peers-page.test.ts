import { join } from "node:path";
import { PairView, PeersView, validator } from "@truebound/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { barriers } from "./axe.ts";
import { ARTEFACTS, answered, CHROMIUM } from "./chromium.ts";
import { FakePeersServer } from "./fake-peers-server.ts";
import { inEachLook, overflow, pageTests } from "./page-tests.ts";
import { accusedHosts, LIAR, pairScene, SCENES } from "./peer-scenes.ts";

const WIDE = { width: 1600, height: 1000 };
const NARROW = { width: 390, height: 844 };
/** Their pages are too long to be looked at whole. */
const LONG: readonly string[] = ["hundred", "threeHundred"];
const AS_OF = "2026-11-26T03:12:00.000Z";

describe("what the page is shown here", () => {
  it("is what the API promises", () => {
    const [peers, pairs] = [validator(PeersView), validator(PairView)];
    for (const scene of Object.values(SCENES)) expect(peers.errors(scene(AS_OF))).toEqual([]);
    const view = SCENES.accused(AS_OF);
    for (const { id } of view.members.slice(1)) expect(pairs.errors(pairScene(view, "db-1", id))).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)("the page of peers in a real browser (skipped: chromium not found)", () => {
  const server = new FakePeersServer();
  const pages = pageTests(server, { expected: /status of 503/, size: WIDE });
  const { open, tab } = pages;
  beforeEach(() => server.show(SCENES.accused));

  it("names who is accused, why, and who is not", async () => {
    const page = await open("/peers");
    expect(await page.locator("h1").textContent()).toBe("queue-2 cannot be right. web-1 and queue-1 cannot both be right");
    expect(await page.title()).toContain("queue-2 cannot be right");
    const first = page.locator(".conflict").first();
    await first.getByText("db-1 measured: queue-2 is 48.3 ms to 48.6 ms behind db-1").waitFor();
    const told = await first.textContent();
    for (const words of ["contradict each other by 47.7 ms", "queue-2 claims by its own sources", "flagged queue-2", "cleared db-1"])
      expect(told).toContain(words);
    expect(await page.locator(".conflict").count()).toBe(2);
    expect(await page.locator(".ring").first().getAttribute("aria-label")).toBe("UTC, db-1, queue-2: 47.7 ms");
    expect(await page.locator(".members tbody tr").first().textContent()).toContain("flagged");
    expect(await page.locator(".past-conflicts").textContent()).toContain("web-3 could not be right");
  });

  it("walks the matrix by keys, says each pair in figures, and opens it", async () => {
    const page = await open("/peers");
    await page.locator(".heat-canvas").focus();
    const said = page.locator(".heat-said");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await until("the pair without a bound is said", async () => (await said.textContent())?.includes("no bound on their difference"));
    await page.keyboard.press("End");
    for (const _ of [1, 2, 3]) await page.keyboard.press("ArrowDown");
    await until("a pair is said", async () => /between .* ahead of .*\(−.* ns to \+.* ns\)/.test((await said.textContent()) ?? ""));
    const words = (await said.textContent())?.split(":")[0] ?? "";
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/peers\/[^/]+\/[^/]+$/);
    await page.locator(".pair-said").waitFor();
    const [first = "", second = ""] = (await page.locator("h1").first().textContent())?.split(" and ") ?? [];
    expect(words).toContain(first);
    expect(words).toContain(second);
    await page.goBack();
    await page.locator(".heat-canvas").waitFor();
  });

  it("reads a pair out at the first tap, and opens it at the second", async () => {
    const page = await open("/peers", { viewport: NARROW, hasTouch: true });
    const place = { position: { x: 250, y: 300 } };
    await page.locator(".heat-canvas canvas").tap(place);
    await until("a pair is said", async () => /apart/.test((await page.locator(".heat-said").textContent()) ?? ""));
    expect(page.url()).toMatch(/\/peers$/);
    await page.locator(".heat-canvas canvas").tap(place);
    await page.waitForURL(/\/peers\/[^/]+\/[^/]+$/);
  });

  it("hatches what has no bound, and shades what has one evenly", async () => {
    const page = await open("/peers");
    const colours = (row: number, column: number) =>
      page.evaluate(
        ([row, column]) => {
          const canvas = document.querySelector<HTMLCanvasElement>(".heat-canvas canvas");
          const pen = canvas?.getContext("2d");
          if (!canvas || !pen) return 0;
          const cell = 42;
          const left = canvas.width - 4 - 12 * cell;
          const { data } = pen.getImageData(left + column * cell + 8, left + row * cell + 8, 24, 24);
          return new Set(Array.from({ length: data.length / 4 }, (_, index) => data.slice(index * 4, index * 4 + 3).join())).size;
        },
        [row, column] as const,
      );
    await until("the matrix is painted", async () => (await colours(5, 8)) === 1);
    expect(await colours(0, 8)).toBeGreaterThan(1);
    expect(await colours(8, 0)).toBeGreaterThan(1);
    expect(await colours(1, 2)).toBeGreaterThan(1);
  });

  it("shows a pair: the bound in words, the way of each end, verdicts, and what was measured", async () => {
    const page = await open("/peers/db-1/web-2");
    expect(await page.locator(".pair-said").textContent()).toContain(
      "web-2 is between 445 µs behind and 1.12 ms ahead of db-1, guaranteed.",
    );
    await page.getByRole("listitem").filter({ hasText: "queue-1" }).first().waitFor();
    expect(await page.locator(".hops").nth(1).locator(".hop").allTextContents()).toEqual(["db-1", "UTC", "web-2"]);
    expect(await page.locator(".tier h3").allTextContents()).toMatchObject(
      [/^Guaranteed/, /^Tight/].map((form) => expect.stringMatching(form)),
    );
    expect(await page.locator(".verdicts li").allTextContents()).toMatchObject(
      [/CockroachDB at most 400 ms.*proved inside/, /Cassandra.*proved inside/, /5G TDD.*cannot be proved/, /Lab/].map((form) =>
        expect.stringMatching(form),
      ),
    );
  });

  it("says why two have no bound, and that two are not known", async () => {
    const flagged = await open(`/peers/db-1/${LIAR}`);
    expect(await flagged.locator(".pair-said").textContent()).toContain("one of them is flagged");
    server.broken = null;
    const page = await pages.browser.newPage();
    await page.goto(`${pages.url}/peers/db-1/nobody`);
    await page.getByText("These two are not in one mesh").waitFor();
  });

  it("asks every ten seconds by ETag, not while it is hidden, and at once when it is seen again", async () => {
    const page = await tab();
    await page.addInitScript(() => {
      Object.defineProperty(document, "visibilityState", {
        configurable: true,
        get: () => (document.documentElement.dataset.hidden === "1" ? "hidden" : "visible"),
      });
    });
    await page.clock.install();
    await page.goto(`${pages.url}/peers`);
    await page.locator(".peers-truth").waitFor();
    const before = { ...server.asked };
    await page.clock.runFor(10_500);
    await until("it is asked again, without a body", () => server.asked.unchanged > before.unchanged);
    await page.evaluate(() => {
      document.documentElement.dataset.hidden = "1";
    });
    // What was on its way when it was hidden still comes.
    const hidden = await until("what was asked before to come", async () => {
      const asked = server.asked.peers;
      await page.clock.runFor(500);
      return asked === server.asked.peers ? asked : null;
    });
    await page.clock.runFor(45_000);
    expect(server.asked.peers).toBe(hidden);
    await page.evaluate(() => {
      document.documentElement.dataset.hidden = "0";
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.clock.runFor(1_500);
    await until("it is asked when it is seen", () => server.asked.peers > hidden);
  });

  it("says that it is not live while the server is broken, keeps what was known, and recovers", async () => {
    const page = await tab();
    await page.clock.install();
    await page.goto(`${pages.url}/peers`);
    await page.locator(".peers-truth").waitFor();
    server.broken = 503;
    await page.clock.runFor(10_500);
    await page.getByText("Not live.").waitFor();
    expect(await page.locator("h1").textContent()).toContain("queue-2 cannot be right");
    server.show(SCENES.twelve);
    await page.clock.runFor(6_000);
    await page.getByText("Not live.").waitFor({ state: "detached" });
    expect(await page.locator("h1").textContent()).toContain("All are consistent");
    server.broken = 503;
    const second = await tab();
    await second.goto(`${pages.url}/peers`);
    await second.getByText("The server refused").waitFor();
  });

  it("does not call fine what was solved long ago", async () => {
    server.show(SCENES.twelve, 260_000);
    const page = await open("/peers");
    await page.getByText("All were consistent when last compared").waitFor();
    expect(await page.locator(".peers-truth").textContent()).toContain("not renewed: as of 4 min");
    expect(await page.locator(".stale .members").count()).toBe(1);
    await page.locator(".stale .targets").waitFor();
  });

  it("lists the worst pairs where there are too many members for a picture", async () => {
    server.show(SCENES.threeHundred);
    const page = await open("/peers");
    expect(await page.locator(".heat-canvas").count()).toBe(0);
    expect(await page.locator(".worst-pairs li").count()).toBe(100);
    await page.getByRole("searchbox").fill("web-75");
    await until("one member is found", async () => (await page.locator(".members tbody tr").count()) === 1);
    expect(page.url()).toContain("/peers?q=web-75");
  });

  it("lists what runs no agent: who measures it, where its clock lies, and why nothing is known of one", async () => {
    server.show(SCENES.twelve);
    server.unmeasured = ["grandmaster-of-a-room-with-a-long-name.lon.example"];
    const page = await open("/peers");
    const rows = page.locator(".targets tbody tr");
    await rows.first().waitFor();
    expect(await rows.allTextContents()).toMatchObject(
      [/^grandmaster-of.*not measured.*no host of lon-2 has measured it lately.*by nobody/, /^switch-core-a.*consistent.*by 3 hosts/].map(
        (form) => expect.stringMatching(form),
      ),
    );
    const measurers = rows.nth(1).locator("[data-name=measured] a");
    expect(await measurers.allTextContents()).toEqual(["db-1", "queue-1", "web-1"]);
    expect(await measurers.first().getAttribute("href")).toBe("/hosts/00000000-0000-4000-8000-000000000000");
    expect(await barriers(page)).toEqual([]);
    expect(await rows.nth(1).locator("svg.bar").getAttribute("aria-label")).toMatch(/^offset of the target −\d/);
    await inEachLook(page, async (look) => {
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      await page.locator("section[aria-labelledby=targets-title]").screenshot({ path: join(ARTEFACTS, `peers-targets-${look}.png`) });
    });
    server.unmeasured = [];
  });

  it("says what to do where no host is in a mesh", async () => {
    server.show(SCENES.empty);
    const page = await open("/peers");
    await page.getByText("No host is in a mesh").waitFor();
  });

  it("marks accused hosts beside their status on the fleet page", async () => {
    server.hosts = accusedHosts(server.as_of);
    const page = await open("/");
    expect(await page.locator(".row .col-status").allTextContents()).toMatchObject(
      [/proven.*flagged by its peers/, /proven.*suspected by its peers/, /UTC$/].map((form) => expect.stringMatching(form)),
    );
    const host = await pages.browser.newPage({ viewport: NARROW });
    await host.goto(`${pages.url}/hosts/${accusedHosts(AS_OF)[1]?.id}`);
    await host.locator(".host-status").getByText("suspected by its peers").waitFor();
    expect(await overflow(host)).toBeLessThanOrEqual(0);
    await host.screenshot({ path: join(ARTEFACTS, "peers-host-light-narrow.png") });
    await page.getByText("flagged by its peers").click();
    await page.waitForURL(/\/peers$/);
  });

  it("has no sideways scroll in any of its states", { timeout: 180_000 }, async () => {
    const page = await tab();
    for (const [name, scene] of Object.entries(SCENES)) {
      server.show(scene);
      await page.goto(`${pages.url}/peers`);
      await answered(page);
      await inEachLook(
        page,
        async (look) => {
          expect(await overflow(page), `${name} ${look}`).toBeLessThanOrEqual(0);
          await page.screenshot({ path: join(ARTEFACTS, `peers-${name}-${look}.png`), fullPage: !LONG.includes(name) });
        },
        { wide: WIDE, narrow: NARROW },
      );
    }
  });

  it("breaks long addresses of sources on the page of a pair", async () => {
    const page = await open("/peers/db-1/web-2");
    await page.locator(".verdicts li").first().waitFor();
    await inEachLook(page, async () => expect(await overflow(page)).toBeLessThanOrEqual(0), { wide: WIDE, narrow: NARROW });
  });

  it.each([WIDE, NARROW])("moves nothing that is in sight, from the first word to a renewal, $width px", async (viewport) => {
    const page = await tab({ viewport });
    await page.addInitScript(() => {
      new PerformanceObserver((list) => {
        const moved = document.documentElement.dataset.moved ?? "0";
        const sum = list.getEntries().reduce((sum, entry) => sum + (entry as PerformanceEntry & { value: number }).value, Number(moved));
        document.documentElement.dataset.moved = String(sum);
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(`${pages.url}/peers`);
    await page.getByText("db-1 measured: queue-2").waitFor();
    const asked = server.asked.peers;
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await until("it is renewed", () => server.asked.peers > asked);
    await page.locator(".conflict").nth(1).getByText("db-3 measured: web-2").waitFor();
    // The pill of the header says "live" in less room than "connecting"; all else stays.
    expect(Number(await page.evaluate(() => document.documentElement.dataset.moved ?? "0"))).toBeLessThan(0.01);
  });

  it("finds room for the header on a phone, whatever the stream does", async () => {
    server.isStreamMute = true;
    const page = await tab({ viewport: NARROW });
    await page.goto(`${pages.url}/`);
    await page.getByText("connecting", { exact: true }).waitFor();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    server.isStreamMute = false;
  });

  it.each([WIDE, NARROW])("keeps everything in its place while a pointer goes over the matrix, $width px", async (viewport) => {
    const page = await open("/peers", { viewport });
    await page.getByText("db-1 measured: queue-2").waitFor();
    const place = () => page.locator("#members-title").evaluate((title) => title.getBoundingClientRect().top + window.scrollY);
    const before = await place();
    const canvas = page.locator(".heat-canvas canvas");
    const said = async () => (await page.locator(".heat-said").textContent()) ?? "";
    await canvas.hover({ position: { x: 200, y: 200 } });
    await until("the shortest is said", async () => (await said()).endsWith("with itself"));
    expect(await place()).toBe(before);
    await canvas.hover({ position: { x: 200, y: 260 } });
    await until("a pair is said in figures", async () => (await said()).includes("apart ("));
    expect(await place()).toBe(before);
  });
});
