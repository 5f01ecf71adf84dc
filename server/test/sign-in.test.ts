import { describe, expect, it } from "vitest";
import { tellPeople } from "../src/access/tell-people.ts";
import { Asker } from "./asker.ts";
import { ask } from "./database.ts";
import { batchOf, call, FakeAgent } from "./fake-agent.ts";
import { operating, PASSWORD, personOf, SIGN_IN, secretOf } from "./people-world.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests(() => ({ people: SIGN_IN }));
const asker = (token: string | null = null) => new Asker(tested.server.peopleUrl, token);
const command = (request: Parameters<typeof tellPeople>[1]) => operating(tested.url, (ports) => tellPeople(ports, request));

async function enrolled(name: string, labels: Record<string, string>): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  expect((await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels }), name)).status).toBe(200);
  await agent.send(batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n, lo: -1000n, hi: 1000n }]));
  return agent;
}

describe("somebody who has not signed in", () => {
  it("is told how, and nothing else", async () => {
    expect(await asker().get("/api/v1/hosts")).toMatchObject({
      status: 401,
      body: { code: "not_signed_in", detail: expect.stringContaining("/sign-in") },
    });
    expect((await asker().get("/api/v1/me")).body).toEqual({ sign_in: "on", oidc: null, actor: null });
    expect((await asker().get("/livez")).status).toBe(200);
  });
});

describe("a link", () => {
  it("signs in once, and the cookie is for this host alone", async () => {
    const { out } = await command({ do: "add_person", name: "link", grant: { role: "viewer", labels: {} }, json: false });
    const first = await asker().post("/api/v1/sign-in/link", { secret: secretOf(out) });
    expect(first).toMatchObject({ status: 200, body: { actor: { kind: "person", name: "link" } } });
    expect(first.headers.getSetCookie()[0]).toMatch(/^__Host-truebound=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    expect(await asker().post("/api/v1/sign-in/link", { secret: secretOf(out) })).toMatchObject({ status: 401 });
  });
  it("is dead when it is too old, and when its person is kept out", async () => {
    const { out } = await command({ do: "add_person", name: "late", grant: { role: "viewer", labels: {} }, json: false });
    await ask(tested.url, "update sign_in_link set expires_at = clock_timestamp() - interval '1 second'");
    expect(await asker().post("/api/v1/sign-in/link", { secret: secretOf(out) })).toMatchObject({ status: 401 });
    const again = await command({ do: "link", name: "late" });
    await command({ do: "disable", name: "late" });
    expect(await asker().post("/api/v1/sign-in/link", { secret: secretOf(again.out) })).toMatchObject({ status: 401 });
    expect(await command({ do: "link", name: "late" })).toMatchObject({ code: 1 });
  });
});

describe("a session", () => {
  it("ends where it is ended, where its person is kept out, and with its age", async () => {
    const [ada, bob] = [await personOf(tested, "s.ada", "viewer"), await personOf(tested, "s.bob", "viewer")];
    expect((await ada.get("/api/v1/hosts")).status).toBe(200);
    expect((await ada.post("/api/v1/sign-out")).body).toMatchObject({ actor: null });
    expect((await ada.get("/api/v1/hosts")).status).toBe(401);
    expect((await bob.get("/api/v1/hosts")).status).toBe(200);
    await command({ do: "disable", name: "s.bob" });
    expect((await bob.get("/api/v1/hosts")).status).toBe(401);
    await command({ do: "enable", name: "s.bob" });
    expect((await bob.get("/api/v1/hosts")).status).toBe(401);
    for (const [column, age] of [
      ["seen_at", "13 hours"],
      ["began_at", "8 days"],
    ]) {
      const old = await personOf(tested, `s.${column}`.replace("_", "."), "viewer");
      await ask(
        tested.url,
        `update person_session set ${column} = clock_timestamp() - interval '${age}' where person_id = (select id from person where name = 's.${column?.replace("_", ".")}')`,
      );
      expect((await old.get("/api/v1/hosts")).status).toBe(401);
    }
  });
  it("of others ends when the password changes, and its own goes on", async () => {
    const one = await personOf(tested, "pw", "viewer");
    const { out } = await command({ do: "link", name: "pw" });
    const other = asker();
    await other.enter("/api/v1/sign-in/link", { secret: secretOf(out) });
    expect(await one.post("/api/v1/me/password", { old: null, new: "short" })).toMatchObject({ status: 422 });
    expect((await one.post("/api/v1/me/password", { old: null, new: PASSWORD })).status).toBe(200);
    expect([(await one.get("/api/v1/hosts")).status, (await other.get("/api/v1/hosts")).status]).toEqual([200, 401]);
    expect(await one.post("/api/v1/me/password", { old: "not the old one", new: `${PASSWORD}!` })).toMatchObject({ status: 401 });
    const third = asker();
    expect((await third.enter("/api/v1/sign-in", { name: " PW ", password: PASSWORD })).status).toBe(200);
    const rows = await ask(tested.url, "select password_hash from person where name = 'pw'");
    expect(rows).toEqual([{ password_hash: expect.stringMatching(/^scrypt\$15\$8\$3\$/) }]);
  });
  it("is of no use to another page: neither by its origin nor without its token", async () => {
    const ada = await personOf(tested, "csrf", "operator");
    const silence = { matchers: { host: "x" }, for_s: 60, who: "somebody else", comment: "c" };
    expect(await ada.post("/api/v1/silences", silence, { "x-csrf-token": "wrong" })).toMatchObject({
      status: 403,
      body: { code: "bad_csrf" },
    });
    expect(await ada.post("/api/v1/silences", silence, { origin: "https://evil.example" })).toMatchObject({
      status: 403,
      body: { code: "forbidden_origin" },
    });
    const made = await ada.post("/api/v1/silences", silence, { origin: tested.server.peopleUrl });
    expect(made).toMatchObject({ status: 200, body: { who: "csrf" } });
  });
});

const SCOPE = {
  profile: "us-cat-participant",
  calendar: null,
  service: null,
  activity: null,
  stamp_point: null,
  app_error_ns: "2500",
  horizon_ns: "30000000000",
  counts_unverified: false,
  minimum_proven_ppm: null,
};

describe("roles over hosts with labels", () => {
  it("show and change those hosts alone", async () => {
    await enrolled("seen-1", { env: "a" });
    await enrolled("hidden-1", { env: "b" });
    const ada = await personOf(tested, "some", "viewer", { env: "a" });
    const names = await until("both hosts", async () => {
      const admin = asker(
        (await command({ do: "add_token", name: "t", grant: { role: "viewer", labels: {} }, days: 1, json: false })).out.trim(),
      );
      const all = ((await admin.get("/api/v1/hosts")).body.items as { name: string }[]).map(({ name }) => name);
      return all.includes("seen-1") && all.includes("hidden-1") ? all : undefined;
    });
    expect(names.length).toBeGreaterThan(1);
    expect(((await ada.get("/api/v1/hosts")).body.items as { name: string }[]).map(({ name }) => name)).toEqual(["seen-1"]);
    const { id } = (await ada.get("/api/v1/hosts/seen-1")).body as { id: string };
    const [other] = await ask<{ id: string }>(tested.url, "select id from host where name = 'hidden-1'");
    const sparks = await ada.get(`/api/v1/fleet/sparks?ids=${other?.id},${id}`);
    expect((sparks.body.items as { id: string }[]).map((one) => one.id)).toEqual([id]);
    const plan = async (host = "") => ada.get(`/api/v1/plan?profile=us-cat-member${host}`);
    expect((await plan()).body).toMatchObject({ items: [{ name: "seen-1" }], total: 1 });
    // As of a host that is not there.
    expect((await plan("&host=hidden-1")).status).toBe((await plan("&host=nowhere")).status);
    const hidden = await ada.get("/api/v1/hosts/hidden-1");
    const absent = await ada.get("/api/v1/hosts/nowhere");
    expect([hidden.status, absent.status]).toEqual([403, 403]);
    expect(hidden.body).toEqual(absent.body);
    expect((await ada.get("/api/v1/incidents")).status).toBe(403);
  });
  it("tell of no scope that holds none of them", async () => {
    await enrolled("seen-2", { env: "c" });
    await enrolled("hidden-2", { env: "d" });
    for (const [name, env] of [
      ["ours", "c"],
      ["theirs", "d"],
    ])
      await ask(
        tested.url,
        `insert into audit_scope (name, body, who) values ('${name}', '${JSON.stringify({ ...SCOPE, hosts: { env } })}', 'test')`,
      );
    const ada = await personOf(tested, "scoped", "viewer", { env: "c" });
    await until("the host", async () => ((await ada.get("/api/v1/hosts")).body.items as unknown[])[0]);
    const [ours, theirs, absent] = await Promise.all(
      ["ours", "theirs", "nowhere"].map((name) => ada.get(`/api/v1/hosts/seen-2/interval?scope=${name}`)),
    );
    expect(ours).toMatchObject({ status: 200, body: { host: expect.any(String) } });
    expect(theirs?.status).toBe(400);
    expect(JSON.stringify(theirs?.body).replace("theirs", "nowhere")).toBe(JSON.stringify(absent?.body));
    const everybody = await personOf(tested, "unscoped", "viewer");
    expect((await everybody.get("/api/v1/hosts/seen-2/interval?scope=theirs")).status).toBe(200);
  });
});

describe("API tokens", () => {
  it("do what they may and no more than their owner may at the time", async () => {
    const ada = await personOf(tested, "owner", "operator");
    const made = await ada.post("/api/v1/api-tokens", { name: "bot", grant: { role: "operator", labels: {} }, expires_in_days: 1 });
    expect(made).toMatchObject({ status: 200, body: { token: expect.stringMatching(/^tb_[\w-]{43}$/) } });
    const bot = asker(made.body.token as string);
    const silence = { matchers: { host: "x" }, for_s: 60, who: "x", comment: "c" };
    expect(await bot.post("/api/v1/silences", silence)).toMatchObject({ status: 200, body: { who: "bot" } });
    expect(await bot.post("/api/v1/api-tokens", { name: "more", grant: { role: "viewer", labels: {} }, expires_in_days: 1 })).toMatchObject(
      { status: 403 },
    );
    expect(
      await ada.post("/api/v1/api-tokens", { name: "too much", grant: { role: "admin", labels: {} }, expires_in_days: 1 }),
    ).toMatchObject({ status: 403 });
    await command({ do: "grant", name: "owner", grant: null });
    await command({ do: "grant", name: "owner", grant: { role: "viewer", labels: {} } });
    expect((await bot.post("/api/v1/silences", silence)).status).toBe(403);
    expect((await bot.get("/api/v1/silences")).status).toBe(200);
    await command({ do: "disable", name: "owner" });
    expect((await bot.get("/api/v1/silences")).status).toBe(401);
  });
  it("are refused when they are wrong, revoked or past their time, also where anybody may do without", async () => {
    const { out, err } = await command({ do: "add_token", name: "gone", grant: { role: "viewer", labels: {} }, days: 1, json: false });
    const bot = asker(out.trim());
    expect((await bot.get("/metrics")).status).toBe(200);
    await ask(tested.url, "update api_token set expires_at = clock_timestamp() where name = 'gone'");
    expect((await bot.get("/metrics")).status).toBe(401);
    await ask(tested.url, "update api_token set expires_at = null where name = 'gone'");
    expect(await command({ do: "revoke_token", id: /token (\S+)/.exec(err)?.[1] ?? "" })).toMatchObject({ code: 0 });
    expect((await bot.get("/metrics")).status).toBe(401);
    expect((await asker("tb_nonsense").get("/metrics")).status).toBe(401);
    const rows = await ask(tested.url, "select hash from api_token where name = 'gone'");
    expect(JSON.stringify(rows)).not.toContain(out.trim());
  });
  it("read by any name of the server, as Prometheus asks an address; nothing is changed so, and no page reads so", async () => {
    const { out } = await command({ do: "add_token", name: "scraper", grant: { role: "operator", labels: {} }, days: 1, json: false });
    const asked = async (method: string, path: string, authorization: string | null) => {
      const headers = { host: "10.42.0.7:8123", ...(authorization === null ? {} : { authorization }) };
      const { status, body } = await call(method, `${tested.server.peopleUrl}${path}`, headers);
      return [status, body?.code];
    };
    expect((await asked("GET", "/metrics", `Bearer ${out.trim()}`))[0]).toBe(200);
    expect(await asked("GET", "/metrics", "Bearer tb_nonsense")).toEqual([401, "not_signed_in"]);
    expect(await asked("GET", "/metrics", null)).toEqual([403, "forbidden_host"]);
    expect(await asked("POST", "/api/v1/silences", `Bearer ${out.trim()}`)).toEqual([403, "forbidden_host"]);
  });
});

describe("what was changed", () => {
  it("is written down with who, what and how it ended, without secrets, for good", async () => {
    const [ada, auditor] = [await personOf(tested, "changer", "admin"), await personOf(tested, "reader", "auditor")];
    await ada.post("/api/v1/people", { name: "new.one", grants: [{ role: "viewer", labels: {} }] });
    await ada.post("/api/v1/people", { name: "new.one", grants: [] });
    await asker().post("/api/v1/sign-in", { name: "nobody", password: "canary-of-a-password" });
    const actions = await until("three outcomes", async () => {
      const { items } = (await auditor.get("/api/v1/actions?limit=3")).body as { items: Record<string, unknown>[] };
      return items.every(({ outcome }) => outcome !== null) ? items : undefined;
    });
    expect(actions).toMatchObject([
      { actor: "nobody", operation: "signIn", outcome: 401, detail: { password: "(not kept)" } },
      { actor: "changer", operation: "addPerson", outcome: 409 },
      { actor: "changer", actor_kind: "person", operation: "addPerson", outcome: 200, address: "127.0.0.1", detail: { name: "new.one" } },
    ]);
    expect((await ada.get("/api/v1/actions?limit=3&after=x")).status).toBe(400);
    await expect(ask(tested.url, "delete from people_action")).rejects.toThrow(/never changed/);
    await expect(ask(tested.url, "update people_outcome set status = 200")).rejects.toThrow(/never changed/);
    const rows = await ask(tested.url, "select count(*)::int as n from people_action where detail::text like '%canary-of-a-password%'");
    expect(rows).toEqual([{ n: 0 }]);
  });
  it("is written down even where what was asked cannot be stored as it is", async () => {
    const ada = await personOf(tested, "nul", "operator");
    const answer = await ada.post("/api/v1/silences", { matchers: { host: "x" }, for_s: 60, who: "x", comment: "a\0\ud800" });
    expect(answer).toMatchObject({ status: 422, body: { code: "malformed" } });
  });
  it("leaves somebody who administers", async () => {
    const only = serverAdmins();
    for (const name of (await only).slice(1)) await command({ do: "disable", name });
    const [last] = await only;
    expect(await command({ do: "disable", name: last as string })).toMatchObject({
      code: 1,
      err: expect.stringContaining("nobody would be left"),
    });
    expect(await command({ do: "grant", name: last as string, grant: null })).toMatchObject({ code: 1 });
  });
});

async function serverAdmins(): Promise<string[]> {
  await personOf(tested, "admin.1", "admin");
  await personOf(tested, "admin.2", "admin");
  const rows = await ask(
    tested.url,
    "select p.name from person p join person_grant g on g.person_id = p.id where g.role = 'admin' and p.disabled_at is null order by 1",
  );
  return (rows as { name: string }[]).map(({ name }) => name);
}
