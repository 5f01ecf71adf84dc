import type { FleetPoint, Status } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFleetMinutes } from "../src/adapters/postgres/fleet-minutes.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests, serverOn } from "./server-under-test.ts";
import { until } from "./until.ts";

let pool: pg.Pool;
const tested = serverForTests();
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(async () => {
  await pool?.end();
});

const MINUTE = 60_000_000_000n;
const T0 = 1_740_830_400_000_000_000n;
const RANGE = "from=2025-03-01T12:00:00Z&to=2025-03-01T13:59:59Z&points=2000";
const series = async (query = RANGE) => (await get(`${tested.server.peopleUrl}/api/v1/fleet/series?${query}`)).body;

interface MinuteRow {
  minute_ns: bigint;
  lo_ns: bigint | null;
  hi_ns: bigint | null;
  unbounded: boolean;
  status: Status;
}

/** The slow twin: every row of every host, sorted. */
async function twin(): Promise<Map<string, { errors: (bigint | null)[]; statuses: Record<string, number> }>> {
  const rows = await ask<MinuteRow>(tested.url, "select minute_ns, lo_ns, hi_ns, unbounded, status from host_minute order by minute_ns");
  const minutes = new Map<string, { errors: (bigint | null)[]; statuses: Record<string, number> }>();
  for (const { minute_ns, lo_ns, hi_ns, unbounded, status } of rows) {
    const t = `${new Date(Number(minute_ns / 1_000_000n)).toISOString().slice(0, 19)}.000000000Z`;
    const one = minutes.get(t) ?? { errors: [], statuses: {} };
    const size = (end: bigint) => (end < 0n ? -end : end);
    one.errors.push(unbounded || lo_ns === null || hi_ns === null ? null : size(lo_ns) > size(hi_ns) ? size(lo_ns) : size(hi_ns));
    one.statuses[status] = (one.statuses[status] ?? 0) + 1;
    minutes.set(t, one);
  }
  return minutes;
}

async function agreesWithTwin(points: readonly FleetPoint[]): Promise<void> {
  const minutes = await twin();
  expect(points.map(({ t }) => t)).toEqual([...minutes.keys()]);
  for (const point of points) {
    const { errors = [], statuses = {} } = minutes.get(point.t) ?? {};
    const known = errors.filter((error) => error !== null).sort((a, b) => (a < b ? -1 : 1));
    expect([point.hosts, point.unbounded, point.worst_ns]).toEqual([
      errors.length,
      errors.length - known.length,
      known.at(-1)?.toString() ?? null,
    ]);
    expect(Object.fromEntries(Object.entries(point.by_status).filter(([, count]) => count > 0))).toEqual(statuses);
    for (const [share, said] of [
      [0.5, point.p50_ns],
      [0.95, point.p95_ns],
      [0.99, point.p99_ns],
    ] as const) {
      const exact = known[Math.ceil(share * errors.length) - 1];
      if (exact === undefined) expect(said).toBeNull();
      else expect(BigInt(said ?? -1) >= exact && BigInt(said ?? -1) <= exact + exact / 10n + 1n).toBe(true);
    }
  }
}

/** Hosts that only these rows know, with errors from nanoseconds to seconds, some without a bound. */
const HOSTS = `
  insert into host (id, name, labels, public_key, enrolled_with)
  select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'h' || n, '{}', sha256(convert_to('h' || n, 'utf8')), sha256('')
  from generate_series(1, $1::integer) n`;
const MINUTES = `
  insert into host_minute (host_id, minute_ns, lo_ns, hi_ns, rows, status, marked, unbounded)
  select id, $1::bigint + m * 60000000000, case when (h + m) % 17 > 0 then -(exp((h * 7919 + m * 31) % 2100 / 100.0))::bigint end,
    case when (h + m) % 17 > 0 then (exp((h * 104729 + m * 17) % 2100 / 100.0))::bigint end, 1,
    (enum_range(null::bound_status))[1 + (h + m) % 7], false, (h + m) % 17 = 0 or (h + m) % 23 = 0
  from (select id, row_number() over (order by id)::integer as h from host where name like 'h%') hosts, generate_series(0, $2::integer - 1) m`;

describe("the series of the fleet", () => {
  it("says what a slow twin says that sorts every host of every minute", async () => {
    await ask(tested.url, HOSTS, [120]);
    await ask(tested.url, MINUTES, [T0, 45]);
    expect(await makeFleetMinutes(pool)).toBe(45);
    expect(await makeFleetMinutes(pool)).toBe(0);
    const { points, merged } = await series();
    expect(merged).toBe(false);
    await agreesWithTwin(points);
  });

  it("follows what changes later: reports of minutes that are long over, and corrections", async () => {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "late");
    await agent.send(
      batchOf(
        agent.id,
        [50, 51, 90].map((n) => ({ realtime: T0 + BigInt(n) * MINUTE, lo: -123_456_789n, hi: 1n })),
      ),
    );
    await agent.send(batchOf(agent.id, [{ realtime: T0 + 10n * MINUTE, lo: -3n, hi: 7_777_777_777n }]));
    await ask(tested.url, "update host_minute set unbounded = true where minute_ns = $1", [T0 + 20n * MINUTE]);
    expect(await makeFleetMinutes(pool)).toBeGreaterThanOrEqual(5);
    const { points } = await series();
    await agreesWithTwin(points);
    expect(points.find(({ t }: FleetPoint) => t.startsWith("2025-03-01T12:20"))).toMatchObject({ p50_ns: null, worst_ns: null });
  });

  it("loses no change that commits while the minutes are made, and lets nobody wait", async () => {
    const agents = await Promise.all(
      [1, 2, 3].map(async (n) => {
        const agent = new FakeAgent(tested.server.agentsUrl);
        await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), `busy-${n}`);
        return agent;
      }),
    );
    let reporting = true;
    const reports = Promise.all(
      agents.map(async (agent) => {
        for (let n = 0; n < 25; n++)
          await agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(1 + (n % 5)) * MINUTE + BigInt(n), lo: -BigInt(1000 + n), hi: 1n }]));
      }),
    ).finally(() => {
      reporting = false;
    });
    while (reporting) await makeFleetMinutes(pool);
    await reports;
    await makeFleetMinutes(pool);
    await agreesWithTwin((await series()).points);
  });

  it("leaves the minute that is not over alone", async () => {
    const [{ now } = { now: 0n }] = await ask<{ now: bigint }>(tested.url, "select utc_ns(clock_timestamp()) as now");
    await ask(tested.url, MINUTES, [(now / MINUTE) * MINUTE, 1]);
    expect(await makeFleetMinutes(pool)).toBe(0);
    expect((await series("from=now-1h")).points).toEqual([]);
    await ask(tested.url, "delete from host_minute where minute_ns > $1", [now - 2n * MINUTE]);
  });

  it("counts a host that is not heard as silent, from its first whole minute to its last, and nobody as absent", async () => {
    const other = await tested.databases.create();
    const served = await serverOn(other);
    const of = openPool(other, quiet);
    try {
      await ask(other, HOSTS, [5]);
      await ask(other, "update host set enrolled_at = at_utc_ns($1)", [T0 + 30_000_000_000n]);
      await ask(other, "update host set state = 'retired', retired_at = at_utc_ns($1) where name = 'h3'", [T0 + 4n * MINUTE]);
      await ask(other, "update host set state = 'pending' where name = 'h4'");
      await ask(other, "update host set state = 'revoked' where name = 'h5'");
      const row = "insert into host_minute values ($1, $2, -5, 7, 1, $3, false, null, null, false)";
      const named = async (name: string) => (await ask<{ id: string }>(other, "select id from host where name = $1", [name]))[0]?.id;
      for (const [n, name, status] of [
        [0, "h1", "proven"],
        [1, "h1", "proven"],
        [1, "h2", "holdover"],
        [4, "h1", "proven"],
        [5, "h5", "proven"],
      ] as const)
        await ask(other, row, [await named(name), T0 + BigInt(n) * MINUTE, status]);
      await makeFleetMinutes(of);
      const { body } = await get(`${served.peopleUrl}/api/v1/fleet/series?from=2025-03-01T12:00:00Z&to=2025-03-01T12:05:00Z`);
      expect(
        body.points.map((point: FleetPoint) => [
          point.t.slice(14, 16),
          point.hosts,
          point.proven,
          point.cannot_prove,
          point.silent,
          point.p50_ns,
        ]),
      ).toEqual([
        ["00", 1, 1, 0, 0, "7"],
        ["01", 3, 1, 1, 1, "7"],
        ["02", 3, 0, 0, 3, null],
        ["03", 3, 0, 0, 3, null],
        ["04", 2, 1, 0, 1, "7"],
        ["05", 3, 1, 0, 2, null],
      ]);
      // One that waits to be made is left out for so long.
      await ask(other, "insert into fleet_minute_change values ($1)", [T0 + 2n * MINUTE]);
      const waiting = await get(`${served.peopleUrl}/api/v1/fleet/series?from=2025-03-01T12:00:00Z&to=2025-03-01T12:05:00Z`);
      expect(waiting.body.points.map(({ t }: FleetPoint) => t.slice(14, 16))).toEqual(["00", "01", "03", "04", "05"]);
    } finally {
      await of.end();
      await served.stop();
    }
  });

  it("of a day is answered in a moment, however many hosts there are", async () => {
    await ask(
      tested.url,
      `insert into fleet_minute (minute_ns, hosts, unbounded, by_status, bucket, bucket_hosts, worst_ns)
       select $1::bigint + m * 60000000000, 10000, 100, '{9900,0,0,0,0,0,100}', array(select b::smallint from generate_series(60, 159) b), array_fill(99, array[100]), 900000000
       from generate_series(0, 1439) m`,
      [T0 - 3n * 1440n * MINUTE],
    );
    const day = "from=2025-02-26T12:00:00Z&to=2025-02-27T11:59:59Z&points=1440";
    await series(day);
    const start = performance.now();
    const { points } = await series(day);
    const took = performance.now() - start;
    console.info(`fleet-day of 10,000 hosts in 100 buckets a minute: ${took.toFixed(0)} ms`);
    expect([points.length, points[0].hosts, points[0].p50_ns !== null, points[0].p99_ns !== null]).toEqual([1440, 10000, true, true]);
    expect(took).toBeLessThan(2000);
  });

  it.each([
    ["from=now-40d", "31 days"],
    ["points=0", "points"],
    ["from=tomorrow", "from"],
    ["host=a", "no such one"],
  ])("refuses %s", async (query, why) => {
    const answer = await get(`${tested.server.peopleUrl}/api/v1/fleet/series?${query}`);
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining(why)]);
  });
});

describe("sparks", () => {
  const sparks = async (ids: string, query = "from=2025-03-01T12:00:00Z&to=2025-03-01T12:45:00Z&points=9") =>
    get(`${tested.server.peopleUrl}/api/v1/fleet/sparks?ids=${ids}&${query}`);

  it("say of each part what all of its minutes say together", async () => {
    const hosts = await ask<{ id: string }>(tested.url, "select id from host where name like 'h%' order by id limit 100");
    const ids = hosts.map(({ id }) => id).join(",");
    await ask(
      tested.url,
      "insert into host_state (host_id, epoch, seq, chain_hash) select id, 1, 0, sha256('') from host where name like 'h%' and not exists (select from host_state s where s.host_id = host.id)",
    );
    const { body } = await until("the hosts", async () => {
      const answer = await sparks(ids);
      return answer.body.items.length === hosts.length ? answer : undefined;
    });
    expect([body.from, body.to]).toEqual(["2025-03-01T12:00:00.000000000Z", "2025-03-01T12:45:00.000000000Z"]);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(hosts.map(({ id }) => id));
    const rows = await ask<MinuteRow & { host_id: string }>(tested.url, "select * from host_minute");
    let known = 0;
    for (const { id, lo_ns, hi_ns } of body.items)
      for (const part of lo_ns.keys()) {
        const from = T0 + BigInt(part) * 5n * MINUTE;
        const inside = rows.filter(({ host_id, minute_ns }) => host_id === id && minute_ns >= from && minute_ns < from + 5n * MINUTE);
        const all = inside.flatMap((row) => (row.lo_ns === null || row.hi_ns === null || row.unbounded ? [] : [[row.lo_ns, row.hi_ns]]));
        const ends = (end: 0 | 1) => all.map((bound) => bound[end] as bigint).sort((a, b) => (a < b ? -1 : 1));
        const hull = all.length === 5 ? [ends(0)[0], ends(1).at(-1)] : [null, null];
        expect([lo_ns[part], hi_ns[part]]).toEqual(hull.map((end) => end?.toString() ?? null));
        known += Number(hull[0] !== null);
      }
    expect(known).toBeGreaterThan(100);
  });

  it("have no bound where something was set aside, and none of a host that is not there", async () => {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "holed");
    const row = (minute: number) => ({
      realtime: T0 + BigInt(minute) * MINUTE + 1n,
      lo: -BigInt(minute),
      hi: BigInt(minute),
    });
    await agent.sendAll([batchOf(agent.id, [0, 1, 2, 3].map(row)), "{", batchOf(agent.id, [4, 5, 6, 7].map(row))]);
    await until("the host", async () => (await get(`${tested.server.peopleUrl}/api/v1/hosts?q=holed`)).body.items.length === 1);
    const range = "from=2025-03-01T12:00:00Z&to=2025-03-01T12:08:00Z&points=4";
    const { body } = await sparks(`${agent.id},00000000-0000-4000-8000-000000000000`, range);
    expect(body.items).toEqual([{ id: agent.id, lo_ns: ["-2", null, null, "-7"], hi_ns: ["2", null, null, "7"] }]);
  });

  it.each([
    ["ids=", "ids are those of"],
    ["ids=web-1", "ids are those of"],
    [`ids=${Array.from({ length: 101 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`)}`, "1 to 100"],
    ["ids=00000000-0000-4000-8000-000000000000&points=241", "points"],
    ["ids=00000000-0000-4000-8000-000000000000&from=now-25h", "24 hours"],
  ])("refuse %.60s", async (query, why) => {
    const answer = await get(`${tested.server.peopleUrl}/api/v1/fleet/sparks?${query}`);
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining(why)]);
  });
});
