import { createPublicKey, verify } from "node:crypto";
import { deflateSync } from "node:zlib";
import { isSignedReply } from "@truebound/agent";
import { BATCH_DICTIONARY, CARRIER_ORIGIN, type CarriedDelivery, carriedLine, MESH_DICTIONARY } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { tellCarried } from "../src/carrier/tell-carried.ts";
import type { RunningServer } from "../src/server.ts";
import { carrierPorts } from "../src/wiring/carrier.ts";
import { ask, quiet, receiptKeyFile, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, call, FakeAgent, get } from "./fake-agent.ts";
import { meshPart } from "./mesh-part.ts";
import { serverOn } from "./server-under-test.ts";
import { brokenLink, evidenceOf, signedRuns } from "./stored-evidence.ts";
import { until } from "./until.ts";

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

const batches = (agent: FakeAgent, from: number, to: number, more: Parameters<typeof batchOf>[2] = {}) =>
  Array.from({ length: to - from + 1 }, (_, index) => batchOf(agent.id, [row(from + index)], more));

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
  it("of which all is stored tells how the host stands where its disk takes nothing new: later than what is shown, of the same boot", async () => {
    const agent = await enrolled("full");
    await agent.sendAll(batches(agent, 0, 2));
    const place = { seq: agent.seq, prev: agent.prev };
    const last = batches(agent, 3, 3);
    await agent.sendAll(last);
    const repeated = async (second: number, hi: bigint, more: Parameters<typeof batchOf>[2] = {}) => {
      Object.assign(agent, place);
      const answer = await agent.sendAll(last, batchOf(agent.id, [row(second, hi)], more));
      expect(answer).toMatchObject({ status: 200, body: { verdict: "duplicate", expected_seq: 5 } });
      return (await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}`)).body;
    };
    const newer = { guaranteed: { lo_ns: "-1000", hi_ns: "7777" }, is_ahead: true };
    expect(await repeated(60, 7777n)).toMatchObject(newer);
    // What was sent before, and is sent again by anybody.
    expect(await repeated(30, 5555n)).toMatchObject(newer);
    expect(await repeated(60, 4444n)).toMatchObject(newer);
    expect(await repeated(90, 3333n, { boot_id: "another-boot" })).toMatchObject(newer);
    expect(await ask(url, "select count(*) as evidence from evidence where host_id = $1", [agent.id])).toEqual([{ evidence: 4n }]);
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

describe("deliveries that were carried", () => {
  /** What truebound import says, and the lines that go back. */
  async function imported(lines: readonly unknown[], key = receiptKeyFile) {
    const database = openPool(url, quiet);
    const ports = carrierPorts(database, { signer: openReceiptKey(key), keyChanges: [], leapFile: null, log: quiet });
    const text = lines.map((line) => (typeof line === "string" ? line : carriedLine(line))).join("");
    let written = "";
    const files = {
      open: async function* () {
        yield Buffer.from(text);
      },
      write: (_: string, back: string) => {
        written = back;
      },
    };
    try {
      const told = await tellCarried({ ...ports, ...files }, { do: "import_carried", file: "-", answers: "x", json: true });
      const answers = written
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
      return {
        code: told.code,
        answers,
        ...(JSON.parse(told.out) as { hosts: Record<string, unknown>[]; troubles: { number: number; why: string }[]; whole: boolean }),
      };
    } finally {
      await database.end();
    }
  }
  const HEAD = { truebound: "deliveries/1", agent: "00000000-0000-4000-8000-000000000000", export: 1, server_key: "another" };
  /** The next of an agent, as it would write them; it takes them for delivered. */
  function carried(agent: FakeAgent, from: number, to: number, more?: Parameters<typeof batchOf>[2]): CarriedDelivery {
    const contents = batches(agent, from, to, more).map((batch) => Buffer.from(JSON.stringify(batch)));
    const { headers, hash, body } = Object.assign(new FakeAgent(CARRIER_ORIGIN.slice(0, -1)), {
      ...agent,
      url: CARRIER_ORIGIN.slice(0, -1),
    }).signedAll(contents, null, { sent: "carried/1", key: agent.key });
    const of = (name: string) => headers[name] as string;
    const [, signature = ""] = /^truebound=:(.*):$/.exec(of("signature")) ?? [];
    const place = { agent: agent.id, epoch: agent.epoch, seq: agent.seq, prev: agent.prev };
    agent.seq += contents.length;
    agent.prev = hash;
    return {
      delivery: { ...place, head: hash, content_digest: of("content-digest"), sent: "carried/1", signature },
      body: body.toString("base64"),
    };
  }
  const stored = async (agent: FakeAgent) =>
    Number((await ask<{ n: bigint }>(url, "select count(*) as n from evidence where host_id = $1", [agent.id]))[0]?.n);
  const livenessOf = async (agent: FakeAgent) =>
    (await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}`)).body as { liveness: string; words: string };

  it("are stored and vouched for like those that were sent, twice as once; and the host is silent to nobody", async () => {
    const agent = await enrolled("on a stick");
    const mesh = meshPart([{ peer: "00000000-0000-4000-8000-000000000009", raw: 1n }]);
    const lines = [HEAD, carried(agent, 0, 4), carried(agent, 5, 9, { mesh }), { end: 2 }];
    expect(await imported(lines)).toMatchObject({
      code: 0,
      whole: true,
      troubles: [],
      hosts: [{ name: "on a stick", reports_stored: 10, evidence: { epoch: 1, seq: 10 } }],
    });
    const again = await imported(lines);
    expect(again).toMatchObject({ code: 0, hosts: [{ reports_stored: 0, deliveries_repeated: 2 }] });
    expect([await stored(agent), await vouchedFor(agent)]).toEqual([10, 10]);
    // When the file came is not when its peers were measured.
    expect(await ask(url, "select from peer_edge where host_id = $1", [agent.id])).toEqual([]);
    const seen = await until(
      "it is seen as carried",
      async () => (await livenessOf(agent)).liveness === "carried" && (await livenessOf(agent)),
    );
    expect(seen.words).toMatch(/^carried, up to 2025-03-01T12:00:09/);
    const [head, last, end] = again.answers;
    expect([head, end]).toMatchObject([{ truebound: "answers/1" }, { end: 1 }]);
    const reply = { status: last.status, header: (name: string) => last.headers[name], body: Buffer.from(last.text) };
    expect(isSignedReply(reply, agent.receiptKey, `truebound=:${last.answer.signature}:`)).toBe(true);
    expect(JSON.parse(last.text)).toMatchObject({ verdict: "duplicate", expected_seq: 11 });
    // A road again.
    await agent.send(batchOf(agent.id, [row(10)]));
    await until("it is seen as reporting", async () => (await livenessOf(agent)).liveness === "reporting");
  });

  it("of a host that reports by itself are its past: it stays reporting, and what it said last stays what is shown", async () => {
    const agent = await enrolled("on the road");
    await agent.send(batchOf(agent.id, [row(0)]));
    await until("it reports", async () => (await livenessOf(agent)).liveness === "reporting");
    const shown = async () =>
      (
        await ask<Record<string, unknown>>(
          url,
          "select seq, carried, is_ahead, received_at, address, as_of_ns from host_state where host_id = $1",
          [agent.id],
        )
      )[0];
    const before = await shown();
    // The spool of a host that lay without a road for long, brought while it delivers the same itself.
    expect(await imported([HEAD, carried(agent, 1, 4), { end: 1 }])).toMatchObject({ code: 0, hosts: [{ reports_stored: 4 }] });
    expect(await shown()).toEqual({ ...before, seq: 5n, carried: false, is_ahead: true });
    expect((await livenessOf(agent)).liveness).toBe("reporting");
    await ask(url, "update host_state set received_at = received_at - interval '1 hour' where host_id = $1", [agent.id]);
    expect(await imported([HEAD, carried(agent, 5, 6), { end: 1 }])).toMatchObject({ code: 0 });
    expect(await shown()).toMatchObject({ seq: 7n, carried: true, is_ahead: false });
  });

  it("of many hosts, in any order, damaged or not: what is good is taken, and what is not is named by its line", async () => {
    const [one, two] = [await enrolled("mixed 1"), await enrolled("mixed 2")];
    const [a, b, c] = [carried(one, 0, 1), carried(two, 0, 1), carried(one, 2, 3)];
    const flipped = { ...carried(two, 2, 3), body: Buffer.from("not what was signed").toString("base64") };
    const rest = carriedLine(carried(one, 4, 5)).slice(0, 300);
    const first = await imported([HEAD, c, a, b, flipped, "\u0000\n", `${"x".repeat(3_000_000)}\n`, rest]);
    expect(first.troubles.map(({ number, why }) => `${number} ${why.split(":")[0]}`)).toEqual([
      "2 seq_gap",
      "5 bad_digest",
      "6 it is no delivery, or damaged",
      "7 it is longer than any delivery",
      "8 it is no delivery, or damaged",
    ]);
    expect([first.code, first.whole, await stored(one), await stored(two)]).toEqual([1, false, 2, 2]);
    // The first of two files was cut between two lines; then a line of it is away.
    for (const lines of [
      [HEAD, a, HEAD, b, { end: 1 }],
      [HEAD, a, { end: 2 }, HEAD, b, { end: 1 }],
    ])
      expect(await imported(lines)).toMatchObject({ code: 1, whole: false, troubles: [] });
    expect(await imported([HEAD, a, c, { end: 2 }])).toMatchObject({ code: 0, hosts: [{ reports_stored: 2, deliveries_repeated: 1 }] });
  });

  it("for another server, by another key, for a road, or beside the chain are refused", async () => {
    const [agent, other] = [await enrolled("attacked"), await enrolled("attacker")];
    const good = carried(agent, 0, 1);
    const stranger = { ...good, delivery: { ...good.delivery, agent: "00000000-0000-4000-8000-000000000000" } };
    const thief = { ...good, delivery: { ...good.delivery, agent: other.id } };
    const posted = await enrolled("posted");
    const { headers, hash, body } = posted.signedAll([Buffer.from(JSON.stringify(batchOf(posted.id, [row(0)])))], null);
    const [, signature = ""] = /:(.*):/.exec(headers.signature as string) ?? [];
    const place = {
      agent: posted.id,
      epoch: 1,
      seq: 1,
      prev: posted.prev,
      head: hash,
      content_digest: headers["content-digest"],
      sent: headers["truebound-sent"],
    };
    const forRoad = { delivery: { ...place, signature }, body: body.toString("base64") };
    const copy = agent.copy("127.0.0.1");
    [copy.seq, copy.prev] = [good.delivery.seq, good.delivery.prev];
    const { troubles, answers, hosts } = await imported([HEAD, stranger, thief, forRoad, good, carried(copy, 7, 8), { end: 5 }]);
    expect(troubles.map(({ number, why }) => `${number} ${why.split(":")[0]}`)).toEqual([
      "2 unknown_agent",
      "3 bad_signature",
      "4 bad_signature",
      "6 fork",
    ]);
    expect(troubles[0]?.why).toContain("the file is for the server whose key is another");
    expect(hosts).toMatchObject([{ name: "attacked", reports_stored: 2, deliveries_refused: 1 }]);
    expect(answers.slice(1, -1).map(({ status }) => status)).toEqual([200, 409]);
    expect([await stored(agent), await stored(other), await stored(posted)]).toEqual([2, 0, 0]);
  });
});
