import { divCeil, type Interval, type MeshHost, maxOf, moved, type PeerEdge, type UtcInstant } from "@truebound/time";
import type { Tier } from "@truebound/wire";
import type { MeasuredEdge } from "./ports.ts";
import { spansOf } from "./tier-constraints.ts";

/** How fast a target's clock may run off by itself between two agents' measurements of it, ppb. */
export const TARGET_RHO_PPB = 200_000n;

/** What an agent measured of a target: the target's clock less the agent's clock at its epoch, and when that was. */
interface Sight extends Interval {
  readonly from: string;
  readonly to: string;
  readonly when: Interval;
}

/**
 * A target has no ruler that anybody reads, so it has no epoch of its own: its node is its clock − UTC at the middle one of the
 * instants at which it was measured, and every measurement may be off by what its clock strays from there to then. An agent's
 * measurement is carried to the agent's epoch on the agent's ruler, and when it was follows from the bound that the mesh gives
 * the agent: one without a bound says nothing of targets.
 */
export function targetEdges(
  hosts: ReadonlyMap<string, MeshHost>,
  bounds: ReadonlyMap<string, Interval | null>,
  measured: readonly MeasuredEdge[],
  tier: Tier,
): PeerEdge[] {
  const sights = new Map<string, Sight[]>();
  for (const edge of measured) {
    const [host, bound] = [hosts.get(edge.from), bounds.get(edge.from) ?? null];
    if (edge.toRuler !== null || host === undefined || bound === null || host.ruler !== edge.fromRuler) continue;
    const seen = spansOf(edge, tier).map((span) => sight(edge, span, host, bound));
    sights.set(edge.to, [...(sights.get(edge.to) ?? []), ...seen]);
  }
  return [...sights.values()].flatMap(atOneInstant);
}

/** `bound` is on the agent's clock − UTC. With m = by how much UTC gained on RAW: UTC then = REALTIME − (REALTIME − UTC) + elapsed + m. */
function sight({ from, to }: MeasuredEdge, { at, lo, hi }: Interval & { at: bigint }, host: MeshHost, bound: Interval): Sight {
  const elapsed = at - host.raw;
  const gained = moved(host.slope, elapsed, elapsed);
  const base = host.raw - host.realtime;
  const then = host.realtime + elapsed;
  return {
    from,
    to,
    lo: base + lo - gained.hi,
    hi: base + hi - gained.lo,
    when: { lo: then - bound.hi + gained.lo, hi: then - bound.lo + gained.hi },
  };
}

/** The middle one, so that an agent whose clock is years off moves the epoch of nobody else. */
function atOneInstant(sights: readonly Sight[]): PeerEdge[] {
  const instants = sights.map(({ when }) => (when.lo + when.hi) / 2n).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const epoch = instants[Math.floor(instants.length / 2)] as UtcInstant;
  return sights.map(({ from, to, lo, hi, when }) => {
    const strays = divCeil(TARGET_RHO_PPB * maxOf(when.hi - epoch, epoch - when.lo), 1_000_000_000n);
    return { from, to, lo: lo - strays, hi: hi + strays };
  });
}
