import { randomBytes } from "node:crypto";
import { receiptText } from "@truebound/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, call, FakeAgent, get, post } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

const warned: string[] = [];

const tested = serverForTests(() => ({ log: { ...quiet, warn: (message) => void warned.push(message) } }));

const token = (uses = 1, labels: Record<string, string> = {}) => tested.server.createToken({ uses, ttlSeconds: 600, labels });
/** Each test from an address of its own: too many refusals shut the door to it. */
let tests = 0;
beforeEach(() => {
  tests += 1;
});
const agent = (localAddress = `127.0.1.${tests}`) => Object.assign(new FakeAgent(tested.server.agentsUrl), { localAddress });
const hosts = async () => Number((await ask<{ n: bigint }>(tested.url, "select count(*) as n from host"))[0]?.n);
const enrolPath = () => `${tested.server.agentsUrl}/api/v1/enroll`;

describe("enrolment", () => {
  it("gives an identity, a genesis and a policy; the token's labels win", async () => {
    const one = agent();
    const { status, body } = await one.enrol(await token(1, { site: "imposed" }), "web-1", { site: "claimed", role: "db" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: 1,
      epoch: 1,
      genesis: expect.stringMatching(/^[0-9a-f]{64}$/),
      policy: { probe_interval_s: 16 },
    });
    expect(await ask(tested.url, "select name, labels, state from host where id = $1", [one.id])).toEqual([
      { name: "web-1", labels: { site: "imposed", role: "db" }, state: "active" },
    ]);
  });
  it("lets a single-use token in once, however many come at the same time", async () => {
    const shared = await token();
    const before = await hosts();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => agent(`127.0.2.${index + 1}`).enrol(shared, "crowd")));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(99).fill(401)]);
    expect(new Set(answers.filter((answer) => answer.status === 401).map((answer) => answer.body.code))).toEqual(new Set(["bad_token"]));
    expect(await hosts()).toBe(before + 1);
  });
  it("counts the uses of a token", async () => {
    const triple = await token(3);
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await agent().enrol(triple)).status);
    expect(statuses).toEqual([200, 200, 200, 401, 401]);
  });
  it("lets in only hosts of the token's names, and a wrong one uses up nothing", async () => {
    const scoped = await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {}, namePattern: "db-*" });
    expect((await agent().enrol(scoped, "web-9")).body).toMatchObject({ code: "bad_token", detail: expect.stringContaining("db-*") });
    expect((await agent().enrol(scoped, "db-9")).status).toBe(200);
    expect((await agent().enrol(scoped, "db-10")).body).toMatchObject({ code: "bad_token" });
  });
  it("tells of a host that is not called what it asked for: in its answer, in the log, and in its events", async () => {
    const two = await token(2);
    const [first, second] = [agent(), agent()];
    expect((await first.enrol(two, "wanted")).body).not.toHaveProperty("name");
    expect((await second.enrol(two, "wanted")).body).toMatchObject({ name: "wanted-2" });
    expect(warned.filter((line) => line.includes("wanted"))).toEqual([
      `A host that asked to be called wanted is known as wanted-2 (${second.id}); truebound host list shows who is called what`,
    ]);
    const { body } = await get(`${tested.server.peopleUrl}/api/v1/hosts/wanted-2/events`);
    expect(body.items).toMatchObject([{ kind: "name_taken", detail: { wanted: "wanted", name: "wanted-2" } }]);
    expect(body.items[0].words).toContain("another host's");
    expect((await get(`${tested.server.peopleUrl}/api/v1/hosts/wanted/events`)).body.items).toEqual([]);
    // The same answer to one that lost it.
    expect((await second.enrol(two, "wanted")).body).toMatchObject({ agent: second.id, name: "wanted-2" });
  });
  it("makes a host wait where the token asks for approval", async () => {
    const waiting = await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {}, approval: true });
    const one = agent();
    expect((await one.enrol(waiting, "patient")).body).toMatchObject({ state: "pending" });
    const batch = batchOf(one.id, [{ realtime: 1n, lo: 0n, hi: 1n }]);
    expect(await one.send(batch)).toMatchObject({
      status: 403,
      body: { code: "suspended", detail: expect.stringContaining("approve"), tls_pins: [] },
    });
    await ask(tested.url, "update host set state = 'active' where name = 'patient'");
    expect((await one.send(batch)).status).toBe(200);
  });
  it("states the same of a batch however often it is sent, and signs it", async () => {
    const one = agent();
    await one.enrol(await token(), "stated");
    const batch = batchOf(one.id, [{ realtime: 1n, lo: 0n, hi: 1n }]);
    const place = { seq: one.seq, prev: one.prev };
    const first = await one.send(batch);
    const again = await one.send(batch, place);
    expect(again.body).toMatchObject({ verdict: "duplicate", statement: first.body.statement });
    const { hash, received_at_ns, signature } = first.body.statement;
    const text = receiptText({ agent: one.id, epoch: 1, seq: 1, hash, receivedAt: BigInt(received_at_ns) });
    const key = Buffer.from(one.receiptKey, "base64url");
    expect(nodeCrypto.verifyEd25519(key, text, Buffer.from(signature, "base64url"))).toBe(true);
    expect(nodeCrypto.verifyEd25519(key, text.replace("\n1\n", "\n2\n"), Buffer.from(signature, "base64url"))).toBe(false);
  });
  it("makes a taken name unique, even when many ask for it at once", async () => {
    const many = await token(30);
    await Promise.all(Array.from({ length: 25 }, () => agent().enrol(many, "twin")));
    const names = await ask<{ name: string }>(tested.url, "select name from host where name like 'twin%'");
    expect(names).toHaveLength(25);
    expect(names.map(({ name }) => name)).toEqual(expect.arrayContaining(["twin", "twin-2", "twin-20"]));
  });
  it("stores no token, only its hash", async () => {
    const secret = await token();
    const rows = await ask<{ hash: Buffer }>(tested.url, "select hash from join_token");
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ hash }) => hash.equals(Buffer.from(secret, "base64url")))).toBe(false);
  });
  it("refuses a token that expired by the clock of the database", async () => {
    const late = await token();
    await ask(tested.url, "update join_token set expires_at = clock_timestamp() - interval '1 second'");
    expect((await agent().enrol(late)).body.code).toBe("bad_token");
  });
  it("refuses a challenge that was used, invented or is too old", async () => {
    const one = agent();
    const used = await one.enrolRequest(await token(), "again");
    const send = (request: object) => post(enrolPath(), JSON.stringify(request), {});
    expect((await send(used)).status).toBe(200);
    expect((await send(used)).body.code).toBe("bad_challenge");
    const old = await agent().enrolRequest(await token());
    await ask(tested.url, "update enrol_challenge set expires_at = clock_timestamp() - interval '1 second'");
    expect((await send(old)).body.code).toBe("bad_challenge");
  });
  it("refuses who does not hold the key that is shown, and spends no token on it", async () => {
    const good = await token();
    const [one, other] = [agent(), agent()];
    const request = { ...(await one.enrolRequest(good)), public_key: other.publicKey };
    expect((await post(enrolPath(), JSON.stringify(request), {})).body.code).toBe("bad_signature");
    expect((await one.enrol(good)).status).toBe(200);
  });
  it("refuses what is no enrolment and says where", async () => {
    const request = await agent().enrolRequest(await token());
    const bad = await post(enrolPath(), JSON.stringify({ ...request, name: "a\u0000b" }), {});
    expect([bad.status, bad.body.code, bad.body.errors[0].pointer]).toEqual([422, "malformed", "/name"]);
    expect((await post(enrolPath(), "{", {})).body.code).toBe("malformed");
    expect((await post(enrolPath(), JSON.stringify({ ...request, name: "x".repeat(70_000) }), {})).body.code).toBe("too_large");
  });
  it("waits a minute with an address from which ten were refused, even with a good token; other addresses need not", async () => {
    const good = await token();
    for (let i = 0; i < 10; i++) expect((await agent().enrol(randomBytes(32).toString("base64url"))).body.code).toBe("bad_token");
    const shut = await agent().enrol(good);
    expect(shut).toMatchObject({ status: 429, body: { code: "rate", detail: expect.stringContaining("were refused within a minute") } });
    expect(Number(shut.headers["retry-after"])).toBeGreaterThan(0);
    expect((await agent("127.0.3.1").enrol(good)).status).toBe(200);
  });
  it("gives one address 200 challenges at a time, and others still theirs", async () => {
    const open = (address: string) => call("POST", `${enrolPath()}/challenge`, {}, "", address);
    await ask(
      tested.url,
      "insert into enrol_challenge select sha256(n::text::bytea), clock_timestamp() + interval '50 seconds', '127.0.5.1' from generate_series(1, 199) n",
    );
    expect((await open("127.0.5.1")).status).toBe(200);
    expect(await open("127.0.5.1")).toMatchObject({ status: 429, body: { code: "rate" }, headers: { "retry-after": "60" } });
    expect((await open("127.0.5.2")).status).toBe(200);
    await ask(tested.url, "update enrol_challenge set expires_at = clock_timestamp() - interval '1 second' where network = '127.0.5.1'");
    expect((await open("127.0.5.1")).status).toBe(200);
  });
  it("answers again when its reply was lost, without another use of the token", async () => {
    const one = agent();
    const single = await token();
    const first = await one.enrol(single, "lost-reply");
    const second = await one.enrol(single, "lost-reply");
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect((await one.send(batchOf(one.id, []))).status).toBe(200);
    expect((await one.enrol(single, "lost-reply")).body.code).toBe("bad_token");
  });
  it("lets a key that lost its place in again with a new token, as the same host in a new epoch", async () => {
    const one = agent();
    await one.enrol(await token(), "returning");
    const id = one.id;
    await one.send(batchOf(id, []));
    const { body } = await one.enrol(await token(), "returning");
    expect([body.agent, body.epoch]).toEqual([id, 2]);
    expect((await one.send(batchOf(id, []))).body).toMatchObject({ verdict: "stored", seq: 1 });
  });
  it("moves no chain for a request that was late on its way, whose answer was given up and asked for again", async () => {
    const one = agent();
    const shared = await token(9);
    const late = await one.enrolRequest(shared, "late");
    await one.enrol(shared, "late");
    expect((await one.send(batchOf(one.id, []))).body.verdict).toBe("stored");
    const answer = await post(enrolPath(), JSON.stringify(late), {});
    expect([answer.status, answer.body.code]).toEqual([401, "bad_challenge"]);
    expect((await one.send(batchOf(one.id, []))).body).toMatchObject({ verdict: "stored", seq: 2, epoch: 1 });
    expect((await one.enrol(shared, "late")).body).toMatchObject({ agent: one.id, epoch: 2 });
  });
  it("is counted by outcome", async () => {
    const { body } = await get(`${tested.server.peopleUrl}/metrics`);
    for (const outcome of ["enrolled", "bad_token", "bad_challenge", "bad_signature", "malformed", "too_large"])
      expect(body).toMatch(new RegExp(`truebound_enrolments_total\\{outcome="${outcome}"\\} [1-9]`));
  });
});
