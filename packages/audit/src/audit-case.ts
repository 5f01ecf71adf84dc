/**
 * What `tb-audit/1` is asked and what it answers. All times and offsets are integer nanoseconds. The time axis is leap-free.
 * Offsets here are *divergence*, local − UTC: positive = the clock is fast. Intervals and limits are closed.
 */

/** [from, to), or for a cut and for evidence [from, to]. */
export interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

/** What the verdicts are held against. */
export interface AuditTerms {
  readonly limit: { readonly min: bigint; readonly max: bigint };
  /** Error of an application between reading the clock and the event, ≥ 0: the limit is narrowed by it at both ends. */
  readonly appError: bigint;
  /** How far evidence reaches in time, either way. */
  readonly horizon: bigint;
  /** Samples and spans without a valid chain are dropped. */
  readonly requiresTraceability: boolean;
  /** Proven share from which a case without a violation passes within policy; null = none is written. */
  readonly minimumProvenPpm: number | null;
}

/** At `t` the divergence was in [lo, hi]. */
export interface Sample {
  readonly t: bigint;
  readonly lo: bigint;
  readonly hi: bigint;
  /** Absent = true. */
  readonly traceable?: boolean;
}

/** At every instant of [from, to] it was in [lo, hi] (6.14). */
export interface SpanEvidence extends Stretch {
  readonly lo: bigint;
  readonly hi: bigint;
  /** Absent = true. */
  readonly traceable?: boolean;
}

/** The clock may have been stepped there (6.2); from = to is an instant. */
export interface Cut extends Stretch {
  readonly reason: string;
}

/** All that is known of one clock. Nothing needs to be in order. */
export interface ClockEvidence {
  /** How fast the divergence can change, ppb: drift of the oscillator and the largest slew (6.10). */
  readonly driftPpb: bigint;
  readonly cuts: readonly Cut[];
  readonly samples: Iterable<Sample>;
  readonly spans: Iterable<SpanEvidence>;
  /** Where there are no samples: all of `spans` once more, in doubles. Most of a month needs no more than these. */
  readonly near?: NearSpans | undefined;
}

/** Spans as distances from a base, in two layers; all of them traceable, or none. */
export interface NearSpans {
  readonly base: bigint;
  readonly traceable: boolean;
  readonly layers: readonly [NearLayer, NearLayer];
}

/** By columns: ascending, without overlap, none of a single instant; whole numbers, less than 2^52 of time and 2^50 of divergence. */
export type NearLayer = Readonly<Record<"from" | "to" | "lo" | "hi", readonly number[]>>;

export interface Exemption extends Stretch {
  /** By the log, not as somebody typed it. Later than `from` = it never hides a violation (6.7). */
  readonly declaredAt: bigint;
}

/** When and of what a verdict is wanted. */
export interface AuditPeriod {
  readonly window: Stretch;
  readonly schedule: readonly Stretch[];
  readonly exemptions: readonly Exemption[];
}

/** A leap that clocks take over a day, from the noon before it to the noon after, instead of at once (6.11). */
export interface Smear {
  /** The noon before, leap-free. */
  readonly begins: bigint;
  /** 1 = a second is inserted, −1 = one is deleted. */
  readonly step: 1 | -1;
}

export interface AuditCase extends AuditPeriod {
  readonly terms: AuditTerms;
  readonly clock: ClockEvidence;
  /** Taken off the divergence before the limit is applied: the limit is meant for smeared time, or a declared map corrects the stamps. */
  readonly smears?: readonly Smear[];
}

/** The first minus the second; each with the horizon and the demands of its own terms, the limit is the case's. */
export interface PairCase extends AuditPeriod {
  readonly terms: Pick<AuditTerms, "limit" | "appError" | "minimumProvenPpm">;
  readonly clocks: readonly [PairedClock, PairedClock];
}
export interface PairedClock {
  readonly terms: Pick<AuditTerms, "horizon" | "requiresTraceability">;
  readonly clock: ClockEvidence;
}

/** All pairs of several clocks at once: no two of them may ever be further apart than the limit. */
export interface GroupCase extends AuditPeriod {
  readonly terms: {
    /** Either way, ≥ 0. */
    readonly limit: bigint;
    /** Of a pair: the limit is narrowed by it. */
    readonly appError: bigint;
    readonly minimumProvenPpm: number | null;
  };
  readonly members: readonly GroupMember[];
}
export interface GroupMember extends PairedClock {
  /** Of its pairs; those of all pairs are the case's. */
  readonly exemptions: readonly Exemption[];
}

/** A pair of which it is proved that it was further apart than the limit, in audited time. */
export interface PairOutside {
  /** Places of the two in the case, ascending. */
  readonly members: readonly [number, number];
  readonly violation: bigint;
  readonly episodes: number;
  /** Where the first of its episodes begins. */
  readonly first: bigint;
  /** The largest distance that is certain, rounded down. */
  readonly peakProven: bigint;
}

/** Of a group: VIOLATION where some pair is proved outside, COMPLIANT only where every pair is proved inside. */
export interface GroupResult extends AuditResult {
  readonly pairs: number;
  /** The longest violation first. */
  readonly outside: readonly PairOutside[];
  /** Of each member, how much of the time in which it is asked nothing is known of it. */
  readonly silent: readonly bigint[];
  /** Exempt since exemptions of single members leave no pair to be asked. */
  readonly relieved: readonly Exemption[];
}

/** Of an instant. CONFLICT is a kind of UNPROVEN, listed apart. */
export const INSTANT_VERDICTS = ["COMPLIANT", "VIOLATION", "UNPROVEN", "CONFLICT", "NO_EVIDENCE"] as const;
export type InstantVerdict = (typeof INSTANT_VERDICTS)[number];

export interface JudgedSpan extends Stretch {
  readonly verdict: InstantVerdict;
}

export type AuditVerdict = "PASS" | "PASS_WITHIN_POLICY" | "INCONCLUSIVE" | "FAIL" | "NOT_APPLICABLE";

/** A maximal stretch of VIOLATION in the window: schedule and exemptions neither split nor hide it. */
export interface Episode extends Stretch {
  /** The largest distance from 0 that is certain, rounded down. */
  readonly peakProven: bigint;
}

/** Why time is unproven, ns that add up to `unproven`. */
export interface UnprovenBy {
  /** Evidence next to it straddles the limit as it was made. */
  readonly wide: bigint;
  /** Evidence was narrow enough where it was made, and drift has widened it since. */
  readonly drift: bigint;
  readonly conflict: bigint;
  /** Between a leap cut and the evidence next to it. */
  readonly leap: bigint;
}

/** Totals are of audited time (6.7), ns; compliant + violation + unproven + noEvidence = audited. */
export interface AuditTotals {
  readonly inScope: bigint;
  readonly exempt: bigint;
  readonly audited: bigint;
  readonly compliant: bigint;
  readonly violation: bigint;
  /** Conflict included. */
  readonly unproven: bigint;
  readonly conflict: bigint;
  readonly noEvidence: bigint;
}

/** ppm of audited time, rounded against whoever would like it better; null where nothing is audited. */
export interface AuditShares {
  readonly coveragePpm: number | null;
  readonly provenPpm: number | null;
  readonly violationPpm: number | null;
  /** True compliance lies between. */
  readonly compliancePpmRange: readonly [number, number] | null;
}

/** Of the evidence itself, over audited time. */
export interface AuditStatistics {
  /** Samples and spans that were used. */
  readonly samples: number;
  readonly spans: number;
  readonly dropped: { readonly untraceable: number; readonly inCut: number; readonly contradictory: number };
  /** Longest stretch of audited time without evidence made in it; null = none was made in any of it. Of a pair the longer one. */
  readonly maxGap: bigint | null;
  /** max(|lo|, |hi|) of E, rounded up; null = there was no evidence. */
  readonly worstBound: bigint | null;
  /** Time-weighted, of the worst bound over audited time with evidence; rounded up to four significant digits. */
  readonly bound: { readonly p50: bigint; readonly p99: bigint; readonly p999: bigint } | null;
  readonly unprovenBy: UnprovenBy;
}

export interface AuditResult extends AuditTotals, AuditShares {
  /** Covers the window, in order, without equal neighbours. */
  readonly spans: readonly JudgedSpan[];
  readonly episodes: readonly Episode[];
  readonly verdict: AuditVerdict;
  readonly statistics: AuditStatistics;
}

/** What the evidence says of one instant, lo rounded down and hi up. */
export type EvidenceAt =
  | { readonly kind: "bound"; readonly lo: bigint; readonly hi: bigint }
  | { readonly kind: "conflict" }
  | { readonly kind: "no_evidence"; readonly cut: string | null };
