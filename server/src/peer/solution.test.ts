import { raw, utc } from "@truebound/time";
import type { Tier } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { membersOf } from "./members.ts";
import type { MeasuredEdge } from "./ports.ts";
import { hostId, type Lie, RULES, SimMesh, START } from "./simulated-mesh.fixture.ts";
import { meshFacts, solveTier } from "./solution.ts";
import type { Target } from "./target.ts";

const TIERS: readonly Tier[] = ["guaranteed", "tight"];
const NOW = 200;
const target = (id: string): Target => ({
  id,
  name: id,
  address: "192.0.2.9",
  port: 123,
  domain: "lan",
  labels: {},
  createdAt: utc(0n),
});

function facts(mesh: SimMesh, more: readonly MeasuredEdge[] = [], targets: readonly Target[] = []) {
  const now = utc(START + BigInt(NOW) * 1_000_000_000n);
  return meshFacts(now, membersOf(mesh.entries(NOW), RULES, now), targets, [...mesh.edges(NOW), ...more]);
}

describe("a mesh of honest hosts", () => {
  it("contradicts nothing, and every bound holds the truth, in both tiers", () =>
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 25 }), fc.integer({ min: 0, max: 8 }), (seed, count, neighbours) => {
        const mesh = new SimMesh(seed, count, [], neighbours);
        for (const tier of TIERS) {
          const { blame, bounds } = solveTier(facts(mesh), tier);
          expect(blame.suspects).toEqual([]);
          for (const { id, error } of mesh.hosts) {
            const bound = bounds.get(id);
            expect(bound && bound.lo <= error && error <= bound.hi, `${tier} ${id}`).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    ));

  it("is known better together than alone, and better still in the tight tier", () => {
    const mesh = new SimMesh(1, 12);
    const width = (tier: Tier) =>
      [...solveTier(facts(mesh), tier).bounds.values()].reduce((sum, bound) => sum + (bound === null ? 0n : bound.hi - bound.lo), 0n);
    const alone = mesh.hosts.reduce((sum, { claimed: [least, most] }) => sum + most - least, 0n);
    expect(width("guaranteed")).toBeLessThanOrEqual(alone);
    expect(width("tight")).toBeLessThan(width("guaranteed"));
  });

  it("takes no reading of a host whose reports are carried: when the file came is not when it was read", () => {
    const mesh = new SimMesh(1, 2);
    const readings = (carried: boolean) =>
      membersOf([mesh.entry(0, NOW, { carried }), mesh.entry(1, NOW)], RULES, utc(START)).map(({ reading }) => reading !== null);
    expect([readings(false), readings(true)]).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it("bounds a host that has no source by its neighbours, and none that nothing joins to UTC", () => {
    const mesh = new SimMesh(2, 6, [], 2);
    const entries = mesh.entries(NOW).map((entry, index) => (index === 0 ? withoutClaim(entry) : entry));
    const now = utc(START);
    const solved = (edges: readonly MeasuredEdge[]) =>
      solveTier(meshFacts(now, membersOf(entries, RULES, now), [], edges), "tight").bounds.get(hostId(0)) ?? null;
    const bound = solved(mesh.edges(NOW));
    const error = mesh.hosts[0]?.error ?? 0n;
    expect(bound && bound.lo <= error && error <= bound.hi).toBe(true);
    expect(solved([])).toBeNull();
  });
});

const withoutClaim = (entry: ReturnType<SimMesh["entry"]>): typeof entry => {
  const { mesh } = entry.record;
  return mesh === null
    ? entry
    : { ...entry, record: { ...entry.record, mesh: { ...mesh, own: { lo_ns: null, hi_ns: null, rests_on: [] } } } };
};

describe("a mesh with liars", () => {
  const lies = fc.uniqueArray(
    fc.record({
      host: fc.nat(29),
      // Beyond what claims, paths and rulers leave open: 1 ms each side twice, and 32 s of 200 ppm on two rulers.
      by: fc.oneof(fc.bigInt({ min: 30_000_000n, max: 10n ** 12n }), fc.bigInt({ min: -(10n ** 12n), max: -30_000_000n })),
    }),
    { minLength: 1, maxLength: 2, selector: ({ host }) => host },
  );

  it("flags or suspects every liar, and flags nobody else, whether they lie alike or apart", () =>
    fc.assert(
      fc.property(fc.nat(), lies, fc.boolean(), (seed, apart, alike) => {
        const told: Lie[] = alike ? apart.map(({ host }) => ({ host, by: apart[0]?.by ?? 0n })) : apart;
        const mesh = new SimMesh(seed, 30, told, 7);
        const liars = told.map(({ host }) => hostId(host));
        for (const tier of TIERS) {
          const { blame, bounds } = solveTier(facts(mesh), tier);
          expect(liars.filter((id) => !blame.suspects.includes(id))).toEqual([]);
          expect(blame.flagged.filter((id) => !liars.includes(id))).toEqual([]);
          for (const { id, error } of mesh.hosts) {
            const bound = bounds.get(id) ?? null;
            if (blame.suspects.includes(id)) expect(bound).toBeNull();
            else expect(bound && bound.lo <= error && error <= bound.hi, `${tier} ${id}`).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    ));

  it("finds in the tight tier a lie that the guaranteed one has no room to see", () => {
    const mesh = new SimMesh(2, 12, [{ host: 4, by: 1_200_000n }]);
    expect(solveTier(facts(mesh), "guaranteed").blame.suspects).toEqual([]);
    expect(solveTier(facts(mesh), "tight").blame.flagged).toEqual([hostId(4)]);
  });
});

describe("what counts", () => {
  const now = utc(START + BigInt(NOW) * 1_000_000_000n);
  const mesh = new SimMesh(4, 5);
  const known = (edges: readonly MeasuredEdge[], entries = mesh.entries(NOW)) =>
    meshFacts(now, membersOf(entries, RULES, now), [], edges).edges.length;

  it("is an edge of the rulers by which both hosts are known now, and that came lately", () => {
    const [edge] = mesh.edges(NOW) as [MeasuredEdge];
    expect(known([edge])).toBe(1);
    const void_ = [{ fromRuler: 99 }, { toRuler: 99 }, { ageMs: 90_001 }, { ageMs: -90_001 }, { to: edge.from }, { to: hostId(77) }];
    expect(void_.map((wrong) => known([{ ...edge, ...wrong }]))).toEqual(void_.map(() => 0));
  });
  it("is a hull of the last two minutes, beside the exchange that came since", () => {
    const [edge] = mesh.edges(NOW) as [MeasuredEdge];
    const hullOf = (ago: bigint) => {
      const old = { at: raw(edge.at - ago), lo: edge.lo, hi: edge.hi };
      return meshFacts(now, membersOf(mesh.entries(NOW), RULES, now), [], [{ ...edge, hull: old }]).edges[0]?.hull;
    };
    expect([hullOf(120_000_000_000n) === null, hullOf(120_000_000_001n) === null]).toEqual([false, true]);
  });
  it("is a host that reported lately, by this process's own observation, or else by the clock of the database", () => {
    const readingOf = (more: { ageMs: number | null; receivedAt: bigint }) => {
      const entry = mesh.entry(0, NOW, { receivedAt: utc(more.receivedAt) });
      return membersOf([{ ...entry, ageMs: more.ageMs }], RULES, now)[0]?.reading;
    };
    const ago = (seconds: bigint) => now - seconds * 1_000_000_000n;
    expect(readingOf({ ageMs: 90_000, receivedAt: ago(5_000n) })).not.toBeNull();
    expect(readingOf({ ageMs: 90_001, receivedAt: now })).toBeNull();
    expect(readingOf({ ageMs: null, receivedAt: ago(90n) })).not.toBeNull();
    expect(readingOf({ ageMs: null, receivedAt: ago(91n) })).toBeNull();
    expect(readingOf({ ageMs: null, receivedAt: ago(-91n) })).toBeNull();
  });
  it("is nobody whom the policy puts into no mesh, who says nothing of one, or whose report could not be read", () => {
    expect(membersOf(mesh.entries(NOW), [], now)).toEqual([]);
    expect(membersOf([mesh.entry(0, NOW, { mesh: null })], RULES, now)).toEqual([]);
    expect(membersOf([mesh.entry(0, NOW, { unreadable: true })], RULES, now)).toMatchObject([{ reading: null }]);
    const rehearsal = { id: "r1", fault: "step", for_s: 60, who: "A. Tester" } as const;
    expect(membersOf([mesh.entry(0, NOW, { rehearsal })], RULES, now)).toMatchObject([{ reading: null }]);
  });
});

describe("a target", () => {
  const id = "3f0f8a0e-0000-4000-8000-0000000000ff";
  const solved = (mesh: SimMesh, edges: readonly MeasuredEdge[]) => solveTier(facts(mesh, edges, [target(id)]), "guaranteed");

  it("is bounded by what agents measure of it, whenever they did", () =>
    fc.assert(
      fc.property(fc.nat(), fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 1, max: 5 }), (seed, error, agents) => {
        const mesh = new SimMesh(seed, 8);
        const sights = Array.from({ length: agents }, (_, index) => mesh.sighted(index, id, error, NOW));
        const { bounds, blame } = solved(mesh, sights);
        expect(blame.suspects).toEqual([]);
        const bound = bounds.get(id);
        expect(bound && bound.lo <= error && error <= bound.hi).toBe(true);
      }),
      { numRuns: 60 },
    ));
  it("is a suspect where agents say of it what cannot be", () => {
    const mesh = new SimMesh(5, 8);
    const sights = [0, 1, 2].map((index) => mesh.sighted(index, id, index === 0 ? 400_000_000n : 0n, NOW));
    expect(solved(mesh, sights).blame.suspects).toContain(id);
  });
  it("has no bound where no agent that has one measures it", () => {
    const mesh = new SimMesh(6, 8, [{ host: 0, by: 10n ** 9n }]);
    expect(solved(mesh, [mesh.sighted(0, id, 0n, NOW)]).bounds.get(id) ?? null).toBeNull();
  });
});
