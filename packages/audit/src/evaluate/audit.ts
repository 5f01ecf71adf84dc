import type { AuditCase, AuditPeriod, AuditResult, AuditStatistics, AuditTerms, PairCase } from "../audit-case.ts";
import { type Audited, auditedOf, scopeOf, spansOf, totalsOf } from "./accounting.ts";
import { Causes } from "./cause.ts";
import { differenceBetween } from "./difference.ts";
import { episodesOf } from "./episodes.ts";
import { longestGap } from "./gap.ts";
import { type Bounded, extentOf, type Known, SCALE } from "./line.ts";
import { type Quiet, type QuietTimeline, quietTimeline } from "./quiet-timeline.ts";
import { JudgedLine, type RoundedSpan, roundInward } from "./rounding.ts";
import { sharesOf, verdictOf } from "./shares.ts";
import { scaleFor, withoutSmear } from "./smear.ts";
import { BoundWeights } from "./statistics.ts";
import { intersectionOf } from "./stretches.ts";
import { knownOf, timelineOf } from "./timeline.ts";
import { effectiveLimit, type ScaledLimit, verdictOfAll, verdictsOf, within } from "./verdicts.ts";

type LimitTerms = Pick<AuditTerms, "limit" | "appError" | "minimumProvenPpm">;

/** What a limit is held against: everything that is known of a clock, or of the difference of two. */
interface Subject {
  readonly known: () => Iterable<Known | Quiet>;
  readonly timelines: readonly Pick<QuietTimeline, "runs" | "counts">[];
  readonly scale: bigint;
}

/** `tb-audit/1` with span evidence (6.14). */
export function audit({ terms, clock, smears = [], ...period }: AuditCase): AuditResult {
  const scale = scaleFor(smears);
  const quiet = smears.length === 0 ? quietTimeline({ terms, clock, scope: scopeOf(period), window: period.window, scale }) : null;
  if (quiet !== null) return judge({ known: quiet.known, timelines: [quiet], scale }, terms, period);
  const timeline = timelineOf(terms, clock, scale);
  const known = () => (smears.length === 0 ? knownOf(timeline) : withoutSmear(knownOf(timeline), smears, scale));
  return judge({ known, timelines: [timeline], scale }, terms, period);
}

/** 6.9: the first clock less the second. */
export function auditPair({ terms, clocks, ...period }: PairCase): AuditResult {
  const [first, second] = [timelineOf(clocks[0].terms, clocks[0].clock, SCALE), timelineOf(clocks[1].terms, clocks[1].clock, SCALE)];
  const known = () => differenceBetween(knownOf(first), knownOf(second));
  return judge({ known, timelines: [first, second], scale: SCALE }, terms, period);
}

function judge(subject: Subject, terms: LimitTerms, period: AuditPeriod): AuditResult {
  const scope = scopeOf(period);
  const weights = new BoundWeights(scope.plain, subject.scale);
  const causes = new Causes(terms);
  const rounded = judgedSpans(subject, terms, period, weights, causes);
  const audited = auditedOf(scope, rounded);
  const totals = totalsOf(scope, audited, rounded);
  return {
    ...totals,
    ...sharesOf(totals),
    spans: rounded.map(({ from, to, verdict }) => ({ from, to, verdict })),
    episodes: episodesOf(rounded),
    verdict: verdictOf(totals, terms),
    statistics: {
      ...countsOf(subject.timelines),
      maxGap: gapOf(subject.timelines, audited),
      ...weightsOf(subject, weights, audited),
      unprovenBy: causes.share(intersectionOf(audited.stretches, spansOf(rounded, "UNPROVEN")), totals.conflict),
    },
  };
}

function judgedSpans(subject: Subject, terms: LimitTerms, { window }: AuditPeriod, weights: BoundWeights, causes: Causes): RoundedSpan[] {
  const limit = effectiveLimit(terms, subject.scale);
  const line = new JudgedLine();
  let at = window.from;
  for (const known of within(subject.known(), window)) {
    if (known.from > at) line.addWhole(at, known.from, "NO_EVIDENCE");
    if (known.kind === "quiet") {
      line.addWhole(known.from, known.to, "COMPLIANT");
      weights.addQuiet(known.weights);
    } else if (known.kind === "conflict") line.addWhole(known.from, known.to, "CONFLICT");
    else judgeBounded(known, limit, subject.scale, { line, weights, causes });
    at = known.to;
  }
  if (at < window.to) line.addWhole(at, window.to, "NO_EVIDENCE");
  return roundInward(line.spans, window);
}

interface Books {
  readonly line: JudgedLine;
  readonly weights: BoundWeights;
  readonly causes: Causes;
}

function judgeBounded(known: Bounded, limit: ScaledLimit, scale: bigint, { line, weights, causes }: Books): void {
  const extent = extentOf(known, known.from, known.to);
  weights.add(known, extent);
  const verdict = verdictOfAll(known, extent, limit);
  if (verdict === "COMPLIANT") return line.addWhole(known.from, known.to, verdict);
  if (verdict !== "VIOLATION") causes.note(known);
  if (verdict === "UNPROVEN") return line.addWhole(known.from, known.to, verdict);
  for (const judged of verdictsOf(known, extent, limit, scale)) line.add(judged);
}

/** Of a late exemption only what is in VIOLATION is audited, which is known last. */
function weightsOf({ known }: Subject, weights: BoundWeights, { unhidden }: Audited) {
  if (unhidden.length > 0) {
    weights.turnTo(unhidden);
    for (const one of known()) if (one.kind === "bound") weights.add(one, extentOf(one, one.from, one.to));
  }
  return weights.result();
}

function countsOf(timelines: Subject["timelines"]): Pick<AuditStatistics, "samples" | "spans" | "dropped"> {
  const sum = (count: keyof QuietTimeline["counts"]) => timelines.reduce((all, { counts }) => all + counts[count], 0);
  const dropped = { untraceable: sum("untraceable"), inCut: sum("inCut"), contradictory: sum("contradictory") };
  return { samples: sum("samples"), spans: sum("spans"), dropped };
}

/** Of two clocks the longer one: their difference needs both. */
function gapOf(timelines: Subject["timelines"], { stretches }: Audited): bigint | null {
  const gaps = timelines.map(({ runs }) => longestGap(runs, stretches));
  return gaps.reduce((a, b) => (a === null || b === null ? null : a > b ? a : b));
}
