import type { Incident } from "@truebound/wire";
import type { ComponentChildren, JSX } from "preact";
import { useTeller } from "../../api/open-incidents.ts";
import { causeWords } from "../../format/cause-words.ts";
import { certaintyLook } from "../../format/certainty.ts";
import { countWords } from "../../format/count-words.ts";
import { silencedWords } from "../../format/quiet-words.ts";
import { Link } from "../../route/link.tsx";
import { incidentPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Age } from "../parts/age.tsx";
import { Instant } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { SeverityMark, severityClass } from "../parts/severity-mark.tsx";
import { Lasted } from "./lasted.tsx";

interface IncidentRowProps {
  readonly incident: Incident;
  readonly search: string;
}

/** One incident in a line: how bad, what, with whom, how sure, since when, and who has taken it. */
export function IncidentRow({ incident, search }: IncidentRowProps): JSX.Element {
  const { words, means, look } = certaintyLook(incident.certainty);
  const isOver = incident.resolved_at !== null;
  const teller = useTeller();
  return (
    <tr class={`incident ${severityClass(incident.severity, isOver)}`}>
      <td class="incident-severity">
        <SeverityMark severity={incident.severity} isOver={isOver} />
      </td>
      <th scope="row" class="incident-title">
        <Link to={`${incidentPath(incident.id)}${lastingQuery(search)}`} class="row-link">
          {incident.title}
        </Link>
        {incident.rehearsal && <span class="tag tag-rehearsal">rehearsal</span>}
        {incident.silenced_by !== null && !isOver && <span class="fact-note">{silencedWords(incident.silenced_by, teller)}</span>}
      </th>
      <td class="incident-cause">{shortCause(incident.cause)}</td>
      <td class={`incident-certainty row-${look}`} title={means}>
        <Mark look={look} />
        <span>{words}</span>
      </td>
      <td class="incident-hosts">{incident.hosts === 0 ? <span class="muted">no host</span> : countWords(incident.hosts, "host")}</td>
      <td class="incident-since">{isOver ? <Past incident={incident} /> : <Age at={incident.opened_at} />}</td>
      <td class="incident-who">{whoOf(incident)}</td>
    </tr>
  );
}

const Past = ({ incident }: Pick<IncidentRowProps, "incident">): JSX.Element => (
  <>
    <Instant at={incident.opened_at} />
    <span class="fact-note">
      <Lasted incident={incident} />
    </span>
  </>
);

/** A host goes by its name; of what else there is, the kind is said too. */
const shortCause = (cause: Incident["cause"]): string => (cause.kind === "host" ? cause.name : causeWords(cause));

function whoOf({ acknowledged, resolved_at }: Incident): ComponentChildren {
  if (acknowledged !== null) return acknowledged.who;
  return <span class="muted">{resolved_at === null ? "nobody yet" : "nobody"}</span>;
}
