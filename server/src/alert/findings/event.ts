import type { UtcInstant } from "@truebound/time";
import type { FindingKind } from "@truebound/wire";
import type { EventRecord, HostRecord } from "../../fleet/host-record.ts";

/** An event that was written since the look before. */
export interface EventNews extends EventRecord {
  readonly host: string;
  /** Of the transaction that wrote it. */
  readonly writtenXid: bigint;
}

const KINDS: Readonly<Record<string, FindingKind>> = {
  clock_stepped: "clock_stepped",
  mixed_timescales: "mixed_timescales",
  spool_degraded: "spool_degraded",
  spool_gap: "spool_degraded",
  leap_pending: "leap_pending",
  drift_assumption_broken: "drift_assumption_broken",
};

export const EVENTS_HEEDED: readonly string[] = Object.keys(KINDS);
export const EVENT_FINDINGS: ReadonlySet<FindingKind> = new Set(Object.values(KINDS));

/** A leap that the list names is one matter of the whole fleet, and no host's. */
export const findingOfEvent = ({ kind, detail }: Pick<EventRecord, "kind" | "detail">): FindingKind | null =>
  kind === "leap_pending" && detail.by !== "leap_indicators" ? null : (KINDS[kind] ?? null);

/** Of a rehearsal that is over, such as the step back with which it ends: nothing real happened. */
export const isLeftOver = ({ detail }: Pick<EventRecord, "detail">, { rehearsal }: Pick<HostRecord, "rehearsal">): boolean =>
  typeof detail.rehearsal === "string" && rehearsal === null;

const FRESH_NS = 600_000_000_000n;
const apart = (a: UtcInstant, b: UtcInstant): bigint => (a > b ? a - b : b - a);

/**
 * A backlog tells of steps of yesterday. An event is of the present where it lies near the host's latest reading, and that
 * reading near its receipt: two clocks are compared here, by ten minutes, and whoever is off by more is told of otherwise.
 */
export const isFresh = ({ at }: Pick<EventRecord, "at">, { asOf, receivedAt }: HostRecord): boolean =>
  asOf !== null && receivedAt !== null && apart(at, asOf) <= FRESH_NS && apart(asOf, receivedAt) <= FRESH_NS;
