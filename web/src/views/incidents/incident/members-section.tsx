import type { Alert, IncidentDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { BoundBar } from "../../../charts/bound-bar.tsx";
import type { SymlogAxis } from "../../../charts/symlog.ts";
import { gridBackground } from "../../../charts/symlog-grid.ts";
import { SymlogScale } from "../../../charts/symlog-scale.tsx";
import { certaintyLook } from "../../../format/certainty.ts";
import { countWords } from "../../../format/count-words.ts";
import { Link } from "../../../route/link.tsx";
import { hostPath } from "../../../route/place.ts";
import { Age } from "../../parts/age.tsx";
import { Instant } from "../../parts/exact.tsx";
import { Mark } from "../../parts/mark.tsx";
import { useListKeys } from "../../parts/use-list-keys.ts";
import { axisOf, ongoingFirst } from "./members.ts";
import { rangeAround } from "./range-around.ts";

interface MembersSectionProps {
  readonly incident: IncidentDetail;
  readonly search: string;
}

/** Each alert of the incident, on one axis; a host's name leads to its bound in the time around the incident. */
export function MembersSection({ incident }: MembersSectionProps): JSX.Element {
  const { members, more } = incident;
  const alerts = useMemo(() => ongoingFirst(members), [members]);
  const axis = useMemo(() => axisOf(members), [members]);
  const list = useRef<HTMLElement>(null);
  useListKeys(list);
  return (
    <section ref={list} aria-labelledby="members-title">
      <div class="section-head">
        <h2 id="members-title">Alerts</h2>
        <p>{countWords(members.length + more, "alert")}, the worst first</p>
      </div>
      {alerts.length === 0 && <p class="none">No alert is part of it.</p>}
      {alerts.length > 0 && <MemberTable alerts={alerts} axis={axis} incident={incident} />}
      {more > 0 && (
        <p class="none">
          The worst {members.length} are shown; {countWords(more, "other")} are part of it too.
        </p>
      )}
    </section>
  );
}

interface MemberTableProps {
  readonly alerts: readonly Alert[];
  readonly axis: SymlogAxis;
  readonly incident: IncidentDetail;
}

const MemberTable = ({ alerts, axis, incident }: MemberTableProps): JSX.Element => (
  <table class="sources alerts" style={{ "--grid": gridBackground(axis) }}>
    <thead>
      <tr>
        <th scope="col">Host</th>
        <th scope="col">Rule</th>
        <th scope="col" class="col-axis">
          <span class="axis-title">
            <span>◂ ahead of UTC</span>
            <span class="axis-name">guaranteed bound</span>
            <span>behind UTC ▸</span>
          </span>
          <SymlogScale axis={axis} />
        </th>
        <th scope="col">Since</th>
      </tr>
    </thead>
    <tbody>
      {alerts.map((alert) => (
        <AlertRow key={alert.id} alert={alert} axis={axis} incident={incident} />
      ))}
    </tbody>
  </table>
);

interface AlertRowProps {
  readonly alert: Alert;
  readonly axis: SymlogAxis;
  readonly incident: IncidentDetail;
}

function AlertRow({ alert, axis, incident }: AlertRowProps): JSX.Element {
  const { words, means, look } = certaintyLook(alert.certainty);
  return (
    <tr class={`row row-${look}${alert.ended_at === null ? "" : " alert-over"}`}>
      <th scope="row" class="source-name">
        <AlertHost alert={alert} incident={incident} />
        {alert.source !== null && <span class="fact-note">source {alert.source}</span>}
      </th>
      <td class="alert-rule">
        <span class="alert-rule-name">{alert.rule}</span>
        <span class="alert-certainty" title={means}>
          <Mark look={look} />
          <span class="status-word">{words}</span>
        </span>
        <span class="fact-note">{alert.words}</span>
      </td>
      <td class="col-axis">
        <div class="axis">
          {alert.guaranteed === null ? (
            <span class="no-bound">
              <span>no bound</span>
            </span>
          ) : (
            <BoundBar axis={axis} bound={alert.guaranteed} look={look} limit_ns={alert.limit_ns} />
          )}
        </div>
      </td>
      <td data-name="since" class="alert-since">
        <Instant at={alert.since} />
        <span class="fact-note">
          {alert.ended_at === null ? (
            <>
              for <Age at={alert.since} />
            </>
          ) : (
            <>
              over since <Instant at={alert.ended_at} />
            </>
          )}
        </span>
      </td>
    </tr>
  );
}

const AlertHost = ({ alert: { host }, incident }: Omit<AlertRowProps, "axis">): JSX.Element =>
  host === null ? (
    <span class="muted">no single host</span>
  ) : (
    <Link to={`${hostPath(host.id)}${rangeAround(incident)}`} class="row-link">
      {host.name}
    </Link>
  );
