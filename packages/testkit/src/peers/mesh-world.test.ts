import type { Batch } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import type { SimSource } from "../sim/sim-source.ts";
import { type MeshHostSpec, type MeshSpec, MeshWorld } from "./mesh-world.ts";

const source = (last: number, over: Partial<SimSource> = {}): SimSource => ({
  address: `198.51.100.${last}:123`,
  thereMs: 5,
  backMs: 5,
  jitterMs: 0.5,
  interleaves: true,
  refid: 0x47505300 + last,
  ...over,
});
const three = (over: Partial<SimSource> = {}) => [source(1, over), source(2, over), source(3, over)];
const names = Array.from({ length: 7 }, (_, n) => `h${n}`);
const host = (name: string, more: Partial<MeshHostSpec> = {}): MeshHostSpec => ({
  name,
  clock: { driftPpb: 20_000 - 7_000 * names.indexOf(name), aheadNs: 1e6 * names.indexOf(name) },
  sources: three(),
  peers: names.filter((other) => other !== name),
  ...more,
});
const spec = (hosts: readonly MeshHostSpec[]): MeshSpec => ({ hosts, seed: 5, pathMs: 0.05, jitterMs: 0.02 });

function run(given: MeshSpec, seconds: number) {
  const last = new Map<string, Batch>();
  const edges: { from: string; to: string; holds: boolean; hull: boolean | null; width: number }[] = [];
  const world = new MeshWorld(given, (one, batch) => {
    last.set(one.spec.name, batch);
    const { mesh } = batch;
    if (mesh === undefined) throw new Error("a batch without its mesh");
    for (const [row, peer] of mesh.edges.peer.entries()) edges.push(judged(world, one.spec.name, mesh, row, peer));
  });
  world.runTo(seconds);
  return { world, last, edges };
}

/** Whether an edge holds what the two rulers truly showed, to the ns by which simulated clocks are cut off. */
function judged(world: MeshWorld, from: string, mesh: NonNullable<Batch["mesh"]>, row: number, peer: number) {
  const to = world.hosts.find(({ id }) => id === mesh.peers[peer]?.id);
  if (to === undefined) throw new Error("an edge to nobody");
  const at = (column: { base: string; d: readonly (number | string | null)[] }) =>
    column.d[row] === null || column.d[row] === undefined ? null : BigInt(column.base) + BigInt(column.d[row] as number | string);
  const [x, lo, hi] = [at(mesh.edges.raw_ns), at(mesh.edges.lo_ns), at(mesh.edges.hi_ns)] as [bigint, bigint, bigint];
  const truth = to.clock.rawAt(world.host(from).clock.elapsedAt(x)) - x;
  const [tightLo, tightHi] = [at(mesh.edges.tight_lo_ns), at(mesh.edges.tight_hi_ns)];
  const hull = tightLo === null || tightHi === null ? null : tightLo <= truth + 3n && truth <= tightHi + 3n;
  return { from, to: to.spec.name, holds: lo <= truth + 3n && truth <= hi + 3n, hull, width: Number(hi - lo) };
}

describe("a simulated mesh", () => {
  it("measures rulers truly, tells hulls, and no bound of an honest host misses the truth", () => {
    const { world, last, edges } = run(spec(names.map((name) => host(name))), 300);
    expect(edges.length).toBeGreaterThan(500);
    expect(edges.filter(({ holds }) => !holds)).toEqual([]);
    const hulls = edges.filter(({ hull }) => hull !== null);
    expect(hulls.length).toBeGreaterThan(100);
    expect(hulls.filter(({ hull }) => hull === false)).toEqual([]);
    for (const one of world.hosts) expect(one.missed).toEqual({ withPeers: 0, own: 0 });
    for (const batch of last.values()) {
      expect(batch.bounds.status.at(-1)).toBe("proven");
      expect(batch.mesh?.own.rests_on).toContain("address 198.51.100.1");
      // All rest on the same three servers: nobody has anything new to say.
      expect(batch.mesh?.peers.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => "no_vote"));
    }
  });

  it("bounds a host that reaches no source through its peers", () => {
    const lonely = host("h0", { sources: three({ silentFromS: 0 }) });
    const { world, last } = run(spec([lonely, ...names.slice(1).map((name) => host(name))]), 200);
    const batch = last.get("h0") as Batch;
    expect([batch.bounds.status.at(-1), batch.bounds.reason.at(-1)]).toEqual(["unverified", "one_vote"]);
    expect(batch.mesh?.own).toEqual({ lo_ns: null, hi_ns: null, rests_on: [] });
    expect(batch.mesh?.exchanges?.source.length).toBeGreaterThan(0);
    const row = world.host("h0").monitor.current;
    const truth = world.host("h0").clock.offsetAt(world.truth.elapsed());
    world.host("h0").look();
    expect(row?.offset && row.offset.lo <= truth && truth <= row.offset.hi).toBe(true);
  });

  it("three peers on sources of their own prove what the host's own could not", () => {
    const own = (name: string, n: number) =>
      host(name, { sources: [source(10 * n), source(10 * n + 1), source(10 * n + 2)], peers: ["h0"] });
    const lonely = host("h0", { sources: three({ silentFromS: 0 }), peers: ["h1", "h2", "h3"] });
    const { world, last } = run(spec([lonely, own("h1", 1), own("h2", 2), own("h3", 3)]), 200);
    expect(last.get("h0")?.bounds.status.at(-1)).toBe("proven");
    expect(world.host("h0").missed.withPeers).toBe(0);
  });

  it("a host whose ruler was disrupted tells another ruler, and edges of the one before are let go", () => {
    const sleeper = host("h0", { clock: { suspends: [{ atS: 150, forS: 60 }] } });
    const { edges, last } = run(spec([sleeper, ...names.slice(1).map((name) => host(name))]), 400);
    expect(last.get("h1")?.mesh?.edges).toBeDefined();
    expect(edges.filter(({ holds, from, to }) => !holds && from !== "h0" && to !== "h0")).toEqual([]);
  });
});
