import type { JSX } from "preact";
import { useSession } from "../../api/use-session.ts";
import { AUDIT_TABS, type AuditTab, auditPath } from "../../route/audit-place.ts";
import { Link } from "../../route/link.tsx";
import { lastingQuery } from "../../route/query.ts";
import { mayAudit } from "./may-audit.ts";

export const AUDIT_TITLES: Readonly<Record<AuditTab, string>> = {
  reports: "Reports",
  plan: "Plan",
  questions: "Questions",
  profiles: "Profiles",
  scopes: "Scopes",
  log: "Evidence log",
};

interface AuditTabsProps {
  readonly tab: AuditTab;
  readonly search: string;
}

/** The log is for who audits every host; the one where somebody is stays, whatever they may see there. */
export function AuditTabs({ tab, search }: AuditTabsProps): JSX.Element {
  const isAuditor = mayAudit(useSession());
  return (
    <nav class="admin-tabs audit-tabs" aria-label="Audit">
      {AUDIT_TABS.filter((one) => one !== "log" || isAuditor || one === tab).map((one) => (
        <Link key={one} to={`${auditPath(one)}${lastingQuery(search)}`} current={one === tab}>
          {AUDIT_TITLES[one]}
        </Link>
      ))}
    </nav>
  );
}
