import type { JSX } from "preact";
import { AUDIT_TABS, type AuditTab, auditPath } from "../../route/audit-place.ts";
import { Link } from "../../route/link.tsx";
import { lastingQuery } from "../../route/query.ts";

export const AUDIT_TITLES: Readonly<Record<AuditTab, string>> = {
  reports: "Reports",
  questions: "Questions",
  profiles: "Profiles",
  scopes: "Scopes",
};

export const AuditTabs = ({ tab, search }: { readonly tab: AuditTab; readonly search: string }): JSX.Element => (
  <nav class="admin-tabs audit-tabs" aria-label="Audit">
    {AUDIT_TABS.map((one) => (
      <Link key={one} to={`${auditPath(one)}${lastingQuery(search)}`} current={one === tab}>
        {AUDIT_TITLES[one]}
      </Link>
    ))}
  </nav>
);
