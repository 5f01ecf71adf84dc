import { createHash } from "node:crypto";
import { chainText, LogView, validator } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions, removeOld } from "../src/adapters/postgres/retention/keep-evidence.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { acknowledgeLog, scrubLog, sealLog } from "./seal-log.ts";
import { serverOn } from "./server-under-test.ts";

/** What somebody who holds the database may do to it, and what the log makes of that. */
let databases: TestDatabases;
beforeAll(async () => {
  databases = await testDatabases();
});
afterAll(() => databases?.stop());

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;

interface Scene {
  readonly url: string;
  readonly server: RunningServer;
  readonly agent: FakeAgent;
}

async function scene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const url = await databases.create();
  const server = await serverOn(url);
  try {
    const agent = new FakeAgent(server.agentsUrl);
    await agent.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "one");
    await work({ url, server, agent });
  } finally {
    await server.stop();
  }
}

async function report(agent: FakeAgent, batches: number): Promise<void> {
  for (let n = 0; n < batches; n++)
    expect((await agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(agent.seq) * S, lo: -1000n, hi: 1000n }]))).status).toBe(200);
}

const entries = (url: string, kind: string): Promise<{ entry: string }[]> =>
  ask<{ entry: string }>(url, "select entry from log_entry where kind = $1 order by shard, leaf", [kind]);
const mismatches = async (url: string) => (await entries(url, "mismatch")).map(({ entry }) => JSON.parse(entry) as Record<string, unknown>);
const logged = async (url: string): Promise<string[]> =>
  (
    await ask<{ epoch: number; seq: bigint }>(
      url,
      "select epoch, first_seq + n as seq from log_run cross join generate_series(0, batches - 1) n where not mismatch order by 1, 2",
    )
  ).map(({ epoch, seq }) => `${epoch}/${seq}`);

const bodySha = (body: Buffer): string => createHash("sha256").update(body).digest("hex");
const withoutGuards = (url: string, table: string, sql: string, values: unknown[] = []) =>
  ask(url, `alter table ${table} disable trigger user`)
    .then(() => ask(url, sql, values))
    .finally(() => ask(url, `alter table ${table} enable trigger user`));

/** Says that a person has looked, until the log is at its end. */
async function lookAndSeal(url: string, agent: FakeAgent): Promise<void> {
  await sealLog(url);
  for (let n = 0; n < 9 && (await ask(url, "select from log_block")).length > 0; n++) {
    expect(await acknowledgeLog(url, agent.id)).toMatchObject({ kind: "acknowledge", host: agent.id });
    await sealLog(url);
  }
}

describe("a batch that is not what was received when it is read again", () => {
  it("stops its host's log before it, and gets a leaf that says so: a bit of its body", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 4);
      await ask(url, "update evidence set body = set_byte(body, 40, get_byte(body, 40) # 1) where seq = 2");
      const { mismatches: told } = await sealLog(url);
      expect(told).toHaveLength(1);
      const [row] = await ask<{ body: Buffer; hash: Buffer }>(url, "select body, hash from evidence where seq = 2");
      expect(await mismatches(url)).toEqual([
        {
          kind: "mismatch",
          host: agent.id,
          epoch: 1,
          seq: 2,
          why: "changed",
          hash: row?.hash.toString("hex"),
          body_sha256: bodySha(row?.body ?? Buffer.of()),
        },
      ]);
      expect(await logged(url)).toEqual(["1/1"]);
      expect(await ask(url, "select kind, detail from host_event where kind = 'evidence_mismatch'")).toEqual([
        { kind: "evidence_mismatch", detail: { why: "changed", of_epoch: 1, from_seq: 2, to_seq: 2 } },
      ]);
    }));

  it("its place in the chain, its time of sealing or its number", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 3);
      await ask(url, "update evidence set prev_hash = sha256('') where seq = 1");
      await ask(url, "update evidence set seq = 7 where seq = 3");
      await lookAndSeal(url, agent);
      expect((await mismatches(url)).map(({ seq, why, to_seq }) => [seq, why, to_seq])).toEqual([
        [1, "changed", undefined],
        [3, "missing", 6],
        [7, "changed", undefined],
      ]);
      expect(await logged(url)).toEqual(["1/2"]);
    }));

  it("another batch in its place, with a hash that fits it: the next one does not follow", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 3);
      const [row] = await ask<{ prev_hash: Buffer }>(url, "select prev_hash from evidence where seq = 2");
      const body = Buffer.from("{}");
      const contentDigest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
      const text = chainText({ agent: agent.id, epoch: 1, seq: 2, prev: row?.prev_hash.toString("hex") ?? "", contentDigest });
      await ask(url, "update evidence set body = $1, hash = $2 where seq = 2", [body, createHash("sha256").update(text).digest()]);
      await sealLog(url);
      expect((await mismatches(url)).map(({ seq, why }) => [seq, why])).toEqual([[3, "unchained"]]);
    }));

  it("one of a later epoch in front of its beginning", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 2);
      agent.beginEpoch();
      await report(agent, 2);
      await ask(url, "delete from evidence where (epoch, seq) in ((1, 2), (2, 1))");
      await lookAndSeal(url, agent);
      expect((await mismatches(url)).map(({ epoch, seq, why, to_seq }) => [epoch, seq, why, to_seq])).toEqual([
        [1, 2, "missing", 2],
        [2, 1, "missing", 1],
      ]);
    }));
});

describe("a host whose log stopped", () => {
  const flip = (url: string, seq: number, at = 40) =>
    ask(url, "update evidence set body = set_byte(body, $2, get_byte(body, $2) # 1) where seq = $1", [seq, at]);
  const age = (url: string) =>
    ask(url, "update evidence set received_at = received_at - interval '3 days'").then(() =>
      ask(url, "update host_state set uncheckpointed_since = uncheckpointed_since - interval '3 days'"),
    );
  const heads = (url: string) => ask<{ size: bigint }>(url, "select size from log_head order by number");

  it("is told so once, and no head grows over it however often it is tried", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 4);
      await flip(url, 2);
      await sealLog(url);
      const before = await heads(url);
      await report(agent, 2);
      expect((await sealLog(url)).mismatches).toEqual([]);
      expect(await heads(url)).toEqual(before);
      expect(await mismatches(url)).toHaveLength(1);
      expect(await logged(url)).toEqual(["1/1"]);
    }));

  it("is told to people: which host's log stopped, before which batch and why, and what month lies under which head", () =>
    scene(async ({ url, server, agent }) => {
      const asked = async (): Promise<LogView> => (await fetch(`${server.peopleUrl}/api/v1/log`)).json() as Promise<LogView>;
      await report(agent, 3);
      await sealLog(url);
      const sound = await asked();
      expect(validator(LogView).errors(sound)).toEqual([]);
      const [month] = sound.months;
      expect(month).toMatchObject({
        shard: sound.head?.shard,
        leaves: sound.head?.size,
        state: "growing",
        tiles: { stored: 1, needed: 1 },
      });
      expect(month?.heads.last).toBe(sound.head?.number);
      expect(sound).toMatchObject({
        stopped: [],
        differences: [],
        mismatches: [],
        scrub: { overdue: false },
        anchoring: { authority: null },
      });
      await report(agent, 2);
      expect((await asked()).waiting.hosts).toBe(1);
      await flip(url, 5);
      await sealLog(url);
      const { stopped, mismatches: told } = await asked();
      expect(stopped).toMatchObject([{ host: agent.id, name: "one", epoch: 1, seq: 5, entry: { kind: "mismatch", why: "changed" } }]);
      expect(told).toEqual(stopped.map(({ entry }) => entry));
      await flip(url, 1);
      await scrubLog(url);
      expect((await asked()).differences).toMatchObject([
        { host: "one", place: expect.stringMatching(/^shard \d{4}-\d\d, leaf \d+$/) as string },
      ]);
    }));

  it("holds up no other host", () =>
    scene(async ({ url, server, agent }) => {
      const other = new FakeAgent(server.agentsUrl);
      await other.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "two");
      await report(agent, 3);
      await report(other, 3);
      await ask(url, "update evidence set body = set_byte(body, 40, get_byte(body, 40) # 1) where seq = 2 and host_id = $1", [agent.id]);
      await sealLog(url);
      expect(await ask(url, "select host_id from log_host where seq = 3")).toEqual([{ host_id: other.id }]);
      expect(await logged(url)).toEqual(["1/1", "1/1", "1/2", "1/3"]);
    }));

  it("goes on by itself when what was received lies there again", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 40);
      await flip(url, 2);
      await sealLog(url);
      await flip(url, 2);
      await sealLog(url);
      expect(await logged(url)).toHaveLength(40);
      expect(await ask(url, "select from log_block")).toEqual([]);
    }));

  it("goes on when a person has looked, behind what does not fit, which stays without a leaf of its own", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 6);
      await flip(url, 2);
      await flip(url, 4);
      await sealLog(url);
      expect(await acknowledgeLog(url, agent.id)).toEqual({
        kind: "acknowledge",
        host: agent.id,
        note: "looked",
        from: { epoch: 1, seq: 2 },
        through: { epoch: 1, seq: 6 },
      });
      expect(await acknowledgeLog(url, agent.id)).toBeNull();
      await report(agent, 2);
      await flip(url, 8);
      await sealLog(url);
      expect(await logged(url)).toEqual(["1/1", "1/3", "1/5", "1/6", "1/7"]);
      expect((await mismatches(url)).map(({ seq }) => seq)).toEqual([2, 4, 8]);
      expect((await entries(url, "acknowledge")).map(({ entry }) => (JSON.parse(entry) as { note: string }).note)).toEqual(["looked"]);
      expect(await ask(url, "select seq, through_seq from log_block")).toEqual([{ seq: 8n, through_seq: null }]);
    }));

  it("has its agent keep what lies behind it until then, and retention too", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 4);
      await flip(url, 3);
      await sealLog(url);
      await age(url);
      const live = async () =>
        (await agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(agent.seq) * S, lo: -1000n, hi: 1000n }]))).body.checkpointed_seq;
      await live();
      expect(await live()).toBe(2);
      const pool = openPool(url, quiet);
      try {
        await ask(url, "update evidence set received_at = received_at - interval '40 days' where seq <= 4");
        await ask(url, "update host_state set checkpointed_seq = seq, as_of_ns = utc_ns(clock_timestamp())");
        await makePartitions(pool, quiet);
        await removeOld(pool, { rollupDays: 400 }, quiet);
        expect(await ask(url, "select count(*) from evidence where seq <= 4")).toEqual([{ count: 4n }]);
        await acknowledgeLog(url, agent.id);
        await sealLog(url);
        await removeOld(pool, { rollupDays: 400 }, quiet);
        expect(await ask(url, "select count(*) from evidence where seq <= 4")).toEqual([{ count: 0n }]);
      } finally {
        await pool.end();
      }
    }));

  it("at a batch that is there twice takes neither, and goes on when one is taken away", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 3);
      await ask(
        url,
        `insert into evidence select (e).* from (select jsonb_populate_record(e, jsonb_build_object('received_at', received_at + interval '1 second')) as e
          from evidence e where seq = 2) as doubled`,
      );
      await sealLog(url);
      expect((await mismatches(url)).map(({ seq, why }) => [seq, why])).toEqual([[2, "twice"]]);
      expect(await logged(url)).toEqual(["1/1"]);
      await ask(url, "delete from evidence where seq = 2 and received_at = (select max(received_at) from evidence where seq = 2)");
      await sealLog(url);
      expect(await logged(url)).toEqual(["1/1", "1/2", "1/3"]);
    }));

  it("that was set back and is filled from behind stops there too", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 4);
      await ask(url, "update host_state set seq = 2, chain_hash = (select hash from evidence where seq = 2)");
      await ask(url, "delete from evidence where seq in (3, 4)");
      await sealLog(url);
      await ask(url, "update log_host set seq = 9");
      await withoutGuards(url, "log_run", "update log_run set batches = 2");
      [agent.seq, agent.prev] = [3, await hashOf(url, 2)];
      await report(agent, 2);
      await flip(url, 3);
      await sealLog(url);
      expect(await logged(url)).toEqual(["1/1", "1/2"]);
      await age(url);
      const live = async () =>
        (await agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(agent.seq) * S, lo: -1000n, hi: 1000n }]))).body.checkpointed_seq;
      await live();
      expect(await live()).toBe(2);
      await lookAndSeal(url, agent);
      expect(await logged(url)).toEqual(["1/1", "1/2", "1/4", "1/5", "1/6"]);
    }));
});

describe("a batch that was taken out before it was logged", () => {
  it.each([
    ["the first", "seq = 1", [[1, 1]]],
    ["two in the middle", "seq in (2, 3)", [[2, 3]]],
    ["the last", "seq = 5", [[5, 5]]],
    ["all of them", "true", [[1, 5]]],
  ])("is missed: %s", (_, which, gaps) =>
    scene(async ({ url, agent }) => {
      await report(agent, 5);
      await ask(url, `delete from evidence where ${which}`);
      await lookAndSeal(url, agent);
      expect((await mismatches(url)).map(({ seq, to_seq, why }) => [seq, to_seq, why])).toEqual(gaps.map(([a, b]) => [a, b, "missing"]));
      await report(agent, 1);
      await sealLog(url);
      expect(await mismatches(url)).toHaveLength(1);
    }),
  );
  it("is not missed where it went by its age before there was a log", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 5);
      await ask(url, "delete from evidence where seq in (1, 2, 4)");
      await withoutGuards(url, "log_shard", "update log_shard set begun_at = clock_timestamp()");
      await sealLog(url);
      expect(await mismatches(url)).toEqual([]);
      expect(await logged(url)).toEqual(["1/3", "1/5"]);
    }));
});

describe("a log that is not what its heads say", () => {
  it.each([
    ["a leaf hash", "log_tile", "update log_tile set hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)"],
    ["the tail of a tile", "log_tile", "update log_tile set hashes = substring(hashes for 32)"],
    ["a tile", "log_tile", "delete from log_tile"],
    ["a root", "log_head", "update log_head set root = sha256('')"],
    ["a signature", "log_head", "update log_head set signature = set_byte(signature, 0, get_byte(signature, 0) # 1)"],
    ["a size", "log_head", "update log_head set size = size - 1"],
    ["its installation", "installation", "update installation set id = 'another1'"],
  ])("is not signed over: %s", (_, table, change) =>
    scene(async ({ url, agent }) => {
      await report(agent, 3);
      await sealLog(url);
      await withoutGuards(url, table, change);
      await report(agent, 1);
      const before = await ask(url, "select count(*) from log_head");
      await expect(sealLog(url)).rejects.toThrow(/nothing more is signed: truebound log verify/);
      expect(await ask(url, "select count(*) from log_head")).toEqual(before);
      expect(await ask(url, "select seq from log_host")).toEqual([{ seq: 3n }]);
    }),
  );
});

it("what fills a hole after the database was set back gets its leaves, and the end of the log stays where it is", () =>
  scene(async ({ url, agent }) => {
    await report(agent, 4);
    const kept = await ask<{ epoch: number }>(url, "select * from evidence where seq in (3, 4) order by seq");
    await ask(url, "update host_state set seq = 2, chain_hash = (select hash from evidence where seq = 2)");
    await ask(url, "delete from evidence where seq in (3, 4)");
    await sealLog(url);
    // The log is of later than the hosts' states: it has what the evidence lacks.
    await ask(url, "update log_host set seq = 9");
    await withoutGuards(url, "log_run", "update log_run set batches = 2");
    expect(await logged(url)).toEqual(["1/1", "1/2"]);
    [agent.seq, agent.prev] = [3, await hashOf(url, 2)];
    await report(agent, 2);
    expect(kept).toHaveLength(2);
    await sealLog(url);
    await sealLog(url);
    expect(await logged(url)).toEqual(["1/1", "1/2", "1/3", "1/4"]);
    expect(await mismatches(url)).toEqual([]);
    expect(await ask(url, "select seq from log_host")).toEqual([{ seq: 9n }]);
  }));

const hashOf = async (url: string, seq: number): Promise<string> =>
  (await ask<{ hash: Buffer }>(url, "select hash from evidence where seq = $1", [seq]))[0]?.hash.toString("hex") ?? "";

describe("what no head covers", () => {
  const ageAll = async (url: string, days: number) => {
    await ask(url, "update evidence set received_at = received_at - make_interval(days => $1)", [days]);
    await ask(url, "update host_state set uncheckpointed_since = uncheckpointed_since - make_interval(days => $1)", [days]);
  };
  it("an agent keeps, however old it is", () =>
    scene(async ({ url, agent }) => {
      await report(agent, 2);
      await sealLog(url);
      await report(agent, 2);
      await ageAll(url, 3);
      const live = () => agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(agent.seq) * S, lo: -1000n, hi: 1000n }]));
      expect((await live()).body.checkpointed_seq).toBe(2);
      expect((await live()).body.checkpointed_seq).toBe(2);
      await sealLog(url);
      expect((await live()).body.checkpointed_seq).toBe(4);
    }));
  it("retention does not remove, and removes what one covers", () =>
    scene(async ({ url, agent }) => {
      const pool = openPool(url, quiet);
      try {
        await report(agent, 2);
        await ageAll(url, 40);
        await ask(url, "update host_state set checkpointed_seq = seq, as_of_ns = utc_ns(clock_timestamp())");
        await makePartitions(pool, quiet);
        await removeOld(pool, { rollupDays: 400 }, quiet);
        expect(await ask(url, "select count(*) from evidence")).toEqual([{ count: 2n }]);
        await sealLog(url);
        await removeOld(pool, { rollupDays: 400 }, quiet);
        expect(await ask(url, "select count(*) from evidence")).toEqual([{ count: 0n }]);
        expect(await logged(url)).toEqual(["1/1", "1/2"]);
      } finally {
        await pool.end();
      }
    }));
});
