import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LogAnchorList, LogView, PlanList, ReportList, ReportView, validator } from "@truebound/wire";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { barriers } from "./axe.ts";
import { ARTEFACTS, CHROMIUM, LOOKS, launchChromium, watchedTab } from "./chromium.ts";
import { FakeReportsServer } from "./fake-reports-server.ts";
import { ANCHORS, LOGS } from "./log-scenes.ts";
import { PLAN_PROFILES, PLANS } from "./plan-scenes.ts";
import { faint, nameless } from "./readable.ts";
import { item, LISTS, REPORTS } from "./report-scenes.ts";

const SIZES = { wide: { width: 1600, height: 1000 }, narrow: { width: 360, height: 780 } } as const;
const EMPTY: ReportList = { items: [], jobs: [], next: null };

describe("what the pages are shown here", () => {
  it("is what the API promises", () => {
    for (const list of Object.values(LISTS)) expect(validator(ReportList).errors(list)).toEqual([]);
    for (const report of Object.values(REPORTS)) expect(validator(ReportView).errors(report)).toEqual([]);
    for (const log of Object.values(LOGS)) expect(validator(LogView).errors(log)).toEqual([]);
    expect(validator(LogAnchorList).errors(ANCHORS)).toEqual([]);
    for (const plan of Object.values(PLANS)) expect(validator(PlanList).errors(plan)).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)("the pages of reports in a real browser (skipped: chromium not found)", () => {
  const server = new FakeReportsServer();
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
    Object.assign(server, {
      list: LISTS.full ?? EMPTY,
      reports: REPORTS,
      log: LOGS.sound,
      anchors: ANCHORS,
      profiles: PLAN_PROFILES,
      plan: null,
      broken: null,
      asked: [],
    });
  });

  const tab = (options: BrowserContextOptions = {}): Promise<Page> =>
    watchedTab(browser, complaints, { viewport: SIZES.wide, ...options }, () => server.broken === null);

  async function go(page: Page, path: string): Promise<Page> {
    await page.goto(url + path);
    await until(
      "all is loaded",
      // In this order: before anything is drawn nothing is said to be asked for.
      async () => (await page.locator("main").textContent()) !== "" && (await page.getByText("Asking the server").count()) === 0,
    );
    return page;
  }
  const open = async (path: string): Promise<Page> => go(await tab(), path);

  /** All that can be shown, one after the other. */
  function* everything(): Generator<readonly [name: string, path: string]> {
    for (const [name, list] of Object.entries(LISTS)) {
      server.list = list;
      yield [`list-${name}`, "/reports"];
    }
    // Of many hosts there are more of the same lanes, and a look at each costs most.
    for (const name of Object.keys(REPORTS).filter((one) => one !== "many")) yield [`one-${name}`, `/reports/${name}`];
    for (const [name, log] of Object.entries(LOGS)) {
      Object.assign(server, { log, anchors: name === "empty" ? { items: [], next: null } : ANCHORS });
      yield [`log-${name}`, "/audit/log"];
    }
    for (const [name, plan] of Object.entries(PLANS)) {
      server.plan = plan;
      yield [`plan-${name.replace(" ", "-")}`, `/plan?profile=${plan.profile.id}${plan.items.length === 1 ? "&host=db-2" : ""}`];
    }
    yield ["plan-no-limit", "/plan"];
    server.broken = 503;
    yield ["broken", "/reports"];
    yield ["plan-broken", "/plan?profile=eu-2025-1155-other"];
    server.broken = null;
  }

  it.each(LOOKS)(
    "have no sideways scroll and can be read in any of their states, %s and %s",
    async (colorScheme, size) => {
      const page = await tab({ colorScheme, viewport: SIZES[size] });
      for (const [name, path] of everything()) {
        await go(page, path);
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
          name,
        ).toBeLessThanOrEqual(0);
        expect(await page.evaluate(faint), name).toEqual([]);
        expect(await page.evaluate(nameless), name).toEqual([]);
        expect(await barriers(page), name).toEqual([]);
        await page.screenshot({ path: join(ARTEFACTS, `reports-${name}-${colorScheme}-${size}.png`), fullPage: true });
      }
      await page.close();
    },
    180_000,
  );

  it("list the newest first, say which are provisional, and load older ones when asked", async () => {
    const page = await open("/reports");
    const rows = page.getByRole("table", { name: "Reports" }).locator("tbody tr");
    expect(await rows.count()).toBe(50);
    expect(await rows.first().textContent()).toContain("provisional");
    expect(await page.locator("h1").textContent()).toBe("50 reports, and older ones");
    const verdicts = (at: number) => rows.nth(at).locator("td").nth(1);
    expect(await verdicts(1).locator("li").allTextContents()).toEqual([" fail eu-2017-574-hft", " pass us-cat-member"]);
    expect(await verdicts(2).locator("li").count()).toBe(5);
    expect(await verdicts(2).textContent()).toMatch(/^ ?fail .*inconclusive .*and 2 more, none worse$/);
    expect(await verdicts(5).textContent()).toBe("not kept; the report has them");
    await page.getByRole("button", { name: "Load more" }).click();
    await until("the older ones are there", async () => (await rows.count()) === 70);
    expect(await page.locator("h1").textContent()).toBe("70 reports");
    await page.close();
  });

  it.each(["full", "empty", "making", "asking", "broken"])("have their title above the ways to other rooms: %s", async (name) => {
    server.list = LISTS[name] ?? EMPTY;
    const page = await tab();
    // It is never answered.
    if (name === "asking") await page.route("**/api/v1/reports?*", () => {});
    if (name === "broken") server.broken = 503;
    await page.goto(`${url}/reports`);
    await page.locator(name === "asking" || name === "broken" ? ".notice" : ".audit-head").waitFor();
    const [title, tabs] = [page.locator("h1"), page.getByRole("navigation", { name: "Audit" })];
    expect(await title.count()).toBe(1);
    const [above, below] = [await title.boundingBox(), await tabs.boundingBox()];
    expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0);
    await page.close();
  });

  it("say how far a report is, and why one failed", async () => {
    server.list = LISTS.making ?? EMPTY;
    const page = await open("/reports");
    const jobs = await page.getByRole("region", { name: "On their way" }).textContent();
    expect(jobs).toContain("412 of 1000 hosts");
    expect(jobs).toContain("failed: Cannot report on scope desk");
    await page.close();
  });

  it("cancel one that is being made, once that is confirmed, and ask for nothing of the form before it is opened", async () => {
    server.list = LISTS.making ?? EMPTY;
    const page = await open("/reports");
    const jobs = page.getByRole("region", { name: "On their way" }).locator("li");
    await jobs.first().getByRole("button", { name: "Cancel" }).click();
    await jobs.first().getByRole("group").getByRole("button", { name: "Cancel" }).click();
    await jobs.first().getByText("cancelled").waitFor();
    expect(server.asked.filter((path) => path.endsWith("/cancel"))).toEqual([`/reports/${LISTS.making?.jobs[0]?.id}/cancel`]);
    expect(await jobs.first().getByRole("button").count()).toBe(0);
    expect(await jobs.nth(1).getByRole("button", { name: "Cancel" }).count()).toBe(1);
    const form = page.getByRole("form", { name: "Make a report" });
    expect([await form.count(), server.asked.some((path) => path.startsWith("/profiles"))]).toEqual([0, false]);
    await page.getByText("Make a report", { exact: true }).click();
    await form.getByLabel("Held against").selectOption("profiles");
    await until("its profiles are asked for", async () => server.asked.includes("/profiles"));
    await page.close();
  });

  it("show one in short: verdict, worst host, and two lines that stay two", async () => {
    const page = await open("/reports/fail");
    expect(await page.locator("h1").textContent()).toBe("1 of 3 results: fail");
    expect(await page.locator(".report-about").textContent()).toContain("worst: match-02.lon-1.example");
    const [proved, sampled] = await page.locator(".report-line").allInnerTexts();
    expect(proved).toContain("[99.5541\u00a0%, 99.9861\u00a0%]");
    expect(proved).not.toMatch(/sample/i);
    expect(sampled).toContain("91\u202f393 of 91\u202f406 samples inside");
    expect(sampled).not.toMatch(/%|proved/);
    expect(await page.getByRole("region", { name: "Who signed it" }).textContent()).toContain("lon-1.clocks.example, key mN3kQ0ZbX7sTj4Vw");
    await page.close();
  });

  it("draw verdicts over time, the worst host first, and tell each stretch to pointer and keys", async () => {
    const page = await open("/reports/fail");
    const lanes = page.getByRole("region", { name: "Verdicts over time" });
    expect(await lanes.getByRole("heading", { level: 3 }).allTextContents()).toEqual([
      "match-02.lon-1.example",
      "match-01.lon-1.example",
      "match-03.lon-1.example",
    ]);
    const lane = lanes.getByRole("slider").first();
    const said = lanes.locator(".lane-said").first();
    expect(await said.textContent()).toContain("12.7\u00a0s proved outside");
    await lane.focus();
    expect(await said.textContent()).toContain(
      "2026-03-02 10:14:05.100\u202f000\u202f000 UTC to 2026-03-02 10:14:17.800\u202f000\u202f000 UTC: proved outside; certainly off by 148.22\u00a0µs at its worst",
    );
    expect(await said.textContent()).toContain("late: it hides no breach");
    expect(await lane.getAttribute("aria-valuetext")).toBe(await said.textContent());
    await page.keyboard.press("End");
    expect(await said.textContent()).toMatch(/16:30:00\.[\d\u202f]+ UTC: proved inside; within ±100/);
    await page.keyboard.press("ArrowLeft");
    expect(await said.textContent()).toContain("no evidence; cut: boot");
    await page.keyboard.press("Escape");
    const box = await lane.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 5, (box?.y ?? 0) + 10);
    expect(await said.textContent()).toMatch(/^2026-03-02 08:00:00\.[\d\u202f]+ UTC to .*: proved inside/);
    await lanes.getByText("Figures, findings and stretches").first().click();
    await until("all stretches are told", async () => (await lanes.getByRole("table").locator("tbody tr").count()) === 7);
    expect(await lanes.locator(".lane-findings").first().textContent()).toContain("self report:");
    await lanes.getByRole("heading", { name: "Forecast, no part of the verdict" }).waitFor();
    expect(await lanes.locator(".lane-findings").last().textContent()).toMatch(
      /Live:.*not over this network: up to 20\.4 ms.*Greatest term:.*path, 18\.4 ms/s,
    );
    await page.close();
  });

  it("draw the worst of 40,000 stretches in each pixel, and fold a fleet into pages that can be searched", async () => {
    const page = await open("/reports/dense");
    const lanes = page.getByRole("region", { name: "Verdicts over time" });
    expect(await lanes.locator(".lane-VIOLATION").count()).toBeGreaterThan(0);
    await lanes.getByRole("slider").first().focus();
    expect(await lanes.locator(".lane-said").first().textContent()).toMatch(
      /proved outside; certainly off by 100\.001.*\(the worst of \d+ stretches in this pixel\)/,
    );
    expect(await lanes.getByRole("slider").first().locator("rect").count()).toBeLessThan(2000);
    await go(page, "/reports/many");
    expect(await lanes.getByRole("slider").count()).toBe(20);
    await lanes.getByRole("button", { name: "Show 20 more of 180 hosts" }).click();
    expect(await lanes.getByRole("slider").count()).toBe(40);
    await lanes.getByRole("searchbox").fill("match-117");
    expect(await lanes.getByRole("heading", { level: 3 }).allTextContents()).toEqual(["match-117.lon-1.example"]);
    await page.close();
  });

  it("say what can be proved of a limit on each host, what would change it, and that nothing is known of whoever is silent", async () => {
    server.plan = PLANS.full ?? null;
    const page = await open("/plan");
    expect(await page.locator("h1").textContent()).toBe("What can be proved");
    await page.getByText("Choose a limit", { exact: true }).last().waitFor();
    await page.getByLabel("Limit").selectOption("eu-2025-1155-other");
    const rows = page.getByRole("table", { name: "What can be proved on each host" }).locator("tbody tr");
    await rows.first().waitFor();
    expect(new URL(page.url()).search).toBe("?profile=eu-2025-1155-other");
    const said = async (name: string) => (await rows.filter({ hasText: name }).first().textContent()) ?? "";
    expect(await said("db-1")).toContain("Nothing has to change.");
    expect(await said("db-2")).toMatch(/Not proved.*mostly drift|mostly drift.*Not proved/s);
    expect(await said("db-2")).toContain("Set limit: 1ms in the host's policy");
    expect(await said("gateway")).toContain("maxslewrate 500");
    expect(await said("pool-user")).toContain("Name sources of your own");
    expect(await said("lonely")).toContain("Add 2 independent sources");
    expect(await said("far-away")).toContain("Not over this network");
    expect(await said("appliance")).toContain("Declare the uncertainty that the source's certificate states");
    expect(await said("silent-1")).toMatch(
      /silent.*Unknown.*Unknown.*See why it does not report: the host is silent, last heard 5 min ago/s,
    );
    expect(await said("new-1")).toMatch(/Unknown.*Unknown.*Wait for its reports/s);
    expect(await said("silent-1")).not.toMatch(/\b0 ns|NaN/);
    await page.getByRole("link", { name: "Next hosts" }).click();
    await until("the next hosts are asked for", async () => server.asked.some((path) => path.includes("after=next")));
    await page.close();
  });

  it("show the log: whether it is sealed and why not, what has stopped, anchors, and a head to keep", async () => {
    const page = await open("/audit/log");
    const line = page.getByRole("region", { name: "The log in one line" });
    expect(await line.textContent()).toContain("The log is sealed up to head 61\u202f204; what came since waits for the next");
    const months = page.getByRole("table", { name: "Months of the log" }).locator("tbody tr");
    expect(await months.first().textContent()).toContain("sealed so far");
    expect(await months.last().textContent()).toContain("no evidence of it is kept");
    const token = page.getByRole("link", { name: "Token over head 61204" });
    expect(await token.getAttribute("href")).toBe("/api/v1/log/anchors/30/files/response.tsr");
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download this head" }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toBe("truebound-head-61204.ndjson");
    expect(JSON.parse(readFileSync(await file.path(), "utf8"))).toEqual(LOGS.sound?.head);
    server.log = LOGS.stopped ?? null;
    await go(page, "/audit/log");
    expect(await line.textContent()).toContain("What is stored is not what was logged, at 1 place");
    const troubles = await page.getByRole("region", { name: "What hinders it" }).locator("li").allTextContents();
    expect(troubles).toEqual([
      expect.stringContaining("head 61204 signs 184320771"),
      expect.stringContaining("truebound log acknowledge db-3.lon-1.example --note TEXT"),
      expect.stringContaining("The log of 2026-02 is not signed by the key in use"),
      expect.stringContaining("The log of db-7.lon-1.example stops before batch 1/4711"),
      expect.stringContaining("batch 3/12"),
      expect.stringContaining("1 more entry tells"),
    ]);
    await page.close();
  });

  it("say who signed a report, and who countersigned it", async () => {
    const page = await open("/reports/pass");
    const words = await page.getByRole("region", { name: "Sign-off" }).textContent();
    expect(words).toContain("Bob Bell, Compliance officer");
    expect(words).toMatch(/To check bothtruebound report verify \S+ --countersigned$/);
    await go(page, "/reports/fail");
    expect(await page.locator(".report-doubts").textContent()).toContain("Rests on what was withdrawn since: exemption 5.");
    expect(await page.getByRole("region", { name: "Sign-off" }).textContent()).toMatch(
      /Nobody has signed it yet\..*To sign it.*report sign /,
    );
    await go(page, "/reports");
    const rows = page.getByRole("table", { name: "Reports" }).locator("tbody tr");
    expect((await rows.allTextContents()).slice(0, 3).map((row) => /(unsigned|countersigned|signed)/.exec(row)?.[0])).toEqual([
      "unsigned",
      "signed",
      "countersigned",
    ]);
    await page.close();
  });

  it("leave to people what the report calls a to-do, with whose it is, and say where there is none", async () => {
    const page = await open("/reports/dense");
    const todos = page.getByRole("region", { name: "To do" });
    expect(await todos.locator("li").allTextContents()).toEqual([
      expect.stringContaining("No chain document is filed for 1 result"),
      expect.stringContaining("Heads of the log are not anchored outside"),
      expect.stringMatching(/app error below test.*measured 4100 ns.*match-03\.lon-1\.example and others \(12 in all\)/),
    ]);
    await go(page, "/reports/pass");
    expect(await todos.textContent()).toContain("Nothing: inventory");
    await page.close();
  });

  it("give each file that is still there", async () => {
    const page = await open("/reports/pass");
    const links = page.getByRole("region", { name: "Files" }).getByRole("link");
    expect(await links.allTextContents()).toEqual([
      "report.pdf",
      "signoff.pdf",
      "signoff.html",
      "report.html",
      "report.csv",
      "manifest.json",
      "manifest.sig",
      "rendered.json",
      "signoff.json",
    ]);
    expect(await links.first().getAttribute("href")).toBe(`/api/v1/reports/${item(1).id}/files/report.pdf`);
    await go(page, "/reports/unseen");
    expect(await page.getByText("not at its place on the server any more").count()).toBe(1);
    await page.close();
  });

  it("say in words what nobody may read a report without", async () => {
    const page = await open("/reports/provisional");
    expect(await page.locator(".report-doubts li").allTextContents()).toEqual([
      expect.stringMatching(/^Provisional: /),
      expect.stringMatching(/^Demonstration: /),
      expect.stringContaining("eu-2025-1155-hft"),
    ]);
    await page.close();
  });

  it("say that a report is not known, and that the server is in trouble", async () => {
    const page = await tab();
    server.broken = 503;
    await go(page, "/reports");
    expect(await page.locator("main").textContent()).toContain("The server refused");
    server.broken = null;
    await page.close();
    const other = await browser.newPage();
    await go(other, "/reports/nowhere");
    expect(await other.locator("main").textContent()).toContain("This report is not known");
    await other.close();
  });

  it("give the browser nothing to complain of", () => expect(complaints).toEqual([]));
});
