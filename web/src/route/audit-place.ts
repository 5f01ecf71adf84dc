/** The pages of audit, in the order in which they are offered. Reports had their addresses before, and keep them. */
export const AUDIT_TABS = ["reports", "questions", "profiles", "scopes", "log"] as const;
export type AuditTab = (typeof AUDIT_TABS)[number];

export const AUDIT_PATH = "/audit";
const REPORTS_PATH = "/reports";
export const auditPath = (tab: AuditTab): string => (tab === "reports" ? REPORTS_PATH : `${AUDIT_PATH}/${tab}`);
export const isAuditPath = (path: string): boolean => path.startsWith(AUDIT_PATH) || path.startsWith(REPORTS_PATH);

const PATH = /^\/audit(?:\/([a-z-]+))?\/?$/;

/** Null = the path is none of audit. */
export function auditTabOf(path: string): AuditTab | null {
  const found = PATH.exec(path);
  if (found === null) return null;
  return found[1] === undefined ? "reports" : (AUDIT_TABS.find((tab) => tab === found[1]) ?? null);
}
