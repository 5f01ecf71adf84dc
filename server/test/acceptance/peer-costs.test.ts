import type { Tier } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peerStore } from "../../src/adapters/postgres/peer-store.ts";
import { openPool } from "../../src/adapters/postgres/pool.ts";
import { membersOf } from "../../src/peer/members.ts";
import type { MeasuredEdge } from "../../src/peer/ports.ts";
import { hostId, RULES, SimMesh } from "../../src/peer/simulated-mesh.fixture.ts";
import { meshFacts, solveTier } from "../../src/peer/solution.ts";
import { quiet, type TestDatabases, testDatabases } from "../database.ts";

const HOSTS = 10_000;
const NOW = 200;
const LIARS = [17, 4_711];

const INSERT = `
  insert into peer_edge (host_id, peer_id, received_at, from_ruler, to_ruler, raw_ns, lo_ns, hi_ns, hull_raw_ns, hull_lo_ns, hull_hi_ns, slope_min_ppb, slope_max_ppb)
  select a, b, clock_timestamp(), r, s, raw, lo, hi, raw, hull_lo, hull_hi, 0, 0
  from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
    as e (a, b, r, s, raw, lo, hi, hull_lo, hull_hi)`;

const made: { databases?: TestDatabases; pool?: ReturnType<typeof openPool> } = {};
const mesh = new SimMesh(
  50,
  HOSTS,
  LIARS.map((host) => ({ host, by: 50_000_000n })),
);

beforeAll(async () => {
  made.databases = await testDatabases();
  made.pool = openPool(await made.databases.create(), quiet);
  const edges = mesh.edges(NOW);
  const column = (pick: (edge: MeasuredEdge) => unknown) => edges.map(pick);
  const columns = [
    column(({ from }) => from),
    column(({ to }) => to),
    column(({ fromRuler }) => fromRuler),
    column(({ toRuler }) => toRuler),
    column(({ at }) => at),
    column(({ lo }) => lo),
    column(({ hi }) => hi),
    column(({ hull }) => hull?.lo),
    column(({ hull }) => hull?.hi),
  ];
  await made.pool.query(INSERT, columns);
});
afterAll(async () => {
  await made.pool?.end();
  await made.databases?.stop();
});

describe("a mesh of 10,000 hosts", () => {
  it("is read and solved as a whole; what that took is printed", async () => {
    const entries = mesh.entries(NOW);
    const laps: string[] = [];
    const timed = async <T>(what: string, work: () => T | Promise<T>): Promise<T> => {
      const started = performance.now();
      const result = await work();
      laps.push(`${what} ${(performance.now() - started).toFixed(0)} ms`);
      return result;
    };
    for (let round = 0; round < 3; round++) {
      laps.length = 0;
      const { edges } = await timed("read", () => peerStore(made.pool as ReturnType<typeof openPool>).look());
      expect(edges).toHaveLength(6 * HOSTS);
      const now = entries[0]?.record.receivedAt as NonNullable<(typeof entries)[number]["record"]["receivedAt"]>;
      const facts = await timed("members", () => meshFacts(now, membersOf(entries, RULES, now), [], edges));
      for (const tier of ["guaranteed", "tight"] as readonly Tier[]) {
        const { bounds, blame } = await timed(tier, () => solveTier(facts, tier));
        expect(blame.flagged).toEqual(LIARS.map(hostId));
        expect([...bounds.values()].filter((bound) => bound !== null)).toHaveLength(HOSTS - LIARS.length);
      }
    }
    console.info(`${HOSTS} hosts, ${6 * HOSTS} edges, two liars: ${laps.join(", ")}`);
  });
});
