import type { HostDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { useIncidents } from "../../api/use-incidents.ts";
import { certaintyLook } from "../../format/certainty.ts";
import { causeOf } from "../../format/failure-words.ts";
import { Link } from "../../route/link.tsx";
import { incidentPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { worstFirst } from "../incidents/shelves.ts";
import { Age } from "../parts/age.tsx";
import { SeverityMark, severityClass } from "../parts/severity-mark.tsx";

interface HostIncidentsProps {
  readonly host: HostDetail;
  readonly search: string;
}

/** What is open that this host is part of. */
export function HostIncidents({ host, search }: HostIncidentsProps): JSX.Element | null {
  const { loaded } = useIncidents(`host ${host.id}`, { state: "open", host: host.id });
  if (loaded.kind === "loading") return null;
  if (loaded.kind === "failed") return <p class="inline-trouble">Cannot load this host’s incidents: {causeOf(loaded.failure)}</p>;
  if (loaded.value.items.length === 0) return null;
  return (
    <ul class="host-incidents" aria-label="Open incidents of this host">
      {loaded.value.items.toSorted(worstFirst).map(({ id, title, severity, certainty, opened_at, acknowledged, silenced_by }) => (
        <li key={id} class={severityClass(severity)}>
          <SeverityMark severity={severity} />
          <Link to={`${incidentPath(id)}${lastingQuery(search)}`}>{title}</Link>
          <span class="muted">
            {certaintyLook(certainty).words}, open for <Age at={opened_at} />
            {acknowledged !== null && `, acknowledged by ${acknowledged.who}`}
            {silenced_by !== null && ", silenced"}
          </span>
        </li>
      ))}
    </ul>
  );
}
