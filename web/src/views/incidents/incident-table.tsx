import type { Incident } from "@truebound/wire";
import type { JSX } from "preact";
import { IncidentRow } from "./incident-row.tsx";

interface IncidentTableProps {
  readonly incidents: readonly Incident[];
  readonly search: string;
  readonly label: string;
  /** Of incidents that are over: when they began, and for how long they lasted. */
  readonly isPast?: boolean;
  readonly isQuiet?: boolean;
}

export const IncidentTable = ({ incidents, search, label, isPast = false, isQuiet = false }: IncidentTableProps): JSX.Element => (
  <table class={`incidents${isQuiet ? " incidents-quiet" : ""}${isPast ? " incidents-past" : ""}`} aria-label={label}>
    <thead>
      <tr>
        <th scope="col">Severity</th>
        <th scope="col">What is the matter</th>
        <th scope="col">Cause</th>
        <th scope="col">Certainty</th>
        <th scope="col">Hosts</th>
        <th scope="col">{isPast ? "Began" : "Open for"}</th>
        <th scope="col">Acknowledged by</th>
      </tr>
    </thead>
    <tbody>
      {incidents.map((incident) => (
        <IncidentRow key={incident.id} incident={incident} search={search} />
      ))}
    </tbody>
  </table>
);
