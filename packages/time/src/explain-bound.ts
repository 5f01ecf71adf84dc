import type { BoundCase, BoundExplanation } from "./bound-case.ts";
import { type Ends, type Judged, judgeSource } from "./explain-source.ts";
import * as exact from "./fraction.ts";
import { fuse, isBimodal, isTruechimer } from "./fusion.ts";
import { EXPIRES_AFTER, WIDEST } from "./host-bound.ts";
import type { Interval } from "./interval.ts";
import { type StatusKind, type StatusReason, statusRule } from "./status.ts";
import { divCeil, divFloor } from "./units.ts";

/** Evaluates a recorded case: M4 and M5 for each source, then votes, M6 and the status table, without rounding between. */
export function explainBound(given: BoundCase): BoundExplanation {
  const judged = given.sources.map((source) => judgeSource(source, given));
  const faults = given.faults ?? (given.sources.length < 3 ? 0 : 1);
  const votes = castVotes(judged.filter(({ fused }) => fused));
  const scale = exact.commonDenominator([...votes, ...judged].flatMap(({ ends }) => (ends ? [ends.lo, ends.hi] : [])));
  const grid = (ends: Ends): Interval => ({ lo: (ends.lo.n * scale) / ends.lo.d, hi: (ends.hi.n * scale) / ends.hi.d });
  const cast = votes.map(({ ends }) => grid(ends));
  const fusion = fuse(cast, faults);
  const trusted = trustedOnes(votes, judged, grid, faults);
  const trusting = trusted.map(({ source }) => source.id);
  const published = trusting.length > 0 ? grid(common(trusted) as Ends) : fusion.hull;
  const standing = statusOf(given, judged, { cast, region: fusion.hull !== null, published, faults, trusting: trusting.length > 0, scale });
  const outward = ({ lo, hi }: Interval): Interval => ({ lo: divFloor(lo, scale), hi: divCeil(hi, scale) });
  return {
    sources: judged.map((source) => ({
      ...source.said,
      truechimer: fusion.regions.length === 0 ? null : source.ends !== null && isTruechimer(grid(source.ends), fusion.regions),
    })),
    fused: {
      ...standing,
      faults,
      need: fusion.need,
      votes: cast.length,
      regions: fusion.regions.map(outward),
      guaranteed: fusion.hull && outward(fusion.hull),
      bimodal: isBimodal(cast),
      trusting,
    },
  };
}

interface CaseVote {
  readonly members: readonly Judged[];
  readonly ends: Ends;
}

/** Sources that share a vote allow only what all of them allow; a vote whose members exclude each other is void. */
function castVotes(judged: readonly Judged[]): CaseVote[] {
  const groups = new Map<string, Judged[]>();
  for (const [index, one] of judged.entries()) {
    const key = one.source.vote === null ? `alone ${index}` : `shared ${one.source.vote}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((members) => {
    const ends = common(members);
    return ends === null ? [] : [{ members, ends }];
  });
}

function common(members: readonly Judged[]): Ends | null {
  const all = members.flatMap(({ ends }) => (ends ? [ends] : []));
  const [first, ...others] = all;
  if (first === undefined) return null;
  const ends = others.reduce((a, b) => ({ lo: exact.greatest(a.lo, b.lo), hi: exact.least(a.hi, b.hi) }), first);
  return exact.compare(ends.lo, ends.hi) > 0 ? null : ends;
}

/** The trusted sources that speak, unless they contradict each other or the fused rest contradicts them. */
function trustedOnes(votes: readonly CaseVote[], judged: readonly Judged[], grid: (ends: Ends) => Interval, faults: number): Judged[] {
  const trusted = judged.filter(({ source, fused }) => source.trusted && fused);
  const ends = common(trusted);
  if (ends === null) return [];
  const rest = votes.filter(({ members }) => !members.some((one) => trusted.includes(one)));
  const { hull } = fuse(
    rest.map((vote) => grid(vote.ends)),
    faults,
  );
  return hull !== null && !isTruechimer(grid(ends), [hull]) ? [] : trusted;
}

interface Standing {
  readonly cast: readonly Interval[];
  readonly region: boolean;
  /** What would be published: by the trusted sources, or fused. */
  readonly published: Interval | null;
  readonly faults: number;
  readonly trusting: boolean;
  readonly scale: bigint;
}

function statusOf(
  given: BoundCase,
  judged: readonly Judged[],
  { cast, region, published, faults, trusting, scale }: Standing,
): { status: StatusKind; reason: StatusReason | null } {
  const latest = judged.reduce<bigint | null>((best, { latest: at }) => (at !== null && (best === null || at > best) ? at : best), null);
  const [first, second] = cast;
  const { status, reason } = statusRule({
    measured: latest !== null,
    expired: latest !== null && given.at - latest > EXPIRES_AFTER,
    disrupted: false,
    unheard: judged.some(({ ends, fused }) => ends !== null && !fused),
    // A case has no holdover: why there would be one makes no difference.
    inconsistent: false,
    unauthenticated: false,
    votes: cast.length,
    faults,
    trusting,
    // A case names sources; whoever has one of a peer writes it down as a source with a vote of its own.
    peersOnly: false,
    disjoint: first !== undefined && second !== undefined && !isTruechimer(first, [second]),
    region,
  });
  if (status === "holdover") return { status: "unknown", reason: "no_usable_evidence" };
  const wide = published !== null && published.hi - published.lo > 2n * WIDEST * scale;
  return wide ? { status: "unknown", reason: "wider_than_a_second" } : { status, reason };
}
