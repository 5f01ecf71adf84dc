import type { HostSummary, Incident } from "@truebound/wire";
import { Component, type JSX } from "preact";
import type { HeldSpark } from "../../api/held-sparks.ts";
import { SPARK_HOURS } from "../../api/requests.ts";
import { BoundBar } from "../../charts/bound-bar.tsx";
import { SparkLine } from "../../charts/spark-line.tsx";
import type { SymlogAxis } from "../../charts/symlog.ts";
import { exactNs, worstErrorText } from "../../format/bound.ts";
import { utcSecond } from "../../format/instant.ts";
import { livenessWords } from "../../format/liveness-words.ts";
import { stateWords } from "../../format/state-words.ts";
import { type Look, lookOf } from "../../format/status-look.ts";
import { Link } from "../../route/link.tsx";
import { hostPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Age } from "../parts/age.tsx";
import { Arriving } from "../parts/arriving.tsx";
import { Exact } from "../parts/exact.tsx";
import { IncidentLink } from "../parts/incident-link.tsx";
import { Labels } from "../parts/labels.tsx";
import { Mark } from "../parts/mark.tsx";
import { PeerStanding } from "../parts/peer-standing.tsx";

interface RowProps {
  readonly host: HostSummary;
  /** Among all rows of the table, whether or not they are there; the head is 1. */
  readonly place: number;
  /** The worst that is open of this host alone. */
  readonly incident: Incident | null;
  /** Its last hours; null = they were not asked for yet. */
  readonly held: HeldSpark | null;
  readonly axis: SymlogAxis;
  readonly isTruthShown: boolean;
  readonly isStale: boolean;
  readonly search: string;
}

/**
 * Drawn again only when something in it changed. A class, for a row that is kept by a memo would hold the list in which it was
 * first drawn, and so every host as it was then.
 */
export class FleetRow extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return (Object.keys(next) as (keyof RowProps)[]).some((name) => next[name] !== this.props[name]);
  }

  override render(): JSX.Element {
    return <Row {...this.props} />;
  }
}

function Row({ host, place, incident, held, axis, isTruthShown, isStale, search }: RowProps): JSX.Element {
  const look = lookOf(host);
  const { state, words } = stateWords(host);
  return (
    <tr class={`row row-${look}`} aria-rowindex={place}>
      <th scope="row" class="col-name">
        <Link to={`${hostPath(host.id)}${lastingQuery(search)}`} class="row-link">
          {host.name}
        </Link>
        <Labels host={host} />
      </th>
      <td class="col-status">
        <Mark look={look} />
        <span class="status-word">{state}</span>
        {words !== "" && <span class="status-words">{words}</span>}
        <PeerStanding host={host} />
        {incident !== null && <IncidentLink incident={incident} search={search} />}
      </td>
      <td class="col-axis">
        <div class="axis">
          <Axis host={host} axis={axis} look={look} isTruthShown={isTruthShown} />
        </div>
      </td>
      <td class="col-worst">
        {host.worst_error_ns === null ? (
          <span class="muted">none</span>
        ) : (
          <Exact text={worstErrorText(host.worst_error_ns)} exact={exactNs(host.worst_error_ns)} />
        )}
        <SparkPlace held={held} limit_ns={host.limit_ns ?? null} />
      </td>
      <td class="col-alive">
        <span class={`alive alive-${host.liveness}`}>{livenessWords(host.liveness, isStale)}</span>
        {host.as_of !== null && (
          <span class="as-of">
            as of <Age at={host.as_of} /> ago
          </span>
        )}
        <Arriving host={host} />
      </td>
    </tr>
  );
}

/** Takes its room from the beginning, so that nothing moves when the spark comes. */
const SparkPlace = ({ held, limit_ns }: { readonly held: HeldSpark | null; readonly limit_ns: string | null }): JSX.Element => (
  <span class="spark-place">
    {held !== null &&
      (held.spark === null ? (
        <span class="muted">no history</span>
      ) : (
        <SparkLine spark={held.spark} limit_ns={limit_ns} hours={SPARK_HOURS} />
      ))}
  </span>
);

const BarNote = ({ as_of }: { readonly as_of: string }): JSX.Element => (
  <span class="bar-note">
    <span>as of {utcSecond(as_of)}</span>
  </span>
);

interface AxisCellProps {
  readonly host: HostSummary;
  readonly axis: SymlogAxis;
  readonly look: Look;
  readonly isTruthShown: boolean;
}

/** An interval, or the plain words that there is none: never an empty place that could pass for fine. Why is said beside the status. */
function Axis({ host, axis, look, isTruthShown }: AxisCellProps): JSX.Element {
  if (host.guaranteed === null)
    return (
      <span class="no-bound">
        <span>no bound</span>
      </span>
    );
  return (
    <>
      <BoundBar axis={axis} bound={host.guaranteed} look={look} truth_ns={isTruthShown ? host.injected_ns : null} />
      {look === "silent" && host.as_of !== null && <BarNote as_of={host.as_of} />}
    </>
  );
}
