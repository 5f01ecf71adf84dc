import { SeededRandom } from "@truebound/testkit";
import { Notice } from "@truebound/wire";
import type pg from "pg";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alertStore } from "../src/adapters/postgres/alert-store.ts";
import { deliveryStore } from "../src/adapters/postgres/delivery-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { AlertWorld, ASSUMPTIONS, aSource, healthy, hostId } from "../src/alert/alert-world.fixture.ts";
import { DeliveryWorker } from "../src/notify/worker.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await testDatabases();
});
afterAll(() => databases.stop());

const OUTSIDE = { bound: { lo: 200_000_000n, hi: 210_000_000n } };
const WITHIN = { bound: { lo: -1_000n, hi: 1_000n } };
const CHANNEL = {
  kind: "webhook",
  name: "ops",
  url: "http://ops.example/",
  severities: ["critical", "warning"],
  enabled: true,
  allow_private: true,
};
const isNotice = Compile(Notice);

async function database(): Promise<{ url: string; pool: pg.Pool }> {
  const url = await databases.create();
  await ask(url, "insert into alert_object (kind, name, body, origin, who) values ('channel', 'ops', $1, 'file', 'test')", [
    JSON.stringify(CHANNEL),
  ]);
  return { url, pool: openPool(url, quiet) };
}

const fleet = (count: number) => Array.from({ length: count }, (_, index) => healthy(index));
const only = (ids: readonly string[], says: object | null) => (record: { id: string }) => (ids.includes(record.id) ? says : {});

/** What was told and what is stored of it; the same for the same course of things, whoever was killed meanwhile. */
async function story(url: string) {
  const notices = await ask<{ kind: string; cause_key: string; content: unknown; channels: string[] | null }>(
    url,
    `select n.kind, i.cause_key, n.content, (select array_agg(channel) from delivery d where d.notice_id = n.id) as channels
     from notice n join incident i on i.id = n.incident_id order by n.id`,
  );
  for (const { content } of notices) expect([...isNotice.Errors(content)]).toEqual([]);
  const alerts = await ask(url, "select rule, subject, ended_at is null as open from alert order by rule, subject, id");
  const incidents = await ask(
    url,
    "select cause_key, resolved_at is null as open, alerts, hosts, notices from incident order by cause_key, id",
  );
  return {
    told: notices.map(({ kind, cause_key, channels }) => `${kind} ${cause_key} to ${channels?.join()}`),
    alerts,
    incidents,
    notices,
  };
}

/** Two hosts go outside, one comes back, one falls silent and speaks again, and at last all is well. */
async function course(
  world: AlertWorld<ReturnType<typeof alertStore>>,
  look: (seconds: number, says: Parameters<typeof world.run>[1]) => Promise<void>,
) {
  await look(40, () => ({}));
  await look(40, only([hostId(1), hostId(2)], OUTSIDE));
  await look(70, (record) => (record.id === hostId(3) ? null : record.id === hostId(2) ? OUTSIDE : WITHIN));
  await look(90, () => WITHIN);
}

describe("alerts on a real PostgreSQL", () => {
  it("are rows with their incident, its story, its notices and their deliveries", async () => {
    const { url, pool } = await database();
    const world = new AlertWorld(fleet(8), alertStore(pool));
    await course(world, (seconds, says) => world.run(seconds, says));
    const { told, notices } = await story(url);
    expect(told.sort()).toEqual(
      [1, 2, 3]
        .flatMap((index) => {
          const key = `host:${hostId(index)}${index === 3 ? ":liveness" : ""}`;
          return [`opened ${key} to ops`, `resolved ${key} to ops`];
        })
        .sort(),
    );
    expect(notices[0]?.content).toMatchObject({
      key: expect.stringMatching(/^truebound-[0-9a-f]{8}-\d+-1$/),
      incident: { severity: "critical", certainty: "proved_outside", cause: { kind: "host" }, alerts: 1, hosts: 1 },
      alerts: [{ rule: "proved_outside_limit", limit_ns: "100000000", guaranteed: { lo_ns: "200000000", hi_ns: "210000000" } }],
      ended: [],
    });
    const entries = await ask(
      url,
      "select kind from incident_entry e join incident i on i.id = e.incident_id where cause_key = $1 order by ordinal",
      [`host:${hostId(1)}`],
    );
    expect(entries.map(({ kind }) => kind)).toEqual(["opened", "resolved"]);
    await world.keeper.stop();
    await pool.end();
  });

  it("move to a wider cause: the narrow incident ends as part of it, and tells that its alerts ended there", async () => {
    const { url, pool } = await database();
    const world = new AlertWorld(fleet(50), alertStore(pool));
    const silent = (some: number) => (record: { id: string }) => (Number.parseInt(record.id.slice(-12), 16) < some ? null : {});
    await world.run(40);
    await world.run(60, silent(1));
    await world.run(60, silent(15));
    const { told, notices } = await story(url);
    const narrow = `host:${hostId(0)}:liveness`;
    expect(told).toEqual([`opened ${narrow} to ops`, "opened group:rack=r0:liveness to ops", `resolved ${narrow} to ops`]);
    expect(notices[2]?.content).toMatchObject({
      incident: { absorbed_by: expect.stringMatching(/^\d+$/) },
      alerts: [{ rule: "host_silent" }],
    });
    const open = await ask(
      url,
      "select i.cause_key, count(*)::integer as alerts from alert a join incident i on i.id = a.incident_id group by 1",
    );
    expect(open).toEqual([{ cause_key: "group:rack=r0:liveness", alerts: 15 }]);
    await world.keeper.stop();
    await pool.end();
  });

  it("that move out of an incident which goes on are told as ended there, to those who were told of them", async () => {
    const { url, pool } = await database();
    const world = new AlertWorld(fleet(8), alertStore(pool));
    const sources = (state: "agrees" | "falseticker") => [aSource(1), aSource(2), aSource(3), aSource(4, { state })];
    const accusing = (some: number) => (record: { id: string }) => ({
      sources: sources(Number.parseInt(record.id.slice(-12), 16) < some ? "falseticker" : "agrees"),
      ...(record.id === hostId(0) ? { assumptions: { ...ASSUMPTIONS, drift_basis: "broken" as const } } : {}),
    });
    await world.run(40);
    await world.run(75, accusing(1));
    await world.run(100, accusing(8));
    const { told, notices } = await story(url);
    const host = `host:${hostId(0)}`;
    expect(told).toEqual([...["opened", "changed", "changed"].map((kind) => `${kind} ${host} to ops`), "opened source:192.0.2.4 to ops"]);
    const last = notices.find(({ kind, content }) => kind === "changed" && (content as Notice).ended.length > 0)?.content;
    expect(last).toMatchObject({
      alerts: [{ rule: "drift_assumption_broken" }],
      ended: [{ rule: "falseticker", host: { name: "host-0" } }],
    });
    await world.keeper.stop();
    await pool.end();
  });

  it("that move out are told as ended though others of their rule stay", async () => {
    const { url, pool } = await database();
    const world = new AlertWorld(fleet(8), alertStore(pool));
    const bad = (...some: number[]) => ({
      sources: [1, 2, 3, 4].map((one) => aSource(one, { state: some.includes(one) ? "falseticker" : "agrees" })),
    });
    await world.run(40);
    await world.run(75, only([hostId(0)], bad(3, 4)));
    await world.run(70, (record) => (record.id === hostId(0) ? bad(3, 4) : bad(4)));
    const { notices } = await story(url);
    const last = notices.find(({ kind }) => kind === "changed")?.content;
    expect(last).toMatchObject({ alerts: [{ source: "ntp3.example:123" }], ended: [{ source: "ntp4.example:123" }] });
    await world.keeper.stop();
    await pool.end();
  });

  it("ask a host for its record in a later look where its row was held as its incident began, and once", async () => {
    const { url, pool } = await database();
    const host = hostId(1);
    await ask(
      url,
      "insert into host (id, name, labels, public_key, enrolled_with) values ($1, 'h', '{}', decode(repeat('00', 32), 'hex'), 'x')",
      [host],
    );
    await ask(url, "insert into host_state (host_id, epoch, seq, chain_hash) values ($1, 1, 1, decode(repeat('00', 32), 'hex'))", [host]);
    const wanted = async () => (await ask<{ flight_wanted: bigint | null }>(url, "select flight_wanted from host_state"))[0]?.flight_wanted;
    const world = new AlertWorld(fleet(8), alertStore(pool));
    await world.run(40);
    const other = await pool.connect();
    await other.query("begin");
    await other.query("select from host_state for update");
    await world.run(40, only([host], OUTSIDE));
    const [incident] = await ask<{ id: bigint }>(url, "select id from incident");
    expect([incident !== undefined, await wanted()]).toEqual([true, null]);
    await other.query("commit");
    other.release();
    await world.run(1, only([host], OUTSIDE));
    expect(await wanted()).toBe(incident?.id);
    // It came.
    await ask(
      url,
      "insert into flight (host_id, incident_id, body, signature_base, signature) values ($1, $2, '', '', decode(repeat('00', 64), 'hex'))",
      [host, incident?.id],
    );
    await ask(url, "update host_state set flight_wanted = null");
    await world.run(5, only([host], OUTSIDE));
    expect(await wanted()).toBeNull();
    // Of an incident that is open for long nothing is left of its beginning.
    await ask(url, "delete from flight");
    await ask(url, "update incident set opened_at = opened_at - interval '6 minutes'");
    await ask(url, "update alert set since = since - interval '6 minutes'");
    await world.run(5, only([host], OUTSIDE));
    expect(await wanted()).toBeNull();
    await world.keeper.stop();
    await pool.end();
  });

  it("are told to a channel that is switched on again what waited for it as it was switched off", async () => {
    const { url, pool } = await database();
    const world = new AlertWorld(fleet(8), alertStore(pool));
    const switched = async (enabled: boolean) => {
      await ask(url, "update alert_object set body = jsonb_set(body, '{enabled}', $1)", [String(enabled)]);
      await world.run(3, only([hostId(1)], OUTSIDE));
    };
    const send = () => Promise.reject(new Error("Nobody is to be told here"));
    const ports = { send, counted: () => {}, random: () => 0, monotonic: () => 0, log: quiet };
    await world.run(40);
    await world.run(40, only([hostId(1)], OUTSIDE));
    await switched(false);
    await new DeliveryWorker({ store: deliveryStore(pool, () => 0), ...ports }).look();
    await switched(true);
    const told = await ask(url, "select kind, state from notice n join delivery d on d.notice_id = n.id order by n.id");
    expect(told).toEqual([
      { kind: "opened", state: "given_up" },
      { kind: "opened", state: "due" },
    ]);
    await world.keeper.stop();
    await pool.end();
  });

  it("survive 50 restarts of the judge: nothing is told anew, and what changed while it was down is told once", async () => {
    const { url, pool } = await database();
    const world = new AlertWorld(fleet(8), alertStore(pool));
    await world.run(40);
    await world.run(40, only([hostId(1)], OUTSIDE));
    const before = await story(url);
    expect(before.told).toEqual([`opened host:${hostId(1)} to ops`]);
    for (let round = 0; round < 50; round++) {
      await world.keeper.stop();
      world.restart();
      await world.run(7, only([hostId(1)], OUTSIDE));
    }
    expect(await story(url)).toEqual(before);
    await world.keeper.stop();
    world.restart();
    await world.run(100, () => WITHIN);
    expect((await story(url)).told).toEqual([`opened host:${hostId(1)} to ops`, `resolved host:${hostId(1)} to ops`]);
    await world.keeper.stop();
    await pool.end();
  });

  it("lose and double nothing where the judge is killed between any two of its steps", { timeout: 180_000 }, async () => {
    const { url, pool } = await database();
    const plain = new AlertWorld(fleet(8), alertStore(pool));
    await course(plain, (seconds, says) => plain.run(seconds, says));
    await plain.keeper.stop();
    const wanted = await story(url);
    await pool.end();
    for (const seed of [1, 2]) {
      const other = await database();
      const world = new AlertWorld(fleet(8), alertStore(dyingPool(other.pool, seed)));
      let kills = 0;
      const look = world.look.bind(world);
      world.look = (ms) =>
        look(ms).catch(() => {
          kills += 1;
        });
      await course(world, (seconds, says) => world.run(seconds * 3, says));
      const got = await story(other.url);
      expect(kills).toBeGreaterThan(20);
      // How a matter changed is told once a minute at most, by the minutes of whoever judges then.
      const ends = (told: readonly string[]) => told.filter((one) => !one.startsWith("changed")).sort();
      expect([ends(got.told), got.alerts, got.incidents]).toEqual([ends(wanted.told), wanted.alerts, wanted.incidents]);
      await world.keeper.stop();
      await other.pool.end();
    }
  });

  it("are judged by one server, and by the next one once that is gone", async () => {
    const { url, pool } = await database();
    const second = openPool(url, quiet);
    const worlds = [pool, second].map((one) => new AlertWorld(fleet(8), alertStore(one)));
    const [one, other] = worlds as [AlertWorld<ReturnType<typeof alertStore>>, AlertWorld<ReturnType<typeof alertStore>>];
    for (let round = 0; round < 80; round++) {
      for (const world of worlds) await world.run(1, round > 40 ? only([hostId(1)], OUTSIDE) : undefined);
    }
    expect([one.keeper.figures?.book.alerts.size, other.keeper.figures]).toEqual([1, null]);
    await one.keeper.stop();
    await other.run(60, only([hostId(1)], OUTSIDE));
    expect(other.keeper.figures?.book.alerts.size).toBe(1);
    expect((await story(url)).told).toEqual([`opened host:${hostId(1)} to ops`]);
    await other.keeper.stop();
    await pool.end();
    await second.end();
  });
});

/** One query of fifteen is the last of its connection: it is killed before the query, or after it, when nobody heard the answer. */
function dyingPool(pool: pg.Pool, seed: number): pg.Pool {
  const random = new SeededRandom(seed);
  const mortal = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get(target, name) {
        if (name !== "query") {
          const value = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        }
        return async (...given: Parameters<pg.PoolClient["query"]>) => {
          const dies = random.next() < 1 / 15;
          if (dies && random.next() < 0.5) await kill(pool, target);
          const answer = await (target.query as (...all: unknown[]) => Promise<unknown>)(...given);
          if (dies) await kill(pool, target);
          if (dies) throw new Error("The judge was killed after its query");
          return answer;
        };
      },
    });
  return new Proxy(pool, {
    get(target, name) {
      if (name !== "connect") return Reflect.get(target, name, target);
      return async () => mortal(await target.connect());
    },
  });
}

async function kill(pool: pg.Pool, client: pg.PoolClient): Promise<void> {
  const { processID } = client as pg.PoolClient & { processID: number };
  await pool.query("select pg_terminate_backend($1)", [processID]);
}
