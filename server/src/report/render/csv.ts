import type { ManifestForecast, ManifestResult, ReportManifest } from "@truebound/audit";
import { forecastsOf } from "./forecast-blocks.ts";
import { noticesOf } from "./notices.ts";
import { worstFirst } from "./worst-first.ts";

type Value = string | number | boolean | null | undefined;
type Row = Readonly<Record<string, Value>>;

/** A line for each host or group × profile, and one for each breach under it and each pair of a group that it names. Figures as the manifest has them, ns and ppm. RFC 4180. */
export function csvOf(manifest: ReportManifest, sha256: string): string {
  const head = headOf(manifest, sha256);
  const forecasts = forecastsOf(manifest);
  const rows = worstFirst(manifest.results).flatMap((result) => [
    { ...head, record: "result", ...manifest.period, ...resultOf(result), ...foretoldOf(forecasts.get(result)) },
    ...result.episodes.map(({ from, to, peak_proven_ns }) => ({
      ...head,
      record: "breach",
      from,
      to,
      ...namesOf(result),
      peak_proven_ns,
    })),
    ...(result.group?.outside ?? []).map((pair) => ({ ...head, record: "pair", ...namesOf(result), ...pairOf(pair) })),
  ]);
  // A report of nothing says so in a line of its own, with its hash.
  const lines: readonly Row[] = rows.length > 0 ? rows : [{ ...head, record: "empty", ...manifest.period }];
  return [COLUMNS.join(","), ...lines.map(lineOf), ""].join("\r\n");
}

const headOf = (manifest: ReportManifest, sha256: string) => ({
  report_id: manifest.id,
  manifest_sha256: sha256,
  standing: manifest.final ? "final" : "provisional",
  notices: noticesOf(manifest).join(" "),
});

const namesOf = ({ host, name, service, activity, scope, profile }: ManifestResult) => ({ host, name, service, activity, scope, profile });

const pairOf = ({ a, b, first, violation_ns, peak_proven_ns, episodes }: NonNullable<ManifestResult["group"]>["outside"][number]): Row => ({
  pair_a: a.name,
  pair_b: b.name,
  from: first,
  violation_ns,
  peak_proven_ns,
  breaches: episodes,
});

function resultOf(result: ManifestResult): Row {
  const { terms, totals, shares, sampled, statistics, counts, verdict } = result;
  const [low, high] = shares.compliance_ppm_range ?? [null, null];
  return {
    ...namesOf(result),
    verdict,
    limit_min_ns: terms.limit_ns[0],
    limit_max_ns: terms.limit_ns[1],
    ...totals,
    proven_ppm: shares.proven_ppm,
    coverage_ppm: shares.coverage_ppm,
    violation_ppm: shares.violation_ppm,
    compliance_low_ppm: low,
    compliance_high_ppm: high,
    // Nothing of a pair is sampled; that is no count of 0.
    ...(result.group === undefined ? sampled : {}),
    pieces: statistics.spans,
    max_gap_ns: statistics.max_gap_ns,
    worst_bound_ns: statistics.worst_bound_ns,
    bound_p50_ns: statistics.bound_ns?.p50,
    bound_p99_ns: statistics.bound_ns?.p99,
    bound_p999_ns: statistics.bound_ns?.p999,
    dropped_untraceable: statistics.dropped.untraceable,
    dropped_in_cut: statistics.dropped.in_cut,
    dropped_contradictory: statistics.dropped.contradictory,
    dropped_rehearsed: statistics.dropped.rehearsed,
    breaches: result.episodes.length,
    ...counts,
    documents: result.documents.join(" "),
    stamp_point: result.stamp_point,
    app_error_ns: terms.app_error_ns,
    drift_ppb: terms.drift_ppb,
    horizon_ns: terms.horizon_ns,
    findings: result.findings.map(({ kind }) => kind).join(" "),
    members: result.group?.members.length,
    pairs: result.group?.pairs,
    pairs_outside: result.group?.pairs_outside,
    members_silent: result.group?.members_silent,
  };
}

/** Beside the verdict, and no part of it. */
const foretoldOf = (forecast: ManifestForecast | undefined): Row => ({
  forecast_live: forecast?.live.verdict,
  forecast_live_ns: forecast?.live.worst_ns,
  forecast_report: forecast?.report.verdict,
  forecast_report_ns: forecast?.report.worst_ns,
  forecast_binding: forecast?.binding?.term,
  forecast_binding_ns: forecast?.binding?.ns,
});

const COLUMNS: readonly string[] = `
  report_id manifest_sha256 standing notices record from to host name service activity scope profile verdict
  limit_min_ns limit_max_ns in_scope_ns exempt_ns audited_ns compliant_ns violation_ns unproven_ns conflict_ns
  no_evidence_ns proven_ppm coverage_ppm violation_ppm compliance_low_ppm compliance_high_ppm samples inside
  greatest_divergence_ns longest_interval_ns pieces max_gap_ns worst_bound_ns bound_p50_ns bound_p99_ns
  bound_p999_ns dropped_untraceable dropped_in_cut dropped_contradictory dropped_rehearsed breaches
  peak_proven_ns conflicts leap_events source_changes steps documents stamp_point app_error_ns drift_ppb
  horizon_ns findings members pairs pairs_outside members_silent pair_a pair_b
  forecast_live forecast_live_ns forecast_report forecast_report_ns forecast_binding forecast_binding_ns
`
  .trim()
  .split(/\s+/);

const lineOf = (row: Row): string => COLUMNS.map((name) => cell(row[name])).join(",");

/** A spreadsheet runs text that begins like a formula; figures stay as they are. */
function cell(value: Value): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string" || /^-?\d+$/.test(value)) return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
