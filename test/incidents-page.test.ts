import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  AlertRuleList,
  ChannelList,
  IncidentDetail,
  IncidentList,
  MaintenanceList,
  SilenceList,
  SilenceRequest,
  validator,
} from "@truebound/wire";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { FakeIncidentsServer } from "./fake-incidents-server.ts";
import { channels, DETAILS, history, hostId, hostsOfTheNight, LISTS, MAINTENANCE, night, RULES, silences } from "./incident-scenes.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const ARTEFACTS = join(import.meta.dirname, "../artefacts");
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"];
const WIDE = { width: 1600, height: 1000 };
const NARROW = { width: 360, height: 780 };
const NOW = Date.parse("2026-11-26T03:12:00.000Z");

describe("what the page is shown here", () => {
  it("is what the API promises", () => {
    const [list, detail] = [validator(IncidentList), validator(IncidentDetail)];
    for (const scene of Object.values(LISTS)) expect(list.errors({ ...scene(NOW), next: null })).toEqual([]);
    expect(list.errors({ ...LISTS.night(NOW), items: history(NOW), next: null })).toEqual([]);
    for (const scene of Object.values(DETAILS)) expect(detail.errors(scene(NOW))).toEqual([]);
    expect(validator(AlertRuleList).errors({ items: RULES, next: null })).toEqual([]);
    expect(validator(ChannelList).errors({ items: channels(NOW), next: null })).toEqual([]);
    expect(validator(SilenceList).errors({ items: silences(NOW), next: null })).toEqual([]);
    expect(validator(MaintenanceList).errors({ items: MAINTENANCE, next: null })).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)("the pages of incidents in a real browser (skipped: chromium not found)", () => {
  const server = new FakeIncidentsServer();
  const complaints: string[] = [];
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    url = await server.listen();
    browser = await chromium.launch({ executablePath: CHROMIUM as string, args: QUIET });
    mkdirSync(ARTEFACTS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });
  beforeEach(() => server.show(LISTS.night));

  async function tab(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: WIDE, ...options });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && server.broken === null && server.refused === null) complaints.push(message.text());
    });
    return page;
  }

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await tab(options);
    await page.goto(url + path);
    await page.locator("h1").filter({ hasNotText: "Asking" }).first().waitFor();
    return page;
  }

  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  it.each(["light", "dark"] as const)("has no sideways scroll in any of its states, %s", async (colorScheme) => {
    for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      const shoot = async (name: string, path: string): Promise<void> => {
        const page = await open(path, { colorScheme, viewport });
        await page.waitForLoadState("networkidle").catch(() => {});
        expect(await overflow(page), `${name} ${size}`).toBeLessThanOrEqual(0);
        await page.screenshot({ path: join(ARTEFACTS, `incidents-${name}-${colorScheme}-${size}.png`), fullPage: true });
        await page.close();
      };
      for (const [name, scene] of Object.entries(LISTS)) {
        server.show(scene);
        await shoot(name, "/incidents");
      }
      server.show(LISTS.night);
      for (const id of Object.keys(DETAILS)) await shoot(`one-${id}`, `/incidents/${id}`);
      await shoot("alerting", "/alerting");
      server.hosts = hostsOfTheNight(server.now);
      await shoot("fleet", "/");
      await shoot("host", `/hosts/${hostId(7)}`);
    }
  });
});
void [night, until, SilenceRequest];
