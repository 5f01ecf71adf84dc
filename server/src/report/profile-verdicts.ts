import type { AuditVerdict, ReportManifest } from "@truebound/audit";

/** The worst of a profile's results, whichever clock it is of. */
export interface ProfileVerdict {
  readonly profile: string;
  readonly verdict: AuditVerdict;
}

export const FROM_WORST: readonly AuditVerdict[] = ["FAIL", "INCONCLUSIVE", "PASS_WITHIN_POLICY", "PASS", "NOT_APPLICABLE"];

/** One for each profile of a report, in its order. Of a profile without a result no time is audited. */
export const profileVerdicts = ({ profiles, results }: Pick<ReportManifest, "profiles" | "results">): ProfileVerdict[] =>
  profiles.map(({ profile: { id } }) => {
    const found = new Set(results.filter(({ profile }) => profile === id).map(({ verdict }) => verdict));
    return { profile: String(id), verdict: FROM_WORST.find((one) => found.has(one)) ?? "NOT_APPLICABLE" };
  });

/** "FAIL us-cat-member, PASS uk-rts25-hft", the worst first; null = of a report that is older than this list. */
export const verdictsInWords = (verdicts: readonly ProfileVerdict[] | null): string =>
  verdicts === null
    ? "verdicts not kept"
    : [...verdicts]
        .sort((a, b) => FROM_WORST.indexOf(a.verdict) - FROM_WORST.indexOf(b.verdict))
        .map(({ profile, verdict }) => `${verdict} ${profile}`)
        .join(", ");
