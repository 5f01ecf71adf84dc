import type { JSX } from "preact";
import { Link } from "../../route/link.tsx";
import { PEERS_PATH } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import type { Address } from "../../route/use-address.ts";
import { LivePill } from "./live-pill.tsx";

export const Header = ({ path, search }: Address): JSX.Element => (
  <header class="top">
    <Link to={`/${lastingQuery(search)}`} class="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path d="M4 7v18M28 7v18M4 16h24" />
        <circle cx="16" cy="16" r="5.5" />
      </svg>
      Truebound
    </Link>
    <nav class="views" aria-label="Views">
      <Link to={`/${lastingQuery(search)}`} current={path === "/"}>
        Fleet
      </Link>
      <Link to={`${PEERS_PATH}${lastingQuery(search)}`} current={path.startsWith(PEERS_PATH)}>
        Peers
      </Link>
    </nav>
    <LivePill />
  </header>
);
