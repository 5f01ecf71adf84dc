import type { AuditResult, ClockEvidence, Exemption, JudgedSpan, Stretch } from "../audit-case.ts";
import { audit } from "../evaluate/audit.ts";
import { clockOf, type HostEvidence } from "../evidence/clock-of.ts";
import type { EvidenceItem } from "../evidence/host-evidence.ts";
import { type LeapTable, readInstant, SMEAR_NS, sayInstant, smearsOf, toAxis } from "../evidence/leap-table.ts";
import { joined, less } from "../evidence/pieces.ts";
import type { ManifestGroup, ManifestResult } from "../report-manifest.ts";
import { exemptTime } from "../scope.ts";

/** What is known of a result before any evidence is looked at: what people declared. */
export type DeclaredResult = Pick<
  ManifestResult,
  "host" | "name" | "scope" | "profile" | "schedule" | "exemptions" | "findings" | "documents" | "service" | "activity" | "stamp_point"
> & { readonly terms: Omit<ManifestResult["terms"], "drift_ppb">; readonly group?: Pick<ManifestGroup, "members"> };

export interface DerivingContext {
  /** Counts of UTC. */
  readonly period: Stretch;
  readonly leaps: LeapTable;
  /** By its id: the limit is meant for smeared time, or a declared map takes the smear out of stamps (6.11). */
  readonly takesSmear: (profile: string) => boolean;
}

export interface Derived {
  readonly result: ManifestResult;
  readonly isSimulated: boolean;
}

/** Field by field: a result that somebody else wrote may say more than was declared. */
export const declaredIn = (one: DeclaredResult): Omit<DeclaredResult, "group"> => ({
  host: one.host,
  name: one.name,
  scope: one.scope,
  profile: one.profile,
  terms: {
    limit_ns: one.terms.limit_ns,
    app_error_ns: one.terms.app_error_ns,
    horizon_ns: one.terms.horizon_ns,
    counts_unverified: one.terms.counts_unverified,
    requires_traceability: one.terms.requires_traceability,
    minimum_proven_ppm: one.terms.minimum_proven_ppm,
  },
  schedule: one.schedule,
  exemptions: one.exemptions,
  findings: one.findings,
  documents: one.documents,
  service: one.service,
  activity: one.activity,
  stamp_point: one.stamp_point,
});

/** A result of a report, from what was declared and what was signed: for whoever makes the report and whoever verifies it. */
export function deriveResult(declared: DeclaredResult, items: readonly EvidenceItem[], context: DerivingContext): Derived {
  const { period, leaps } = context;
  const axis = placed(declared, context);
  const evidence = clockOf(items, {
    period,
    leaps,
    countsUnverified: declared.terms.counts_unverified,
    isTraceable: declared.documents.length > 0 || !declared.terms.requires_traceability,
    horizon: axis.horizon,
    schedule: axis.schedule,
    exemptions: axis.exemptions,
    limit: { min: axis.limit.min + axis.appError, max: axis.limit.max - axis.appError },
  });
  const judged = audit({
    terms: {
      limit: axis.limit,
      appError: axis.appError,
      horizon: axis.horizon,
      requiresTraceability: declared.terms.requires_traceability,
      minimumProvenPpm: declared.terms.minimum_proven_ppm,
    },
    clock: evidence.clock,
    window: axis.window,
    schedule: axis.schedule,
    exemptions: axis.exemptions,
    smears: context.takesSmear(declared.profile) ? smearsNear(axis, leaps) : [],
  });
  return { result: said(declaredIn(declared), axis, evidence, judged, leaps), isSimulated: evidence.isSimulated };
}

const smearsNear = ({ window, horizon }: PlacedTerms, leaps: LeapTable) =>
  smearsOf(leaps).filter(({ begins }) => begins <= window.to + horizon && begins + SMEAR_NS >= window.from - horizon);

export interface PlacedTerms {
  readonly window: Stretch;
  readonly schedule: readonly Stretch[];
  readonly exemptions: readonly Exemption[];
  readonly limit: { readonly min: bigint; readonly max: bigint };
  readonly appError: bigint;
  readonly horizon: bigint;
}

/** The time of exemptions, less what their withdrawals took of it. */
export const exemptStretches = (exemptions: DeclaredResult["exemptions"], leaps: LeapTable): Exemption[] =>
  exemptions.flatMap(({ from, to, declared_at, withdrawn_at }) => {
    const at = (text: string): bigint => instantOf(text, leaps);
    const withdrawn = withdrawn_at === undefined ? null : at(withdrawn_at);
    return exemptTime({ from: at(from), to: at(to), declaredAt: at(declared_at) }, withdrawn) ?? [];
  });

export function placed({ terms, schedule, exemptions, host, scope }: DeclaredResult, { period, leaps }: DerivingContext): PlacedTerms {
  const at = (text: string): bigint => instantOf(text, leaps);
  const concerned = exemptions.filter((one) => one.scope === scope && (one.host === null || one.host === host));
  return {
    window: { from: toAxis(period.from, leaps), to: toAxis(period.to, leaps) },
    schedule: schedule.map(([from, to]) => ({ from: at(from), to: at(to) })),
    exemptions: exemptStretches(concerned, leaps),
    limit: { min: BigInt(terms.limit_ns[0]), max: BigInt(terms.limit_ns[1]) },
    appError: countOf(terms.app_error_ns),
    horizon: countOf(terms.horizon_ns),
  };
}

/** A negative error of an application would widen the limit. */
function countOf(text: string): bigint {
  if (typeof text !== "string" || !/^(0|[1-9]\d{0,29})$/.test(text))
    throw new RangeError(`Cannot read ${JSON.stringify(text)} as nanoseconds from 0 on, in at most 30 decimal digits`);
  return BigInt(text);
}

/** Of a manifest's instant; whoever made the manifest wrote it, so that another one is no expected trouble here. */
export function instantOf(text: string, leaps: LeapTable): bigint {
  const at = readInstant(text, leaps);
  if (at === null)
    throw new RangeError(`Cannot read ${JSON.stringify(text)} as an instant: a report says them as 2026-03-02T00:00:00.000000000Z`);
  return at;
}

/** What was seen of a host, or of the hosts of a group together. */
export interface Seen extends Pick<HostEvidence, "sampled" | "counts" | "rehearsed"> {
  readonly clock: Pick<ClockEvidence, "driftPpb" | "cuts">;
}

export function said(
  declared: Omit<DeclaredResult, "group">,
  axis: PlacedTerms,
  evidence: Seen,
  judged: AuditResult,
  leaps: LeapTable,
): ManifestResult {
  const at = (instant: bigint): string => sayInstant(instant, leaps);
  const { statistics: found } = judged;
  return {
    ...declared,
    terms: { ...declared.terms, drift_ppb: Number(evidence.clock.driftPpb) },
    cuts: cutsOf(evidence, axis.window).map(({ from, to, reason }) => [at(from), at(to), reason]),
    spans: judged.spans.map(({ from, to, verdict }) => [at(from), at(to), verdict]),
    episodes: judged.episodes.map(({ from, to, peakProven }) => ({ from: at(from), to: at(to), peak_proven_ns: String(peakProven) })),
    gaps: gapsOf(judged.spans, axis).map(({ from, to }) => [at(from), at(to)]),
    totals: sayTotals(judged),
    shares: sayShares(judged),
    sampled: {
      samples: evidence.sampled.samples,
      inside: evidence.sampled.inside,
      greatest_divergence_ns: textOf(evidence.sampled.greatestDivergence),
      longest_interval_ns: textOf(evidence.sampled.longestInterval),
    },
    statistics: {
      spans: found.spans,
      dropped: {
        untraceable: found.dropped.untraceable,
        in_cut: found.dropped.inCut,
        contradictory: found.dropped.contradictory,
        rehearsed: evidence.rehearsed,
      },
      max_gap_ns: textOf(found.maxGap),
      worst_bound_ns: textOf(found.worstBound),
      bound_ns: found.bound && { p50: String(found.bound.p50), p99: String(found.bound.p99), p999: String(found.bound.p999) },
      unproven_by_ns: {
        wide: String(found.unprovenBy.wide),
        drift: String(found.unprovenBy.drift),
        conflict: String(found.unprovenBy.conflict),
        leap: String(found.unprovenBy.leap),
      },
    },
    counts: {
      leap_events: evidence.counts.leapEvents,
      source_changes: evidence.counts.sourceChanges,
      steps: evidence.counts.steps,
      conflicts: judged.spans.filter(({ verdict }) => verdict === "CONFLICT").length,
    },
    verdict: judged.verdict,
  };
}

const textOf = (value: bigint | null): string | null => (value === null ? null : value.toString());
const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Those that touch the window, cut off at its ends. */
const cutsOf = ({ clock: { cuts } }: Seen, { from: a, to: b }: Stretch) =>
  cuts
    .filter(({ from, to }) => from < b && to > a)
    .map(({ from, to, reason }) => ({ from: from < a ? a : from, to: to > b ? b : to, reason }))
    .sort((x, y) => ascending(x.from, y.from) || ascending(x.to, y.to) || (x.reason < y.reason ? -1 : 1));

const MOST_GAPS = 10;

/** Audited time without evidence, the longest first. */
function gapsOf(spans: readonly JudgedSpan[], { schedule, exemptions, window }: PlacedTerms): Stretch[] {
  const unasked = joined([...less(window, joined(schedule)), ...exemptions]);
  return spans
    .filter(({ verdict }) => verdict === "NO_EVIDENCE")
    .flatMap((span) => less(span, unasked))
    .sort((a, b) => ascending(b.to - b.from, a.to - a.from) || ascending(a.from, b.from))
    .slice(0, MOST_GAPS);
}

const sayTotals = (judged: AuditResult): ManifestResult["totals"] => ({
  in_scope_ns: String(judged.inScope),
  exempt_ns: String(judged.exempt),
  audited_ns: String(judged.audited),
  compliant_ns: String(judged.compliant),
  violation_ns: String(judged.violation),
  unproven_ns: String(judged.unproven),
  conflict_ns: String(judged.conflict),
  no_evidence_ns: String(judged.noEvidence),
});

const sayShares = (judged: AuditResult): ManifestResult["shares"] => ({
  coverage_ppm: judged.coveragePpm,
  proven_ppm: judged.provenPpm,
  violation_ppm: judged.violationPpm,
  compliance_ppm_range: judged.compliancePpmRange,
});
