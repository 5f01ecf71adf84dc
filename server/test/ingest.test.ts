import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../src/server.ts";
import { ask, type TestDatabases, testDatabases } from "./database.ts";
import { BOOT_ID, batchOf, call, FakeAgent, get, type Row } from "./fake-agent.ts";
import { sealLog } from "./seal-log.ts";
import { serverOn } from "./server-under-test.ts";
import { until } from "./until.ts";

let databases: TestDatabases;
let url: string;
let server: RunningServer;

beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  server = await serverOn(url);
});
afterAll(async () => {
  await server?.stop();
  await databases?.stop();
});

const T0 = 1_740_830_400_000_000_000n;
const S = 1_000_000_000n;
const row = (second: number, lo: bigint | null = -1000n, hi: bigint | null = 3000n, more: Partial<Row> = {}): Row => ({
  realtime: T0 + BigInt(second) * S,
  lo,
  hi,
  ...more,
});

async function enrolled(name = "host"): Promise<FakeAgent> {
  const agent = new FakeAgent(server.agentsUrl);
  const { status } = await agent.enrol(await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
  expect(status).toBe(200);
  return agent;
}

const without = (headers: Record<string, string>, name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([given]) => given !== name));

async function metric(line: string): Promise<number> {
  const { body } = await get(`${server.peopleUrl}/metrics`);
  const found = (body as string).split("\n").find((text) => text.startsWith(`${line} `));
  return found === undefined ? 0 : Number(found.slice(line.length + 1));
}

const count = async (agent: FakeAgent, table: string): Promise<number> =>
  Number((await ask<{ n: bigint }>(url, `select count(*) as n from ${table} where host_id = $1`, [agent.id]))[0]?.n);
const refused = (code: string) => `truebound_ingest_refused_total{code="${code}"}`;

/** Expects a refusal that is counted, stores nothing and leaves the chain where it was. */
async function expectRefusal(
  agent: FakeAgent,
  code: string,
  status: number,
  send: () => Promise<{ status: number; body: { code?: string; detail?: string } }>,
): Promise<void> {
  const before = { counted: await metric(refused(code)), stored: await count(agent, "evidence") };
  const answer = await send();
  expect([answer.body.code, answer.status]).toEqual([code, status]);
  expect(answer.body.detail).toMatch(/\S/);
  expect(await metric(refused(code))).toBe(before.counted + 1);
  expect(await count(agent, "evidence")).toBe(before.stored);
}

describe("a good batch", () => {
  it("is stored as it came, with all that follows from it, and acknowledged with a policy", async () => {
    const agent = await enrolled("good");
    const batch = batchOf(agent.id, [row(0), row(30, -2000n, 2000n), row(61, -500n, 500n, { since: [-900n, 5000n] })], {
      events: [
        {
          kind: "agent_started",
          raw_ns: "1",
          realtime_ns: "1",
          boottime_ns: (T0 - 1_700_000_000_000_000_000n - S).toString(),
          source: null,
          detail: { why: "start" },
        },
      ],
    });
    const body = Buffer.from(`\n ${JSON.stringify(batch)}`);
    const { status, body: receipt } = await agent.send(body);
    expect(status).toBe(200);
    expect(receipt).toMatchObject({
      version: 1,
      verdict: "stored",
      seq: 1,
      expected_seq: 2,
      checkpointed_seq: null,
      policy: { report_interval_s: 5 },
    });
    const [evidence] = await ask<{ body: Buffer; hash: Buffer; first_utc_ns: bigint; last_utc_ns: bigint }>(
      url,
      "select * from evidence where host_id = $1",
      [agent.id],
    );
    expect(evidence?.body.equals(body)).toBe(true);
    expect(evidence?.hash.toString("hex")).toBe(agent.prev);
    expect([evidence?.first_utc_ns, evidence?.last_utc_ns]).toEqual([T0 + 1000n, T0 + 61n * S]);
    const minutes = await ask(
      url,
      "select minute_ns, lo_ns, hi_ns, rows, status, marked from host_minute where host_id = $1 order by minute_ns",
      [agent.id],
    );
    expect(minutes).toEqual([
      { minute_ns: T0, lo_ns: -2000n, hi_ns: 5000n, rows: 2, status: "proven", marked: false },
      { minute_ns: T0 + 60n * S, lo_ns: -900n, hi_ns: 5000n, rows: 1, status: "proven", marked: false },
    ]);
    const [state] = await ask(url, "select epoch, seq, status, lo_ns, hi_ns, as_of_ns, as_of_marked from host_state where host_id = $1", [
      agent.id,
    ]);
    expect(state).toEqual({ epoch: 1, seq: 1n, status: "proven", lo_ns: -500n, hi_ns: 500n, as_of_ns: T0 + 61n * S, as_of_marked: false });
    const [event] = await ask(url, "select kind, at_ns, at_marked, detail from host_event where host_id = $1", [agent.id]);
    expect(event).toEqual({ kind: "agent_started", at_ns: T0 - S + 1000n, at_marked: false, detail: { why: "start" } });
  });
  it("without a bound lies where its age on the sender's BOOTTIME puts it, marked", async () => {
    const agent = await enrolled("ageing");
    agent.boottime = 100n * S;
    await agent.send(batchOf(agent.id, [row(0, null, null, { raw: 70n * S }), row(1, null, null, { raw: 90n * S })]));
    const [aged] = await ask<{ age: bigint }>(
      url,
      "select utc_ns(e.received_at) - e.last_utc_ns as age from evidence e where host_id = $1",
      [agent.id],
    );
    expect(aged?.age).toBe(10n * S);
    await agent.send(batchOf(agent.id, [row(2, null, null, { raw: 95n * S })]), { sent: `${BOOT_ID.replace("3f", "4f")} ${200n * S}` });
    const [other] = await ask<{ age: bigint; marked: boolean }>(
      url,
      "select utc_ns(e.received_at) - e.last_utc_ns as age, s.as_of_marked as marked from evidence e join host_state s using (host_id) where e.host_id = $1 and e.seq = 2",
      [agent.id],
    );
    expect(other).toEqual({ age: 0n, marked: true });
  });
  it("that brings no reading leaves what is known of the clock", async () => {
    const agent = await enrolled("eventful");
    await agent.send(batchOf(agent.id, [row(0)]));
    await agent.send(batchOf(agent.id, []));
    const [state] = await ask(url, "select seq, lo_ns, status from host_state where host_id = $1", [agent.id]);
    expect(state).toEqual({ seq: 2n, lo_ns: -1000n, status: "proven" });
  });
});

describe("a bad batch is refused by name, counted, and loses nothing", () => {
  it("replayed: acknowledged again, stored once", async () => {
    const agent = await enrolled("replayed");
    const batch = batchOf(agent.id, [row(0)]);
    const first = agent.signed(Buffer.from(JSON.stringify(batch)));
    await agent.send(batch);
    const before = await metric('truebound_ingest_batches_total{verdict="duplicate"}');
    const again = await call("POST", `${agent.url}/api/v1/batches`, first.headers, first.body);
    expect(again).toMatchObject({ status: 200, body: { verdict: "duplicate", seq: 1, expected_seq: 2 } });
    expect(await metric('truebound_ingest_batches_total{verdict="duplicate"}')).toBe(before + 1);
    expect([await count(agent, "evidence"), (await ask(url, "select rows from host_minute where host_id = $1", [agent.id]))[0]]).toEqual([
      1,
      { rows: 1 },
    ]);
  });
  it("another one under a number that is taken", async () => {
    const agent = await enrolled("forked");
    const genesis = agent.prev;
    await agent.send(batchOf(agent.id, [row(0)]));
    await expectRefusal(agent, "fork", 409, () => agent.send(batchOf(agent.id, [row(1)]), { seq: 1, prev: genesis }));
  });
  it("one that follows another chain", async () => {
    const agent = await enrolled("stray");
    await expectRefusal(agent, "fork", 409, () => agent.send(batchOf(agent.id, [row(0)]), { prev: "ab".repeat(32) }));
    await expectRefusal(agent, "fork", 409, () => agent.send(batchOf(agent.id, [row(0)]), { epoch: 2, seq: 1 }));
  });
  it("out of order: the server says which it wants", async () => {
    const agent = await enrolled("early");
    await expectRefusal(agent, "seq_gap", 409, async () => {
      const answer = await agent.send(batchOf(agent.id, [row(0)]), { seq: 7 });
      expect(answer.body.expected_seq).toBe(1);
      return answer;
    });
    expect((await agent.send(batchOf(agent.id, [row(0)]))).status).toBe(200);
  });
  it("signed by another key", async () => {
    const agent = await enrolled("victim");
    const thief = new FakeAgent(server.agentsUrl);
    await expectRefusal(agent, "bad_signature", 401, () => agent.send(batchOf(agent.id, [row(0)]), { key: thief.key }));
  });
  it("of an agent that nobody enrolled", async () => {
    const agent = await enrolled("known");
    await expectRefusal(agent, "unknown_agent", 401, () =>
      agent.send(batchOf(agent.id, [row(0)]), { agent: "00000000-0000-4000-8000-000000000000" }),
    );
  });
  it("in the name of another agent, signed by one's own key", async () => {
    const [agent, other] = [await enrolled("me"), await enrolled("you")];
    await expectRefusal(other, "bad_signature", 401, () => agent.send(batchOf(other.id, [row(0)]), { agent: other.id }));
  });
  it("with a bit flipped in the body", async () => {
    const agent = await enrolled("flipped");
    const flip = (body: Buffer) => Buffer.from(body.map((byte, index) => (index === 40 ? byte ^ 1 : byte)));
    await expectRefusal(agent, "bad_digest", 400, () => agent.send(batchOf(agent.id, [row(0)]), { body: flip }));
  });
  it("with any signed header changed, or none", async () => {
    const agent = await enrolled("header");
    const changes: Record<string, (value: string) => string> = {
      "truebound-epoch": () => "2",
      "truebound-seq": () => "2",
      "truebound-head": (value) => (value.startsWith("0") ? `1${value.slice(1)}` : `0${value.slice(1)}`),
      "truebound-prev": (value) => (value.startsWith("0") ? `1${value.slice(1)}` : `0${value.slice(1)}`),
      "truebound-sent": (value) => `${value}0`,
      host: () => "localhost:1",
    };
    for (const [name, change] of Object.entries(changes))
      await expectRefusal(agent, "bad_signature", 401, () =>
        agent.send(batchOf(agent.id, [row(0)]), { headers: (headers) => ({ ...headers, [name]: change(headers[name] ?? "") }) }),
      );
    for (const name of ["signature", "signature-input"])
      await expectRefusal(agent, "bad_signature", 401, () =>
        agent.send(batchOf(agent.id, [row(0)]), { headers: (headers) => without(headers, name) }),
      );
    for (const name of ["content-digest", "truebound-agent", "truebound-seq", "truebound-sent"])
      await expectRefusal(agent, "bad_request", 400, () =>
        agent.send(batchOf(agent.id, [row(0)]), { headers: (headers) => without(headers, name) }),
      );
  });
  it("over the size cap, whatever the body says", async () => {
    const agent = await enrolled("large");
    await expectRefusal(agent, "too_large", 413, () => agent.send(Buffer.alloc(1024 * 1024 + 1, 0x20)));
    expect(
      (await agent.send(Buffer.concat([Buffer.from(JSON.stringify(batchOf(agent.id, [row(0)]))), Buffer.alloc(900_000, 0x20)]))).status,
    ).toBe(200);
  });
  it("of a host that was suspended or revoked", async () => {
    const agent = await enrolled("gone");
    for (const state of ["suspended", "revoked"]) {
      await ask(url, "update host set state = $2 where id = $1", [agent.id, state]);
      await expectRefusal(agent, state, 403, () => agent.send(batchOf(agent.id, [row(0)])));
    }
    await ask(url, "update host set state = 'active' where id = $1", [agent.id]);
    expect((await agent.send(batchOf(agent.id, [row(0)]))).status).toBe(200);
  });
});

describe("a batch that is rightly signed and in its place but cannot be read", () => {
  const base = (agent: FakeAgent) => batchOf(agent.id, [row(0), row(1)]);
  const unreadable: Record<string, (agent: FakeAgent) => Buffer | string> = {
    "no JSON": () => "{",
    "no UTF-8": () => Buffer.from([0x22, 0xff, 0x22]),
    "random bytes": () => randomBytes(300),
    empty: () => "",
    "brackets without end": () => "[".repeat(1_000_000),
    "another version": (agent) => JSON.stringify({ ...base(agent), version: 3 }),
    "a field that nobody knows, with a NUL in its name": (agent) => JSON.stringify({ ...base(agent), "x\u0000\ud800": 1 }),
    "another agent's name inside": () => JSON.stringify(batchOf("00000000-0000-4000-8000-000000000000", [row(0)])),
    "a NUL in a text": (agent) => JSON.stringify({ ...base(agent), software: "a\u0000b" }),
    "a lone surrogate in a text": (agent) => JSON.stringify({ ...base(agent), boot_id: "a\ud800b" }),
    "columns of different length": (agent) => JSON.stringify({ ...base(agent), bounds: { ...base(agent).bounds, votes: [3] } }),
  };
  it.each(Object.keys(unreadable))("%s: kept as it came, set aside, counted, told of, and the next one goes on", async (what) => {
    const agent = await enrolled(`odd ${what.replace(/[^a-z ]/gi, "")}`);
    const content = unreadable[what]?.(agent) ?? "";
    const before = await metric('truebound_ingest_batches_total{verdict="quarantined"}');
    const answer = await agent.send(content);
    expect(answer).toMatchObject({ status: 200, body: { verdict: "stored", expected_seq: 2 } });
    expect(await metric('truebound_ingest_batches_total{verdict="quarantined"}')).toBe(before + 1);
    const [evidence] = await ask<{ body: Buffer; quarantined: string }>(url, "select body, quarantined from evidence where host_id = $1", [
      agent.id,
    ]);
    expect(evidence?.body.equals(Buffer.from(content))).toBe(true);
    expect(evidence?.quarantined).toMatch(/^\/.*\S/);
    const { body: detail } = await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}`);
    expect(detail.events[0]).toMatchObject({ kind: "batch_quarantined" });
    expect(detail.explanation).toContain("quarantine");
    expect(await count(agent, "host_minute")).toBe(0);
    expect((await agent.send(batchOf(agent.id, [row(0)]))).body).toMatchObject({ verdict: "stored", seq: 2 });
    const { body: mended } = await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}`);
    expect([mended.status, mended.guaranteed]).toEqual(["proven", { lo_ns: "-1000", hi_ns: "3000" }]);
  });
});

describe("a chain", () => {
  it("goes on in a later epoch from its genesis, and the break is told", async () => {
    const agent = await enrolled("epochs");
    const one = await agent.send(batchOf(agent.id, [row(0)]));
    agent.beginEpoch();
    const first = { epoch: 1, seq: 1, hash: one.body.statement.hash };
    const early = await agent.send(batchOf(agent.id, [row(6)]), { seq: 2 });
    expect(early.body).toMatchObject({ code: "seq_gap", expected_epoch: 2, expected_seq: 1, chain_head: first });
    const place = { seq: agent.seq, prev: agent.prev };
    const begun = { epoch: 2, after_epoch: 1, after_seq: 1 };
    const began = await agent.send(batchOf(agent.id, [row(5)]));
    expect(began.body).toMatchObject({ verdict: "stored", seq: 1, expected_seq: 2, epoch_begun: begun });
    const next = await agent.send(batchOf(agent.id, [row(6)]));
    expect(next.body).toMatchObject({ verdict: "stored", seq: 2 });
    expect([began, next].map(({ body }) => [body.chain_head, body.epoch_begun])).toEqual([
      [undefined, begun],
      [undefined, undefined],
    ]);
    const again = await agent.send(batchOf(agent.id, [row(5)]), place);
    const head = { epoch: 2, seq: 2, hash: next.body.statement.hash };
    expect(again.body).toMatchObject({ verdict: "duplicate", chain_head: head, epoch_begun: begun });
    expect(await ask(url, "select kind, detail from host_event where host_id = $1", [agent.id])).toEqual([
      { kind: "epoch_started", detail: { from_epoch: 1, to_epoch: 2 } },
    ]);
    await expectRefusal(agent, "fork", 409, () => agent.send(batchOf(agent.id, [row(7)]), { epoch: 1, seq: 2 }));
  });
  it("may be deleted by the agent up to what is two days old and under a head of the log", async () => {
    const agent = await enrolled("old");
    for (const second of [0, 1, 2]) await agent.send(batchOf(agent.id, [row(second)]));
    await ask(url, "update evidence set received_at = received_at - interval '49 hours' where host_id = $1 and seq <= 2", [agent.id]);
    await ask(url, "update host_state set uncheckpointed_since = uncheckpointed_since - interval '49 hours' where host_id = $1", [
      agent.id,
    ]);
    expect((await agent.send(batchOf(agent.id, [row(3)]))).body.checkpointed_seq).toBe(null);
    await sealLog(url);
    expect((await agent.send(batchOf(agent.id, [row(4)]))).body.checkpointed_seq).toBe(2);
  });
  it("takes parallel deliveries of one batch once", async () => {
    const agent = await enrolled("parallel");
    const { headers, body } = agent.signed(Buffer.from(JSON.stringify(batchOf(agent.id, [row(0)]))));
    // As many as one agent may have under way.
    const atOnce = () => Promise.all(Array.from({ length: 4 }, () => call("POST", `${agent.url}/api/v1/batches`, headers, body)));
    const answers = [...(await atOnce()), ...(await atOnce())];
    expect(answers.map((answer) => answer.body.verdict).sort()).toEqual([...Array<string>(7).fill("duplicate"), "stored"]);
    expect(await count(agent, "evidence")).toBe(1);
  });
});

describe("when the database fails in the middle", () => {
  it("leaves nothing half-derived, says so, and takes the same batch later", async () => {
    const agent = await enrolled("torn");
    // The last statement of the transaction waits for this lock; then its connection is cut.
    await ask(
      url,
      "create function stall() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(42); return new; end $$",
    );
    await ask(
      url,
      `create trigger stall before update of seq on host_state for each row when (new.host_id = '${agent.id}') execute function stall()`,
    );
    const { Client } = (await import("pg")).default;
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query("select pg_advisory_lock(42)");
    const batch = batchOf(agent.id, [row(0)], {
      events: [{ kind: "suspended", raw_ns: "0", realtime_ns: "0", boottime_ns: "0", source: null, detail: {} }],
    });
    const pending = agent.send(batch);
    const [{ pid }] = (await until("the transaction to wait", async () => {
      const rows = await ask<{ pid: number }>(url, "select pid from pg_locks where locktype = 'advisory' and not granted");
      return rows.length > 0 && rows;
    })) as [{ pid: number }];
    await ask(url, "select pg_terminate_backend($1)", [pid]);
    const answer = await pending;
    expect([answer.status, answer.body.code]).toEqual([503, "unavailable"]);
    await holder.end();
    for (const table of ["evidence", "host_minute", "host_event"]) expect([table, await count(agent, table)]).toEqual([table, 0]);
    expect(await ask(url, "select seq, status from host_state where host_id = $1", [agent.id])).toEqual([{ seq: 0n, status: "unknown" }]);
    expect((await agent.send(batch)).body.verdict).toBe("stored");
    for (const table of ["evidence", "host_minute", "host_event"]) expect([table, await count(agent, table)]).toEqual([table, 1]);
  });
});
