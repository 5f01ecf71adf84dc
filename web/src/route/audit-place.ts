/** The pages of audit, in the order in which they are offered. Reports and the plan have addresses of their own. */
export const AUDIT_TABS = ["reports", "plan", "questions", "profiles", "scopes", "log"] as const;
export type AuditTab = (typeof AUDIT_TABS)[number];

export const AUDIT_PATH = "/audit";
const REPORTS_PATH = "/reports";
export const PLAN_PATH = "/plan";
const OWN: Partial<Record<AuditTab, string>> = { reports: REPORTS_PATH, plan: PLAN_PATH };
export const auditPath = (tab: AuditTab): string => OWN[tab] ?? `${AUDIT_PATH}/${tab}`;
export const isAuditPath = (path: string): boolean => [AUDIT_PATH, REPORTS_PATH, PLAN_PATH].some((own) => path.startsWith(own));
/** What can be proved of a limit on a host, or on every host; without a limit one is chosen there. */
export const planPath = (asked: { readonly profile?: string; readonly host?: string }): string => {
  const query = new URLSearchParams(asked).toString();
  return query === "" ? PLAN_PATH : `${PLAN_PATH}?${query}`;
};

const PATH = /^\/audit(?:\/([a-z-]+))?\/?$/;

/** Null = the path is none of audit. */
export function auditTabOf(path: string): AuditTab | null {
  if (/^\/plan\/?$/.test(path)) return "plan";
  const found = PATH.exec(path);
  if (found === null) return null;
  return found[1] === undefined ? "reports" : (AUDIT_TABS.find((tab) => tab === found[1]) ?? null);
}
