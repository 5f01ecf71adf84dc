import { join } from "node:path";
import { formatUtc, utc } from "@truebound/time";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchOf, FakeAgent } from "../server/test/fake-agent.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { barriers } from "./axe.ts";
import { ARTEFACTS, CHROMIUM, launchChromium, watchedTab } from "./chromium.ts";
import { faint, nameless } from "./readable.ts";

const SITE = join(import.meta.dirname, "../web/dist/site");
const SIZES = { wide: { width: 1600, height: 1000 }, narrow: { width: 360, height: 780 } } as const;
const LOOKS = (["light", "dark"] as const).flatMap((scheme) => (["wide", "narrow"] as const).map((size) => [scheme, size] as const));
const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const at = (ns: bigint): string => formatUtc(utc(T0 + ns));

describe.skipIf(CHROMIUM === undefined)("audit in a real browser (skipped: chromium not found)", () => {
  const tested = serverForTests(() => ({ siteDir: SITE }));
  const complaints: string[] = [];
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
    await reporting("slow", 3n * S);
    await reporting("right", 0n);
  });
  afterAll(() => browser?.close());

  /** A clock so much behind UTC, known to 1 µs, that reported every ten seconds for two minutes. */
  async function reporting(name: string, offset: bigint): Promise<void> {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
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
    await form.getByLabel("Its own time of A").fill("2025-03-01T12:00:57");
    await form.getByRole("button", { name: "Ask" }).click();
    expect(await form.getByRole("alert").textContent()).toContain("Say in which zone the time of event A is");
    await form.getByLabel("Its own time of A").fill(at(57n * S));
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
      .fill(`right,${at(50n * S)},one\nslow,${at(47n * S)}\nright,${at(9000n * S)}\nnobody,5`);
    await stamps.getByLabel("Limit, either way").fill("100");
    await stamps.getByRole("button", { name: "Ask" }).click();
    expect(await stamps.getByRole("alert").textContent()).toContain("write a number and its unit");
    await stamps.getByLabel("Limit, either way").fill("100us");
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

  it.each(LOOKS)("can be read and has no barriers, %s and %s", async (colorScheme, size) => {
    const page = await open(ASKED, { colorScheme, viewport: SIZES[size] });
    await page.getByText("A, on slow, came before B").waitFor();
    await page.getByText("slow was off by").waitFor();
    await page.getByText("Of 4 stamps").waitFor();
    await inspect(page, `audit-questions-${colorScheme}-${size}`);
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
