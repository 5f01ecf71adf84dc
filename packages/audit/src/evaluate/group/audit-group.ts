import { BILLION, divCeil } from "@truebound/time";
import type { AuditStatistics, GroupCase, GroupResult } from "../../audit-case.ts";
import { auditedOf, type Scope, scopeOf, spansOf, totalsOf } from "../accounting.ts";
import { Causes } from "../cause.ts";
import { episodesOf } from "../episodes.ts";
import { SCALE } from "../line.ts";
import { roundInward } from "../rounding.ts";
import { sharesOf, verdictOf } from "../shares.ts";
import { WeighedBounds } from "../statistics.ts";
import { differenceOf, intersectionOf, lengthOf, type Stretches, unionOf } from "../stretches.ts";
import { widest } from "./extremes.ts";
import { PairBook } from "./pair-book.ts";
import { phasesOf, reliefsOf } from "./phases.ts";
import { type BlockSketch, Grid, type MemberSketch, sketchOf } from "./sketch.ts";
import { walkGroup } from "./walk.ts";

/** How wide a group is, is said of stretches of this length. */
export const BLOCK_NS = 600n * BILLION;

/**
 * 6.9 for all pairs of a group at once: at each instant the clock that can be farthest ahead and the one that can be farthest behind
 * decide of all of them. Whatever the blocks, the verdicts are the same; only how wide the group was is told by them.
 */
export const auditGroup = (group: GroupCase, blockNs?: bigint): GroupResult => finished(stepsOfGroup(group, blockNs));

/** To its end, without a rest. */
export function finished<T>(steps: Generator<void, T>): T {
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

/** The same, bit by bit: between two of them other work may be done, or it may be given up. */
export function* stepsOfGroup(group: GroupCase, blockNs: bigint = BLOCK_NS): Generator<void, GroupResult> {
  const { members, terms, window } = group;
  if (terms.appError < 0n)
    throw new RangeError(`Cannot narrow a limit by ${terms.appError} ns: the error of an application must be at least 0`);
  const phases = phasesOf(members, window);
  const relieved = reliefsOf(phases);
  const scope = scopeOf({ ...group, exemptions: [...group.exemptions, ...relieved] });
  const sections = members.map(({ exemptions }) => differenceOf(scope.plain, unionOf(exemptions)));
  const grid = new Grid(window, blockNs);
  const sketches: MemberSketch[] = [];
  for (const [index, member] of members.entries()) {
    sketches.push(sketchOf(member, grid, sections[index] as Stretches));
    yield;
  }
  const limit = (terms.limit - terms.appError) * SCALE;
  const causes = new Causes({ limit: { min: -terms.limit, max: terms.limit }, appError: terms.appError });
  const book = new PairBook();
  const line = yield* walkGroup(
    { members, sketches, phases, grid, limit },
    { pair: (pair, judged) => book.add(pair, judged), cause: (cause, stretch) => causes.noteAs(cause, stretch) },
  );
  const rounded = roundInward(line.spans, window);
  const audited = auditedOf(scope, rounded);
  const totals = totalsOf(scope, audited, rounded);
  return {
    ...totals,
    ...sharesOf(totals),
    spans: rounded.map(({ from, to, verdict }) => ({ from, to, verdict })),
    episodes: episodesOf(rounded),
    verdict: verdictOf(totals, terms),
    statistics: {
      ...countsOf(sketches),
      maxGap: gapOf(sketches, sections),
      ...boundsOf(sketches, sections, scope, grid),
      unprovenBy: causes.share(intersectionOf(audited.stretches, spansOf(rounded, "UNPROVEN")), totals.conflict),
    },
    pairs: (members.length * (members.length - 1)) / 2,
    outside: book.outside((pair) => askedOf(group, scope, pair)),
    silent: sketches.map(({ silences }, index) => lengthOf(intersectionOf(silences, sections[index] as Stretches))),
    relieved,
  };
}

/** When a pair is asked whether it is outside: what is declared late hides nothing. */
function askedOf({ members, exemptions }: GroupCase, { inScope }: Scope, pair: readonly [number, number]): Stretches {
  const all = [...exemptions, ...pair.flatMap((index) => members[index]?.exemptions ?? [])];
  return differenceOf(inScope, unionOf(all.filter(({ declaredAt, from }) => declaredAt <= from)));
}

function countsOf(sketches: readonly MemberSketch[]): Pick<AuditStatistics, "samples" | "spans" | "dropped"> {
  const sum = (count: keyof MemberSketch["counts"]) => sketches.reduce((all, { counts }) => all + counts[count], 0);
  const dropped = { untraceable: sum("untraceable"), inCut: sum("inCut"), contradictory: sum("contradictory") };
  return { samples: sum("samples"), spans: sum("spans"), dropped };
}

/** The longest of those that are asked at all; null = none was made of one of them. */
function gapOf(sketches: readonly MemberSketch[], sections: readonly Stretches[]): bigint | null {
  const gaps = sketches.filter((_, index) => (sections[index] as Stretches).length > 0).map(({ maxGap }) => maxGap);
  return gaps.length === 0 ? null : gaps.reduce((a, b) => (a === null || b === null ? null : a > b ? a : b));
}

/** Of each block how far two can be apart in it, at whatever instants, weighs the time in which all that are asked are bounded. */
function boundsOf(
  sketches: readonly MemberSketch[],
  sections: readonly Stretches[],
  { plain }: Scope,
  grid: Grid,
): Pick<AuditStatistics, "worstBound" | "bound"> {
  const unbounded = unionOf(sketches.flatMap((one, index) => intersectionOf(one.unbounded, sections[index] as Stretches)));
  const whole = differenceOf(plain, unbounded);
  const bounds = new WeighedBounds();
  let first = 0;
  for (let index = 0; index < grid.count; index++) {
    const block = grid.block(index);
    while (first < whole.length && (whole[first] as Stretches[number]).to <= block.from) first += 1;
    let [ns, at] = [0n, first];
    for (let one = whole[at]; one !== undefined && one.from < block.to; one = whole[++at]) ns += lengthOf(intersectionOf([one], [block]));
    const apart = ns === 0n ? null : widest(sketches.flatMap(({ blocks }) => (blocks[index] as BlockSketch).asked ?? []));
    if (apart !== null) bounds.add(divCeil(apart, SCALE), ns);
  }
  return bounds.result();
}
