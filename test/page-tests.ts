import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { barriers } from "./axe.ts";
import { answered, LOOKS, launchChromium, watchedTab } from "./chromium.ts";
import { faint, nameless } from "./readable.ts";

type Size = { readonly width: number; readonly height: number };
export const SIZES: Readonly<Record<"wide" | "narrow", Size>> = {
  wide: { width: 1600, height: 1000 },
  narrow: { width: 360, height: 780 },
};

/** Whoever serves the page. */
export interface PageServer {
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** What the tests of one file do with the page. */
export interface PageTests {
  /** Without a path. */
  readonly url: string;
  readonly browser: Browser;
  /** A tab, with nothing of what others left behind; it is closed when its test is over. */
  tab(options?: BrowserContextOptions): Promise<Page>;
  /** A tab on this path, once the page says what it has. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
}

interface Settings {
  /** What a page may say on its console: a refusal that a test asked for is told there by the browser itself. */
  readonly expected?: RegExp;
  readonly size?: BrowserContextOptions["viewport"];
}

/** Matches no text. */
const NOTHING = /(?!)/;

/** One server and one browser for a file. It fails where a page had anything to complain of. */
export function pageTests(server: PageServer, { expected = NOTHING, size = SIZES.wide }: Settings = {}): PageTests {
  const complaints: string[] = [];
  const made: { url?: string; browser?: Browser } = {};
  beforeAll(async () => {
    made.url = await server.listen();
    made.browser = await launchChromium();
  });
  afterEach(async () => {
    await Promise.all(
      present("browser")
        .contexts()
        .map((context) => context.close()),
    );
  });
  afterAll(async () => {
    await made.browser?.close();
    await server.close();
    expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
  });
  function present<K extends keyof typeof made>(name: K): NonNullable<(typeof made)[K]> {
    const one = made[name];
    if (one === undefined) throw new Error(`Cannot use the ${name} of the tests before they begin`);
    return one;
  }
  const tab = (options: BrowserContextOptions = {}): Promise<Page> =>
    watchedTab(present("browser"), complaints, { viewport: size, ...options });
  return {
    get url() {
      return present("url");
    },
    get browser() {
      return present("browser");
    },
    tab,
    open: async (path, options) => {
      const page = await tab(options);
      await page.goto(present("url") + path);
      await answered(page);
      return page;
    },
  };
}

/** By how many pixels a page is wider than its window; a page that fits has none. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What hinders somebody from reading a page, or naming what is on it. */
export const hindrances = async (page: Page): Promise<object> => ({
  faint: await page.evaluate(faint),
  nameless: await page.evaluate(nameless),
  barriers: await barriers(page),
});
export const NO_HINDRANCES = { faint: [], nameless: [], barriers: [] };

/** The same page as others see it, light and dark, wide and narrow, without loading it again. */
export async function inEachLook(page: Page, see: (look: string) => Promise<void>, sizes: typeof SIZES = SIZES): Promise<void> {
  for (const [colorScheme, size] of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(sizes[size]);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await see(`${colorScheme}-${size}`);
  }
}
