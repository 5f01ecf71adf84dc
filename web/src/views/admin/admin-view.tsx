import type { JSX } from "preact";
import { useSession } from "../../api/use-session.ts";
import { type AdminTab, adminPath } from "../../route/admin-place.ts";
import { Link } from "../../route/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { useTitle } from "../parts/use-title.ts";
import { ActionsView } from "./actions-view.tsx";
import { ApiTokensView } from "./api-tokens-view.tsx";
import { HostsView } from "./hosts-view.tsx";
import { JoinView } from "./join-view.tsx";
import { tabsFor } from "./may-enter.ts";
import { PeopleView } from "./people-view.tsx";
import { SystemView } from "./system-view.tsx";

const TITLES: Readonly<Record<AdminTab, string>> = {
  join: "Join",
  hosts: "Hosts",
  people: "People",
  "api-tokens": "API tokens",
  actions: "Actions",
  system: "System",
};

/** Who may report, who may look, and who did what. */
export function AdminView({ tab, search }: { readonly tab: AdminTab; readonly search: string }): JSX.Element {
  const session = useSession();
  const tabs = tabsFor(session);
  useTitle(`${TITLES[tab]} – Administration`);
  return (
    <article class="admin">
      <h1>Administration</h1>
      <nav class="admin-tabs" aria-label="Administration">
        {tabs.map((one) => (
          <Link key={one} to={adminPath(one)} current={one === tab}>
            {TITLES[one]}
          </Link>
        ))}
      </nav>
      {session.kind === "in" && session.signIn === "off" && <OpenNote />}
      {tabs.includes(tab) ? <Tab tab={tab} search={search} /> : <NotYours title={TITLES[tab]} />}
    </article>
  );
}

const OpenNote = (): JSX.Element => (
  <p class="admin-note">
    Nobody signs in here: <strong>whoever reaches the loopback of this machine may do everything</strong> on these pages, and the book of
    actions calls them “local”. People and roles can be prepared; they count once the server runs with <code>TRUEBOUND_SIGN_IN=on</code>.
    API tokens count already.
  </p>
);

const NotYours = ({ title }: { readonly title: string }): JSX.Element => (
  <Notice title={`${title} is not yours to see`}>
    <p>It takes a role over the whole fleet that you were not given. Whoever administers this server can change that, under People.</p>
  </Notice>
);

function Tab({ tab, search }: { readonly tab: AdminTab; readonly search: string }): JSX.Element {
  switch (tab) {
    case "join":
      return <JoinView />;
    case "hosts":
      return <HostsView search={search} />;
    case "people":
      return <PeopleView />;
    case "api-tokens":
      return <ApiTokensView />;
    case "actions":
      return <ActionsView search={search} />;
    case "system":
      return <SystemView />;
    default:
      return tab satisfies never;
  }
}
