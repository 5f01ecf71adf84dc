import type { ComponentChildren, JSX } from "preact";
import { OpenIncidentsProvider } from "../api/open-incidents.ts";
import { useOpenIncidentsFeed } from "../api/use-incidents.ts";
import { useSession } from "../api/use-session.ts";
import { Hatches } from "../charts/hatches.tsx";
import { zoneOf } from "../format/zone.ts";
import { placeOf } from "../route/place.ts";
import { type Address, useAddress } from "../route/use-address.ts";
import { AdminView } from "./admin/admin-view.tsx";
import { AlertingView } from "./alerting/alerting-view.tsx";
import { AuditView } from "./audit/audit-view.tsx";
import { FleetView } from "./fleet/fleet-view.tsx";
import { HostView } from "./host/host-view.tsx";
import { IncidentView } from "./incidents/incident/incident-view.tsx";
import { IncidentsView } from "./incidents/incidents-view.tsx";
import { NowhereView } from "./nowhere-view.tsx";
import { BrowserClockBanner } from "./parts/browser-clock-banner.tsx";
import { Footer } from "./parts/footer.tsx";
import { Header } from "./parts/header.tsx";
import { Loading } from "./parts/loading.tsx";
import { ZoneProvider } from "./parts/zone-context.ts";
import { PairView } from "./peers/pair/pair-view.tsx";
import { PeersView } from "./peers/peers-view.tsx";
import { ReferenceRoom } from "./reference/reference-room.tsx";
import { ReportView } from "./reports/report-view.tsx";
import { SignInView } from "./sign-in/sign-in-view.tsx";
import { SourceView } from "./sources/source/source-view.tsx";
import { SourcesView } from "./sources/sources-view.tsx";

export function App(): JSX.Element {
  const address = useAddress();
  const session = useSession();
  if (session.kind === "asking") return <Loading title="Asking the server…" />;
  if (session.kind === "out") return <SignInView oidc={session.oidc} {...address} />;
  return (
    <ZoneProvider value={zoneOf(address.search)}>
      <OpenIncidents>
        <Hatches />
        <Header {...address} />
        <main>
          <BrowserClockBanner />
          <View {...address} />
        </main>
        <Footer search={address.search} />
      </OpenIncidents>
    </ZoneProvider>
  );
}

/** Only who asks for the open incidents is drawn again when they change. */
function OpenIncidents({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const open = useOpenIncidentsFeed();
  return <OpenIncidentsProvider value={open}>{children}</OpenIncidentsProvider>;
}

function View({ path, search }: Address): JSX.Element {
  const place = placeOf(path);
  switch (place.view) {
    case "fleet":
      return <FleetView search={search} />;
    case "host":
      return <HostView key={place.id} id={place.id} search={search} />;
    case "sources":
      return <SourcesView search={search} />;
    case "source":
      return <SourceView key={place.id} id={place.id} search={search} />;
    case "peers":
      return <PeersView search={search} />;
    case "pair":
      return <PairView key={path} a={place.a} b={place.b} search={search} />;
    case "incidents":
      return <IncidentsView search={search} />;
    case "incident":
      return <IncidentView key={place.id} id={place.id} search={search} />;
    case "alerting":
      return <AlertingView search={search} />;
    case "audit":
      return <AuditView tab={place.tab} search={search} />;
    case "report":
      return <ReportView key={place.id} id={place.id} search={search} />;
    case "admin":
      return <AdminView tab={place.tab} search={search} />;
    case "reference":
      return <ReferenceRoom operation={place.operation} search={search} />;
    case "nowhere":
      return <NowhereView path={place.path} />;
    default:
      return place satisfies never;
  }
}
