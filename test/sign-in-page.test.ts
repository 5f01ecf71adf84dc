import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tellPeople } from "../server/src/access/tell-people.ts";
import { operating, PASSWORD, SIGN_IN } from "../server/test/people-world.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { barriers } from "./axe.ts";
import { ARTEFACTS, CHROMIUM, launchChromium, watchedTab } from "./chromium.ts";
import { faint, nameless } from "./readable.ts";

const SITE = join(import.meta.dirname, "../web/dist/site");
const SIZES = { wide: { width: 1600, height: 1000 }, narrow: { width: 360, height: 780 } } as const;

describe.skipIf(CHROMIUM === undefined)("signing in with a real browser (skipped: chromium not found)", () => {
  const tested = serverForTests(() => ({ people: SIGN_IN, siteDir: SITE }));
  const complaints: string[] = [];
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  // A refusal is told on the console by the browser itself.
  const tab = (options = {}): Promise<Page> => watchedTab(browser, complaints, { viewport: SIZES.wide, ...options }, () => false);
  const command = (request: Parameters<typeof tellPeople>[1]) => operating(tested.url, (ports) => tellPeople(ports, request));
  const linkOf = async (name: string): Promise<string> => {
    const { out } = await command({ do: "link", name });
    return `${tested.server.peopleUrl}${out.trim().replace("http://x", "")}`;
  };

  it("goes by a link, then by a password, to the page that somebody came for, and out again", async () => {
    await command({ do: "add_person", name: "ada", grant: { role: "operator", labels: {} }, json: false });
    const page = await tab();
    await page.goto(await linkOf("ada"));
    await page.screenshot({ path: join(ARTEFACTS, "sign-in-link.png") });
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Views" }).waitFor();
    expect(page.url()).toBe(`${tested.server.peopleUrl}/`);
    const cookies = await page.context().cookies(tested.server.peopleUrl);
    expect(cookies).toMatchObject([{ name: "__Host-truebound", httpOnly: true, secure: true, sameSite: "Lax", path: "/" }]);
    expect(await page.evaluate(() => document.cookie)).toBe("");

    await page.getByText("ada", { exact: true }).click();
    await page.getByLabel("New password, 15 characters or more").fill(PASSWORD);
    await page.screenshot({ path: join(ARTEFACTS, "sign-in-menu.png") });
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByText("Changed; everywhere else you are signed out").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("form", { name: "Sign in" }).waitFor();

    await page.goto(`${tested.server.peopleUrl}/incidents?state=resolved`);
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("Password").fill("not her password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("the name or the password is wrong").waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "sign-in-wrong.png") });
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByLabel("Password").press("Enter");
    await page.getByRole("navigation", { name: "Views" }).waitFor();
    expect(page.url()).toContain("/incidents?state=resolved");
    await page.close();
    expect(complaints).toEqual([]);
  });

  it("is asked for again as soon as somebody else ends the session", async () => {
    await command({ do: "add_person", name: "bob", grant: { role: "viewer", labels: {} }, json: false });
    const page = await tab();
    await page.goto(await linkOf("bob"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Views" }).waitFor();
    await command({ do: "sign_out", name: "bob" });
    await page.getByRole("link", { name: "Audit" }).click();
    await page.getByRole("form", { name: "Sign in" }).waitFor();
    await page.close();
  });

  it.each([
    ["light", "wide"],
    ["dark", "narrow"],
  ] as const)("can be read: %s, %s", async (colorScheme, size) => {
    const page = await tab({ colorScheme, viewport: SIZES[size] });
    await page.goto(`${tested.server.peopleUrl}/`);
    await page.getByRole("form", { name: "Sign in" }).waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `sign-in-${colorScheme}-${size}.png`) });
    expect(await page.evaluate(faint)).toEqual([]);
    expect(await page.evaluate(nameless)).toEqual([]);
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await page.close();
  });
});
