import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tellPeople } from "../server/src/access/tell-people.ts";
import { operating, PASSWORD, SIGN_IN } from "../server/test/people-world.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { ARTEFACTS, CHROMIUM } from "./chromium.ts";
import { hindrances, inEachLook, NO_HINDRANCES, overflow, pageTests } from "./page-tests.ts";

const SITE = join(import.meta.dirname, "../web/dist/site");

describe.skipIf(CHROMIUM === undefined)("signing in with a real browser (skipped: chromium not found)", () => {
  const tested = serverForTests(() => ({ people: SIGN_IN, siteDir: SITE }));
  const pages = pageTests({ listen: async () => tested.server.peopleUrl, close: async () => {} }, { expected: /^Failed to load resource/ });
  const { tab } = pages;
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
  });

  it("is asked for again as soon as somebody else ends the session", async () => {
    await command({ do: "add_person", name: "bob", grant: { role: "viewer", labels: {} }, json: false });
    const page = await tab();
    await page.goto(await linkOf("bob"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Views" }).waitFor();
    await command({ do: "sign_out", name: "bob" });
    // The page may have heard of it by then, and has no links any more.
    await page.evaluate(() => document.querySelector<HTMLElement>('a[href="/reports"]')?.click());
    await page.getByRole("form", { name: "Sign in" }).waitFor();
  });

  it("can be read", async () => {
    const page = await tab();
    await page.goto(`${pages.url}/`);
    await page.getByRole("form", { name: "Sign in" }).waitFor();
    await inEachLook(page, async (look) => {
      await page.screenshot({ path: join(ARTEFACTS, `sign-in-${look}.png`) });
      expect({ look, ...(await hindrances(page)) }).toEqual({ look, ...NO_HINDRANCES });
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    });
  });
});
