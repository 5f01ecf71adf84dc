export * from "./anchor/index.ts";
export type {
  AuditCase,
  AuditPeriod,
  AuditResult,
  AuditShares,
  AuditStatistics,
  AuditTerms,
  AuditTotals,
  AuditVerdict,
  ClockEvidence,
  Cut,
  Episode,
  EvidenceAt,
  Exemption,
  InstantVerdict,
  JudgedSpan,
  PairCase,
  PairedClock,
  Sample,
  SpanEvidence,
  Stretch,
  UnprovenBy,
} from "./audit-case.ts";
export { INSTANT_VERDICTS } from "./audit-case.ts";
export { canonicalJson, type Json } from "./canonical-json.ts";
export { judgePair, type PairVerdict } from "./judge-pair.ts";
export * from "./log/index.ts";
export { PAIR_PROFILES } from "./pair-profiles.ts";
export { isInForce, type PairProfile, type Profile, type ProfileKind, type ProfileSource } from "./profile.ts";
export { type ReadProfile, readProfile, type SpokenProfile, sayProfile } from "./profile-text.ts";
export type {
  LeafPlace,
  ManifestDocument,
  ManifestHead,
  ManifestHost,
  ManifestInventory,
  ManifestResult,
  ManifestTotals,
  ReportManifest,
} from "./report-manifest.ts";
export type { AuditScope, DeclaredExemption, Inventory } from "./scope.ts";
