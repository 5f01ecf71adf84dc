import type { AuditShares, AuditVerdict } from "../audit-case.ts";
import { canonicalJson, type Json } from "../canonical-json.ts";
import { sharesOf } from "../evaluate/shares.ts";
import type { ManifestResult, ManifestTotals, ReportManifest } from "../report-manifest.ts";

const VERDICTS: readonly AuditVerdict[] = ["PASS", "PASS_WITHIN_POLICY", "INCONCLUSIVE", "FAIL", "NOT_APPLICABLE"];

/** Of all results together: sums of ns, never means of shares. */
export function totalsOf(results: readonly ManifestResult[]): ManifestTotals {
  const sum = (name: keyof ManifestResult["totals"]): bigint => results.reduce((all, { totals }) => all + BigInt(totals[name]), 0n);
  const sums = {
    audited: sum("audited_ns"),
    compliant: sum("compliant_ns"),
    violation: sum("violation_ns"),
    unproven: sum("unproven_ns"),
    noEvidence: sum("no_evidence_ns"),
    conflict: sum("conflict_ns"),
    inScope: sum("in_scope_ns"),
    exempt: sum("exempt_ns"),
  };
  return {
    hosts: new Set(results.flatMap((one) => (one.group?.members ?? [one]).map(({ host, name }) => host ?? `without an agent: ${name}`)))
      .size,
    results: results.length,
    audited_ns: String(sums.audited),
    compliant_ns: String(sums.compliant),
    violation_ns: String(sums.violation),
    unproven_ns: String(sums.unproven),
    no_evidence_ns: String(sums.noEvidence),
    shares: sayShares(sharesOf(sums)),
    sampled: {
      samples: results.reduce((all, { sampled }) => all + sampled.samples, 0),
      inside: results.reduce((all, { sampled }) => all + sampled.inside, 0),
    },
    verdicts: Object.fromEntries(VERDICTS.map((word) => [word, results.filter(({ verdict }) => verdict === word).length])) as Record<
      AuditVerdict,
      number
    >,
    worst: worstOf(results),
  };
}

const sayShares = (shares: AuditShares): ManifestTotals["shares"] => ({
  coverage_ppm: shares.coveragePpm,
  proven_ppm: shares.provenPpm,
  violation_ppm: shares.violationPpm,
  compliance_ppm_range: shares.compliancePpmRange,
});

/** The most violation, then the least of it proved; the earlier of two that are alike. */
function worstOf(results: readonly ManifestResult[]): ManifestTotals["worst"] {
  const worst = results.reduce<ManifestResult | null>((so, next) => (so === null || isWorse(next, so) ? next : so), null);
  return worst && { host: worst.host, name: worst.name, profile: worst.profile };
}

function isWorse({ totals: a }: ManifestResult, { totals: b }: ManifestResult): boolean {
  const violation = BigInt(a.violation_ns) - BigInt(b.violation_ns);
  if (violation !== 0n) return violation > 0n;
  if (b.audited_ns === "0") return a.audited_ns !== "0";
  return a.audited_ns !== "0" && BigInt(a.compliant_ns) * BigInt(b.audited_ns) < BigInt(b.compliant_ns) * BigInt(a.audited_ns);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order in which a manifest has them. */
export const inOrder = (a: ManifestResult, b: ManifestResult): number =>
  byText(a.profile, b.profile) || byText(a.scope, b.scope) || byText(a.name, b.name) || byText(a.host ?? "", b.host ?? "");

type Derivable = Pick<ReportManifest, "algorithm" | "evidence" | "period" | "demo" | "profiles" | "leap_table" | "results" | "totals">;

/** The text under `results_sha256`: what the same evidence gives again, whoever asks and when. */
export const resultsText = ({ algorithm, evidence, period, demo, profiles, leap_table, results, totals }: Derivable): string =>
  canonicalJson({ algorithm, evidence, period, demo, profiles, leap_table, results, totals } as unknown as Json);
