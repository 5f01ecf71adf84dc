import type { AuditTerms } from "./audit-case.ts";
import type { UtcProfile } from "./profile.ts";
import type { AuditScope } from "./scope.ts";

/** What a verdict is held against, where a profile is audited as a scope declares. */
export const auditTerms = (
  { limit_ns: [min, max], traceability }: UtcProfile,
  { app_error_ns, horizon_ns, minimum_proven_ppm }: Pick<AuditScope, "app_error_ns" | "horizon_ns" | "minimum_proven_ppm">,
): AuditTerms => ({
  limit: { min, max },
  appError: BigInt(app_error_ns),
  horizon: BigInt(horizon_ns),
  requiresTraceability: traceability === "required",
  minimumProvenPpm: minimum_proven_ppm,
});
