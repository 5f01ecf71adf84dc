import { join } from "node:path";
import { ReportList, ReportView, validator } from "@truebound/wire";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { barriers } from "./axe.ts";
import { ARTEFACTS, CHROMIUM, LOOKS, launchChromium, watchedTab } from "./chromium.ts";
import { FakeReportsServer } from "./fake-reports-server.ts";
import { faint, nameless } from "./readable.ts";
import { item, LISTS, REPORTS } from "./report-scenes.ts";

const SIZES = { wide: { width: 1600, height: 1000 }, narrow: { width: 360, height: 780 } } as const;
const EMPTY: ReportList = { items: [], jobs: [], next: null };

describe("what the pages are shown here", () => {
  it("is what the API promises", () => {
    for (const list of Object.values(LISTS)) expect(validator(ReportList).errors(list)).toEqual([]);
    for (const report of Object.values(REPORTS)) expect(validator(ReportView).errors(report)).toEqual([]);
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
    Object.assign(server, { list: LISTS.full ?? EMPTY, reports: REPORTS, broken: null, asked: [] });
  });

  const tab = (options: BrowserContextOptions = {}): Promise<Page> =>
    watchedTab(browser, complaints, { viewport: SIZES.wide, ...options }, () => server.broken === null);

  async function go(page: Page, path: string): Promise<Page> {
    await page.goto(url + path);
    await until(
      "all is loaded",
      async () => (await page.getByText("Asking the server").count()) === 0 && (await page.locator("main").textContent()) !== "",
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
    for (const name of Object.keys(REPORTS)) yield [`one-${name}`, `/reports/${name}`];
    server.broken = 503;
    yield ["broken", "/reports"];
    server.broken = null;
  }

  it.each(LOOKS)("have no sideways scroll and can be read in any of their states, %s and %s", async (colorScheme, size) => {
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
  });

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

  it("say how far a report is, and why one failed", async () => {
    server.list = LISTS.making ?? EMPTY;
    const page = await open("/reports");
    const jobs = await page.getByRole("region", { name: "On their way" }).textContent();
    expect(jobs).toContain("412 of 1000 hosts");
    expect(jobs).toContain("failed: Cannot report on scope desk");
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

  it("say who signed a report, and who countersigned it", async () => {
    const page = await open("/reports/pass");
    const words = await page.getByRole("region", { name: "Sign-off" }).textContent();
    expect(words).toContain("Bob Bell, Compliance officer");
    await go(page, "/reports/fail");
    expect(await page.locator(".report-doubts").textContent()).toContain("Rests on what was withdrawn since: exemption 5.");
    expect(await page.getByRole("region", { name: "Sign-off" }).textContent()).toContain("Nobody has signed it yet.");
    await go(page, "/reports");
    const rows = page.getByRole("table", { name: "Reports" }).locator("tbody tr");
    expect((await rows.allTextContents()).slice(0, 3).map((row) => /(unsigned|countersigned|signed)/.exec(row)?.[0])).toEqual([
      "unsigned",
      "signed",
      "countersigned",
    ]);
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
