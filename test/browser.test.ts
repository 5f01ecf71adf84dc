import { join } from "node:path";
import { runningTime, startReferenceServer } from "@truebound/testkit";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ARTEFACTS, CHROMIUM, launchChromium, watchedTab } from "./chromium.ts";
import { type Product, startProduct } from "./product.ts";

const SIZES = { wide: { width: 1440, height: 1000 }, narrow: { width: 390, height: 844 } };

describe.skipIf(CHROMIUM === undefined)("the page in a real browser (skipped: chromium not found)", () => {
  const closers: (() => void)[] = [];
  const complaints: string[] = [];
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    const truth = runningTime();
    const servers = await Promise.all(
      ["GPS", "PPS", "DCF", "MSF"].map((code, index) => startReferenceServer({ address: `127.0.7.${index + 1}`, code, truth })),
    );
    closers.push(...servers.map((server) => server.close));
    product = await startProduct(servers.map(({ address, port }) => `${address}:${port}`).join(","));
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    expect(await product?.stop()).toBe(0);
    for (const close of closers) close();
  });

  async function open(path: string, scheme: "light" | "dark", size: keyof typeof SIZES): Promise<Page> {
    const page = await watchedTab(browser, complaints, { colorScheme: scheme, viewport: SIZES[size] });
    await page.goto(new URL(path, product.url).href);
    return page;
  }

  it("shows this host's bound, live", async () => {
    const page = await open("/", "light", "wide");
    await page
      .getByText(/within .* of UTC|behind UTC, at most|ahead of UTC, at most/)
      .first()
      .waitFor({ timeout: 30_000 });
    await page.getByText("live", { exact: true }).first().waitFor();
    const row = page.locator("text=/as of/").first();
    const before = await row.textContent();
    await page.waitForFunction((old) => document.body.textContent?.match(/as of[^\n]*/)?.[0] !== old, before, { timeout: 20_000 });
    await page.screenshot({ path: join(ARTEFACTS, "fleet-light-wide.png") });
    await page.close();
  });

  it("draws the host's band over time", async () => {
    const page = await open("/", "light", "wide");
    await page.locator("a[href^='/hosts/']").first().click();
    await page.waitForURL(/\/hosts\//);
    await page.locator("canvas").first().waitFor();
    await page.getByText("proven").first().waitFor({ timeout: 30_000 });
    await page.waitForFunction(() => {
      const canvas = document.querySelector("canvas");
      const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels?.some((value, index) => index % 4 === 3 && value > 0) ?? false;
    });
    await page.screenshot({ path: join(ARTEFACTS, "host-light-wide.png"), fullPage: true });
    await page.goto(`${page.url().split("?")[0]}?from=now-1h&to=now`);
    await page.locator("canvas").first().waitFor();
    expect(page.url()).toContain("from=now-1h");
    await page.close();
  });

  it.each([
    ["dark", "wide"],
    ["dark", "narrow"],
    ["light", "narrow"],
  ] as const)("has no sideways scroll: %s, %s", async (scheme, size) => {
    const page = await open("/", scheme, size);
    await page
      .getByText(/of UTC|behind UTC/)
      .first()
      .waitFor({ timeout: 30_000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
    await page.screenshot({ path: join(ARTEFACTS, `fleet-${scheme}-${size}.png`) });
    await page.close();
  });

  it("says plainly that a host does not exist", async () => {
    const page = await browser.newPage();
    await page.goto(new URL("/hosts/00000000-0000-4000-8000-000000000000", product.url).href);
    await page
      .getByText(/no host|not found|does not exist/i)
      .first()
      .waitFor();
    await page.close();
  });

  it("had nothing to complain of on the console", () => expect(complaints).toEqual([]));
});
