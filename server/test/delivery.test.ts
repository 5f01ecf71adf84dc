import { createPublicKey, verify } from "node:crypto";
import { deflateSync } from "node:zlib";
import { BATCH_DICTIONARY, MESH_DICTIONARY } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../src/server.ts";
import { ask, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, call, FakeAgent, get } from "./fake-agent.ts";
import { serverOn } from "./server-under-test.ts";
import { brokenLink, evidenceOf, signedRuns } from "./stored-evidence.ts";

let databases: TestDatabases;
let server: RunningServer;
let url: string;
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  server = await serverOn(url);
});
afterAll(async () => {
  await server?.stop();
  await databases?.stop();
});

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const row = (second: number, hi = 1000n) => ({ realtime: T0 + BigInt(second) * S, lo: -1000n, hi });

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

const batches = (agent: FakeAgent, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => batchOf(agent.id, [row(from + index)]));

/** From what is stored alone: every batch is in a chain, and every chain's end is signed. Returns how many were vouched for. */
async function vouchedFor(agent: FakeAgent): Promise<number> {
  const rows = await evidenceOf(url, agent.id);
  expect(brokenLink(agent.id, rows)).toBeNull();
  const runs = signedRuns(agent.id, rows);
  for (const { base, signature } of runs) expect(verify(null, Buffer.from(base), createPublicKey(agent.key), signature)).toBe(true);
  return runs.reduce((sum, run) => sum + run.rows.length, 0);
}

describe("a delivery of several batches", () => {
  it("is stored batch by batch under one signature, and can be verified from what is stored", async () => {
    const agent = await enrolled("several");
    const answer = await agent.sendAll(batches(agent, 0, 9));
    expect(answer).toMatchObject({ status: 200, body: { verdict: "stored", seq: 10, expected_seq: 11, statement: { hash: agent.prev } } });
    await agent.send(batchOf(agent.id, [row(10)]));
    await agent.sendAll(batches(agent, 11, 14), batchOf(agent.id, [row(99)]));
    const rows = await evidenceOf(url, agent.id);
    expect(rows.map(({ signature }) => signature !== null)).toEqual([...Array(9).fill(false), true, true, false, false, false, true]);
    expect(await vouchedFor(agent)).toBe(15);
  });
  it("shows a host's present ahead of its backlog, and no evidence of it", async () => {
    const agent = await enrolled("behind");
    await agent.sendAll(batches(agent, 0, 3), batchOf(agent.id, [row(500, 7777n)]));
    const { body: now } = await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}`);
    expect(now).toMatchObject({
      status: "proven",
      guaranteed: { lo_ns: "-1000", hi_ns: "7777" },
      is_ahead: true,
      delivered_until: "2025-03-01T12:00:03.000000000Z",
    });
    const [counted] = await ask(url, "select count(*) as evidence from evidence where host_id = $1", [agent.id]);
    const minutes = await ask(url, "select minute_ns, rows from host_minute where host_id = $1", [agent.id]);
    expect([counted, minutes]).toEqual([{ evidence: 4n }, [{ minute_ns: T0, rows: 4 }]]);
    await agent.sendAll(batches(agent, 4, 6));
    const { body: later } = await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}`);
    expect(later).toMatchObject({ guaranteed: { lo_ns: "-1000", hi_ns: "1000" }, is_ahead: false, delivered_until: null });
  });
  it("gives the same minutes as the same batches one by one", async () => {
    const [one, many] = [await enrolled("one by one"), await enrolled("all at once")];
    const reach = (agent: FakeAgent) =>
      Array.from({ length: 40 }, (_, index) => batchOf(agent.id, [row(index * 17, BigInt(1000 + ((index * 7919) % 500)))]));
    for (const batch of reach(one)) await one.send(batch);
    await many.sendAll(reach(many));
    const minutes = (agent: FakeAgent) =>
      ask(url, "select minute_ns, lo_ns, hi_ns, rows, status, marked, unbounded from host_minute where host_id = $1 order by 1", [
        agent.id,
      ]);
    expect(await minutes(many)).toEqual(await minutes(one));
  });
  it("takes what is new of one that is stored in part", async () => {
    const agent = await enrolled("in part");
    const start = { seq: agent.seq, prev: agent.prev };
    await agent.sendAll(batches(agent, 0, 2));
    Object.assign(agent, start);
    expect((await agent.sendAll(batches(agent, 0, 5))).body).toMatchObject({ verdict: "stored", seq: 6, expected_seq: 7 });
    expect(await vouchedFor(agent)).toBe(9);
  });
  it("is refused as a whole when one batch in it is beside the chain", async () => {
    const agent = await enrolled("beside");
    const start = { seq: agent.seq, prev: agent.prev };
    await agent.sendAll(batches(agent, 0, 2));
    Object.assign(agent, start);
    const other = [batchOf(agent.id, [row(0)]), batchOf(agent.id, [row(77)]), batchOf(agent.id, [row(2)]), batchOf(agent.id, [row(3)])];
    expect((await agent.sendAll(other)).body.code).toBe("fork");
    expect(await evidenceOf(url, agent.id)).toHaveLength(3);
  });
  it("keeps the good batches beside one that cannot be read", async () => {
    const agent = await enrolled("one bad");
    const [first, , third] = batches(agent, 0, 2);
    expect((await agent.sendAll([first as never, "{", third as never])).body).toMatchObject({ verdict: "stored", seq: 3 });
    const rows = await ask(url, "select seq, quarantined is null as good from evidence where host_id = $1 order by seq", [agent.id]);
    expect(rows).toEqual([1n, 2n, 3n].map((seq) => ({ seq, good: seq !== 2n })));
  });
});

describe("the bytes of a batch", () => {
  const text = (agent: FakeAgent) => JSON.stringify(batchOf(agent.id, [row(0)]));
  const dictionary = Buffer.from(BATCH_DICTIONARY);
  it.each([
    ["JSON", (json: string) => Buffer.from(json)],
    ["deflated", (json: string) => deflateSync(json)],
    ["deflated with the dictionary", (json: string) => deflateSync(json, { dictionary })],
    ["deflated with that of a mesh", (json: string) => deflateSync(json, { dictionary: Buffer.from(MESH_DICTIONARY) })],
  ])("%s are read and kept as they came", async (what, encode) => {
    const agent = await enrolled(`bytes ${what}`);
    const bytes = encode(text(agent));
    await agent.send(bytes);
    const [kept] = await evidenceOf(url, agent.id);
    expect(kept?.body.equals(bytes)).toBe(true);
    const { body } = await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=2025-03-01T12:00:01Z`);
    expect(body).toMatchObject({ status: "holdover", evidence: { seq: 1 } });
  });
  it("deflated with a dictionary that nobody knows are kept and set aside", async () => {
    const agent = await enrolled("foreign dictionary");
    await agent.send(deflateSync(text(agent), { dictionary: Buffer.from("another one") }));
    const [kept] = await ask(url, "select quarantined from evidence where host_id = $1", [agent.id]);
    expect(kept).toEqual({ quarantined: "/ is deflated, but damaged or with another dictionary than that of batches" });
  });
  it("that inflate a thousandfold are refused before they are inflated", async () => {
    const agent = await enrolled("bomb");
    const bomb = deflateSync(Buffer.alloc(200 * 1024 * 1024, 0x20), { level: 9 });
    const before = process.memoryUsage().rss;
    const answer = await agent.send(bomb);
    expect([answer.status, answer.body.code]).toEqual([413, "too_large"]);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect((await agent.send(batchOf(agent.id, [row(0)]))).status).toBe(200);
  });
  it("that decode to too much together are refused together, and taken in parts", async () => {
    const agent = await enrolled("wordy");
    const wordy = () => deflateSync(`${text(agent)}${" ".repeat(1024 * 1024)}`, { dictionary });
    const sent = await agent.sendAll(Array.from({ length: 6 }, wordy));
    expect([sent.status, sent.body.code]).toEqual([413, "too_large"]);
    expect((await agent.sendAll(Array.from({ length: 3 }, wordy))).status).toBe(200);
  });
  it("of a delivery that is cut short are refused by name", async () => {
    const agent = await enrolled("cut");
    const { headers, body } = agent.signed(Buffer.from(text(agent)));
    const cut = body.subarray(0, -1);
    const answer = await call("POST", `${agent.url}/api/v1/batches`, headers, cut);
    expect(answer.body.code).toBe("bad_digest");
  });
});
