import type { Certainty, EntryKind, Severity } from "@truebound/wire";
import type { AlertDraft, AlertState } from "./alert.ts";
import type { Cause } from "./cause.ts";

/** What an incident says of itself; all of it follows from its cause and its alerts. */
export interface Summary {
  readonly title: string;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly rules: readonly string[];
  readonly alerts: number;
  readonly hosts: number;
  readonly isRehearsal: boolean;
}

/** What a channel was told last, acknowledgements aside. `ordinal`: of that notice. */
export type Told = Pick<Summary, "severity" | "certainty" | "hosts" | "rules"> & { readonly ordinal: number };

/** An incident that is open, as it is stored. */
export interface OpenIncident extends Summary {
  readonly id: bigint;
  readonly cause: Cause;
  readonly silencedBy: string | null;
  /** By channel; one that was never told is absent. */
  readonly told: ReadonlyMap<string, Told>;
  /** Ordinal of the last notice; 0 = none. */
  readonly notices: number;
}

export type NoticeKind = "opened" | "changed" | "resolved";

/** One incident as it is to be written; by its cause's key it is found again. */
export interface IncidentChange {
  readonly cause: Cause;
  /** Null = it begins. */
  readonly id: bigint | null;
  readonly summary: Summary;
  readonly silencedBy: string | null;
  readonly isOver: boolean;
  /** Key of the incident that its alerts moved to; null = none. */
  readonly absorbedBy: string | null;
  readonly entries: readonly { readonly kind: EntryKind; readonly words: string }[];
  readonly notice: NoticeKind | null;
  /** Channels that are told; of one that is over those that were told before are. */
  readonly channels: readonly string[];
}

/** All that one look writes. */
export interface Plan {
  readonly begun: readonly { readonly alert: AlertDraft; readonly incident: string }[];
  readonly moved: readonly { readonly id: bigint; readonly incident: string }[];
  readonly ended: readonly bigint[];
  readonly restated: readonly { readonly id: bigint; readonly state: AlertState }[];
  readonly incidents: readonly IncidentChange[];
  /** Ids of those that were open before, by their causes' keys, whether or not they change. */
  readonly open: ReadonlyMap<string, bigint>;
  /** Hosts asked to measure anew, each with its word. */
  readonly bursts: ReadonlyMap<string, string>;
  /** By key of the incident: hosts asked for what they recorded. */
  readonly flights: ReadonlyMap<string, readonly string[]>;
  /** Where people reach the page, without a final slash; null = nowhere that is known. */
  readonly page: string | null;
}

export const isIdle = ({ begun, moved, ended, restated, incidents }: Plan): boolean =>
  begun.length + moved.length + ended.length + restated.length + incidents.length === 0;

export const idlePlan = (bursts: Plan["bursts"]): Plan => ({
  begun: [],
  moved: [],
  ended: [],
  restated: [],
  incidents: [],
  open: new Map(),
  bursts,
  flights: new Map(),
  page: null,
});
