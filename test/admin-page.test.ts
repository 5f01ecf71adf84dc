import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tellPeople } from "../server/src/access/tell-people.ts";
import { FakeAgent } from "../server/test/fake-agent.ts";
import { operating, SIGN_IN } from "../server/test/people-world.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { barriers } from "./axe.ts";
import { ARTEFACTS, CHROMIUM, launchChromium, watchedTab } from "./chromium.ts";
import { faint, nameless } from "./readable.ts";

const ROOT = join(import.meta.dirname, "..");
const SITE = join(ROOT, "web/dist/site");
const SIZES = { wide: { width: 1600, height: 1000 }, narrow: { width: 360, height: 780 } } as const;
const HOSTILE = `<img src=x onerror="window.owned=1">`;
const TABS = ["Join", "Hosts", "People", "API tokens", "Actions", "System"] as const;
const run = promisify(execFile);

describe.skipIf(CHROMIUM === undefined)("administration with a real browser (skipped: chromium not found)", () => {
  const tested = serverForTests(() => ({ people: SIGN_IN, siteDir: SITE }));
  const complaints: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "truebound-admin-"));
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const command = (request: Parameters<typeof tellPeople>[1]) => operating(tested.url, (ports) => tellPeople(ports, request));
  const shot = (page: Page, name: string) => page.screenshot({ path: join(ARTEFACTS, `admin-${name}.png`), fullPage: true });

  async function signedIn(name: string, options: Parameters<typeof watchedTab>[2] = {}): Promise<Page> {
    const { out } = await command({ do: "link", name });
    const page = await watchedTab(browser, complaints, { viewport: SIZES.wide, ...options }, () => false);
    page.on("console", (said) => said.text().includes("Content Security Policy") && complaints.push(said.text()));
    await page.goto(`${tested.server.peopleUrl}${out.trim().replace("http://x", "")}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Views" }).waitFor();
    return page;
  }
  const tabs = (page: Page) => page.getByRole("navigation", { name: "Administration" });

  it("makes a token whose lines let a host in as they stand, and suspends and revokes that host", async () => {
    await command({ do: "add_person", name: "ada", grant: { role: "admin", labels: {} }, json: false });
    const page = await signedIn("ada");
    await page.getByText("ada", { exact: true }).click();
    await page.getByRole("link", { name: "Administration" }).click();
    await page.getByText("No join token can be used now").waitFor();
    await shot(page, "join-empty");
    await page.getByLabel("Labels that they carry").fill("env");
    await page.getByRole("button", { name: "Make a join token" }).click();
    await page.getByRole("alert").getByText('Cannot read the label "env"').waitFor();
    await page.getByLabel("Labels that they carry").fill(`env=test, note=${HOSTILE}`);
    await page.getByLabel("Where they report").fill("http://10.0.0.5:8125/");
    await page.getByRole("button", { name: "Make a join token" }).click();
    await page.getByText("write https://host:8125/").waitFor();
    await page.getByLabel("Where they report").fill("");
    await page.getByLabel("Each waits").check();
    await page.getByRole("button", { name: "Make a join token" }).click();
    const lines = await page.getByRole("status", { name: "On the host" }).locator("pre").textContent();
    await shot(page, "join-made");
    const [enrol = ""] = String(lines).split("\n");
    const environment = { ...process.env, TRUEBOUND_DATA_DIR: folder, TMPDIR: folder };
    const { stdout, stderr } = await run("sh", ["-c", enrol], { cwd: ROOT, env: environment, timeout: 60_000 });
    expect(`${stdout}${stderr}`).toContain("Enrolled at");

    await tabs(page).getByRole("link", { name: "Hosts" }).click();
    const row = page.getByRole("row").filter({ hasText: "waits for approval" });
    await row.waitFor();
    expect(await row.textContent()).toContain(HOSTILE);
    await row.getByRole("button", { name: /^Approve/ }).click();
    const active = page.getByRole("row").filter({ hasText: "may report" });
    await active.getByRole("button", { name: /^Suspend/ }).click();
    await page.getByText("is refused until somebody resumes it").waitFor();
    await shot(page, "hosts-confirm");
    await page.getByRole("button", { name: "Leave it" }).press("Enter");
    await active.getByRole("button", { name: /^Revoke/ }).click();
    await page.getByText("This cannot be undone").waitFor();
    await page
      .getByRole("group")
      .getByRole("button", { name: /^Revoke/ })
      .click();
    await page.locator("td[data-name=state]").filter({ hasText: "revoked" }).waitFor();
    expect(await page.getByRole("row").getByRole("button").count()).toBe(0);
    await page.close();
    expect(complaints).toEqual([]);
  });

  it("adds people and tokens, keeps them out again, and shows all of it in the book", async () => {
    const page = await signedIn("ada");
    await page.goto(`${tested.server.peopleUrl}/admin/people`);
    await page.getByLabel("Name, in lower case").fill("Bob!");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("form", { name: "Add a person" }).locator(".outcome-failed").waitFor();
    await page.getByLabel("Name, in lower case").fill("bob");
    await page.getByLabel("Only over hosts with").first().fill("env=test");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    const bob = page.getByRole("row").filter({ hasText: "viewer of env=test" });
    await bob.getByRole("button", { name: "Sign-in link of bob" }).click();
    expect(await page.getByRole("status", { name: "Sign-in link of bob" }).locator("pre").textContent()).toContain("/sign-in#link=");
    await bob.getByText("Roles", { exact: true }).click();
    await shot(page, "people");
    await bob.getByRole("button", { name: "Keep out bob" }).click();
    await page.getByRole("group", { name: "Keep out bob?" }).getByRole("button", { name: "Keep out bob" }).click();
    await bob.getByText("kept out", { exact: true }).waitFor();
    const ada = page.getByRole("row").filter({ hasText: "admin of the whole fleet" });
    await ada.getByRole("button", { name: "Keep out ada" }).click();
    await page.getByRole("group", { name: "Keep out ada?" }).getByRole("button", { name: "Keep out ada" }).click();
    await ada.getByText("nobody would be left who administers").waitFor();

    await tabs(page).getByRole("link", { name: "API tokens" }).click();
    await page.getByLabel("What uses it").fill(HOSTILE);
    await page.getByRole("button", { name: "Make the token" }).click();
    const made = await page
      .getByRole("status", { name: `API token ${HOSTILE}` })
      .locator("pre")
      .textContent();
    expect((await fetch(`${tested.server.peopleUrl}/api/v1/hosts`, { headers: { authorization: `Bearer ${made}` } })).status).toBe(200);
    await page.getByRole("button", { name: `Revoke ${HOSTILE}` }).click();
    await shot(page, "api-tokens");
    await page
      .getByRole("group")
      .getByRole("button", { name: /^Revoke/ })
      .click();
    await page.getByRole("row").getByText("revoked", { exact: true }).waitFor();
    expect((await fetch(`${tested.server.peopleUrl}/api/v1/hosts`, { headers: { authorization: `Bearer ${made}` } })).status).toBe(401);

    await tabs(page).getByRole("link", { name: "Actions" }).click();
    await page.getByLabel("Find actions by").fill("changePerson");
    await page.getByText("refused (409)").waitFor();
    expect(await page.getByRole("row").count()).toBe(3);
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV" }).click()]);
    expect(file.suggestedFilename()).toBe("truebound-actions.csv");
    expect(await page.evaluate(() => "owned" in window)).toBe(false);
    await page.close();
    expect(complaints).toEqual([]);
  });

  it("offers an operator no more than their own API tokens", async () => {
    await command({ do: "add_person", name: "olga", grant: { role: "operator", labels: {} }, json: false });
    const page = await signedIn("olga");
    await page.goto(`${tested.server.peopleUrl}/admin/people`);
    await page.getByRole("heading", { name: "People is not yours to see" }).waitFor();
    expect(await tabs(page).getByRole("link").allInnerTexts()).toEqual(["API tokens", "System"]);
    await shot(page, "not-yours");
    await page.close();
  });

  it.each([
    ["light", "wide"],
    ["dark", "wide"],
    ["light", "narrow"],
    ["dark", "narrow"],
  ] as const)("can be read: %s, %s", async (colorScheme, size) => {
    const token = await tested.server.createToken({ uses: 9, ttlSeconds: 7200, labels: { env: "live", desk: "fx" }, namePattern: "web-*" });
    await new FakeAgent(tested.server.agentsUrl).enrol(token, `web-${colorScheme}-${size}`);
    const page = await signedIn("ada", { colorScheme, viewport: SIZES[size] });
    await page.goto(`${tested.server.peopleUrl}/admin`);
    for (const name of TABS) {
      await tabs(page).getByRole("link", { name }).click();
      await page.locator(".admin-table").first().waitFor();
      if (name === "System") await page.locator(".system-mark").waitFor();
      await shot(page, `${name.toLowerCase().replace(" ", "-")}-${colorScheme}-${size}`);
      expect({ name, faint: await page.evaluate(faint), nameless: await page.evaluate(nameless), barriers: await barriers(page) }).toEqual({
        name,
        faint: [],
        nameless: [],
        barriers: [],
      });
      expect({ name, fits: await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth) }).toEqual({
        name,
        fits: true,
      });
    }
    await page.close();
  });
});
