import type { HostSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { standingWords } from "../../format/standing-words.ts";
import { Link } from "../../route/link.tsx";
import { PEERS_PATH } from "../../route/place.ts";
import { Mark } from "./mark.tsx";

/** A host that its peers contradict says so wherever its status is shown. */
export function PeerStanding({ host }: { readonly host: HostSummary }): JSX.Element | null {
  const words = standingWords(host);
  if (words === null) return null;
  const look = host.peer_standing === "flagged" ? "conflict" : "unverified";
  return (
    <Link to={PEERS_PATH} class={`peer-standing row-${look}`}>
      <Mark look={look} />
      <span class="status-word">{words}</span>
    </Link>
  );
}
