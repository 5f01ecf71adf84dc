import { type JoinTokenMade, parseJoinToken } from "@truebound/wire";
import { expect, it } from "vitest";
import type { Asker } from "./asker.ts";
import { FakeAgent } from "./fake-agent.ts";
import { personOf, SIGN_IN } from "./people-world.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests(() => ({ people: SIGN_IN }));

const WISH = { uses: 1, expires_in_s: 600, labels: {}, name_pattern: null, approval: false, ephemeral_hours: null, server: null };
const HOSTILE = `<img src=x onerror="alert(1)">';drop table host;--`;

async function enrolled(by: Asker, name: string, more: object = {}): Promise<FakeAgent> {
  const { body } = await by.post("/api/v1/join-tokens", { ...WISH, ...more });
  const agent = new FakeAgent(tested.server.agentsUrl);
  expect((await agent.enrol(String(body.token), name)).status).toBe(200);
  return agent;
}
const known = (by: Asker, id: string) =>
  until(`${id} known to the server's watcher`, async () =>
    ((await by.get("/api/v1/hosts")).body.items as { id: string }[]).find((host) => host.id === id),
  );
const change = (by: Asker, host: string, to: string) => by.post(`/api/v1/enrolments/${encodeURIComponent(host)}`, { to });
const actions = async (by: Asker) => (await by.get("/api/v1/actions?limit=20")).body.items as Record<string, unknown>[];

it("makes a join token that lets a host in, tells its secret once, and takes it back", async () => {
  const ada = await personOf(tested, "ada", "admin");
  const made = await ada.post("/api/v1/join-tokens", { ...WISH, uses: 3, labels: { env: HOSTILE }, name_pattern: "web-*" });
  expect(made.status).toBe(200);
  const { id, token, server, commands, package_commands } = made.body as JoinTokenMade;
  expect(parseJoinToken(token)).toMatchObject({ server: tested.server.agentsUrl.replace(/\/?$/, "/") });
  expect(server).toBe(tested.server.agentsUrl.replace(/\/?$/, "/"));
  for (const [program, lines] of Object.entries({ "npx truebound-agent": commands, "truebound-agent": package_commands }))
    expect(lines[0]).toBe(`t=$(mktemp) && printf '%s' '${token}' > "$t" && ${program} enroll --token-file "$t"`);
  const list = async () => (await ada.get("/api/v1/join-tokens")).body.items as { id: string; uses_left: number }[];
  expect((await list()).find((one) => one.id === id)).toMatchObject({
    uses: 3,
    uses_left: 3,
    labels: { env: HOSTILE },
    name_pattern: "web-*",
  });
  expect(JSON.stringify(await list())).not.toContain(parseJoinToken(token)?.secret);
  const agent = new FakeAgent(tested.server.agentsUrl);
  expect((await agent.enrol(token, "web-1")).status).toBe(200);
  expect((await list()).find((one) => one.id === id)).toMatchObject({ uses_left: 2 });
  expect((await ada.post(`/api/v1/join-tokens/${id}/revoke`)).status).toBe(200);
  expect(await ada.post(`/api/v1/join-tokens/${id}/revoke`)).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect((await new FakeAgent(tested.server.agentsUrl).enrol(token, "web-2")).status).not.toBe(200);
  const [revoked, , add] = (await actions(ada)).filter(({ operation }) => String(operation).includes("JoinToken"));
  expect(revoked).toMatchObject({ operation: "revokeJoinToken", target: id, outcome: 404 });
  expect(add).toMatchObject({ operation: "addJoinToken", actor: "ada", outcome: 200, detail: { uses: 3 } });
  expect(JSON.stringify(await actions(ada))).not.toContain(parseJoinToken(token)?.secret);
});

it("refuses wishes that no token can have, and says why", async () => {
  const ada = await personOf(tested, "ada2", "admin");
  for (const wrong of [
    { uses: 0 },
    { expires_in_s: 86_401 },
    { labels: { "a b": "c" } },
    { server: "http://10.0.0.5:8125/" },
    { server: "https://a/';rm" },
    { ephemeral_hours: 0 },
  ])
    expect({ wrong, ...(await ada.post("/api/v1/join-tokens", { ...WISH, ...wrong })) }).toMatchObject({ body: { code: "malformed" } });
  expect((await ada.post("/api/v1/join-tokens/%25/revoke")).status).toBe(404);
});

it("approves, suspends, resumes and revokes a host, each once, and says what cannot be", async () => {
  const ada = await personOf(tested, "ada3", "admin");
  const { id } = await enrolled(ada, `waits ${HOSTILE}`, { approval: true });
  await known(ada, id);
  const first = ((await ada.get("/api/v1/enrolments")).body.items as { id: string }[])[0];
  expect(first).toMatchObject({
    id,
    name: `waits ${HOSTILE}`,
    state: "pending",
    may_become: ["approve", "revoke"],
    last_received_at: null,
  });
  expect(await change(ada, id, "suspend")).toMatchObject({ status: 409, body: { code: "read_only" } });
  for (const [to, state] of [
    ["approve", "active"],
    ["suspend", "suspended"],
    ["resume", "active"],
    ["revoke", "revoked"],
  ] as const)
    for (const again of [1, 2]) expect({ again, ...(await change(ada, id, to)) }).toMatchObject({ status: 200, body: { id, state } });
  expect(await change(ada, id, "resume")).toMatchObject({ status: 409, body: { detail: expect.stringContaining("it is revoked") } });
  expect(await change(ada, "nobody", "revoke")).toMatchObject({ status: 404 });
  expect(await change(ada, id, "retire")).toMatchObject({ body: { code: "malformed" } });
});

it("lets whoever administers some hosts reach no others, and no tokens", async () => {
  const [ada, bob] = [await personOf(tested, "ada4", "admin"), await personOf(tested, "bob", "admin", { env: "test" })];
  const [inside, outside] = [
    await enrolled(ada, "in", { labels: { env: "test" } }),
    await enrolled(ada, "out", { labels: { env: "live" } }),
  ];
  await known(ada, inside.id);
  await known(ada, outside.id);
  const seen = (await bob.get("/api/v1/enrolments")).body.items as { id: string }[];
  expect(seen.map(({ id }) => id)).toEqual([inside.id]);
  expect((await bob.get("/api/v1/enrolments?q=out")).body).toEqual({ items: [], next: null, found: 0, total: 1 });
  expect((await ada.get("/api/v1/enrolments?q=env%3Dlive&limit=1")).body).toMatchObject({ items: [{ id: outside.id }], found: 1 });
  for (const wrong of ["limit=0", "limit=1001", "after=zzz"]) expect((await ada.get(`/api/v1/enrolments?${wrong}`)).status).toBe(400);
  expect((await change(bob, inside.id, "suspend")).status).toBe(200);
  const [other, none] = [await change(bob, outside.id, "suspend"), await change(bob, "00000000-0000-4000-8000-000000000000", "suspend")];
  expect(other).toMatchObject({ status: 403, body: { code: "not_permitted" } });
  expect(other.body.detail).toBe(none.body.detail);
  for (const path of ["/api/v1/join-tokens", "/api/v1/people"]) expect((await bob.get(path)).status).toBe(403);
  expect((await bob.post("/api/v1/join-tokens", WISH)).status).toBe(403);
});
