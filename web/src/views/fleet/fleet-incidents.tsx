import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useOpenIncidents } from "../../api/open-incidents.ts";
import { Link } from "../../route/link.tsx";
import { INCIDENTS_PATH, incidentPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { shelved } from "../incidents/shelves.ts";
import { counted, truthOf } from "../incidents/truth.ts";
import { Age } from "../parts/age.tsx";
import { SeverityMark, severityClass } from "../parts/severity-mark.tsx";

const SHOWN = 3;

/** What is wrong now, above all hosts: the worst incidents that nobody has taken. Nothing is said while there are none. */
export function FleetIncidents({ search }: { readonly search: string }): JSX.Element | null {
  const { loaded } = useOpenIncidents();
  const list = loaded.kind === "ready" ? loaded.value : null;
  const worst = useMemo(() => (list === null ? [] : shelved(counted(list.items)).waiting), [list]);
  if (list === null || (worst.length === 0 && !list.judging.isLate)) return null;
  const { tone, headline } = truthOf(list);
  return (
    <section class={`fleet-incidents ${tone === "unknown" ? "row-unknown" : severityClass(tone)}`} aria-label="Open incidents">
      <Link to={`${INCIDENTS_PATH}${lastingQuery(search)}`} class="fleet-incidents-all">
        <strong>{tone === "unknown" ? headline : `Open: ${headline}`}</strong>
      </Link>
      <ul>
        {worst.slice(0, SHOWN).map(({ id, title, severity, opened_at }) => (
          <li key={id} class={severityClass(severity)}>
            <SeverityMark severity={severity} />
            <Link to={`${incidentPath(id)}${lastingQuery(search)}`}>{title}</Link>
            <span class="muted">
              <Age at={opened_at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
