import type { AuditCase, AuditPeriod, AuditTerms, InstantVerdict, PairCase } from "../audit-case.ts";
import { type SlowClock, type SlowE, slowClock } from "./slow-twin.fixture.ts";

/** What the slow twin says of a whole case, counted in cells of a nanosecond. */
export interface SlowResult {
  readonly spans: readonly { from: bigint; to: bigint; verdict: InstantVerdict }[];
  readonly episodes: readonly { from: bigint; to: bigint; peakProven: bigint }[];
  readonly totals: Readonly<
    Record<"inScope" | "exempt" | "audited" | "compliant" | "violation" | "unproven" | "conflict" | "noEvidence", bigint>
  >;
  readonly verdict: string;
  readonly worstBound: bigint | null;
  readonly percentiles: { p50: bigint; p99: bigint; p999: bigint } | null;
  readonly unprovenBy: { wide: bigint; drift: bigint; conflict: bigint; leap: bigint };
  readonly maxGap: bigint | null;
}

interface Bound {
  readonly hi: (t: number) => number;
  readonly lo: (t: number) => number;
}
/** The clock, or the difference of two. */
interface Subject {
  readonly clocks: readonly SlowClock[];
  readonly at: (t: number) => (Bound & { readonly parts: readonly SlowE[] }) | "conflict" | null;
  readonly lines: readonly { readonly slope: number; readonly constant: number }[];
}
type LimitTerms = Pick<AuditTerms, "limit" | "appError" | "minimumProvenPpm">;

export function slowAudit({ terms, clock, ...period }: AuditCase): SlowResult {
  const one = slowClock(terms, clock);
  const at = (t: number) => {
    const e = one.at(t);
    return e === null || e === "conflict" ? e : { ...e, parts: [e] };
  };
  return slowJudge({ clocks: [one], at, lines: one.lines }, terms, period);
}

export function slowAuditPair({ terms, clocks, ...period }: PairCase): SlowResult {
  const [a, b] = [slowClock(clocks[0].terms, clocks[0].clock), slowClock(clocks[1].terms, clocks[1].clock)];
  const at = (t: number) => {
    const [first, second] = [a.at(t), b.at(t)];
    if (first === null || second === null) return null;
    if (first === "conflict" || second === "conflict") return "conflict" as const;
    return { hi: (x: number) => first.hi(x) - second.lo(x), lo: (x: number) => first.lo(x) - second.hi(x), parts: [first, second] };
  };
  const lines = a.lines.flatMap((one) =>
    b.lines.map((other) => ({ slope: one.slope - other.slope, constant: one.constant - other.constant })),
  );
  return slowJudge({ clocks: [a, b], at, lines }, terms, period);
}

interface Segment {
  readonly from: number;
  readonly to: number;
  readonly verdict: InstantVerdict;
  readonly bound: (Bound & { readonly parts: readonly SlowE[] }) | null;
}

function slowJudge(subject: Subject, { limit, appError, minimumProvenPpm }: LimitTerms, period: AuditPeriod): SlowResult {
  const [min, max] = [Number(limit.min + appError), Number(limit.max - appError)];
  const [from, to] = [Number(period.window.from), Number(period.window.to)];
  const crossings = subject.lines.flatMap(({ slope, constant }) =>
    slope === 0 ? [] : [(max - constant) / slope, (min - constant) / slope],
  );
  const bends = subject.clocks.flatMap((clock) => clock.bends);
  const instants = [...new Set([from, to, ...bends, ...crossings])].filter((t) => from <= t && t <= to).sort((a, b) => a - b);
  const verdictIn = (lo: number, hi: number): InstantVerdict =>
    lo > max || hi < min ? "VIOLATION" : lo >= min && hi <= max ? "COMPLIANT" : "UNPROVEN";
  const segments: Segment[] = instants.slice(0, -1).map((begins, index) => {
    const ends = instants[index + 1] as number;
    const middle = (begins + ends) / 2;
    const bound = subject.at(middle);
    if (bound === null || bound === "conflict")
      return { from: begins, to: ends, verdict: bound === null ? "NO_EVIDENCE" : "CONFLICT", bound: null };
    return { from: begins, to: ends, verdict: verdictIn(bound.lo(middle), bound.hi(middle)), bound };
  });
  const cells = Array.from({ length: to - from }, (_, index) => cellVerdict(segments, from + index));
  const spans = joined(cells, from);
  const audited = cells.map((verdict, index) => isAudited(period, BigInt(from + index), verdict));
  const inScope = cells.map((_, index) => isInScope(period, BigInt(from + index)));
  const count = (verdict: InstantVerdict) => BigInt(cells.filter((cell, index) => cell === verdict && audited[index]).length);
  const all = BigInt(audited.filter(Boolean).length);
  const [compliant, violation] = [count("COMPLIANT"), count("VIOLATION")];
  const near = { min, max };
  const weights = weigh(subject, segments, period, cells, from);
  return {
    spans,
    episodes: spans
      .filter(({ verdict }) => verdict === "VIOLATION")
      .map((span) => ({ from: span.from, to: span.to, peakProven: peakOf(span, segments) })),
    totals: {
      inScope: BigInt(inScope.filter(Boolean).length),
      exempt: BigInt(inScope.filter(Boolean).length) - all,
      audited: all,
      compliant,
      violation,
      unproven: count("UNPROVEN") + count("CONFLICT"),
      conflict: count("CONFLICT"),
      noEvidence: count("NO_EVIDENCE"),
    },
    verdict:
      all === 0n
        ? "NOT_APPLICABLE"
        : violation > 0n
          ? "FAIL"
          : compliant === all
            ? "PASS"
            : minimumProvenPpm !== null && compliant * 1_000_000n >= BigInt(minimumProvenPpm) * all
              ? "PASS_WITHIN_POLICY"
              : "INCONCLUSIVE",
    ...percentilesOf(subject.clocks.length === 1 ? weights : []),
    unprovenBy: {
      ...causesOf(subject, cells, audited, from, near),
      conflict: count("CONFLICT"),
    },
    maxGap: subject.clocks.map((clock) => gapOf(clock, audited, from)).reduce((a, b) => (a === null || b === null ? null : a > b ? a : b)),
  };
}

/** A proved verdict must hold in all of a cell. */
export function cellVerdict(segments: readonly Pick<Segment, "from" | "to" | "verdict">[], cell: number): InstantVerdict {
  const verdicts = new Set(segments.filter(({ from, to }) => from < cell + 1 && to > cell).map(({ verdict }) => verdict));
  return verdicts.size === 1 ? ([...verdicts][0] as InstantVerdict) : "UNPROVEN";
}

export function joined(cells: readonly InstantVerdict[], from: number): { from: bigint; to: bigint; verdict: InstantVerdict }[] {
  const spans: { from: bigint; to: bigint; verdict: InstantVerdict }[] = [];
  cells.forEach((verdict, index) => {
    const last = spans.at(-1);
    if (last?.verdict === verdict) last.to += 1n;
    else spans.push({ from: BigInt(from + index), to: BigInt(from + index + 1), verdict });
  });
  return spans;
}

export const isInScope = ({ schedule }: AuditPeriod, cell: bigint): boolean => schedule.some(({ from, to }) => from <= cell && cell < to);

export function isAudited(period: AuditPeriod, cell: bigint, verdict: InstantVerdict): boolean {
  if (!isInScope(period, cell)) return false;
  const exemptions = period.exemptions.filter(({ from, to }) => from <= cell && cell < to);
  if (exemptions.some(({ from, declaredAt }) => declaredAt <= from)) return false;
  return exemptions.length === 0 || verdict === "VIOLATION";
}

/** Over the exact VIOLATION around a rounded span, at both ends of every segment of it, from within. */
function peakOf(span: { from: bigint; to: bigint }, segments: readonly Segment[]): bigint {
  const inside = (segment: Segment) => segment.from < Number(span.to) && segment.to > Number(span.from);
  let [first, last] = [segments.findIndex(inside), segments.findLastIndex(inside)];
  while (segments[first - 1]?.verdict === "VIOLATION") first -= 1;
  while (segments[last + 1]?.verdict === "VIOLATION") last += 1;
  const distances = segments
    .slice(first, last + 1)
    .flatMap(({ from, to, bound }) => (bound === null ? [] : [from, to].flatMap((t) => [bound.lo(t), -bound.hi(t)])));
  // A crossing may lie at a third, and a double a hair beside the whole number that is reached there.
  return BigInt(Math.floor(Math.max(0, ...distances) + 1e-9));
}

interface Weight {
  readonly ns: number;
  readonly most: number;
}

/** Slots and sections as docs/audit-algorithm.md says. */
function weigh(
  subject: Subject,
  segments: readonly Segment[],
  period: AuditPeriod,
  cells: readonly InstantVerdict[],
  from: number,
): Weight[] {
  const edges = [...new Set(subject.clocks.flatMap((clock) => clock.edges))];
  const isPlain = (cell: number) =>
    isInScope(period, BigInt(cell)) && !period.exemptions.some((one) => one.from <= BigInt(cell) && BigInt(cell) < one.to);
  const weights = new Map<string, { ns: number; most: number }>();
  let [section, last] = [0, ""];
  cells.forEach((verdict, index) => {
    const cell = from + index;
    const kind = isPlain(cell) ? "plain" : isAudited(period, BigInt(cell), verdict) ? "unhidden" : "";
    if (kind !== last) section += 1;
    last = kind;
    if (kind === "") return;
    const slot = edges.filter((edge) => edge <= cell).length;
    for (const segment of segments.filter((one) => one.from < cell + 1 && one.to > cell)) {
      if (segment.bound === null) continue;
      const [begins, ends] = [Math.max(cell, segment.from), Math.min(cell + 1, segment.to)];
      const key = `${slot} ${section}`;
      const weight = weights.get(key) ?? { ns: 0, most: 0 };
      weights.set(key, { ns: weight.ns + (ends - begins), most: Math.max(weight.most, mostOf(segment.bound, begins, ends)) });
    }
  });
  return [...weights.values()];
}

/** E opens and closes at one rate, so what it reaches in between is half of how far both ends let it. */
function mostOf({ hi, lo, parts }: Bound & { readonly parts: readonly SlowE[] }, from: number, to: number): number {
  if (parts.length > 1) return Number.NaN;
  const probes = Array.from({ length: 9 }, (_, index) => from + ((to - from) * index) / 8);
  const peak = (side: (t: number) => number) => {
    // Of each eighth: up from one side and down to the other, the lines through its ends.
    const [first, last] = [side(from), side(to)];
    const top = Math.max(...probes.map(side));
    return { first, last, top };
  };
  return Math.max(
    concavePeak(hi, from, to),
    concavePeak((t) => -lo(t), from, to),
    peak(hi).top,
    peak((t) => -lo(t)).top,
  );
}

/** The top of a concave, piecewise linear function: where the lines at its two ends meet, as long as those are all of it. */
function concavePeak(side: (t: number) => number, from: number, to: number): number {
  const width = (to - from) / 1024;
  const [a, b] = [side(from), side(to)];
  const [up, down] = [(side(from + width) - a) / width, (b - side(to - width)) / width];
  if (up <= 0 || down >= 0) return Math.max(a, b);
  const meets = (b - a + up * from - down * to) / (up - down);
  return Math.min(a + up * (meets - from), Math.max(side(meets), a, b));
}

function percentilesOf(weights: readonly Weight[]): Pick<SlowResult, "worstBound" | "percentiles"> {
  if (weights.length === 0) return { worstBound: null, percentiles: null };
  const bounds = weights.map(({ ns, most }) => ({ ns, bound: Math.ceil(most - 1e-9) })).sort((a, b) => a.bound - b.bound);
  const all = weights.reduce((sum, { ns }) => sum + ns, 0);
  const at = (share: number) => {
    let sum = 0;
    for (const { ns, bound } of bounds) {
      sum += ns;
      if (sum * 1000 >= share * all - 1e-6) return BigInt(bound);
    }
    throw new RangeError("Cannot find a percentile of nothing");
  };
  return { worstBound: BigInt(bounds.at(-1)?.bound ?? 0), percentiles: { p50: at(500), p99: at(990), p999: at(999) } };
}

function causesOf(
  subject: Subject,
  cells: readonly InstantVerdict[],
  audited: readonly boolean[],
  from: number,
  limit: { min: number; max: number },
) {
  const by = { wide: 0n, drift: 0n, leap: 0n };
  cells.forEach((verdict, index) => {
    const bound = subject.at(from + index + 0.5);
    if (verdict !== "UNPROVEN" || audited[index] !== true || bound === null || bound === "conflict") return;
    by[causeOf(bound.parts, limit)] += 1n;
  });
  return by;
}

function causeOf(parts: readonly SlowE[], { min, max }: { min: number; max: number }): "wide" | "drift" | "leap" {
  if (parts.some(({ besideLeap }) => besideLeap)) return "leap";
  const [a, b] = parts;
  const made =
    b === undefined
      ? (a?.near ?? [])
      : (a?.near ?? []).flatMap((one) => b.near.map((other) => ({ lo: one.lo - other.hi, hi: one.hi - other.lo })));
  return made.some(({ lo, hi }) => (lo >= min && hi <= max) || lo > max || hi < min) ? "drift" : "wide";
}

function gapOf({ sound }: SlowClock, audited: readonly boolean[], from: number): bigint | null {
  let [longest, isAny] = [0, false];
  for (let begins = 0; begins < audited.length; begins++) {
    if (audited[begins] !== true || audited[begins - 1] === true) continue;
    let ends = begins;
    while (audited[ends] === true) ends += 1;
    // An instant without evidence belongs to the gap around it: count the cells from mark to mark.
    let gap = 0;
    for (let cell = begins; cell < ends; cell++) {
      const at = from + cell;
      if (sound.some((claim) => claim.from <= at && at <= claim.to)) {
        isAny = true;
        gap = 0;
      }
      if (!sound.some((claim) => claim.from <= at && at + 1 <= claim.to)) gap += 1;
      else gap = 0;
      longest = Math.max(longest, gap);
    }
  }
  return isAny ? BigInt(longest) : null;
}
