import type { ManifestResult } from "@truebound/audit";

/** The most violation first, then the least of audited time proved; what is not audited comes last. As the manifest finds its worst one. */
export const worstFirst = (results: readonly ManifestResult[]): ManifestResult[] => [...results].sort(byHarm);

function byHarm({ totals: a }: ManifestResult, { totals: b }: ManifestResult): number {
  const violation = sign(BigInt(b.violation_ns) - BigInt(a.violation_ns));
  if (violation !== 0) return violation;
  const [auditedA, auditedB] = [BigInt(a.audited_ns), BigInt(b.audited_ns)];
  if (auditedA === 0n || auditedB === 0n) return sign(auditedB - auditedA);
  return sign(BigInt(a.compliant_ns) * auditedB - BigInt(b.compliant_ns) * auditedA);
}

const sign = (value: bigint): number => (value > 0n ? 1 : value < 0n ? -1 : 0);
