import { SeededRandom } from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openContent } from "../src/adapters/batch-content.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { rebuildStore } from "../src/adapters/postgres/rebuild/rebuild-store.ts";
import type { Workbench } from "../src/rebuild/ports.ts";
import { rebuild } from "../src/rebuild/rebuild.ts";
import { wholeChain } from "./acceptance/whole-chain.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { Story } from "./histories.ts";
import { meshPart } from "./mesh-part.ts";
import { serverForTests } from "./server-under-test.ts";

let pool: ReturnType<typeof openPool>;
const tested = serverForTests();
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(async () => {
  await pool?.end();
});

const check = (host: string | null = null) => rebuild(rebuildStore(pool), openContent, { host, check: true });
const mend = (host: string | null = null) => rebuild(rebuildStore(pool), openContent, { host, check: false });

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

/** Deliveries of a random story: several batches each, some sent twice in other groupings, epochs, a live status now and then, a copy that is refused. */
async function live(name: string, random: SeededRandom): Promise<FakeAgent> {
  const agent = await enrolled(name);
  const story = new Story(random, false);
  const whole = (below: number) => Math.floor(random.next() * below);
  for (let turn = 3 + whole(5); turn > 0; turn--) {
    if (random.next() < 0.12) agent.beginEpoch();
    agent.boottime += BigInt(whole(1e9));
    const [start, copy] = [agent.copy("127.0.0.1"), agent.copy("127.0.0.2")];
    const contents = Array.from({ length: 1 + whole(4) }, () => story.next(agent.id));
    const now = random.next() < 0.2 ? batchOf(agent.id, [{ realtime: 1_750_000_000_000_000_000n, lo: -5n, hi: 5n }]) : null;
    expect((await agent.sendAll(contents, now)).status).toBe(200);
    if (random.next() < 0.3) expect((await start.sendAll(contents.slice(0, 1 + whole(contents.length)))).status).toBe(200);
    if (random.next() < 0.1) expect((await copy.send(story.next(agent.id))).body.code).toBe("fork");
  }
  return agent;
}

const derivedOf = async () => [
  await ask(tested.url, "select * from host_minute order by host_id, minute_ns"),
  await ask(tested.url, "select to_jsonb(e) - 'written_xid' as event from host_event e order by host_id, epoch, seq, ordinal"),
  await ask(
    tested.url,
    "select to_jsonb(s) - 'changed_xid' - 'flight_wanted' - 'burst_wanted' as state from host_state s order by host_id",
  ),
];

describe("truebound rebuild", () => {
  it("finds of any history all as ingest left it, and exactly what was changed since, and mends that", { timeout: 120_000 }, async () => {
    const random = new SeededRandom(30);
    const agents: FakeAgent[] = [];
    for (let host = 0; host < 25; host++) agents.push(await live(`history-${host}`, random));
    const before = await derivedOf();
    const first = await check();
    expect([first.code, first.out]).toEqual([
      0,
      expect.stringMatching(
        /^host_minute: \d{2,} equal, 0 differ, 0 missing\nhost_event: \d{2,} equal, 0 differ, 0 missing\nhost_state: \d+ equal/,
      ),
    ]);

    const [minute] = await ask<{ host_id: string; minute_ns: bigint }>(
      tested.url,
      "update host_minute set hi_ns = hi_ns - 1 where ctid = (select ctid from host_minute where hi_ns > lo_ns limit 1) returning host_id, minute_ns",
    );
    await ask(tested.url, "delete from host_minute where ctid = (select ctid from host_minute where host_id <> $1 limit 1)", [
      minute?.host_id,
    ]);
    await ask(
      tested.url,
      "insert into host_minute (host_id, minute_ns, rows, status, marked) values ($1, 60000000000, 1, 'proven', false)",
      [agents[0]?.id],
    );
    await ask(
      tested.url,
      "update host_event set at_ns = at_ns + 1 where ctid = (select ctid from host_event where kind = 'clock_stepped' limit 1)",
    );
    await ask(tested.url, "delete from host_event where ctid = (select ctid from host_event where kind = 'batch_quarantined' limit 1)");
    const [state] = await ask<{ host_id: string }>(
      tested.url,
      "update host_state set chain_at_ns = chain_at_ns + 1 where host_id = (select host_id from host_state where chain_at_ns is not null limit 1) returning host_id",
    );
    const found = await check();
    expect(found.code).toBe(1);
    expect(found.out).toMatch(
      /^host_minute: \d+ equal, 1 differ, 1 missing, 1 without evidence\nhost_event: \d+ equal, 1 differ, 1 missing\nhost_state: \d+ equal, 1 differ/,
    );
    expect(found.out).toContain(`${state?.host_id} host_state: 1 differ, first chain_at_ns`);
    expect(found.out).toContain(`${minute?.host_id} host_minute: 1 differ, first 20`);
    expect(found.out).toContain("Nothing was changed");
    expect((await mend()).out).toContain("What differed was replaced");
    expect(await derivedOf()).toEqual(before);
    expect((await check()).code).toBe(0);
    const left = await ask(
      tested.url,
      "select (select count(*) from rebuild_host) + (select count(*) from rebuild_minute) + (select count(*) from rebuild_event) as left",
    );
    expect(left).toEqual([{ left: 0n }]);
  });

  it("mends what a host says of its part in the mesh, and leaves the newest edges to the next report", async () => {
    const agent = await enrolled("meshed");
    const mesh = meshPart([{ peer: "3f0f8a0e-0000-4000-8000-0000000000bb", raw: 5n }], { assignment: "one" });
    await agent.send(batchOf(agent.id, [{ realtime: 1_750_000_000_000_000_000n, lo: -5n, hi: 5n }], { mesh }));
    const kept = () => ask(tested.url, "select raw_ns, realtime_ns, mesh from host_state where host_id = $1", [agent.id]);
    const before = await kept();
    await ask(tested.url, "update host_state set raw_ns = 1, realtime_ns = null, mesh = null where host_id = $1", [agent.id]);
    await ask(tested.url, "update peer_edge set lo_ns = lo_ns - 1 where host_id = $1", [agent.id]);
    expect((await mend(agent.id)).out).toContain("host_state: 1 differ, first raw_ns, realtime_ns, mesh");
    expect(await kept()).toEqual(before);
    expect(await ask(tested.url, "select lo_ns from peer_edge where host_id = $1", [agent.id])).toEqual([{ lo_ns: -11n }]);
  });

  it("goes on where it was interrupted, and while the host reports", async () => {
    const agent = await enrolled("interrupted");
    const story = new Story(new SeededRandom(5), false);
    for (let count = 0; count < 300; count += 50) await agent.sendAll(Array.from({ length: 50 }, () => story.next(agent.id)));
    await ask(tested.url, "update host_minute set rows = rows + 1 where host_id = $1", [agent.id]);
    const store = rebuildStore(pool);
    const cut = { ...store, locked: () => Promise.reject(new Error("cut off")) };
    await expect(rebuild(cut, openContent, { host: agent.id, check: false })).rejects.toThrow("cut off");
    let read = 0;
    const next: Workbench["next"] = async (host, after) => {
      const rows = await store.next(host, after);
      read += rows.length;
      if (rows.length === 0 && read === 0) await agent.sendAll([story.next(agent.id), story.next(agent.id)]);
      return rows;
    };
    const { out } = await rebuild({ ...store, next }, openContent, { host: agent.id, check: false });
    expect([read, out]).toEqual([0, expect.stringContaining("What differed was replaced")]);
    expect((await check(agent.id)).code).toBe(0);
  });

  it("judges only what all evidence is there for, and leaves the rest", async () => {
    const agent = await enrolled("forgotten");
    const story = new Story(new SeededRandom(8), true);
    for (let count = 0; count < 6; count++) await agent.sendAll([story.next(agent.id), story.next(agent.id)]);
    await ask(tested.url, "delete from evidence where host_id = $1 and seq < 5", [agent.id]);
    // Whoever narrows a minute by evidence that is only a part of what there was would claim more than was proved.
    await ask(tested.url, "update host_minute set hi_ns = hi_ns + 1 where host_id = $1", [agent.id]);
    const { code, out } = await mend(agent.id);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/host_event: \d+ equal, 0 differ, 0 missing, \d+ not judged[^\n]*\nhost_state: 1 equal/),
    ]);
    await ask(tested.url, "update host_state set lo_ns = lo_ns - 1 where host_id = $1", [agent.id]);
    expect((await mend(agent.id)).out).toContain("host_state: 1 differ, first lo_ns");
    await ask(tested.url, "delete from evidence where host_id = $1", [agent.id]);
    expect((await mend(agent.id)).out).toContain("host_state: 0 equal, 0 differ, 0 missing, 1 not judged");
  });

  it("knows what the database refused when it came, and the delivery's signature holds all the same", async () => {
    const agent = await enrolled("refused");
    await ask(tested.url, "alter table host_event add constraint refused_here check (detail->>'by_ns' is distinct from '-666')");
    const event = {
      kind: "clock_stepped",
      raw_ns: "1",
      realtime_ns: "1",
      boottime_ns: "1",
      source: null,
      detail: { by_ns: "-666" },
    } as const;
    const batch = (second: number, events: readonly (typeof event)[] = []) =>
      batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n + BigInt(second) * 1_000_000_000n, lo: -5n, hi: 5n }], {
        events: [...events],
      });
    expect((await agent.sendAll([batch(0), batch(1, [event]), batch(2)], batch(99))).status).toBe(200);
    const kept = await ask(tested.url, "select quarantined from evidence where host_id = $1 order by seq", [agent.id]);
    expect(kept).toEqual([{ quarantined: null }, { quarantined: "/ holds a value that the database refuses" }, { quarantined: null }]);
    expect(await wholeChain(tested.url, agent.id)).toEqual({ batches: 3, trouble: [] });
    await ask(tested.url, "alter table host_event drop constraint refused_here");
    expect(await check(agent.id)).toMatchObject({ code: 0, out: expect.stringContaining("host_event: 1 equal, 0 differ") });
  });

  it("is done by one at a time, and of a host that there is", async () => {
    const store = rebuildStore(pool);
    expect(await store.begin()).toBe(true);
    expect(await check()).toMatchObject({ code: 1, err: expect.stringContaining("another rebuild runs") });
    await store.end();
    expect(await check("nobody")).toMatchObject({ code: 1, err: expect.stringContaining("no host has this id or name") });
  });
});
