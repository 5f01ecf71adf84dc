import { divCeil, divFloor } from "@truebound/time";
import type { AuditShares, AuditTerms, AuditTotals, AuditVerdict } from "../audit-case.ts";

const MILLION = 1_000_000n;

/** ppm of D: floor what one would like to be large, ceil what one would like to be small. */
export function sharesOf({ audited, compliant, violation, noEvidence }: AuditTotals): AuditShares {
  if (audited === 0n) return { coveragePpm: null, provenPpm: null, violationPpm: null, compliancePpmRange: null };
  const down = (part: bigint) => Number(divFloor(part * MILLION, audited));
  const up = (part: bigint) => Number(divCeil(part * MILLION, audited));
  return {
    coveragePpm: down(audited - noEvidence),
    provenPpm: down(compliant),
    violationPpm: up(violation),
    compliancePpmRange: [down(compliant), up(audited - violation)],
  };
}

/** Of nothing there is no verdict, and never a pass. */
export function verdictOf(
  { audited, compliant, violation }: AuditTotals,
  { minimumProvenPpm }: Pick<AuditTerms, "minimumProvenPpm">,
): AuditVerdict {
  if (audited === 0n) return "NOT_APPLICABLE";
  if (violation > 0n) return "FAIL";
  if (compliant === audited) return "PASS";
  const isEnough = minimumProvenPpm !== null && compliant * MILLION >= BigInt(minimumProvenPpm) * audited;
  return isEnough ? "PASS_WITHIN_POLICY" : "INCONCLUSIVE";
}
