import { createPublicKey, verify } from "node:crypto";
import { contextHash, readStatement, type StatedSpan, statementText } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { unpackRow } from "../src/retention/audit-row.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverOn } from "./server-under-test.ts";
import { apart, MINUTE, minuteBatch, sha256, spanAt, T0 } from "./signed-minutes.ts";

let databases: TestDatabases;
let server: RunningServer;
let pool: pg.Pool;
let url: string;
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  server = await serverOn(url);
  pool = openPool(url, quiet);
  await ask(
    url,
    `insert into evidence_rule (selector, class, days) values ('{"keep":"audit"}', 'audit', 2555), ('{"keep":"none"}', 'none', 0)`,
  );
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
  await databases?.stop();
});

async function enrolled(name: string, keep: string): Promise<FakeAgent> {
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels: { keep }, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

/** As if it had come so many days ago and its agent had been told that it may delete it; then what is past its age goes. */
async function pass(agent: FakeAgent, days: number): Promise<void> {
  await ask(url, "update evidence set received_at = received_at - make_interval(days => $2) where host_id = $1", [agent.id, days]);
  await ask(url, "update host_state set checkpointed_seq = seq where host_id = $1", [agent.id]);
  await makePartitions(pool, quiet);
  await removeOld(pool, { rollupDays: 100_000 }, quiet);
}

const left = async (agent: FakeAgent): Promise<number[]> =>
  (await ask<{ seq: bigint }>(url, "select seq from evidence where host_id = $1 order by seq", [agent.id])).map(({ seq }) => Number(seq));

/** From `audit_span` and `host_key` alone, as a verifier without our code would: every signature holds, and these are the spans. */
async function provedBy(agent: FakeAgent): Promise<StatedSpan[]> {
  const rows = await ask<{ context: Buffer; statements: Buffer }>(
    url,
    "select context, statements from audit_span where host_id = $1 order by minute_ns, seq",
    [agent.id],
  );
  const [{ public_key } = { public_key: Buffer.alloc(0) }] = await ask<{ public_key: Buffer }>(
    url,
    "select public_key from host_key where host_id = $1",
    [agent.id],
  );
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: public_key.toString("base64url") }, format: "jwk" });
  return rows.flatMap((row) =>
    (unpackRow(row) ?? []).flatMap(({ body, signature }) => {
      expect(verify(null, Buffer.from(statementText(agent.id, body)), key, signature)).toBe(true);
      return readStatement(body)?.spans ?? [];
    }),
  );
}

describe("the class audit", () => {
  it("keeps a host-day of signed spans in at most 200 bytes a minute, keys and all, and no batch", async () => {
    const agent = await enrolled("a day", "audit");
    for (let minute = 0; minute < 1440; minute += 120)
      expect((await agent.sendAll(Array.from({ length: 120 }, (_, index) => apart(agent, minute + index)))).status).toBe(200);
    await pass(agent, 3);
    expect(await left(agent)).toEqual([]);
    expect(await provedBy(agent)).toEqual(Array.from({ length: 1440 }, (_, minute) => spanAt(minute)));
    const [{ bytes } = { bytes: 0n }] = await ask<{ bytes: bigint }>(
      url,
      "select pg_total_relation_size('audit_span') + pg_total_relation_size('audit_context') as bytes",
    );
    console.info(`audit: ${(Number(bytes) / 1440).toFixed(1)} bytes a host-minute`);
    expect(Number(bytes) / 1440).toBeLessThanOrEqual(200);
  });

  it("says what the spans rest on", async () => {
    const agent = await enrolled("context", "audit");
    await agent.send(apart(agent, 0));
    await pass(agent, 3);
    const [row] = await ask<{ hash: Buffer; text: string }>(url, "select hash, text from audit_context");
    expect(row?.hash.toString("hex")).toBe(contextHash(row?.text ?? "", sha256));
    expect(JSON.parse(row?.text ?? "").assumptions.rho_ppb).toBe(200_000);
  });

  it("keeps the batches of an agent that signs no spans, or whose signature is of other spans, for the class's age", async () => {
    const agent = await enrolled("unsigned", "audit");
    await agent.send(minuteBatch(agent, 0));
    await agent.send(apart(agent, 1));
    await agent.send({ ...apart(agent, 2), spans_signature: apart(agent, 3).spans_signature ?? "" });
    await agent.send(batchOf(agent.id, [{ realtime: T0, lo: -1n, hi: 1n }]));
    await agent.send("{");
    await pass(agent, 3);
    expect(await left(agent)).toEqual([1, 3, 5]);
    expect(await provedBy(agent)).toEqual([spanAt(1)]);
    await pass(agent, 3000);
    expect(await left(agent)).toEqual([]);
  });

  it("takes no batch out of a delivery that must stay: one signature stands for all of it", async () => {
    const agent = await enrolled("together", "audit");
    await agent.sendAll([apart(agent, 0), minuteBatch(agent, 1)]);
    await agent.sendAll([apart(agent, 2), apart(agent, 3)]);
    await pass(agent, 3);
    expect(await left(agent)).toEqual([1, 2]);
    expect(await provedBy(agent)).toEqual([spanAt(2), spanAt(3)]);
  });

  it("touches nothing under a hold, nothing that is not checkpointed, and nothing within the refill window", async () => {
    const agent = await enrolled("held", "audit");
    await agent.send(apart(agent, 0));
    await pass(agent, 1);
    expect(await left(agent)).toEqual([1]);
    await ask(url, "insert into legal_hold (held_host, from_ns, to_ns) values ($1, 0, $2)", [agent.id, T0 + MINUTE]);
    await pass(agent, 3);
    expect(await left(agent)).toEqual([1]);
    await ask(url, "delete from legal_hold");
    await ask(url, "update host_state set checkpointed_seq = 0 where host_id = $1", [agent.id]);
    await removeOld(pool, { rollupDays: 100_000 }, quiet);
    expect(await left(agent)).toEqual([1]);
  });
});

it("the class none keeps a batch until it is checkpointed and past the refill window", async () => {
  const agent = await enrolled("nothing", "none");
  await agent.send(apart(agent, 0));
  await pass(agent, 1);
  expect(await left(agent)).toEqual([1]);
  await pass(agent, 2);
  expect(await left(agent)).toEqual([]);
  expect(await provedBy(agent)).toEqual([]);
});
