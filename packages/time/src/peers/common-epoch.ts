import type { Interval } from "../interval.ts";
import type { SlopeRange } from "../sliding-hull.ts";
import { BILLION, divCeil, divFloor, maxOf, minOf, type RawInstant, type UtcInstant } from "../units.ts";
import { type PeerEdge, UTC_NODE } from "./peer-graph.ts";

/**
 * A host at its own epoch: one reading of its clocks. Nodes of the graph are REALTIME − UTC at these readings, each at its
 * host's own; edges are carried there on the hosts' rulers, which nobody steps or slews, so that no clock in doubt says how far.
 */
export interface MeshHost {
  readonly id: string;
  /** Which ruler the reading was taken on; edges of another ruler of the same host are void. */
  readonly ruler: number;
  /** RAW at the end of its bracket, and REALTIME. */
  readonly raw: RawInstant;
  readonly realtime: UtcInstant;
  /** The bound that the host claims on its offset there; null = none. */
  readonly claim: Interval | null;
  /** By how much UTC may gain on its RAW, ppb, at least and at most. */
  readonly slope: SlopeRange;
}

/** When RAW of `from` read `at`, RAW of `to` read `at` plus at least lo and at most hi. */
export interface RulerEdge extends Interval {
  readonly from: string;
  readonly to: string;
  readonly fromRuler: number;
  readonly toRuler: number;
  readonly at: RawInstant;
}

/**
 * The constraints of a fleet at the hosts' epochs (M8, with M3's widening on each ruler). With N = UTC − RAW when a host's RAW reads
 * `raw`, an edge says x + N_from + c_from = y + N_to + c_to, where c is how far UTC − RAW moved from the epoch to the reading x of
 * the one and y of the other. What one of them is not known by, or not by that ruler, is left out.
 */
export function meshEdges(hosts: readonly MeshHost[], edges: readonly RulerEdge[]): PeerEdge[] {
  const byId = new Map(hosts.map((host) => [host.id, host]));
  const claims = hosts.flatMap(({ id, claim }) => (claim === null ? [] : [{ from: UTC_NODE, to: id, lo: -claim.hi, hi: -claim.lo }]));
  const carried = edges.flatMap((edge) => {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    const isKnown = from !== undefined && to !== undefined && from !== to && from.ruler === edge.fromRuler && to.ruler === edge.toRuler;
    return isKnown ? [carry(edge, from, to)] : [];
  });
  return [...claims, ...carried];
}

function carry({ at, lo, hi }: RulerEdge, from: MeshHost, to: MeshHost): PeerEdge {
  const there = moved(to.slope, at + lo - to.raw, at + hi - to.raw);
  const here = moved(from.slope, at - from.raw, at - from.raw);
  const apart = to.realtime - to.raw - (from.realtime - from.raw);
  return { from: from.id, to: to.id, lo: apart + lo + there.lo - here.hi, hi: apart + hi + there.hi - here.lo };
}

/** How far UTC − RAW may have moved from the epoch to an instant between `from` and `to` ns after it. */
export function moved({ min, max }: SlopeRange, from: bigint, to: bigint): Interval {
  const [slow, fast] = [BigInt(Math.floor(min)), BigInt(Math.ceil(max))];
  const [a, b, c, d] = [slow * from, slow * to, fast * from, fast * to];
  return { lo: divFloor(minOf(minOf(a, b), minOf(c, d)), BILLION), hi: divCeil(maxOf(maxOf(a, b), maxOf(c, d)), BILLION) };
}
