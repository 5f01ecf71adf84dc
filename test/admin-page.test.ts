import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tellPeople } from "../server/src/access/tell-people.ts";
import type { RunningServer } from "../server/src/server.ts";
import { certificate } from "../server/test/certificate.ts";
import { ask } from "../server/test/database.ts";
import { get } from "../server/test/fake-agent.ts";
import { operating, SIGN_IN } from "../server/test/people-world.ts";
import { serverForTests, serverOn } from "../server/test/server-under-test.ts";
import { until } from "../server/test/until.ts";
import { type ApiDocument, operationsOf } from "../web/src/views/reference/api-document.ts";
import { curlOf } from "../web/src/views/reference/curl.ts";
import { ARTEFACTS, CHROMIUM } from "./chromium.ts";
import { hindrances, inEachLook, NO_HINDRANCES, overflow, pageTests } from "./page-tests.ts";

const ROOT = join(import.meta.dirname, "..");
const SITE = join(ROOT, "web/dist/site");
const HOSTILE = `<img src=x onerror="window.owned=1">`;
const TABS = ["Join", "Hosts", "People", "API tokens", "Actions", "System"] as const;
const run = promisify(execFile);

/** So many hosts that were let in and sent nothing yet. */
const FLEET = `
  with made as (
    insert into host (id, name, labels, public_key, enrolled_with)
    select gen_random_uuid(), 'web-' || lpad(n::text, 3, '0'), '{"env": "live", "desk": "fx"}', sha256(convert_to('web' || n, 'utf8')), ''
    from generate_series(1, $1::integer) as n returning id)
  insert into host_state (host_id, epoch, seq, chain_hash) select id, 1, 0, sha256('') from made`;

describe.skipIf(CHROMIUM === undefined)("administration with a real browser (skipped: chromium not found)", () => {
  const tested = serverForTests(() => ({ people: SIGN_IN, siteDir: SITE }));
  const pages = pageTests({ listen: async () => tested.server.peopleUrl, close: async () => {} }, { expected: /^Failed to load resource/ });
  const folder = mkdtempSync(join(tmpdir(), "truebound-admin-"));
  let secure: RunningServer;
  beforeAll(async () => {
    const { cert, key } = certificate();
    const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    secure = await serverOn(tested.url, { people: SIGN_IN, siteDir: SITE, tls: { certFile, keyFile, nextKeyFile: null } });
  });
  afterAll(async () => {
    await secure?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const command = (request: Parameters<typeof tellPeople>[1]) => operating(tested.url, (ports) => tellPeople(ports, request));
  const shot = (page: Page, name: string) => page.screenshot({ path: join(ARTEFACTS, `admin-${name}.png`), fullPage: true });

  async function signedIn(name: string, { peopleUrl }: Pick<RunningServer, "peopleUrl"> = tested.server): Promise<Page> {
    const { out } = await command({ do: "link", name });
    const page = await pages.tab();
    await page.goto(`${peopleUrl}${out.trim().replace("http://x", "")}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Views" }).waitFor();
    return page;
  }
  async function apiToken(name: string): Promise<string> {
    const { out } = await command({ do: "add_token", name, grant: { role: "admin", labels: {} }, days: 1, json: true });
    return (JSON.parse(out) as { readonly token: string }).token;
  }
  const tabs = (page: Page) => page.getByRole("navigation", { name: "Administration" });

  it("makes a token whose lines let a host in by the key that they name, and suspends and revokes that host", async () => {
    await command({ do: "add_person", name: "ada", grant: { role: "admin", labels: {} }, json: false });
    const page = await signedIn("ada", secure);
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
    const lines = page.getByRole("status", { name: "On the host" }).locator("pre");
    await lines.nth(1).waitFor();
    const [packaged = "", here = ""] = await lines.allTextContents();
    await inEachLook(page, async (look) => {
      expect({ look, ...(await hindrances(page)), over: Math.max(0, await overflow(page)) }).toEqual({ look, ...NO_HINDRANCES, over: 0 });
      await shot(page, `join-made-${look}`);
    });
    const [enrol = ""] = here.split("\n");
    expect(packaged).toBe(`${enrol.replace("npx truebound-agent", "truebound-agent")}\nsystemctl reload truebound-agent`);
    const environment = { ...process.env, TRUEBOUND_DATA_DIR: folder, TMPDIR: folder };
    const { stdout, stderr } = await run("sh", ["-c", enrol], { cwd: ROOT, env: environment, timeout: 60_000 });
    expect(secure.agentsUrl).toMatch(/^https:/);
    expect(`${stdout}${stderr}`).toContain(`Enrolled at ${secure.agentsUrl}`);

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
    await bob.getByText("Add a role", { exact: true }).click();
    const more = page.getByRole("form", { name: "What else bob may do" });
    await more.getByLabel("Only over hosts with").fill("env=test");
    await more.getByRole("button", { name: "Add this role" }).click();
    await more.getByText("bob is viewer of env=test already").waitFor();
    await more.getByLabel("Role").selectOption("operator");
    await more.getByLabel("Only over hosts with").fill("desk=fx");
    await more.getByRole("button", { name: "Add this role" }).click();
    await page.getByRole("listitem").filter({ hasText: "operator of desk=fx" }).waitFor();
    await shot(page, "people");
    await bob.getByRole("button", { name: "Drop operator of desk=fx of bob" }).click();
    await page.getByRole("group").getByRole("button", { name: "Drop operator of desk=fx of bob" }).click();
    await page.getByRole("listitem").filter({ hasText: "operator of desk=fx" }).waitFor({ state: "detached" });
    expect(await bob.getByRole("listitem").allInnerTexts()).toEqual([expect.stringContaining("viewer of env=test")]);
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
    expect(await page.getByRole("row").count()).toBe(5);
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV" }).click()]);
    expect(file.suggestedFilename()).toBe("truebound-actions.csv");
    expect(await page.evaluate(() => "owned" in window)).toBe(false);
  });

  it("offers an operator no more than their own API tokens", async () => {
    await command({ do: "add_person", name: "olga", grant: { role: "operator", labels: {} }, json: false });
    const page = await signedIn("olga");
    await page.goto(`${tested.server.peopleUrl}/admin/people`);
    await page.getByRole("heading", { name: "People is not yours to see" }).waitFor();
    expect(await tabs(page).getByRole("link").allInnerTexts()).toEqual(["API tokens", "System"]);
    await shot(page, "not-yours");
  });

  it("shows hosts a page at a time, and finds one among all of them", async () => {
    await ask(tested.url, FLEET, [201]);
    const page = await signedIn("ada");
    await page.goto(`${pages.url}/admin/hosts?q=web-`);
    await page.getByText("200 shown of 201 that fit").waitFor();
    await page.getByRole("link", { name: "Next page" }).click();
    await page.getByRole("link", { name: "web-201" }).waitFor();
    expect(await page.locator(".admin-hosts tbody tr").count()).toBe(1);
    expect(await page.getByRole("link", { name: "Next page" }).count()).toBe(0);
    await page.getByRole("searchbox").fill("web-177 desk=fx");
    await page.getByText("1 that fit").waitFor();
    expect(await page.locator(".admin-hosts tbody th").textContent()).toContain("web-177");
    expect(await page.getByRole("searchbox").evaluate((box) => box === document.activeElement)).toBe(true);
    expect(page.url()).toMatch(/\?q=web-177\+desk%3Dfx$/);
  });

  it("has a reference of the API: found by a field, with a way to each operation, whose line a shell can run", async () => {
    const { body } = await get(`${pages.url}/api/openapi.json`, { authorization: `Bearer ${await apiToken("ref")}` });
    const operations = operationsOf(body as ApiDocument);
    const page = await signedIn("ada");
    await page.goto(`${pages.url}/admin/join`);
    await page.getByRole("contentinfo").getByRole("link", { name: "API reference" }).click();
    await page.getByRole("searchbox").fill("margin_ns");
    await until("one is left", async () => (await page.locator(".reference-list li").count()) === 1);
    await page.getByRole("link", { name: "GET /api/v1/order" }).click();
    const line = await page.getByRole("region", { name: "Request" }).locator("pre").textContent();
    const environment = { ...process.env, TRUEBOUND_API_TOKEN: await apiToken("curl") };
    const order = operations.find(({ id }) => id === "getOrder");
    expect(line).toBe(order === undefined ? null : curlOf(order, { people: pages.url, isSignedIn: true }));
    await page.goto(`${pages.url}/reference/nothing`);
    await page.getByRole("heading", { name: "There is no such operation" }).waitFor();
    for (const operation of operations) {
      const command = curlOf(operation, { people: pages.url, isSignedIn: true });
      if (operation.method !== "GET" || command === null || operation.id === "streamEvents") continue;
      const { stdout } = await run("sh", ["-c", `${command} -o /dev/null -w '%{http_code}'`], { env: environment, timeout: 60_000 });
      // Who is asked for is not there in this fleet.
      expect([operation.id, stdout]).toEqual([operation.id, expect.stringMatching(/^(200|303|404)$/)]);
    }
  });

  it("can be read", { timeout: 180_000 }, async () => {
    await tested.server.createToken({ uses: 9, ttlSeconds: 7200, labels: { env: "live", desk: "fx" }, namePattern: "web-*" });
    const page = await signedIn("ada");
    for (const name of TABS) {
      const query = name === "Hosts" ? "?q=web-00" : "";
      await page.goto(`${pages.url}/admin/${name.toLowerCase().replace(" ", "-")}${query}`);
      await page.locator(".admin-table").first().waitFor();
      if (name === "System") await page.locator(".system-mark").waitFor();
      await inEachLook(page, async (look) => {
        expect({ name, look, ...(await hindrances(page)) }).toEqual({ name, look, ...NO_HINDRANCES });
        expect({ name, look, over: Math.max(0, await overflow(page)) }).toEqual({ name, look, over: 0 });
        await shot(page, `${name.toLowerCase().replace(" ", "-")}-${look}`);
      });
    }
    for (const name of ["", "getHost", "addMaintenance", "receiveBatch"]) {
      await page.goto(`${pages.url}/reference/${name}`);
      await page.locator(".reference").waitFor();
      await inEachLook(page, async (look) => {
        expect({ name, look, ...(await hindrances(page)) }).toEqual({ name, look, ...NO_HINDRANCES });
        expect({ name, look, over: Math.max(0, await overflow(page)) }).toEqual({ name, look, over: 0 });
        await shot(page, `reference-${name}-${look}`);
      });
    }
  });
});
