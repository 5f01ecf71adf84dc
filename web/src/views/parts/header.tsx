import type { JSX } from "preact";
import { isAuditPath } from "../../route/audit-place.ts";
import { Link } from "../../route/link.tsx";
import { ALERTING_PATH, INCIDENTS_PATH, PEERS_PATH, REPORTS_PATH, SOURCES_PATH } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import type { Address } from "../../route/use-address.ts";
import { Brand } from "./brand.tsx";
import { IncidentBadge } from "./incident-badge.tsx";
import { LivePill } from "./live-pill.tsx";
import { SystemMark } from "./system-mark.tsx";
import { WhoMenu } from "./who-menu.tsx";

export const Header = ({ path, search }: Address): JSX.Element => (
  <header class="top">
    <Link to={`/${lastingQuery(search)}`} class="home">
      <Brand />
    </Link>
    <nav class="views" aria-label="Views">
      <Link to={`/${lastingQuery(search)}`} current={path === "/"}>
        Fleet
      </Link>
      <Link to={`${SOURCES_PATH}${lastingQuery(search)}`} current={path.startsWith(SOURCES_PATH)}>
        Sources
      </Link>
      <Link to={`${PEERS_PATH}${lastingQuery(search)}`} current={path.startsWith(PEERS_PATH)}>
        Peers
      </Link>
      <Link to={`${ALERTING_PATH}${lastingQuery(search)}`} current={path.startsWith(ALERTING_PATH)}>
        Alerting
      </Link>
      <Link to={`${REPORTS_PATH}${lastingQuery(search)}`} current={isAuditPath(path)}>
        Audit
      </Link>
      {/* Last, so that its count moves nobody. */}
      <Link to={`${INCIDENTS_PATH}${lastingQuery(search)}`} current={path.startsWith(INCIDENTS_PATH)}>
        Incidents
        <IncidentBadge />
      </Link>
    </nav>
    <div class="top-state">
      <SystemMark />
      <LivePill />
    </div>
    <WhoMenu />
  </header>
);
