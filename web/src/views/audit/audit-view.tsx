import type { JSX } from "preact";
import type { AuditTab } from "../../route/audit-place.ts";
import { useTitle } from "../parts/use-title.ts";
import { PlanView } from "../plan/plan-view.tsx";
import { ReportsView } from "../reports/reports-view.tsx";
import { AUDIT_TITLES, AuditTabs } from "./audit-tabs.tsx";
import { LogRoom } from "./log/log-room.tsx";
import { ProfilesView } from "./profiles/profiles-view.tsx";
import { QuestionsView } from "./questions/questions-view.tsx";
import { ScopesView } from "./scopes/scopes-view.tsx";

/** What can be proved: questions, limits, and whose clocks are held against them. */
export function AuditView({ tab, search }: { readonly tab: AuditTab; readonly search: string }): JSX.Element {
  if (tab === "reports")
    return (
      <ReportsView search={search}>
        <AuditTabs tab={tab} search={search} />
      </ReportsView>
    );
  return <Room tab={tab} search={search} />;
}

interface RoomProps {
  readonly tab: Exclude<AuditTab, "reports">;
  readonly search: string;
}

function Room({ tab, search }: RoomProps): JSX.Element {
  useTitle(`${AUDIT_TITLES[tab]} – Audit`);
  return (
    <article class="admin audit">
      <h1>{tab === "plan" ? "What can be proved" : AUDIT_TITLES[tab]}</h1>
      <AuditTabs tab={tab} search={search} />
      <Content tab={tab} search={search} />
    </article>
  );
}

function Content({ tab, search }: RoomProps): JSX.Element {
  switch (tab) {
    case "plan":
      return <PlanView search={search} />;
    case "questions":
      return <QuestionsView search={search} />;
    case "profiles":
      return <ProfilesView />;
    case "scopes":
      return <ScopesView />;
    case "log":
      return <LogRoom />;
    default:
      return tab satisfies never;
  }
}
