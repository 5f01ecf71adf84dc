import type { Incident } from "@truebound/wire";
import type { JSX } from "preact";
import { Link } from "../../route/link.tsx";
import { incidentPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Instant } from "../parts/exact.tsx";
import { SeverityMark, severityClass } from "../parts/severity-mark.tsx";

interface BandIncidentsProps {
  readonly incidents: readonly Incident[];
  readonly search: string;
}

/** What the lines in the picture stand for. */
export const BandIncidents = ({ incidents, search }: BandIncidentsProps): JSX.Element | null =>
  incidents.length === 0 ? null : (
    <ul class="band-incidents" aria-label="Incidents that began in this stretch">
      {incidents.map(({ id, title, severity, opened_at, resolved_at }) => (
        <li key={id} class={severityClass(severity, resolved_at !== null)}>
          <span class="band-incident-number">{id}</span>
          <SeverityMark severity={severity} isOver={resolved_at !== null} />
          <Link to={`${incidentPath(id)}${lastingQuery(search)}`}>{title}</Link>
          <span class="muted">
            began <Instant at={opened_at} />
          </span>
        </li>
      ))}
    </ul>
  );
