import { formatUtc, utc } from "@truebound/time";
import type { Batch, OrderAnswer } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { ask, quiet } from "./database.ts";
import { type Answer, batchOf, FakeAgent, get, type Row } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverForTests } from "./server-under-test.ts";
import { apart, spanAt } from "./signed-minutes.ts";

const tested = serverForTests();
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(() => pool?.end());

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const at = (ns: bigint) => formatUtc(utc(T0 + ns));

/** A host whose clock is so much behind UTC, at a second of UTC; known to 1 µs. */
const row = (second: bigint, offset: bigint, more: Partial<Row> = {}): Row => ({
  realtime: T0 + second * S - offset,
  raw: second * S + 10n * S,
  lo: offset - 1000n,
  hi: offset + 1000n,
  ...more,
});

async function host(name: string, labels: Record<string, string> = {}): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  expect((await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels }), name)).status).toBe(200);
  return agent;
}

/** One that reported every ten seconds for so many of them. */
async function steady(name: string, offset = 0n, seconds = 120n, more: Partial<Batch> = {}): Promise<FakeAgent> {
  const agent = await host(name);
  const rows = Array.from({ length: Number(seconds / 10n) + 1 }, (_, index) => row(BigInt(index) * 10n, offset));
  expect((await agent.sendAll(rows.map((one) => batchOf(agent.id, [one], more)))).status).toBe(200);
  return agent;
}

/** Fifty rows in each batch. */
const packed = (agent: FakeAgent, rows: readonly Row[]): Promise<Answer> =>
  agent.sendAll(Array.from({ length: Math.ceil(rows.length / 50) }, (_, n) => batchOf(agent.id, rows.slice(50 * n, 50 * n + 50))));

const order = (a: string, b: string): Promise<Answer> =>
  get(`${tested.server.peopleUrl}/api/v1/order?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`);
const answered = async (a: string, b: string): Promise<OrderAnswer> => {
  const { status, body } = await order(a, b);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as OrderAnswer;
};

describe("the order of two events", () => {
  it("is decided by the intervals of their stamps, to the nanosecond", async () => {
    await steady("slow", 3n * S);
    await steady("right", 0n);
    // The slow host shows :57 when it is :60; each is known to 1 µs.
    const found = await answered(`slow@${at(57n * S)}`, `right@${at(60n * S + 2001n)}`);
    expect(found).toMatchObject({
      result: "before",
      margin_ns: "1",
      a: { name: "slow", earliest: at(60n * S - 1000n), latest: at(60n * S + 1000n), status: "proven", tier: "guaranteed", assumes: [] },
      b: { name: "right", earliest: at(60n * S + 1001n), latest: at(60n * S + 3001n), guaranteed: { lo_ns: "-1000", hi_ns: "1000" } },
    });
    expect(found.a.evidence.length).toBeGreaterThan(0);
    expect(await answered(`right@${at(60n * S + 2001n)}`, `slow@${at(57n * S)}`)).toMatchObject({ result: "after", margin_ns: "1" });
    expect(await answered(`slow@${at(57n * S)}`, `right@${at(60n * S + 2000n)}`)).toMatchObject({ result: "undecidable", margin_ns: null });
  });
  it("is asked of a host with itself, by id, and with integer stamps", async () => {
    const { id } = await steady("itself", 5000n);
    expect(await answered(`${id}@${T0 + 50n * S}`, `itself@${T0 + 51n * S}`)).toMatchObject({
      result: "before",
      margin_ns: String(S - 2000n),
    });
  });
  it("finds a clock that was ten years off for an hour, years of UTC away from what it showed", async () => {
    const years = 3650n * 86_400n * S;
    const agent = await host("decade");
    const rows = Array.from({ length: 100 }, (_, index) => {
      const second = BigInt(index) * 10n;
      const isOff = index >= 40 && index < 70;
      const isSet = index === 40 || index === 70;
      return row(second, isOff ? years : 0n, isSet ? { throughout: null } : {});
    });
    expect((await packed(agent, rows)).status).toBe(200);
    const shown = T0 - years + 500n * S;
    const found = await answered(`decade@${formatUtc(utc(shown))}`, `decade@${at(100n * S)}`);
    expect(found).toMatchObject({ result: "after", a: { earliest: at(500n * S - 1000n), latest: at(500n * S + 1000n), status: "proven" } });
    // What it would have shown had it not been set.
    expect((await answered(`decade@${at(500n * S)}`, `decade@${at(100n * S)}`)).a).toMatchObject({
      status: "unknown",
      reason: "never_shown",
      earliest: null,
    });
  });
  it("takes both places of a stamp that a clock showed twice, and decides only where both are on one side", async () => {
    const agent = await host("twice");
    // At second 600 it is set back by 300 s.
    const rows = Array.from({ length: 121 }, (_, index) =>
      row(BigInt(index) * 10n, index < 60 ? 0n : 300n * S, index === 60 ? { throughout: null } : {}),
    );
    expect((await packed(agent, rows)).status).toBe(200);
    await steady("other", 0n, 1200n);
    const found = await answered(`twice@${at(400n * S)}`, `other@${at(500n * S)}`);
    expect(found).toMatchObject({ result: "undecidable", a: { earliest: at(400n * S - 1000n), latest: at(700n * S + 1000n) } });
    expect(found.a.places).toEqual([
      { earliest: at(400n * S - 1000n), latest: at(400n * S + 1000n) },
      { earliest: at(700n * S - 1000n), latest: at(700n * S + 1000n) },
    ]);
    expect((await answered(`twice@${at(400n * S)}`, `other@${at(701n * S)}`)).result).toBe("before");
    expect((await answered(`twice@${at(400n * S)}`, `other@${at(399n * S)}`)).result).toBe("after");
  });
  it("looks into a long silence from which a clock came back an hour off", async () => {
    const agent = await host("silence");
    const hour = 3600n * S;
    // It was an hour ahead, was silent for ten minutes, and came back right.
    const before = Array.from({ length: 12 }, (_, index) => row(BigInt(index) * 10n, -hour));
    const after = Array.from({ length: 500 }, (_, index) => row(720n + BigInt(index) * 10n, 0n, index === 0 ? { throughout: null } : {}));
    expect((await packed(agent, [...before, ...after])).status).toBe(200);
    // 300 s into the silence it may still have been an hour ahead; it showed the same once more an hour later.
    const { a } = await answered(`silence@${at(hour + 300n * S)}`, `silence@${at(0n)}`);
    expect(a).toMatchObject({ status: "unknown", earliest: at(110n * S - 1000n), latest: at(hour + 300n * S + 1000n), guaranteed: null });
    expect(a.places).toHaveLength(2);
    expect(a.assumes).toEqual([expect.stringContaining("at most once")]);
  });
  it.each([
    ["before it reported", `new@${at(-3600n * S)}`, { status: "unknown", reason: "before_first_evidence" }],
    ["after its last report, too late", `new@${at(86_400n * S)}`, { status: "unknown", reason: "wider_than_a_second" }],
  ])("of a host %s is unknown, and says why", async (_, stamp, a) => {
    if ((await ask(tested.url, "select from host where name = 'new'")).length === 0) await steady("new");
    expect(await answered(stamp, `new@${at(50n * S)}`)).toMatchObject({
      result: "unknown",
      margin_ns: null,
      a: { ...a, earliest: null, latest: null },
    });
  });
  it("after a last report widens as fast as a clock can run away", async () => {
    await steady("last");
    const { a } = await answered(`last@${at(220n * S)}`, `last@${at(0n)}`);
    // 700 ppm for 100 s, and 1 µs.
    expect(a).toMatchObject({
      status: "holdover",
      reason: "after_the_last_record",
      earliest: expect.stringMatching(/12:03:39\.930/),
      latest: expect.stringMatching(/12:03:40\.070/),
    });
  });
  it("of a revoked host is answered from what it reported before, and from nothing else", async () => {
    const agent = await steady("sent-away");
    await adminStore(pool).setState(agent.id, "revoked");
    expect((await answered(`sent-away@${at(50n * S)}`, `sent-away@${at(60n * S)}`)).result).toBe("before");
    expect(await answered(`sent-away@${at(50n * S)}`, `sent-away@${at(130n * S)}`)).toMatchObject({
      result: "unknown",
      b: { reason: "host_revoked" },
    });
  });
  it("takes nothing that was rehearsed for evidence", async () => {
    const agent = await host("rehearsed");
    const rehearsal = { id: "r1", fault: "step", for_s: 30, by_ns: "1000000", who: "ada" } as const;
    const rows = Array.from({ length: 30 }, (_, index) => row(BigInt(index) * 10n, 0n));
    const batches = rows.map((one, index) => batchOf(agent.id, [one], index >= 10 && index < 20 ? { rehearsal } : {}));
    expect((await agent.sendAll(batches)).status).toBe(200);
    const { result, a } = await answered(`rehearsed@${at(150n * S)}`, `rehearsed@${at(50n * S)}`);
    // It is known when it can have been, and that nothing is known of the clock then.
    expect([result, a]).toEqual([
      "after",
      expect.objectContaining({ status: "unknown", reason: "rehearsal", guaranteed: null, earliest: at(90n * S - 1000n) }),
    ]);
  });
  it("asks for an id where several hosts had the name", async () => {
    const first = await steady("reused");
    await ask(tested.url, "update host set state = 'retired', retired_at = clock_timestamp() where id = $1", [first.id]);
    const second = await steady("reused");
    const { status, body } = await order(`reused@${at(50n * S)}`, `reused@${at(60n * S)}`);
    expect([status, body.detail]).toEqual([400, expect.stringContaining(`${second.id}, ${first.id}`)]);
    expect((await answered(`${first.id}@${at(50n * S)}`, `${second.id}@${at(60n * S)}`)).result).toBe("before");
  });
  it.each([
    ["nobody@2025-03-01T12:00:00Z", 404, "no host has the id or name"],
    ["steady@yesterday", 400, "RFC 3339"],
    ["@2025-03-01T12:00:00Z", 400, "write HOST@TIME"],
    ["steady", 400, "write HOST@TIME"],
    ["nobody\0@2025-03-01T12:00:00Z", 404, "event A: no host has the id or name"],
  ])("of %s is refused: %s", async (a, status, words) => {
    expect(await order(a, `right@${at(0n)}`)).toMatchObject({ status, body: { detail: expect.stringContaining(words) } });
  });
});

describe("when batches are gone", () => {
  async function old(agent: FakeAgent): Promise<void> {
    await ask(tested.url, "update evidence set received_at = received_at - interval '40 days' where host_id = $1", [agent.id]);
    await ask(tested.url, "update host_state set checkpointed_seq = seq where host_id = $1", [agent.id]);
    await makePartitions(pool, quiet);
    await removeOld(pool, { rollupDays: 100_000 }, quiet);
    expect(await ask(tested.url, "select from evidence where host_id = $1", [agent.id])).toEqual([]);
  }

  it("what a host signed of its minutes answers for them: order and interval", async () => {
    await ask(tested.url, `insert into evidence_rule (selector, class, days) values ('{"keep":"audit"}', 'audit', 2555)`);
    const agent = await host("minutes-only", { keep: "audit" });
    expect((await agent.sendAll([0, 1, 2, 3].map((minute) => apart(agent, minute)))).status).toBe(200);
    await old(agent);
    const span = spanAt(1);
    const stamp = span.fromRealtime + 20n * S;
    const { result, a } = await answered(`minutes-only@${stamp}`, `minutes-only@${stamp + 10n * S}`);
    expect(result).toBe("before");
    expect(a).toMatchObject({
      status: "proven",
      guaranteed: { lo_ns: span.lo.toString(), hi_ns: span.hi.toString() },
      // Of the first statement that is kept with it.
      evidence: [{ epoch: 1, seq: 1 }],
      assumptions: { rho_ppb: 200_000 },
    });
    const { body } = await get(`${tested.server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=${formatUtc(utc(stamp))}`);
    expect(body).toMatchObject({
      status: "proven",
      guaranteed: { lo_ns: span.lo.toString(), hi_ns: span.hi.toString() },
      evidence: { epoch: 1, seq: 1 },
    });
  });
  it("and nothing signed is left, that is said", async () => {
    const agent = await steady("gone");
    await old(agent);
    expect(await answered(`gone@${at(50n * S)}`, `gone@${at(60n * S)}`)).toMatchObject({
      result: "unknown",
      a: { reason: "evidence_not_kept" },
    });
  });
});
