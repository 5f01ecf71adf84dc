import type { JSX } from "preact";
import { Hatches } from "../charts/hatches.tsx";
import { placeOf } from "../route/place.ts";
import { type Address, useAddress } from "../route/use-address.ts";
import { FleetView } from "./fleet/fleet-view.tsx";
import { HostView } from "./host/host-view.tsx";
import { NowhereView } from "./nowhere-view.tsx";
import { Footer } from "./parts/footer.tsx";
import { Header } from "./parts/header.tsx";
import { PairView } from "./peers/pair/pair-view.tsx";
import { PeersView } from "./peers/peers-view.tsx";

export function App(): JSX.Element {
  const address = useAddress();
  return (
    <>
      <Hatches />
      <Header {...address} />
      <main>
        <View {...address} />
      </main>
      <Footer />
    </>
  );
}

function View({ path, search }: Address): JSX.Element {
  const place = placeOf(path);
  switch (place.view) {
    case "fleet":
      return <FleetView search={search} />;
    case "host":
      return <HostView key={place.id} id={place.id} search={search} />;
    case "peers":
      return <PeersView search={search} />;
    case "pair":
      return <PairView key={path} a={place.a} b={place.b} search={search} />;
    case "nowhere":
      return <NowhereView path={place.path} />;
    default:
      return place satisfies never;
  }
}
