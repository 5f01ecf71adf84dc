import type { ReportView } from "@truebound/wire";

/** What this page reads of a manifest; docs/reports.md has all of it. Instants have nine digits and Z; ns are decimal strings. */
export interface Manifest {
  readonly demo: boolean;
  readonly period: { readonly from: string; readonly to: string };
  readonly issuer: { readonly installation: string; readonly key_id: string; readonly software: string };
  /** Absent = all hosts of its scopes are in it. */
  readonly chosen_hosts?: readonly string[];
  /** The report before, where nothing ties this one to it. */
  readonly previous_left?: { readonly id: string; readonly head: { readonly shard: string } };
  readonly totals: Totals;
  readonly results: readonly Result[];
  readonly profiles: readonly { readonly profile: { readonly id: string; readonly status?: string } }[];
}

/** One host and one profile; or all pairs of a group. */
export interface Result {
  /** Null = listed in the inventory, without an agent; or a group. */
  readonly host: string | null;
  readonly name: string;
  readonly scope: string;
  readonly profile: string;
  readonly terms: {
    readonly limit_ns: readonly [string, string];
    readonly app_error_ns: string;
    readonly requires_traceability: boolean;
  };
  readonly schedule: readonly (readonly [string, string])[];
  readonly exemptions: readonly Exemption[];
  readonly cuts: readonly (readonly [string, string, string])[];
  readonly spans: readonly (readonly [string, string, string])[];
  readonly episodes: readonly { readonly from: string; readonly to: string; readonly peak_proven_ns: string }[];
  readonly totals: ResultTotals;
  readonly shares: Shares;
  readonly sampled: Sampled;
  readonly statistics: { readonly unproven_by_ns: Readonly<Record<string, string>> };
  readonly findings: readonly { readonly kind: string; readonly words: string }[];
  readonly documents: readonly string[];
  readonly verdict: string;
  readonly group?: { readonly members: readonly unknown[]; readonly pairs: number };
  /** Absent of groups, of a host without an agent, and in reports of earlier releases. */
  readonly forecast?: Forecast;
}

/** What could be proved from then on; no part of the verdict. */
export interface Forecast {
  readonly limit_ns: string;
  readonly basis: { readonly reports: number; readonly to: string } | null;
  readonly live: ForecastGoal;
  readonly report: ForecastGoal;
  readonly binding: { readonly term: string; readonly ns: string } | null;
}

export interface ForecastGoal {
  readonly verdict: string;
  readonly worst_ns: string | null;
}

export interface Exemption {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly declared_by: string;
  readonly declared_at: string;
  readonly withdrawn_at?: string;
}

export interface ResultTotals {
  readonly audited_ns: string;
  readonly exempt_ns: string;
  readonly compliant_ns: string;
  readonly violation_ns: string;
  readonly unproven_ns: string;
  readonly conflict_ns: string;
  readonly no_evidence_ns: string;
}

export interface Shares {
  readonly proven_ppm: number | null;
  readonly violation_ppm: number | null;
  readonly coverage_ppm: number | null;
  readonly compliance_ppm_range: readonly [number, number] | null;
}

export interface Sampled {
  readonly samples: number;
  readonly inside: number;
  readonly greatest_divergence_ns: string | null;
  readonly longest_interval_ns: string | null;
}

interface Totals {
  readonly hosts: number;
  readonly results: number;
  readonly shares: Shares;
  readonly sampled: { readonly samples: number; readonly inside: number };
  readonly verdicts: Readonly<Record<string, number>>;
  readonly worst: { readonly host: string | null; readonly name: string; readonly profile: string } | null;
}

/** The server made and signed it, so its form is the contract's. Null = there is none yet. */
export const manifestOf = ({ manifest }: Pick<ReportView, "manifest">): Manifest | null =>
  manifest === null ? null : withForecasts(manifest as unknown as Said);

type Said = Manifest & { readonly forecasts?: readonly (Forecast & { readonly result: number })[] };

/** Each beside its result, which the manifest names by its place. */
function withForecasts({ forecasts = [], ...manifest }: Said): Manifest {
  const byPlace = new Map(forecasts.map((one) => [one.result, one]));
  const results = manifest.results.map((result, place) => {
    const forecast = byPlace.get(place);
    return forecast === undefined ? result : { ...result, forecast };
  });
  return { ...manifest, results };
}
