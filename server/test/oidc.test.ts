import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import Provider from "oidc-provider";
import { afterAll, describe, expect, it } from "vitest";
import { tellPeople } from "../src/access/tell-people.ts";
import { ask, receiptKeyFile } from "./database.ts";
import { operating, SIGN_IN } from "./people-world.ts";
import { serverForTests } from "./server-under-test.ts";

const SECRET = "a secret of the client, long enough";
const secretFile = join(dirname(receiptKeyFile), "oidc-secret");
writeFileSync(secretFile, `${SECRET}\n`, { mode: 0o600 });

/** Groups by the name with which somebody signs in at the provider. */
const GROUPS: Record<string, string[]> = { ada: ["ops", "audit"], eve: ["nothing"], link: ["ops"], bob: ["ops"] };
/** Where the provider may send browsers back: known once the server under test listens. */
const back: string[] = [];
let provider: Server | undefined;
afterAll(() => provider?.close());

/** A certified provider on the loopback; whoever types a name there is that one. */
async function startProvider(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: "truebound",
        client_secret: SECRET,
        redirect_uris: ["http://127.0.0.1:1/placeholder"],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    pkce: { required: () => true },
    scopes: ["openid", "profile", "email", "groups"],
    claims: { openid: ["sub"], profile: ["preferred_username"], email: ["email"], groups: ["groups"] },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, preferred_username: id, groups: GROUPS[id] ?? [] }) }),
  });
  oidc.Client.prototype.redirectUriAllowed = (uri: string) => back.includes(uri);
  server.on("request", oidc.callback());
  provider = server;
  return issuer;
}

const issuer = await startProvider();
const roles = [
  { group: "ops", role: "operator" },
  { group: "audit", role: "auditor" },
] as const;
const tested = serverForTests(() => ({
  people: { ...SIGN_IN, oidc: { issuer, clientId: "truebound", secretFile, groupsClaim: "groups", roles, name: "Example" } },
}));

/** A browser as far as it takes: it keeps cookies for each origin, and follows. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  async go(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...init, redirect: "manual", headers: { ...init.headers, cookie, accept: "text/html" } });
    for (const set of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = set.split(";");
      const at = pair.indexOf("=");
      if (attributes.some((one) => /^ *(max-age=0|expires=thu, 01 jan 1970)/i.test(one))) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  async follow(response: Response, url: string, until: (url: string) => boolean): Promise<string> {
    let [at, answer] = [url, response];
    for (let step = 0; step < 12; step += 1) {
      const location = answer.headers.get("location");
      if (location === null) return at;
      at = new URL(location, at).href;
      if (until(at)) return at;
      answer = await this.go(at);
    }
    throw new Error("It leads nowhere");
  }

  json = async (url: string) => (await (await this.go(url)).json()) as Record<string, unknown>;
}

/** Signs in at the provider as `name`, and gives where the browser is sent back. */
async function returnOf(browser: Browser, name: string, to = "/"): Promise<string> {
  back.splice(0, back.length, `${tested.server.peopleUrl}/api/v1/sign-in/oidc/return`);
  const isBack = (url: string) => url.startsWith(`${back[0]}?`);
  let at = `${tested.server.peopleUrl}/api/v1/sign-in/oidc?to=${encodeURIComponent(to)}`;
  at = await browser.follow(await browser.go(at), at, (url) => url.includes("/interaction/"));
  for (const prompt of ["login", "consent"]) {
    const answer = await browser.go(at, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ prompt, login: name, password: "any" }).toString(),
    });
    at = await browser.follow(answer, at, (url) => url.includes("/interaction/") || isBack(url));
    if (isBack(at)) return at;
  }
  throw new Error(`The provider did not send the browser back: ${at}`);
}

const me = (browser: Browser) => browser.json(`${tested.server.peopleUrl}/api/v1/me`);

describe("signing in by a provider", () => {
  it("gives the roles of the groups, and comes back to the page that was asked for", async () => {
    const browser = new Browser();
    const answer = await browser.go(await returnOf(browser, "ada", "/incidents"));
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/incidents"]);
    expect(await me(browser)).toMatchObject({
      oidc: { name: "Example" },
      actor: { kind: "person", name: "ada", grants: [{ role: "auditor" }, { role: "operator" }] },
    });
    GROUPS.ada = ["audit"];
    const again = new Browser();
    await again.go(await returnOf(again, "ada"));
    expect(await me(again)).toMatchObject({ actor: { grants: [{ role: "auditor", labels: {} }] } });
    expect(await me(browser)).toMatchObject({ actor: { grants: [{ role: "auditor", labels: {} }] } });
    const rows = await ask(tested.url, "select count(*)::int as people from person where name = 'ada'");
    expect(rows).toEqual([{ people: 1 }]);
  });

  it("is of no use to another browser, a second time, or with another state", async () => {
    const [victim, thief] = [new Browser(), new Browser()];
    const url = await returnOf(victim, "bob");
    const stolen = await thief.go(url);
    expect(stolen.headers.get("location")).toBe("/sign-in?trouble=bad_request");
    const forged = await victim.go(url.replace(/state=[^&]+/, "state=forged"));
    expect(forged.headers.get("location")).toMatch(/^\/sign-in\?trouble=/);
    expect(await me(victim)).toMatchObject({ actor: null });
    const once = new Browser();
    const good = await returnOf(once, "bob");
    expect((await once.go(good)).headers.get("location")).toBe("/");
    expect((await new Browser().go(good)).headers.get("location")).toBe("/sign-in?trouble=bad_request");
  });

  it("lets in nobody without a role, whose name is another's, or who is kept out", async () => {
    const refusedOf = async (name: string) => {
      const browser = new Browser();
      return (await browser.go(await returnOf(browser, name))).headers.get("location");
    };
    expect(await refusedOf("eve")).toBe("/sign-in?trouble=not_permitted");
    await operating(tested.url, (ports) =>
      tellPeople(ports, { do: "add_person", name: "link", grant: { role: "admin", labels: {} }, json: false }),
    );
    expect(await refusedOf("link")).toBe("/sign-in?trouble=not_permitted");
    await operating(tested.url, (ports) => tellPeople(ports, { do: "disable", name: "bob" }));
    expect(await refusedOf("bob")).toBe("/sign-in?trouble=not_permitted");
  });

  it("never leads to another site", async () => {
    const browser = new Browser();
    const answer = await browser.go(await returnOf(browser, "ada", "//evil.example"));
    expect(answer.headers.get("location")).toBe("/");
  });
});
