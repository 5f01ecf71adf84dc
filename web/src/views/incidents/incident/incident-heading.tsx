import type { IncidentDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { useTeller } from "../../../api/open-incidents.ts";
import { causeWords } from "../../../format/cause-words.ts";
import { certaintyLook } from "../../../format/certainty.ts";
import { countWords } from "../../../format/count-words.ts";
import { silencedWords } from "../../../format/quiet-words.ts";
import { Link } from "../../../route/link.tsx";
import { causePath, incidentPath, PEERS_PATH } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { Age } from "../../parts/age.tsx";
import { Instant } from "../../parts/exact.tsx";
import { Mark } from "../../parts/mark.tsx";
import { SeverityMark, severityClass } from "../../parts/severity-mark.tsx";
import { Lasted } from "../lasted.tsx";

interface IncidentHeadingProps {
  readonly incident: IncidentDetail;
  readonly search: string;
}

/** What is the matter, how bad it is, since when, and who is on it. */
export function IncidentHeading({ incident, search }: IncidentHeadingProps): JSX.Element {
  const isOver = incident.resolved_at !== null;
  const teller = useTeller();
  return (
    <header class={`host-heading ${severityClass(incident.severity, isOver)}`}>
      <h1>
        {incident.title} {incident.rehearsal && <span class="tag tag-rehearsal">rehearsal</span>}
      </h1>
      <p class="host-status">
        <SeverityMark severity={incident.severity} isOver={isOver} />
        <Since incident={incident} />
        <Certainty incident={incident} />
      </p>
      <p class="incident-facts">
        <CauseLink incident={incident} search={search} />
        {incident.members.some(({ finding }) => finding === "bounds_inconsistent") && (
          <Link to={`${PEERS_PATH}${lastingQuery(search)}`}>who contradicts whom</Link>
        )}
        <span>{hostsWords(incident)}</span>
        <span>{takenWords(incident)}</span>
        {incident.silenced_by !== null && <span>{silencedWords(incident.silenced_by, teller)}</span>}
        <span class="muted">incident {incident.id}</span>
      </p>
      {incident.rehearsal && <p class="explanation">A declared fault, put into what was measured and never into a clock: a rehearsal.</p>}
      {incident.absorbed_by !== null && (
        <p class="explanation">
          It became part of a wider one:{" "}
          <Link to={`${incidentPath(incident.absorbed_by)}${lastingQuery(search)}`}>incident {incident.absorbed_by}</Link>.
        </p>
      )}
    </header>
  );
}

/** What the matter is with, and the page of it where it has one. */
function CauseLink({ incident: { cause }, search }: IncidentHeadingProps): JSX.Element {
  const path = causePath(cause);
  return path === null ? <span>{causeWords(cause)}</span> : <Link to={`${path}${lastingQuery(search)}`}>{causeWords(cause)}</Link>;
}

const Since = ({ incident }: Pick<IncidentHeadingProps, "incident">): JSX.Element =>
  incident.resolved_at === null ? (
    <span>
      open for <Age at={incident.opened_at} />, since <Instant at={incident.opened_at} />
    </span>
  ) : (
    <span>
      over since <Instant at={incident.resolved_at} />, <Lasted incident={incident} />
    </span>
  );

const Certainty = ({ incident }: Pick<IncidentHeadingProps, "incident">): JSX.Element => {
  const { words, means, look } = certaintyLook(incident.certainty);
  return (
    <span class={`incident-certainty row-${look}`} title={means}>
      <Mark look={look} />
      <span>{words}</span>
    </span>
  );
};

const hostsWords = ({ hosts, alerts }: IncidentDetail): string =>
  `${countWords(alerts, "alert")}${hosts === 0 ? "" : ` of ${countWords(hosts, "host")}`}`;

function takenWords({ acknowledged, resolved_at }: IncidentDetail): string {
  if (acknowledged !== null) return `acknowledged by ${acknowledged.who}`;
  return resolved_at === null ? "nobody has acknowledged it" : "nobody acknowledged it";
}
