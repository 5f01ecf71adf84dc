import { worstError } from "@truebound/time";
import type { Liveness, Status } from "@truebound/wire";
import type { HostRecord } from "./host-record.ts";

/**
 * The order in which hosts are shown: what is not known comes before what is known, however small the last known error was;
 * then the greater worst error first; those that were taken out of service last.
 */
export type Concern = "blind" | "measured" | "out_of_service";

/** A place in that order, complete enough to continue from. */
export interface SeverityKey {
  readonly concern: Concern;
  /** ns; null = no bound. */
  readonly worst: bigint | null;
  readonly name: string;
  readonly id: string;
}

const CONCERNS: readonly Concern[] = ["blind", "measured", "out_of_service"];
const BLIND_STATUSES: readonly Status[] = ["unknown", "disrupted", "conflict", "no_majority"];

export const severityKey = (record: HostRecord, liveness: Liveness): SeverityKey => ({
  concern: concernOf(record, liveness),
  worst: record.bound && worstError(record.bound),
  name: record.name,
  id: record.id,
});

function concernOf({ status, bound }: HostRecord, liveness: Liveness): Concern {
  if (liveness === "revoked" || liveness === "retired") return "out_of_service";
  if (liveness === "silent" || liveness === "carried" || bound === null || BLIND_STATUSES.includes(status)) return "blind";
  return "measured";
}

export function bySeverity(a: SeverityKey, b: SeverityKey): number {
  return (
    CONCERNS.indexOf(a.concern) - CONCERNS.indexOf(b.concern) || byWorst(a.worst, b.worst) || byText(a.name, b.name) || byText(a.id, b.id)
  );
}

/** No bound is worse than any. */
function byWorst(a: bigint | null, b: bigint | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a > b ? -1 : 1;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
