import { type Interval, intersect, type MeshHost, type RulerEdge } from "@truebound/time";
import type { Tier } from "@truebound/wire";
import type { Member } from "./members.ts";
import type { MeasuredEdge } from "./ports.ts";

const RHO_PPB = 200_000;
const SIGMA_PPB = 2_000;

/** A member as one tier takes it; null = it has no reading. Whatever holds in the guaranteed tier holds in the tight one too. */
export function meshHostOf(member: Member, tier: Tier): MeshHost | null {
  const { record, mesh, reading } = member;
  return reading && { id: record.id, ruler: mesh.ruler, ...reading, claim: claimOf(member, tier), slope: slopeOf(member, tier) };
}

/** What it claims by its own sources alone: nothing that a neighbour said is in it, or two that lie alike would bear each other out. */
export function ownClaim({ mesh }: Member): Interval | null {
  const { lo_ns: lo, hi_ns: hi } = mesh.own;
  return lo === null || hi === null ? null : { lo: BigInt(lo), hi: BigInt(hi) };
}

/** A tight bound that lies beside the host's own claim does not count: its assumption failed, and that is no lie. */
function claimOf(member: Member, tier: Tier): Interval | null {
  const own = ownClaim(member);
  const { tight } = member.record;
  if (own === null || tier === "guaranteed" || tight === null) return own;
  return intersect(own, tight) ?? own;
}

/** By how much UTC gains on its RAW, ppb: the negative of what the oscillator is fast by. */
function slopeOf({ record: { assumptions, frequency } }: Member, tier: Tier): MeshHost["slope"] {
  const centre = -(assumptions?.oscillator_ppb ?? 0);
  const rho = assumptions?.rho_ppb ?? RHO_PPB;
  const allowed = { min: centre - rho, max: centre + rho };
  const oscillator = frequency?.oscillator ?? null;
  if (tier === "guaranteed" || oscillator === null) return allowed;
  const sigma = assumptions?.sigma_ppb ?? SIGMA_PPB;
  const common = { min: Math.max(allowed.min, -oscillator[1] - sigma), max: Math.min(allowed.max, -oscillator[0] + sigma) };
  return common.min <= common.max ? common : allowed;
}

/** What an edge says in a tier: an exchange holds in both, the hull in the tight one. */
export function spansOf({ at, lo, hi, hull }: MeasuredEdge, tier: Tier): (Interval & { readonly at: RulerEdge["at"] })[] {
  const exchange = { at, lo, hi };
  return tier === "guaranteed" || hull === null ? [exchange] : [exchange, hull];
}

export function rulerEdgesOf(edge: MeasuredEdge, tier: Tier): RulerEdge[] {
  const { from, to, fromRuler, toRuler } = edge;
  return toRuler === null ? [] : spansOf(edge, tier).map((span) => ({ from, to, fromRuler, toRuler, ...span }));
}
