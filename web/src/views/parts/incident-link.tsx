import type { Incident } from "@truebound/wire";
import type { JSX } from "preact";
import { Link } from "../../route/link.tsx";
import { incidentPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { SeverityShape, severityClass } from "./severity-mark.tsx";

/** From a host to what is open of it. */
export const IncidentLink = ({ incident, search }: { readonly incident: Incident; readonly search: string }): JSX.Element => (
  <Link to={`${incidentPath(incident.id)}${lastingQuery(search)}`} class={`row-incident ${severityClass(incident.severity)}`}>
    <SeverityShape severity={incident.severity} />
    <span>
      <span class="severity-word">{incident.severity}</span> incident{incident.acknowledged !== null && ", acknowledged"}
      {incident.silenced_by !== null && ", silenced"}
      {incident.rehearsal && ", rehearsal"}
    </span>
  </Link>
);
