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
  GroupCase,
  GroupMember,
  GroupResult,
  InstantVerdict,
  JudgedSpan,
  PairCase,
  PairedClock,
  PairOutside,
  Sample,
  Smear,
  SpanEvidence,
  Stretch,
  UnprovenBy,
} from "./audit-case.ts";
export { INSTANT_VERDICTS } from "./audit-case.ts";
export { auditTerms } from "./audit-terms.ts";
export { canonicalJson, type Json } from "./canonical-json.ts";
export { divergence } from "./divergence.ts";
export { audit, auditPair } from "./evaluate/audit.ts";
export { evidenceAt, evidenceOf } from "./evaluate/evidence-at.ts";
export { auditGroup } from "./evaluate/group/audit-group.ts";
export * from "./evidence/index.ts";
export { type GranularityFinding, granularityFinding, type StampDeclaration, stampGranularity } from "./granularity.ts";
export { judgePair, type PairVerdict } from "./judge-pair.ts";
export * from "./log/index.ts";
export {
  closestLimit,
  dayBegins,
  FIGURES,
  type Figure,
  isInForce,
  type PairProfile,
  PROFILE_STATUSES,
  type Profile,
  type ProfileKind,
  type ProfileSource,
  type ProfileStatus,
  type ProfileTemplate,
  REFERENCES,
  type Reference,
  type SelfReport,
  SMEARS,
  type SmearRule,
  TRACEABILITIES,
  type Traceability,
  type UtcProfile,
} from "./profile.ts";
export { profileText, type ReadProfile, readProfile, type Spoken, type SpokenProfile, sayProfile } from "./profile-text.ts";
export { PAIR_PROFILES, PROFILES, TEMPLATES, UTC_PROFILES } from "./profiles/index.ts";
export { isShipped } from "./profiles/published.ts";
export { ChainRuns } from "./report/chain-runs.ts";
export { type DeclaredResult, type Derived, type DerivingContext, deriveResult } from "./report/derived.ts";
export { type DeclaredGroup, GroupDeriving, groupName, isGroup, type MemberEvidence, memberEvidence } from "./report/derived-group.ts";
export { type Forecast, forecastOf } from "./report/forecast.ts";
export { forecastUntil, LastReports, LOOKED_BACK_NS, MOST_REPORTS, type PlacedReport } from "./report/last-reports.ts";
export { fitsLabels, membersOf } from "./report/members.ts";
export { smearTakers } from "./report/smear-takers.ts";
export { inOrder, resultsText, totalsOf } from "./report/totals.ts";
export type {
  ForecastGoal,
  LeafPlace,
  ManifestDeclared,
  ManifestDocument,
  ManifestForecast,
  ManifestGroup,
  ManifestHead,
  ManifestHost,
  ManifestInventory,
  ManifestMember,
  ManifestResult,
  ManifestStampTest,
  ManifestTotals,
  ReportManifest,
} from "./report-manifest.ts";
export { type AuditScope, type DeclaredExemption, type ExemptTime, exemptTime, type Inventory } from "./scope.ts";
export { type SelfReportGround, sayGround, selfReportGrounds } from "./self-report.ts";
export {
  SIGNOFF_ACTS,
  SIGNOFF_SHEETS,
  type SignedStatement,
  type SignoffAct,
  type SignoffStatement,
  signedStatementText,
  signerEntry,
  signoffEntry,
  signoffFileText,
  signoffText,
} from "./signoff.ts";
export * from "./verify/index.ts";
