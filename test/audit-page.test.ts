import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatUtc, utc } from "@truebound/time";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../server/test/database.ts";
import { batchOf, FakeAgent } from "../server/test/fake-agent.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { apart } from "../server/test/signed-minutes.ts";
import { barriers } from "./axe.ts";
import { ARTEFACTS, CHROMIUM, launchChromium, watchedTab } from "./chromium.ts";
import { cutChoices, faint, nameless } from "./readable.ts";

const SITE = join(import.meta.dirname, "../web/dist/site");
const SIZES = { wide: { width: 1600, height: 1000 }, narrow: { width: 360, height: 780 } } as const;
const LOOKS = (["light", "dark"] as const).flatMap((scheme) => (["wide", "narrow"] as const).map((size) => [scheme, size] as const));
const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const SCOPE = {
  profile: "us-cat-participant",
  hosts: {},
  calendar: null,
  service: null,
  activity: null,
  stamp_point: null,
  app_error_ns: "2500",
  horizon_ns: "30000000000",
  counts_unverified: false,
  minimum_proven_ppm: null,
};
const at = (ns: bigint): string => formatUtc(utc(T0 + ns));

describe.skipIf(CHROMIUM === undefined)("audit in a real browser (skipped: chromium not found)", () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-page-"));
  const tested = serverForTests(() => ({ siteDir: SITE, reports: { folder: join(folder, "asked"), rhythms: [] } }));
  const complaints: string[] = [];
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
    await reporting("slow", 3n * S);
    await reporting("right", 0n);
    const agent = await enrolled("reported");
    await ask(tested.url, "update host set enrolled_at = '2025-01-01' where id = $1", [agent.id]);
    for (let minute = 0; minute < 5; minute++) await agent.send(apart(agent, minute));
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function enrolled(name: string): Promise<FakeAgent> {
    const agent = new FakeAgent(tested.server.agentsUrl);
    expect((await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name)).status).toBe(200);
    return agent;
  }

  /** A clock so much behind UTC, known to 1 µs, that reported every ten seconds for two minutes. */
  async function reporting(name: string, offset: bigint): Promise<void> {
    const agent = await enrolled(name);
    const rows = Array.from({ length: 13 }, (_, index) => ({
      realtime: T0 + BigInt(index) * 10n * S - offset,
      raw: BigInt(index) * 10n * S + 10n * S,
      lo: offset - 1000n,
      hi: offset + 1000n,
    }));
    expect((await agent.sendAll(rows.map((row) => batchOf(agent.id, [row])))).status).toBe(200);
  }

  async function open(path: string, options: Parameters<typeof watchedTab>[2] = {}): Promise<Page> {
    const page = await watchedTab(browser, complaints, { viewport: SIZES.wide, ...options }, () => false);
    page.on("console", (said) => said.text().includes("Content Security Policy") && complaints.push(said.text()));
    await page.goto(`${tested.server.peopleUrl}${path}`);
    await page.getByRole("navigation", { name: "Audit" }).waitFor();
    return page;
  }

  const ORDER = `a=${encodeURIComponent(`slow@${at(57n * S)}`)}&b=${encodeURIComponent(`right@${at(60n * S + 2001n)}`)}`;
  const STAMPS = `stamps=${encodeURIComponent(`right,${at(50n * S)},one\nslow,${at(47n * S)}\nright,${at(9000n * S)}\nnobody,5`)}&limit=100us`;
  const ASKED = `/audit/questions?${ORDER}&host=slow&at=${at(60n * S)}&${STAMPS}`;

  it("asks which of two came first by its form, and says what is wrong before it asks", async () => {
    const page = await open("/reports");
    await page.getByRole("navigation", { name: "Audit" }).getByRole("link", { name: "Questions" }).click();
    const form = page.getByRole("form", { name: "Which came first?" });
    await form.getByLabel("Host of A").fill("slow");
    await form.getByLabel("Its own time of A").fill("soon");
    await form.getByRole("button", { name: "Ask" }).click();
    expect(await form.getByRole("alert").textContent()).toContain('Cannot read "soon", the time of event A: write 2026');
    await form.getByLabel("Its own time of A").fill("2025-03-01 12:00:57");
    await form.getByText("Read as 2025-03-01 12:00:57 UTC: no zone was given").waitFor();
    await form.getByLabel("Host of B").fill("nobody");
    await form.getByLabel("Its own time of B").fill("2025-03-01 12:01");
    await form.getByRole("button", { name: "Ask" }).click();
    await page.getByText('Cannot place event B: no host has the id or name "nobody".').waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "audit-question-trouble.png"), fullPage: false });
    expect(await page.getByText("bad request").count()).toBe(0);
    await form.getByLabel("Host of B").fill("right");
    await form.getByLabel("Its own time of B").fill(at(60n * S + 2001n));
    await form.getByRole("button", { name: "Ask" }).click();
    await page.getByText("A, on slow, came before B, by at least 1 ns").waitFor();
    const words = await page.getByRole("region", { name: "Which came first?" }).textContent();
    expect(words).toContain("2025-03-01 12:00:59.999\u202f999\u202f000 UTC");
    expect(words).toContain("epoch 1, batch 6");
    expect(words).toContain("drift of at most 200 ppm");
    await form.getByLabel("Its own time of B").fill(at(60n * S + 2000n));
    await form.getByRole("button", { name: "Ask" }).click();
    await page.getByText("Undecidable: either may have come first").waitFor();
    // The link asks it again.
    const again = await open(new URL(page.url()).pathname + new URL(page.url()).search);
    await again.getByText("Undecidable: either may have come first").waitFor();
    await again.close();
    await page.close();
  });

  it("asks what time it was, and of many stamps whether each was within the limit", async () => {
    const page = await open("/audit/questions");
    const time = page.getByRole("form", { name: "What time was it?" });
    await time.getByLabel("Host").fill("nobody");
    await time.getByLabel("At, UTC").fill(at(60n * S));
    await time.getByRole("button", { name: "Ask" }).click();
    await page.getByText('No host has the id or name "nobody"').waitFor();
    await time.getByLabel("Host").fill("slow");
    await time.getByRole("button", { name: "Ask" }).click();
    await page.getByText("slow was off by +2.999999 s to +3.000001 s, guaranteed: proven").waitFor();
    const stamps = page.getByRole("form", { name: "Was this stamp within the limit?" });
    await stamps
      .getByLabel("Stamps, one in each line")
      .fill(`right,2025-03-01 12:00:50,one\nslow,${at(47n * S)}\nright,${at(9000n * S)}\nnobody,5`);
    await stamps.getByLabel("Limit, either way").fill("100");
    await stamps.getByRole("button", { name: "Ask" }).click();
    expect(await stamps.getByRole("alert").textContent()).toContain("write a number and its unit");
    await stamps.getByText("1 time without a zone: read as UTC").waitFor();
    await stamps.getByLabel("Limit, either way").fill("0.1 ms");
    await stamps.getByRole("button", { name: "Ask" }).click();
    await page.getByText("Of 4 stamps: 1 no, 1 bad line, 1 not provable, 1 yes").waitFor();
    const rows = page.getByRole("table", { name: "Stamps" }).locator("tbody tr");
    expect(await rows.nth(0).textContent()).toContain("within the limit, with 99");
    expect(await rows.nth(3).textContent()).toContain("No host has the id or name");
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download the answers" }).click();
    expect((await saved).suggestedFilename()).toBe("stamps.csv");
    await page.close();
  });

  it("takes a file of trades that is dropped, says how far it is, and answers each line of it in a table and a file", async () => {
    const page = await open("/audit/questions");
    const stamps = page.getByRole("form", { name: "Was this stamp within the limit?" });
    const trades = Array.from({ length: 5_001 }, (_, n) => `right,${at(50n * S + BigInt(n))},trade-${n}`);
    const text = ["host,timestamp,id", ...trades, `slow,${at(47n * S)},late`].join("\n");
    const dropped = await page.evaluateHandle((csv) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([csv], "trades.csv", { type: "text/csv" }));
      return transfer;
    }, text);
    await stamps.locator(".stamps-text").dispatchEvent("drop", { dataTransfer: dropped });
    await stamps.getByText("trades.csv").waitFor();
    expect(await stamps.locator(".stamps-given").textContent()).toContain("5003 lines");
    await stamps.getByLabel("Limit, either way").fill("100us");
    const asked: string[] = [];
    page.on("request", (request) => request.url().includes("/stamps?") && asked.push(request.url()));
    await stamps.getByRole("button", { name: "Ask" }).click();
    await page.getByText("Of 5002 stamps: 1 no, 5001 yes").waitFor();
    expect(asked).toHaveLength(2);
    expect(page.url()).not.toContain("trade");
    // The worst of so many comes first, by its line in the file.
    expect(await page.getByRole("table", { name: "Stamps" }).locator("tbody tr").first().textContent()).toContain("line 5003, late");
    await page.screenshot({ path: join(ARTEFACTS, "audit-stamps-file.png"), fullPage: false });
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download the answers" }).click();
    const lines = readFileSync(await (await saved).path(), "utf8")
      .trimEnd()
      .split("\r\n");
    expect([lines.length, lines.at(-1)?.slice(0, 15)]).toEqual([5003, "5003,late,slow,"]);
    // A server that does not come to an end of it is left, and asked again.
    await page.route("**/api/v1/stamps?*", () => undefined);
    await stamps.getByLabel("Limit, either way").fill("200us");
    await stamps.getByRole("button", { name: "Ask" }).click();
    await page.getByText("0 of 5003 lines answered").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped: 0 of 5003 lines were answered").waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    // One that answers other files is left alone for as long as it says, and asked for the same piece again.
    let busy = 1;
    await page.route("**/api/v1/stamps?*", (route) =>
      busy-- > 0
        ? route.fulfill({ status: 429, headers: { "retry-after": "2" }, json: { title: "rate", detail: "Two are being answered" } })
        : route.continue(),
    );
    await page.getByRole("button", { name: "Ask all of it again" }).click();
    await page.getByText("0 of 5003 lines answered; the server answers other files now, and is asked again after 2 s").waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "audit-stamps-busy.png"), fullPage: false });
    await page.getByText("Of 5002 stamps: 1 no, 5001 yes").waitFor();
    await page.close();
  });

  it("widens which came first, and what time it was, by a scope's application error", async () => {
    // As it was declared long ago, which people cannot say.
    await ask(
      tested.url,
      `begin; set local session_replication_role = replica;
       insert into audit_scope (name, body, who, at) values ('gateway', '${JSON.stringify({ ...SCOPE, profile: "us-finra-4590" })}', 'ada', '2025-02-01'); commit`,
    );
    const page = await open(`/audit/questions?${ORDER}`);
    await page.getByText("A, on slow, came before B, by at least 1 ns").waitFor();
    const form = page.getByRole("form", { name: "Which came first?" });
    expect(await form.locator("datalist option").first().getAttribute("value")).toBe("gateway");
    await form.getByLabel("Scope of both").fill("gateway");
    await form.getByRole("button", { name: "Ask" }).click();
    await page.getByText("Undecidable: either may have come first").waitFor();
    expect(await page.getByRole("region", { name: "Which came first?" }).textContent()).toContain("added at both ends");
    const time = page.getByRole("form", { name: "What time was it?" });
    await time.getByLabel("Host").fill("right");
    await time.getByLabel("At, UTC").fill(at(60n * S));
    await time.getByLabel("Its scope").fill("no-such-scope");
    await time.getByRole("button", { name: "Ask" }).click();
    await page.getByText(/No answer\..*no-such-scope/).waitFor();
    await page.close();
  });

  it("has a report made by its form, shows it, and says how to verify it offline", async () => {
    const page = await open("/audit");
    const form = page.getByRole("form", { name: "Make a report" });
    await form.getByLabel("Period, UTC").selectOption("own");
    await form.getByLabel("From, in it").fill("2025-03-01T12:01:00");
    await form.getByLabel("To, not in it").fill("2099-01-01");
    await page.getByText("This period is not over yet").waitFor();
    await form.getByRole("button", { name: "Make it" }).click();
    expect(await form.getByRole("alert").textContent()).toContain("a time with its zone");
    await page.screenshot({ path: join(ARTEFACTS, "audit-report-form.png"), fullPage: true });
    await form.getByLabel("From, in it").fill("2025-03-01T12:01:00Z");
    await form.getByLabel("To, not in it").fill("2025-03-01T12:04:00Z");
    await form.getByLabel("Held against").selectOption("profiles");
    await form.getByRole("button", { name: "Make it" }).click();
    expect(await form.getByRole("alert").textContent()).toContain("Choose at least one profile");
    for (const profile of ["us-cat-member", "us-cat-participant"]) await form.getByLabel(profile).check();
    await page.screenshot({ path: join(ARTEFACTS, "audit-report-profiles.png"), fullPage: true });
    await form.getByLabel("Hosts; none").fill("reported");
    await form.getByRole("button", { name: "Make it" }).click();
    await page.getByText(/\d of 2 results:/).waitFor();
    const provenance = await page.getByRole("region", { name: "Who signed it" }).textContent();
    expect(provenance).toMatch(/truebound report verify \S+asked\S+ --key=\S+/);
    expect(await page.locator(".tag").first().textContent()).toBe("final");
    await page.screenshot({ path: join(ARTEFACTS, "audit-report-made.png"), fullPage: true });
    // One that cannot be made says why where it is watched.
    await page.goto(`${tested.server.peopleUrl}/reports`);
    await page.getByText("Make a report", { exact: true }).first().click();
    await form.getByLabel("Hosts; none").fill("nobody");
    await form.getByRole("button", { name: "Make it" }).click();
    await page.getByText("failed: ").waitFor();
    await page.close();
  });

  it("shows profiles and scopes, and declares and withdraws an exemption", async () => {
    await ask(tested.url, `insert into audit_scope (name, body, who) values ('desk', '${JSON.stringify(SCOPE)}', 'ada')`);
    const page = await open("/audit/profiles");
    const profile = page.getByRole("row").filter({ hasText: "us-cat-participant" });
    await profile.getByRole("link", { name: "desk" }).click();
    await page.getByRole("table", { name: "Scopes" }).getByText("us-cat-participant").waitFor();
    await page.getByText("None was ever declared").waitFor();
    const form = page.getByRole("form", { name: "Declare an exemption" });
    await form.getByLabel("From").fill("2027-01-02T08:00:00");
    await form.getByLabel("To").fill("2099-01-02T10:00:00Z");
    await form.getByLabel("Why").fill("cables are moved");
    const name = form.getByLabel("Your name");
    if ((await name.count()) > 0) await name.fill("ada");
    await form.getByRole("button", { name: "Declare it" }).click();
    expect(await form.getByRole("alert").textContent()).toContain("in which zone");
    await form.getByLabel("From").fill("2099-01-02T08:00:00Z");
    await form.getByRole("button", { name: "Declare it" }).click();
    const row = page.getByRole("table", { name: "Exemptions" }).getByRole("row").filter({ hasText: "cables are moved" });
    await row.waitFor();
    await row.getByText("Withdraw…").click();
    await row.getByLabel("Why exemption 1 is withdrawn").fill("not moved after all");
    await row.getByRole("button", { name: "Withdraw exemption 1" }).click();
    await page.screenshot({ path: join(ARTEFACTS, "audit-scopes-withdraw.png"), fullPage: true });
    await row.getByRole("group", { name: "Withdraw exemption 1?" }).getByRole("button", { name: "Withdraw exemption 1" }).click();
    await row.getByText("not moved after all").waitFor();
    await page.close();
  });

  it.each(LOOKS)("can be read and has no barriers, %s and %s", async (colorScheme, size) => {
    const page = await open(ASKED, { colorScheme, viewport: SIZES[size] });
    await page.getByText("A, on slow, came before B").waitFor();
    await page.getByText("slow was off by").waitFor();
    await page.getByText("Of 4 stamps").waitFor();
    await inspect(page, `audit-questions-${colorScheme}-${size}`);
    for (const tab of ["Profiles", "Scopes"]) {
      await page.getByRole("navigation", { name: "Audit" }).getByRole("link", { name: tab }).click();
      await page.getByRole("table", { name: tab }).waitFor();
      await inspect(page, `audit-${tab.toLowerCase()}-${colorScheme}-${size}`);
    }
    await page.close();
  });

  it.each([360, 700, 1000, 1280, 1600])("cuts no choice of its forms off, %i px wide", async (width) => {
    const page = await open("/audit/questions", { viewport: { width, height: 900 } });
    expect(await page.evaluate(cutChoices)).toEqual([]);
    await page.getByRole("navigation", { name: "Audit" }).getByRole("link", { name: "Reports" }).click();
    const make = page.locator(".report-make");
    if ((await make.getAttribute("open")) === null) await make.locator("summary").click();
    await make.getByLabel("Held against").waitFor();
    expect(await page.evaluate(cutChoices)).toEqual([]);
    await page.close();
  });

  async function inspect(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    expect(await page.evaluate(faint)).toEqual([]);
    expect(await page.evaluate(nameless)).toEqual([]);
    expect(await barriers(page)).toEqual([]);
  }

  it("gives the browser nothing to complain of", () => expect(complaints).toEqual([]));
});
