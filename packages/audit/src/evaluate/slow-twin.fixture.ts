import type { AuditTerms, ClockEvidence } from "../audit-case.ts";

/**
 * tb-audit/1 once more, from its definitions, at single instants: slow, and sharing nothing with what it is held against. It takes
 * small cases only, whose instants are whole and whose drift is a multiple of 1/8: then doubles are exact here, or far enough from
 * any whole number that nothing depends on their last digit.
 */
export interface Claim {
  readonly from: number;
  readonly to: number;
  readonly lo: number;
  readonly hi: number;
}

interface SlowRun {
  readonly claims: Claim[];
  readonly reachesFrom: number;
  reachesTo: number;
}

interface Zone {
  readonly from: number;
  readonly to: number;
}

interface SlowCut extends Zone {
  readonly isLeap: boolean;
}

/** E at an instant, as the lines of all cones that hold there, and who made them. */
export interface SlowE {
  readonly hi: (t: number) => number;
  readonly lo: (t: number) => number;
  readonly near: readonly Claim[];
  readonly besideLeap: boolean;
}

export interface SlowClock {
  readonly at: (t: number) => SlowE | "conflict" | null;
  /** Every instant at which anything can change, but for crossings of a limit. */
  readonly bends: readonly number[];
  readonly lines: readonly { readonly slope: number; readonly constant: number }[];
  readonly sound: readonly Claim[];
  readonly edges: readonly number[];
}

const separatedBy = (a: number, b: number, { from, to }: Zone): boolean => (from === to ? a < from && from <= b : a <= from && to <= b);

export function slowClock(terms: Pick<AuditTerms, "horizon" | "requiresTraceability">, clock: ClockEvidence): SlowClock {
  const horizon = Number(terms.horizon);
  const rho = Number(clock.driftPpb) / 1e9;
  const cuts: SlowCut[] = clock.cuts.map(({ from, to, reason }) => ({ from: Number(from), to: Number(to), isLeap: reason === "leap" }));
  const isCut = (t: number) => cuts.some(({ from, to }) => from < t && t < to);
  const isApart = (a: number, b: number) => cuts.some((cut) => separatedBy(Math.min(a, b), Math.max(a, b), cut));
  const counts = ({ traceable }: { traceable?: boolean }) => !(terms.requiresTraceability && traceable === false);

  // A piece is [from, to] and an instant of it that says on which side of the cuts it lies.
  const pieces: (Claim & { side: number })[] = [];
  for (const { t, lo, hi, ...rest } of clock.samples)
    if (counts(rest) && !isCut(Number(t))) pieces.push({ from: Number(t), to: Number(t), lo: Number(lo), hi: Number(hi), side: Number(t) });
  for (const { from, to, lo, hi, ...rest } of clock.spans)
    if (counts(rest)) pieces.push(...uncutPieces(Number(from), Number(to), Number(lo), Number(hi), cuts, isCut, isApart));

  const runs: SlowRun[] = [];
  const zones: (Zone & { isClosed: boolean })[] = [];
  const sides = [...new Set(pieces.map(({ side }) => side))].sort((a, b) => a - b);
  for (const side of sides) {
    if (sides.some((other) => other < side && !isApart(other, side))) continue;
    walk(
      pieces.filter((piece) => piece.side === side || !isApart(piece.side, side)),
      { from: sideBegins(side, cuts), to: sideEnds(side, cuts) },
      { horizon, rho },
      runs,
      zones,
    );
  }
  const sound = runs.flatMap(({ claims }) => claims);
  const leaps = cuts.filter(({ isLeap }) => isLeap);
  return {
    sound,
    edges: [
      ...cuts.flatMap(({ from, to }) => [from, to]),
      ...sound.flatMap(({ from, to }) => [from, to]),
      ...runs.flatMap((run) => [run.reachesFrom, run.reachesTo]),
    ],
    bends: [
      ...cuts.flatMap(({ from, to }) => [from, to]),
      ...zones.flatMap(({ from, to }) => [from, to]),
      ...runs.flatMap((run) => [run.reachesFrom, run.reachesTo]),
      ...sound.flatMap(({ from, to }) => [from, to, from - horizon, to + horizon]),
    ].filter(Number.isFinite),
    lines: sound.flatMap(({ from, to, lo, hi }) => [
      { slope: rho, constant: hi - rho * to },
      { slope: -rho, constant: hi + rho * from },
      { slope: -rho, constant: lo + rho * to },
      { slope: rho, constant: lo - rho * from },
      { slope: 0, constant: hi },
      { slope: 0, constant: lo },
    ]),
    at: (t) => {
      if (isCut(t)) return null;
      if (zones.some(({ from, to, isClosed }) => (isClosed ? from <= t && t <= to : from < t && t < to))) return "conflict";
      const reaching = runs.filter(({ reachesFrom, reachesTo }) => reachesFrom <= t && t <= reachesTo);
      const side = reaching.filter(({ claims }) => claims.some(({ from, to }) => !isApart((from + to) / 2, t)));
      const run = side.at(-1);
      const holds = run?.claims.filter((claim) => distance(claim, t) <= horizon) ?? [];
      if (run === undefined || holds.length === 0) return null;
      return {
        hi: (x) => Math.min(...holds.map((claim) => claim.hi + rho * distance(claim, x))),
        lo: (x) => Math.max(...holds.map((claim) => claim.lo - rho * distance(claim, x))),
        near: nearest(run.claims, t, horizon),
        besideLeap: isBesideLeap(t, run, pieces, leaps, isApart),
      };
    },
  };
}

/** In time from a claim to an instant. */
const distance = ({ from, to }: Zone, t: number): number => Math.max(from - t, t - to, 0);

const sideBegins = (side: number, cuts: readonly SlowCut[]): number =>
  Math.max(Number.NEGATIVE_INFINITY, ...cuts.filter(({ to }) => to <= side).map(({ to }) => to));
const sideEnds = (side: number, cuts: readonly SlowCut[]): number =>
  Math.min(Number.POSITIVE_INFINITY, ...cuts.filter(({ from, to }) => (from === to ? from > side : from >= side)).map(({ from }) => from));

function uncutPieces(
  from: number,
  to: number,
  lo: number,
  hi: number,
  cuts: readonly SlowCut[],
  isCut: (t: number) => boolean,
  isApart: (a: number, b: number) => boolean,
): (Claim & { side: number })[] {
  const marks = [...new Set([from, to, ...cuts.flatMap((cut) => [cut.from, cut.to])])]
    .filter((t) => from <= t && t <= to)
    .sort((a, b) => a - b);
  const probes = marks
    .flatMap((mark, index) => (index === 0 ? [mark] : [(mark + (marks[index - 1] as number)) / 2, mark]))
    .filter((t) => !isCut(t));
  const groups: number[][] = [];
  for (const probe of probes) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && !isApart(group[0], probe)) group.push(probe);
    else groups.push([probe]);
  }
  return groups.map((group) => {
    const [first, last] = [group[0] as number, group.at(-1) as number];
    // A probe in the middle stands for the open stretch around it, whose closure is the piece.
    const begins = marks.includes(first) ? first : Math.max(...marks.filter((mark) => mark < first));
    const ends = marks.includes(last) ? last : Math.min(...marks.filter((mark) => mark > last));
    return { from: begins, to: ends, lo, hi, side: first };
  });
}

/** 6.4 and 6.14, over everything on one side of all cuts. */
function walk(
  pieces: readonly Claim[],
  side: Zone,
  { horizon, rho }: { horizon: number; rho: number },
  runs: SlowRun[],
  zones: (Zone & { isClosed: boolean })[],
): void {
  const marks = [...new Set(pieces.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const said = (from: number, to: number): Claim | null => {
    const holding = pieces.filter((piece) => piece.from <= from && to <= piece.to);
    if (holding.length === 0) return null;
    return { from, to, lo: Math.max(...holding.map(({ lo }) => lo)), hi: Math.min(...holding.map(({ hi }) => hi)) };
  };
  const claims = marks
    .flatMap((mark, index) => [said(mark, mark), index + 1 < marks.length ? said(mark, marks[index + 1] as number) : null])
    .filter((claim): claim is Claim => claim !== null);
  let run: SlowRun = { claims: [], reachesFrom: side.from, reachesTo: side.to };
  const restart = (ends: number, begins: number) => {
    run.reachesTo = Math.min(run.reachesTo, ends);
    if (run.claims.length > 0) runs.push(run);
    run = { claims: [], reachesFrom: begins, reachesTo: side.to };
  };
  const isSound = (claim: Claim): boolean => claim.lo <= claim.hi;
  claims.forEach((claim, index) => {
    if (!isSound(claim)) {
      if (claim.from < claim.to) {
        // claims[index - 1] is the void mark at which the overlap begins.
        const before = claims[index - 2];
        if (before !== undefined && isSound(before) && before.to < claim.from && claim.from - before.to <= 2 * horizon) {
          zones.push({ from: before.to, to: claim.from, isClosed: false });
          const last = runs.at(-1);
          if (last !== undefined) last.reachesTo = Math.min(last.reachesTo, before.to);
          const mark = zones.findIndex(({ from, to }) => from === claim.from && to === claim.from);
          zones.splice(mark, 1);
        }
      }
      zones.push({ from: claim.from, to: claim.to, isClosed: true });
      restart(claim.from, claim.to);
      return;
    }
    const excludes = run.claims.some((one) => {
      const apart = claim.from - one.to;
      return apart <= 2 * horizon && (one.lo - rho * apart > claim.hi || one.hi + rho * apart < claim.lo);
    });
    if (excludes) {
      const before = claims[index - 1] as Claim;
      if (before.to < claim.from) zones.push({ from: before.to, to: claim.from, isClosed: false });
      restart(before.to, claim.from);
    }
    run.claims.push(claim);
  });
  if (run.claims.length > 0) runs.push(run);
}

const nearest = (claims: readonly Claim[], t: number, horizon: number): Claim[] => {
  const inside = claims.filter(({ from, to }) => from < t && t < to);
  if (inside.length > 0) return inside;
  const before = claims.filter(({ to }) => to <= t && t - to <= horizon).at(-1);
  const after = claims.find(({ from }) => from >= t && from - t <= horizon);
  return [before, after].filter((claim): claim is Claim => claim !== undefined);
};

/** Nothing was made between the instant and a leap cut, on its side of all cuts. */
function isBesideLeap(
  t: number,
  { claims, reachesFrom, reachesTo }: SlowRun,
  pieces: readonly (Claim & { side: number })[],
  leaps: readonly Zone[],
  isApart: (a: number, b: number) => boolean,
): boolean {
  const peers = pieces.filter(({ side }) => !isApart(side, t));
  const first = Math.min(...peers.map(({ from }) => from));
  const last = Math.max(...peers.map(({ to }) => to));
  const isBefore = t < first && claims.some(({ from }) => from === first) && leaps.some(({ to }) => to === reachesFrom);
  const isAfter = t > last && claims.some(({ to }) => to === last) && leaps.some(({ from }) => from === reachesTo);
  return isBefore || isAfter;
}
