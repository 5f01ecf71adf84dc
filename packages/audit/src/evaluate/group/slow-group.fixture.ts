import type { GroupCase, InstantVerdict } from "../../audit-case.ts";
import { cellVerdict, isAudited, isInScope, joined } from "../slow-audit.fixture.ts";
import { type SlowClock, slowClock } from "../slow-twin.fixture.ts";

/** A group once more, from its definition: all pairs, one by one, at single instants, counted in cells of a nanosecond. */
interface Pair {
  readonly members: readonly [number, number];
  readonly clocks: readonly [SlowClock, SlowClock];
}

interface PairNow {
  readonly pair: Pair;
  readonly isLate: boolean;
}

interface Segment {
  readonly from: number;
  readonly to: number;
  readonly verdict: InstantVerdict;
  /** The pairs that are outside in it. */
  readonly outside: readonly Pair[];
}

export function slowGroup({ members, terms, ...period }: GroupCase) {
  const limit = Number(terms.limit - terms.appError);
  const [from, to] = [Number(period.window.from), Number(period.window.to)];
  const clocks = members.map((one) => slowClock(one.terms, one.clock));
  const pairs: Pair[] = clocks.flatMap((a, i) => clocks.slice(i + 1).map((b, k): Pair => ({ members: [i, i + 1 + k], clocks: [a, b] })));
  const isRelieved = (member: number, cell: number, isTimely: boolean) =>
    (members[member]?.exemptions ?? []).some(
      (one) => one.from <= BigInt(cell) && BigInt(cell) < one.to && one.declaredAt <= one.from === isTimely,
    );
  const asked = (cell: number): { pairs: PairNow[]; relief: "timely" | "late" | null } => {
    const left = pairs.filter(({ members: both }) => both.every((member) => !isRelieved(member, cell, true)));
    if (left.length === 0) return { pairs: pairs.map((pair) => ({ pair, isLate: false })), relief: "timely" };
    const now = left.map((pair) => ({ pair, isLate: pair.members.some((member) => isRelieved(member, cell, false)) }));
    if (now.some(({ isLate }) => !isLate)) return { pairs: now, relief: null };
    return { pairs: now.map(({ pair }) => ({ pair, isLate: false })), relief: "late" };
  };
  const ends = members.flatMap(({ exemptions }) => exemptions.flatMap((one) => [Number(one.from), Number(one.to)]));
  const crossings = pairs.flatMap(({ clocks: [a, b] }) =>
    a.lines.flatMap((one) =>
      b.lines.flatMap((other) => {
        const [slope, constant] = [one.slope - other.slope, one.constant - other.constant];
        return slope === 0 ? [] : [(limit - constant) / slope, (-limit - constant) / slope];
      }),
    ),
  );
  const instants = [...new Set([from, to, ...ends, ...crossings, ...clocks.flatMap(({ bends }) => bends)])]
    .filter((t) => from <= t && t <= to)
    .sort((a, b) => a - b);
  const segments = instants.slice(0, -1).map((begins, index): Segment => {
    const next = instants[index + 1] as number;
    return { from: begins, to: next, ...verdictAt(asked(Math.floor(begins + (next - begins) / 2)).pairs, (begins + next) / 2, limit) };
  });
  const cells = Array.from({ length: to - from }, (_, index) => cellVerdict(segments, from + index));
  const reliefs = cells.flatMap((_, index) => {
    const [cell, { relief }] = [BigInt(from + index), asked(from + index)];
    return relief === null ? [] : [{ from: cell, to: cell + 1n, declaredAt: relief === "timely" ? cell : cell + 1n }];
  });
  const whole = { ...period, exemptions: [...period.exemptions, ...reliefs] };
  const audited = cells.map((verdict, index) => isAudited(whole, BigInt(from + index), verdict));
  const count = (verdict: InstantVerdict) => BigInt(cells.filter((cell, index) => cell === verdict && audited[index]).length);
  const spans = joined(cells, from);
  return {
    spans,
    episodes: episodesOf(spans, segments, () => true),
    totals: {
      inScope: BigInt(cells.filter((_, index) => isInScope(period, BigInt(from + index))).length),
      audited: BigInt(audited.filter(Boolean).length),
      compliant: count("COMPLIANT"),
      violation: count("VIOLATION"),
      unproven: count("UNPROVEN") + count("CONFLICT"),
      conflict: count("CONFLICT"),
      noEvidence: count("NO_EVIDENCE"),
    },
    outside: pairs.flatMap((pair) => {
      const own = segments.map((one): Segment => ({ ...one, verdict: one.outside.includes(pair) ? "VIOLATION" : "NO_EVIDENCE" }));
      const all = joined(
        cells.map((_, index) => cellVerdict(own, from + index)),
        from,
      );
      const isAsked = (cell: bigint): boolean =>
        isInScope(period, cell) &&
        ![...period.exemptions, ...pair.members.flatMap((member) => members[member]?.exemptions ?? [])].some(
          (one) => one.declaredAt <= one.from && one.from <= cell && cell < one.to,
        );
      const cellsOf = (span: { from: bigint; to: bigint }) =>
        Array.from({ length: Number(span.to - span.from) }, (_, index) => span.from + BigInt(index)).filter(isAsked).length;
      const episodes = episodesOf(all, own, (one) => one === pair).filter((one) => cellsOf(one) > 0);
      const [first] = episodes;
      if (first === undefined) return [];
      const violation = BigInt(episodes.reduce((sum, one) => sum + cellsOf(one), 0));
      const peakProven = episodes.map((one) => one.peakProven).reduce((a, b) => (a > b ? a : b));
      return [{ members: pair.members, violation, episodes: episodes.length, first: first.from, peakProven }];
    }),
    silent: members.map(({ exemptions }, member) => {
      const isFree = (cell: bigint) => ![...whole.exemptions, ...exemptions].some((one) => one.from <= cell && cell < one.to);
      const silent = cells.filter((_, index) => {
        const cell = BigInt(from + index);
        return isInScope(period, cell) && isFree(cell) && clocks[member]?.at(from + index + 0.5) === null;
      });
      return BigInt(silent.length);
    }),
  };
}

function verdictAt(pairs: readonly PairNow[], t: number, limit: number): Pick<Segment, "verdict" | "outside"> {
  const judged = pairs.map((now) => ({ ...now, verdict: verdictOfPair(now.pair, t, limit) }));
  const outside = judged.filter(({ verdict }) => verdict === "VIOLATION").map(({ pair }) => pair);
  if (outside.length > 0) return { verdict: "VIOLATION", outside };
  const found = judged.filter(({ isLate }) => !isLate).map(({ verdict }) => verdict);
  if (found.length === 0) return { verdict: "NO_EVIDENCE", outside };
  const worst = (["NO_EVIDENCE", "CONFLICT", "UNPROVEN"] as const).find((verdict) => found.includes(verdict));
  return { verdict: worst ?? "COMPLIANT", outside };
}

const boundsAt = ({ clocks }: Pair, t: number) => clocks.map((clock) => clock.at(t));

function verdictOfPair(pair: Pair, t: number, limit: number): InstantVerdict {
  const [a, b] = boundsAt(pair, t);
  if (a == null || b == null) return "NO_EVIDENCE";
  if (a === "conflict" || b === "conflict") return "CONFLICT";
  const [lo, hi] = [a.lo(t) - b.hi(t), a.hi(t) - b.lo(t)];
  return lo > limit || hi < -limit ? "VIOLATION" : lo >= -limit && hi <= limit ? "COMPLIANT" : "UNPROVEN";
}

function episodesOf(
  spans: readonly { from: bigint; to: bigint; verdict: InstantVerdict }[],
  segments: readonly Segment[],
  isMeant: (pair: Pair) => boolean,
) {
  return spans
    .filter(({ verdict }) => verdict === "VIOLATION")
    .map(({ from, to }) => ({ from, to, peakProven: peakOf({ from: Number(from), to: Number(to) }, segments, isMeant) }));
}

/** Over the exact VIOLATION around a rounded span, at both ends of every segment of it, from within. */
function peakOf(span: { from: number; to: number }, segments: readonly Segment[], isMeant: (pair: Pair) => boolean): bigint {
  const inside = (segment: Segment) => segment.from < span.to && segment.to > span.from;
  let [first, last] = [segments.findIndex(inside), segments.findLastIndex(inside)];
  while (segments[first - 1]?.verdict === "VIOLATION") first -= 1;
  while (segments[last + 1]?.verdict === "VIOLATION") last += 1;
  const distances = segments.slice(first, last + 1).flatMap(({ from, to, outside }) =>
    outside.filter(isMeant).flatMap((pair) => {
      const [a, b] = boundsAt(pair, (from + to) / 2);
      if (a == null || b == null || a === "conflict" || b === "conflict") return [];
      return [from, to].flatMap((t) => [a.lo(t) - b.hi(t), b.lo(t) - a.hi(t)]);
    }),
  );
  return BigInt(Math.floor(Math.max(0, ...distances) + 1e-9));
}
