import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** The real browser of this machine; undefined = there is none. */
export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
/** For pictures of what was seen. */
export const ARTEFACTS = join(import.meta.dirname, "../artefacts");
/** How scenes are looked at: each colour and each width once, or every pair of them where TRUEBOUND_ALL_LOOKS is set. */
export const LOOKS: readonly (readonly ["light" | "dark", "wide" | "narrow"])[] = [
  ["light", "wide"],
  ["dark", "narrow"],
  ...(process.env.TRUEBOUND_ALL_LOOKS === undefined
    ? []
    : ([
        ["light", "narrow"],
        ["dark", "wide"],
      ] as const)),
];
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchChromium(): Promise<Browser> {
  mkdirSync(ARTEFACTS, { recursive: true });
  return chromium.launch({ executablePath: CHROMIUM as string, args: QUIET });
}

/** A tab whose errors are kept; those on its console only while `areErrorsWrong`. */
export async function watchedTab(
  browser: Browser,
  complaints: string[],
  options: BrowserContextOptions,
  areErrorsWrong: () => boolean = () => true,
): Promise<Page> {
  const page = await browser.newPage(options);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && areErrorsWrong() && complaints.push(message.text()));
  return page;
}

/** Resolves once the page says what it has, and not that it asks. */
export const answered = (page: Page): Promise<void> => page.locator("h1").filter({ hasNotText: "Asking" }).first().waitFor();
