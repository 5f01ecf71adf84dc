import { afterAll, beforeAll, expect, it } from "vitest";
import { logPorts } from "../src/adapters/postgres/log/log-ports.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { administerLog } from "../src/log-book/administer-log.ts";
import { ask, quiet, receiptKeyFile, type TestDatabases, testDatabases } from "./database.ts";
import { FakeAgent } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { sealLog } from "./seal-log.ts";
import { serverOn } from "./server-under-test.ts";
import { apart } from "./signed-minutes.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await testDatabases();
});
afterAll(() => databases?.stop());

const MINUTES = 90;

/** A database whose batches are gone; what is left of them are their statements, over two epochs. */
async function condensed(): Promise<string> {
  const url = await databases.create();
  const server = await serverOn(url);
  const pool = openPool(url, quiet);
  try {
    await ask(url, "update evidence_rule set class = 'audit', days = 2555 where selector = '{}'");
    const agent = new FakeAgent(server.agentsUrl);
    await agent.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "minutes");
    for (let minute = 0; minute < MINUTES; minute++) {
      if (minute === 70) agent.beginEpoch();
      expect((await agent.send(apart(agent, minute))).status).toBe(200);
    }
    await sealLog(url);
    await ask(url, "update evidence set received_at = received_at - interval '3 days'");
    await ask(url, "update host_state set checkpointed_seq = seq");
    await makePartitions(pool, quiet);
    await removeOld(pool, { rollupDays: 100_000 }, quiet);
    await sealLog(url);
    expect(await ask(url, "select count(*) from evidence")).toEqual([{ count: 0n }]);
    return url;
  } finally {
    await pool.end();
    await server.stop();
  }
}

async function verified(url: string): Promise<{ readonly code: number; readonly out: string }> {
  const pool = openPool(url, quiet);
  try {
    return await administerLog(logPorts(pool, receiptKeyFile), { do: "verify", witness: null, json: false });
  } finally {
    await pool.end();
  }
}

it("statements that are left of batches are opened, each by its leaf; one that is changed or put in is missed", async () => {
  const url = await condensed();
  const { code, out } = await verified(url);
  expect(out).toContain(`0 batches were read again, ${MINUTES} are no longer kept, of which ${MINUTES} statements are, each in its leaf`);
  expect(code).toBe(0);
  const change = (sign: string) =>
    ask(url, `update audit_span set statements = set_byte(statements, 20, get_byte(statements, 20) ${sign} 1) where epoch = 2`);
  await change("#");
  const [{ rows } = { rows: 0n }] = await ask<{ rows: bigint }>(url, "select count(*) as rows from audit_span where epoch = 2");
  expect((await verified(url)).out).toMatch(
    new RegExp(
      `${rows} statements are kept that are not what was logged; the first leaf that none of them opens: shard .*: the statement of batch \\d+ of epoch 2`,
    ),
  );
  await change("#");
  expect((await verified(url)).code).toBe(0);
  await ask(
    url,
    "insert into audit_span select host_id, minute_ns + 1, epoch, seq, until_ns, context, statements from audit_span where epoch = 2",
  );
  expect((await verified(url)).out).toMatch(/statements are kept that are not what was logged; .*: none, each has one of its own/);
});
