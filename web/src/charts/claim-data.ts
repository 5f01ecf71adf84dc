import type { SeriesPoint } from "@truebound/wire";
import type { BandPoint } from "./band-data.ts";

/** What the host's own daemon claimed of its offset, in drawing numbers: only where it claimed anything, so its places are its own. */
export interface ClaimLines {
  readonly lo: readonly BandPoint[];
  readonly hi: readonly BandPoint[];
  /** Both ends of the claims that excluded what was measured. */
  readonly excluded: readonly BandPoint[];
  /** It reaches so far beyond the bound that a picture with all of it would not show the bound any more. */
  readonly isFar: boolean;
}

export const NO_CLAIMS: ClaimLines = { lo: [], hi: [], excluded: [], isFar: false };

/** A daemon is asked about twice a minute, and less often by a busy host: within this no claim is missing. */
const PATIENCE_MS = 150_000;
/** In places of the series, where one place is longer. */
const PATIENCE_PLACES = 3;
const FAR = 4;

interface Claimed {
  readonly x: number;
  readonly lo: number;
  readonly hi: number;
  readonly isExcluded: boolean;
}

/** @param most the bound's greatest distance from zero, in the unit. */
export function claimLines(points: readonly SeriesPoint[], instants_ms: readonly number[], size_ns: number, most: number): ClaimLines {
  const claims = points.flatMap(({ claim_lo_ns, claim_hi_ns, claim_excluded = false }, index): Claimed[] =>
    claim_lo_ns === undefined || claim_hi_ns === undefined
      ? []
      : [
          {
            x: instants_ms[index] ?? Number.NaN,
            lo: Number(claim_lo_ns) / size_ns,
            hi: Number(claim_hi_ns) / size_ns,
            isExcluded: claim_excluded,
          },
        ],
  );
  if (claims.length === 0) return NO_CLAIMS;
  const longest_ms = Math.max(PATIENCE_MS, PATIENCE_PLACES * usual_ms(instants_ms));
  const reach = claims.reduce((sum, { lo, hi }) => Math.max(sum, Math.abs(lo), Math.abs(hi)), 0);
  return {
    lo: broken(claims, longest_ms, ({ lo }) => lo),
    hi: broken(claims, longest_ms, ({ hi }) => hi),
    excluded: claims.flatMap(({ x, lo, hi, isExcluded }) =>
      isExcluded
        ? [
            { x, y: lo },
            { x, y: hi },
          ]
        : [],
    ),
    isFar: most > 0 && reach > FAR * most,
  };
}

const usual_ms = (instants_ms: readonly number[]): number =>
  instants_ms.length < 2 ? 0 : ((instants_ms.at(-1) ?? 0) - (instants_ms[0] ?? 0)) / (instants_ms.length - 1);

/** No line leads over a time in which the daemon said nothing. */
const broken = (claims: readonly Claimed[], longest_ms: number, end: (claim: Claimed) => number): BandPoint[] =>
  claims.flatMap((claim, index): BandPoint[] => {
    const before = claims[index - 1];
    const point = { x: claim.x, y: end(claim) };
    return before !== undefined && claim.x - before.x > longest_ms ? [{ x: (before.x + claim.x) / 2, y: null }, point] : [point];
  });
