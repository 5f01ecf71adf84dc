import type { TermName } from "@truebound/time";
import type { AuditVerdict, InstantVerdict } from "./audit-case.ts";
import type { AuditScope, DeclaredExemption, Inventory } from "./scope.ts";

/**
 * A report, all of it: tables and pages are made from this and from nothing else. Written by RFC 8785; ns are decimal strings, ppm
 * and counts are numbers, instants are RFC 3339 UTC.
 */
export interface ReportManifest {
  readonly format: "truebound-report/1";
  readonly algorithm: "tb-audit/1+spans";
  readonly evidence: "tb-evidence/1";
  readonly id: string;
  readonly created_at: string;
  readonly period: { readonly from: string; readonly to: string };
  /** Made after the period and every horizon. Otherwise it is provisional, and says so on every page. */
  readonly final: boolean;
  /** Clocks of it are simulated. */
  readonly demo: boolean;
  readonly issuer: { readonly installation: string; readonly key_id: string; readonly public_key: string; readonly software: string };
  readonly previous: ManifestPrevious | null;
  /** The report before, where its month was left after a key was lost, so that nothing ties this one to it; absent = it is tied. */
  readonly previous_left?: ManifestPrevious & { readonly key_id: string };
  /** Full text of each profile, as sayProfile gives it, by id. */
  readonly profiles: readonly { readonly profile: Readonly<Record<string, unknown>>; readonly sha256: string }[];
  readonly scopes: readonly AuditScope[];
  /** Where the log holds what people declared and this rests on, in the order of the log; absent = it rests on none of it. */
  readonly declared?: readonly ManifestDeclared[];
  readonly inventory: ManifestInventory | null;
  /** Names of the hosts that whoever had it made named, sorted: others of its scopes are not in it. Absent = nobody named any, and all are. */
  readonly chosen_hosts?: readonly string[];
  readonly hosts: readonly ManifestHost[];
  readonly results: readonly ManifestResult[];
  /** What a plan promised of the limits when it was made, beside the verdicts and no part of them; absent = the release did not say. */
  readonly forecasts?: readonly ManifestForecast[];
  /** Of what was derived from the evidence: the same whenever it is derived again (docs/reports.md). */
  readonly results_sha256: string;
  readonly totals: ManifestTotals;
  readonly chain_documents: readonly ManifestDocument[];
  /** The stamp tests that scopes name by app_error_from; absent = none does. */
  readonly stamp_tests?: readonly ManifestStampTest[];
  /** What the report rests on, in sentences that name their figures. */
  readonly assumptions: readonly string[];
  /** TAI − UTC by the list in force: [from, s]. */
  readonly leap_table: readonly (readonly [string, number])[];
  readonly log: { readonly head: ManifestHead; readonly anchor_period_ns: string | null };
  /** What it cannot show. */
  readonly limits: readonly string[];
}

export interface ManifestPrevious {
  readonly id: string;
  readonly sha256: string;
  readonly head: ManifestHead;
}

export interface ManifestHead {
  readonly shard: string;
  readonly size: number;
  readonly root: string;
  readonly timestamp_ns: string;
}

export interface ManifestInventory extends Omit<Inventory, "hosts"> {
  readonly listed: number;
  /** Listed, and no agent reported in the period. */
  readonly missing: readonly string[];
  /** In scope, and not listed. */
  readonly unlisted: readonly string[];
  /** Listed, with an agent, and not in this report: in none of its scopes, or not asked for. Absent = the release did not say. */
  readonly outside?: readonly string[];
}

export interface LeafPlace {
  readonly shard: string;
  readonly index: number;
}

/** One leaf of what was declared: a scope, a calendar, a profile, an exemption or that it was withdrawn. */
export interface ManifestDeclared {
  /** As the leaf says, e.g. "scope desks". */
  readonly what: string;
  /** When the database took it. */
  readonly at: string;
  readonly leaf: LeafPlace;
}

export interface ManifestHost {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly enrolled_at: string;
  readonly retired_at: string | null;
  /** Its enrolment in the log. */
  readonly leaf: LeafPlace;
  readonly keys: readonly { readonly public_key: string; readonly leaf: LeafPlace }[];
  /** First and last batch of each epoch that lies in the report, and what is missing between. */
  readonly chains: readonly {
    readonly epoch: number;
    readonly first_seq: number;
    readonly last_seq: number;
    readonly lost: readonly (readonly [number, number])[];
    /** Batches that could not be read when they came. */
    readonly unreadable: number;
  }[];
}

/** One host and one profile; or one group and a profile that limits the difference of two clocks. */
export interface ManifestResult {
  /** Null = listed in the inventory, without an agent; or a group. */
  readonly host: string | null;
  readonly name: string;
  readonly scope: string;
  readonly profile: string;
  readonly terms: {
    readonly limit_ns: readonly [string, string];
    readonly app_error_ns: string;
    readonly horizon_ns: string;
    readonly drift_ppb: number;
    readonly counts_unverified: boolean;
    readonly requires_traceability: boolean;
    readonly minimum_proven_ppm: number | null;
  };
  readonly schedule: readonly (readonly [string, string])[];
  readonly exemptions: readonly DeclaredExemption[];
  /** UTC; from, to, reason. */
  readonly cuts: readonly (readonly [string, string, string])[];
  readonly spans: readonly (readonly [string, string, InstantVerdict])[];
  readonly episodes: readonly { readonly from: string; readonly to: string; readonly peak_proven_ns: string }[];
  /** Longest stretches of audited time without evidence, the longest first, at most ten. */
  readonly gaps: readonly (readonly [string, string])[];
  readonly totals: {
    readonly in_scope_ns: string;
    readonly exempt_ns: string;
    readonly audited_ns: string;
    readonly compliant_ns: string;
    readonly violation_ns: string;
    readonly unproven_ns: string;
    readonly conflict_ns: string;
    readonly no_evidence_ns: string;
  };
  readonly shares: {
    readonly coverage_ppm: number | null;
    readonly proven_ppm: number | null;
    readonly violation_ppm: number | null;
    readonly compliance_ppm_range: readonly [number, number] | null;
  };
  /** What others print: never added to what is proved. */
  readonly sampled: {
    readonly samples: number;
    readonly inside: number;
    readonly greatest_divergence_ns: string | null;
    readonly longest_interval_ns: string | null;
  };
  readonly statistics: {
    readonly spans: number;
    readonly dropped: { readonly untraceable: number; readonly in_cut: number; readonly contradictory: number; readonly rehearsed: number };
    readonly max_gap_ns: string | null;
    readonly worst_bound_ns: string | null;
    readonly bound_ns: { readonly p50: string; readonly p99: string; readonly p999: string } | null;
    readonly unproven_by_ns: { readonly wide: string; readonly drift: string; readonly conflict: string; readonly leap: string };
  };
  readonly counts: { readonly leap_events: number; readonly source_changes: number; readonly conflicts: number; readonly steps: number };
  /** Findings beside the verdict, such as granularity, missing documents, a timescale mix-up. */
  readonly findings: readonly { readonly kind: string; readonly words: string }[];
  readonly documents: readonly string[];
  readonly service: string | null;
  readonly activity: string | null;
  readonly stamp_point: string | null;
  readonly verdict: AuditVerdict;
  /** Absent of a single host. The rest of the result is then of all pairs at once. */
  readonly group?: ManifestGroup;
}

export interface ManifestGroup {
  /** By name. */
  readonly members: readonly ManifestMember[];
  readonly pairs: number;
  /** Proved outside at some time in which they are asked. */
  readonly pairs_outside: number;
  /** The worst of them, at most ten: the longest violation first. */
  readonly outside: readonly {
    readonly a: ManifestMember;
    readonly b: ManifestMember;
    readonly violation_ns: string;
    readonly episodes: number;
    readonly first: string;
    readonly peak_proven_ns: string;
  }[];
  /** Of which nothing is known in some of the time in which they are asked. */
  readonly members_silent: number;
  /** At most ten of them, the longest first. */
  readonly silent: readonly (ManifestMember & { readonly silent_ns: string })[];
}

export interface ManifestMember {
  /** Null = listed in the inventory, without an agent. */
  readonly host: string | null;
  readonly name: string;
}

export interface ManifestTotals {
  readonly hosts: number;
  readonly results: number;
  readonly audited_ns: string;
  readonly compliant_ns: string;
  readonly violation_ns: string;
  readonly unproven_ns: string;
  readonly no_evidence_ns: string;
  readonly shares: ManifestResult["shares"];
  readonly sampled: { readonly samples: number; readonly inside: number };
  readonly verdicts: Readonly<Record<AuditVerdict, number>>;
  /** The worst result: the most violation, then the least proven; null = there is none. */
  readonly worst: { readonly host: string | null; readonly name: string; readonly profile: string } | null;
}

export interface ManifestDocument {
  readonly id: string;
  readonly title: string;
  readonly sha256: string;
  readonly kind: string;
  readonly hosts: number;
  readonly valid_from: string;
  readonly reviewed_at: string | null;
}

/** A document of what truebound-agent stamp-test measured; days are YYYY-MM-DD. */
export interface ManifestStampTest {
  readonly id: string;
  readonly title: string;
  readonly sha256: string;
  readonly stamp_point: string | null;
  readonly app_error_ns: string;
  readonly valid_from: string;
  /** Its last day; null = it has none. */
  readonly valid_to: string | null;
}

/** A forecast of one host and one limit, by the same arithmetic as `truebound plan`, from its last reports alone. */
export interface ManifestForecast {
  /** Among the results of the manifest. */
  readonly result: number;
  /** What one clock may take: the closer side of the limit, less the error of the application. */
  readonly limit_ns: string;
  /** Null = no report of the last ten minutes says what its bound was made of. */
  readonly basis: {
    readonly reports: number;
    readonly from: string;
    readonly to: string;
    readonly drift_ppb: number;
    readonly slew_ppm: number;
    readonly faults: number;
    readonly votes: number;
    readonly votes_needed: number;
  } | null;
  /** At every instant as it passes, one reply lost. */
  readonly live: ForecastGoal;
  /** In a report, where each instant is seen from the exchanges on both sides. */
  readonly report: ForecastGoal;
  /** The greatest term of the live bound; null = unknown. */
  readonly binding: { readonly term: TermName; readonly ns: string } | null;
}

/** `out_of_reach`: path and root of the best sample fill the limit already. */
export interface ForecastGoal {
  readonly verdict: "yes" | "no" | "out_of_reach" | "unknown";
  /** Null = none is known, or too few sources vouch for one. */
  readonly worst_ns: string | null;
}
