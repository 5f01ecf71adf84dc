import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyBundle } from "@truebound/audit";
import { utc } from "@truebound/time";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleFiles, bundleFolder } from "../server/src/adapters/bundle-folder.ts";
import { openReceiptKey } from "../server/src/adapters/crypto/receipt-key.ts";
import { logPorts } from "../server/src/adapters/postgres/log/log-ports.ts";
import { seal } from "../server/src/adapters/postgres/log/log-store.ts";
import { openPool } from "../server/src/adapters/postgres/pool.ts";
import { reportShelf } from "../server/src/adapters/postgres/report/report-book.ts";
import { makePartitions } from "../server/src/adapters/postgres/retention/keep-evidence.ts";
import { reportPorts } from "../server/src/adapters/report-wiring.ts";
import { verifyPorts } from "../server/src/adapters/verify/verify-ports.ts";
import { administerLog } from "../server/src/log-book/administer-log.ts";
import { parseLog } from "../server/src/log-book/log-requests.ts";
import { tellCreated } from "../server/src/report/report-command.ts";
import { ask, quiet, receiptKeyFile } from "../server/test/database.ts";
import { batchOf, FakeAgent } from "../server/test/fake-agent.ts";
import { removeOld } from "../server/test/remove-old.ts";
import { scrubLog } from "../server/test/seal-log.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { apart } from "../server/test/signed-minutes.ts";
import { HAS_PYTHON, NEEDS_PYTHON, secondSaysOf } from "./two-verifiers.ts";

/** Retention takes a month: what is kept still proves, who took what and when is said, and next to nothing is left of the log of it. */
const S = 1_000_000_000n;
const DAY = 1_772_496_000n * S;
const CANARY = "canary-5e1f90c2";
const LEAPS = { updated: utc(0n), expires: utc(2n ** 62n), rows: [{ from: utc(1_483_228_800n * S), taiMinusUtc: 37 }] };

const folder = mkdtempSync(join(tmpdir(), "spent-months-"));
const witness = join(folder, "heads.ndjson");
const tested = serverForTests();
let pool: pg.Pool;
let gone: FakeAgent;
let kept: FakeAgent;
let stated: FakeAgent;
const STATED = 12;
let before = 0;

afterAll(async () => {
  await pool?.end();
  rmSync(folder, { recursive: true, force: true });
});

async function report(agent: FakeAgent, batches: number, boot: string): Promise<void> {
  for (let n = 0; n < batches; n++) {
    const row = { realtime: DAY + BigInt(agent.seq) * 10n * S, lo: -1000n, hi: 1000n, throughout: [-1100n, 1100n] as const };
    expect((await agent.send(batchOf(agent.id, [row], { boot_id: boot }))).status).toBe(200);
  }
}

/** As if all of this had been received and logged so many months ago: leaves are written by a clock that is behind. */
async function sealed(monthsAgo: number): Promise<void> {
  await ask(
    tested.url,
    "update evidence set received_at = received_at - make_interval(months => $1) where received_at > now() - interval '1 day'",
    [monthsAgo],
  );
  await ask(
    tested.url,
    `create or replace function behind.clock_timestamp() returns timestamptz language sql volatile as $$ select pg_catalog.clock_timestamp() - interval '${monthsAgo} months' $$`,
  );
  const behind = new URL(tested.url);
  behind.searchParams.set("options", "-c search_path=behind,pg_catalog,public");
  const then = openPool(behind.href, quiet);
  try {
    await seal(then, openReceiptKey(receiptKeyFile));
  } finally {
    await then.end();
  }
}

async function truebound(...args: string[]) {
  const request = parseLog(args);
  if (typeof request === "string") throw new Error(request);
  return administerLog(logPorts(pool, receiptKeyFile), request);
}

const insider = (sql: string) => ask(tested.url, `set session_replication_role = replica; ${sql}`);

const shardOf = async (monthsAgo: number): Promise<string> =>
  (
    await ask<{ shard: string }>(
      tested.url,
      "select to_char(clock_timestamp() at time zone 'utc' - make_interval(months => $1), 'YYYY-MM') as shard",
      [monthsAgo],
    )
  )[0]?.shard ?? "";

const OF_SHARD = ["log_shard", "log_tile", "log_run", "log_entry", "log_head", "log_path"];
async function bytesOf(shard: string): Promise<number> {
  let bytes = 0n;
  for (const table of OF_SHARD) {
    const sql = `select coalesce(sum(pg_column_size(t.*)), 0)::bigint as bytes from ${table} t where shard = $1`;
    bytes += (await ask<{ bytes: bigint }>(tested.url, sql, [shard]))[0]?.bytes ?? 0n;
  }
  return Number(bytes);
}

/** As text, and as the bytes of it that a body would hold. */
async function hits(word: string): Promise<string[]> {
  const tables = await ask<{ name: string }>(
    tested.url,
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const sql = `select count(*) from ${name} t where t::text like '%' || $1 || '%' or t::text like '%' || encode(convert_to($1, 'utf8'), 'hex') || '%'`;
    if (((await ask<{ count: bigint }>(tested.url, sql, [word]))[0]?.count ?? 0n) > 0n) found.push(name);
  }
  return found;
}

/** Nothing of the month is kept when it runs; yet the month has to stay. */
async function retentionLeaves(shard: string): Promise<void> {
  const { url } = tested;
  const flip = `update log_tile set hashes = set_byte(hashes, 7, get_byte(hashes, 7) # 1) where shard = '${shard}' and level = 0 and tile = 0`;
  await insider(flip);
  await removeOld(pool, { rollupDays: 30 }, quiet);
  expect(await tilesOf(shard), "its entries do not lie under its head").toBeGreaterThan(0);
  expect(await scrubLog(url)).not.toEqual([]);
  await insider(flip);
  await removeOld(pool, { rollupDays: 30 }, quiet);
  expect(await tilesOf(shard), "a difference waits for somebody who looks").toBeGreaterThan(0);
  expect(await scrubLog(url)).toEqual([]);
  expect(await ask(url, "select place from log_difference")).toEqual([]);
  await ask(
    url,
    `insert into log_block (host_id, epoch, seq, batches, entry, shard, leaf) select id, 1, 9000, 1, '{}', '${shard}', 0 from host where name = 'kept'`,
  );
  await removeOld(pool, { rollupDays: 30 }, quiet);
  expect(await tilesOf(shard), "the log of a host stopped there").toBeGreaterThan(0);
  await ask(url, "delete from log_block");
  expect(await isSpent(shard)).toBe(true);
  for (const [kind, about] of DECLARED) {
    await insider(`insert into log_entry (shard, leaf, kind, about, entry) values ('${shard}', 9000, '${kind}', '${about}', '{}')`);
    expect(await isSpent(shard), `${about} may be opened by a report`).toBe(false);
    await insider(`delete from log_entry where shard = '${shard}' and leaf = 9000`);
  }
}

const DECLARED = [
  ["scope", "scope desks"],
  ["profile", "profile ours"],
  ["exemption", "exemption 7"],
  ["rule", "calendar trading"],
];
const isSpent = async (shard: string): Promise<boolean | undefined> =>
  (await ask<{ is: boolean }>(tested.url, "select log_shard_is_spent($1) as is", [shard]))[0]?.is;

const tilesOf = async (shard: string): Promise<number> =>
  Number((await ask<{ count: bigint }>(tested.url, "select count(*) from log_tile where shard = $1", [shard]))[0]?.count);

beforeAll(async () => {
  const { server, url } = tested;
  pool = openPool(url, quiet);
  await ask(url, "create schema behind");
  await ask(url, `insert into evidence_rule (selector, class, days) values ('{"keep":"long"}', 'full', 2555)`);
  await ask(url, `insert into evidence_rule (selector, class, days) values ('{"keep":"statements"}', 'audit', 2555)`);
  [gone, kept, stated] = [new FakeAgent(server.agentsUrl), new FakeAgent(server.agentsUrl), new FakeAgent(server.agentsUrl)];
  await stated.enrol(await server.createToken({ labels: { keep: "statements" }, uses: 1, ttlSeconds: 600 }), "stated");
  await gone.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "gone");
  await kept.enrol(await server.createToken({ labels: { keep: "long" }, uses: 1, ttlSeconds: 600 }), "kept");
  await ask(url, "update host set enrolled_at = '2025-01-01'");
  await sealed(5);
  await report(gone, 300, CANARY);
  await ask(url, `insert into log_pending (entry) values ('{"kind":"rule","what":"hours","sha256":null}')`);
  await sealed(4);
  await truebound("head", "--witness", witness);
  await report(gone, 60, CANARY);
  await sealed(4);
  await report(kept, 40, "kept");
  for (let minute = 0; minute < STATED; minute++) expect((await stated.send(apart(stated, minute))).status).toBe(200);
  await report(gone, 40, CANARY);
  await sealed(3);
  await report(gone, 2, "after");
  await ask(url, "update host_state set checkpointed_seq = seq");
  await seal(pool, openReceiptKey(receiptKeyFile));
  expect(await hits(CANARY)).toContain("public.evidence");
  before = await bytesOf(await shardOf(4));
  await makePartitions(pool, quiet);
  await retentionLeaves(await shardOf(4));
  await removeOld(pool, { rollupDays: 30 }, quiet);
  await seal(pool, openReceiptKey(receiptKeyFile));
});

describe("a month of the log of which nothing is kept", () => {
  it("leaves at most 1 KiB: its last head, and what proves its one entry", async () => {
    const after = await bytesOf(await shardOf(4));
    console.info(`a month of 361 leaves: ${before} bytes before, ${after} after`);
    expect(before).toBeGreaterThan(12_000);
    expect(after).toBeLessThanOrEqual(1024);
  });
  it("leaves no payload behind, in no table", async () => {
    expect(await hits(CANARY)).toEqual([]);
  });
  it("is told of in the log: who removed what of which range, and when", async () => {
    const rows = await ask<{ entry: string }>(tested.url, "select entry from log_entry where kind = 'deletion' order by leaf");
    const entries = rows.map(({ entry }) => JSON.parse(entry) as Record<string, unknown>);
    const told = { who: "retention", at_ns: expect.stringMatching(/^\d{19}$/), from: expect.anything(), to: expect.anything() };
    for (const entry of entries) expect(entry).toMatchObject(told);
    const batches = entries.filter(({ what }) => what === "batches").reduce((sum, { count }) => sum + Number(count), 0);
    expect(batches).toBe(400 + STATED);
    expect(entries.filter(({ what }) => what === "log")).toMatchObject([{ shard: await shardOf(4), count: 361, batches: 360 }]);
  });
  it("does not break the log, which holds from the first head to the last, for a witness too", async () => {
    const { code, out } = await truebound("verify", "--witness", witness);
    expect(out).toContain("All of it holds");
    expect(out).toContain(`${400 + STATED} are no longer kept, of which ${STATED} statements are, each in its leaf`);
    expect(out).toContain(`shard ${await shardOf(4)}: retention left its last head, over 361 leaves, and 1 entries`);
    expect(code).toBe(0);
    expect(await truebound("head", "--witness", witness)).toMatchObject({ code: 0 });
  });
});

describe("the log is read again, round after round", () => {
  it("and finds no difference in a month that is gone", async () => {
    expect(await scrubLog(tested.url)).toEqual([]);
    expect(await ask(tested.url, "select place from log_difference")).toEqual([]);
  });
});

describe("a month of the log of which something is kept", () => {
  it("keeps its tiles", async () => {
    expect(await tilesOf(await shardOf(3))).toBe(1);
  });
  it.skipIf(!HAS_PYTHON)(`proves all of that in a report${NEEDS_PYTHON}`, async () => {
    const ports = reportPorts({ pool, archive: null, signer: openReceiptKey(receiptKeyFile), leaps: () => LEAPS, render: async () => [] });
    const request = { from: utc(DAY), to: utc(DAY + 400n * S), profiles: ["us-cat-participant"], hosts: ["kept"] };
    const watching = { progress: () => undefined, signal: new AbortController().signal };
    const out = join(folder, "kept");
    const asked = { do: "create" as const, request, out, regenerate: false, json: false };
    expect(await tellCreated({ sink: bundleFolder, ports, shelf: reportShelf(pool), watching }, asked)).toMatchObject({ code: 0 });
    expect(await verifyBundle({ ...verifyPorts, files: bundleFiles(out) })).toMatchObject({ kind: "holds", records: 40 });
    expect(secondSaysOf(out)).toBeNull();
    expect(readFileSync(join(out, "log.ndjson"), "utf8")).toContain('"what":"log"');
  });
});

describe("somebody who holds the database", () => {
  it("is found who alters an entry, or the head, of a month that is gone", async () => {
    const shard = await shardOf(4);
    await insider(`update log_entry set entry = replace(entry, 'hours', 'years') where shard = '${shard}'`);
    expect((await truebound("verify")).out).toMatch(
      new RegExp(`shard ${shard}, leaf \\d+: what is stored of the entry .* is not what was logged`),
    );
    await insider(`update log_entry set entry = replace(entry, 'years', 'hours') where shard = '${shard}'`);
    await insider(`update log_head set size = size - 1 where shard = '${shard}'`);
    expect((await truebound("verify")).out).toContain("the heads before it are not all there");
    await insider(`update log_head set size = size + 1 where shard = '${shard}'`);
    expect((await truebound("verify")).code).toBe(0);
  });
  it("cannot drop a month of which something is kept, by the way that retention takes", async () => {
    await expect(ask(tested.url, "select drop_spent_shard($1)", [await shardOf(3)])).rejects.toThrow(/is needed still/);
    await expect(ask(tested.url, "delete from log_tile")).rejects.toThrow(/are never changed/);
  });
  it("is found by the daily round too, where an entry or the head of such a month is altered or goes", async () => {
    const shard = await shardOf(4);
    const found = async (sql: string, back: string) => {
      await insider(sql);
      const differences = await scrubLog(tested.url);
      await insider(back);
      expect(await scrubLog(tested.url)).toEqual([]);
      return differences.join("\n");
    };
    const entry = (from: string, to: string) => `update log_entry set entry = replace(entry, '${from}', '${to}') where shard = '${shard}'`;
    expect(await found(entry("hours", "years"), entry("years", "hours"))).toMatch(
      new RegExp(`^shard ${shard}, leaf \\d+: what is stored of the entry .* is not what was logged$`),
    );
    const moved = (from: string, to: string) => `update log_entry set shard = '${to}' where shard = '${from}'`;
    expect(await found(moved(shard, "1999-12"), moved("1999-12", shard))).toContain(
      `shard ${shard}: 0 entries are left of it, and retention left 1`,
    );
    const head = (by: string) => `update log_head set timestamp_ns = timestamp_ns ${by} where shard = '${shard}'`;
    expect(await found(head("+ 1"), head("- 1"))).toBe(`shard ${shard}: its last head is not the one that retention left`);
  });
  it("is found who takes a single batch, however many went with a month that is gone", async () => {
    await insider(
      "delete from evidence where (host_id, epoch, seq) in (select host_id, epoch, seq from evidence order by 1, 2, 3 limit 1)",
    );
    expect(await scrubLog(tested.url)).toEqual(["batches that are gone: 1 batches are gone of which no entry says that they were deleted"]);
    expect((await truebound("verify")).out).toContain("1 batches are gone of which no entry says that they were deleted");
  });
});
