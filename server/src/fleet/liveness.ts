import { HeartbeatHistory, LATE_PHI, maxOf, SILENT_PHI, type UtcInstant } from "@truebound/time";
import type { Liveness } from "@truebound/wire";
import type { HostRecord } from "./host-record.ts";

/**
 * The time that an observer has really spent observing, in ms: it advances with each look that succeeded, and by no more
 * than a few seconds for one. So a database that is away, or a process that was stopped, makes us blind and no host silent.
 */
export class ObservedTime {
  #now = 0;
  #lastLook: number | null = null;

  get now(): number {
    return this.#now;
  }

  /** `monotonic`: this process's own monotonic clock, ms. */
  looked(monotonic: number): void {
    if (this.#lastLook !== null) this.#now += Math.min(Math.max(0, monotonic - this.#lastLook), LONGEST_LOOK_MS);
    this.#lastLook = monotonic;
  }
}

const LONGEST_LOOK_MS = 3_000;

/** One host's rhythm, in observed time. It begins when we first see the host, so a server that starts accuses nobody at once. */
export class Heartbeat {
  readonly intervalMs: number;
  readonly #history: HeartbeatHistory;
  #heardAt: number;
  #everHeard = false;

  constructor(intervalMs: number, now: number) {
    this.intervalMs = intervalMs;
    this.#history = new HeartbeatHistory(intervalMs, now);
    this.#heardAt = now;
  }

  heard(now: number): void {
    this.#history.heard(now);
    this.#heardAt = now;
    this.#everHeard = true;
  }

  /** Null until this process has heard of it. */
  ageMs(now: number): number | null {
    return this.#everHeard ? now - this.#heardAt : null;
  }

  /** Silence of one interval is never suspect: the mean is taken as two at least. Saves the sum over all gaps. */
  phi(now: number): number {
    return now - this.#heardAt <= this.intervalMs ? 0 : this.#history.phi(now);
  }
}

/**
 * A host that was let in and has not reported has no rhythm that it could be late against; of one whose reports are carried no time is too long.
 */
export function livenessOf({ state, seq, carried }: Pick<HostRecord, "state" | "seq" | "carried">, phi: number): Liveness {
  if (state === "revoked" || state === "retired") return state;
  if (carried) return "carried";
  if (phi >= SILENT_PHI) return "silent";
  if (seq === 0) return "enrolled";
  return phi >= LATE_PHI ? "late" : "reporting";
}

/**
 * For whoever looks but once, and so has seen no rhythm: by the interval that was promised, and how long ago the last report came. Both
 * instants are the database's.
 */
export function livenessAt(
  record: Pick<HostRecord, "state" | "seq" | "carried" | "receivedAt">,
  intervalMs: number,
  now: UtcInstant,
): Liveness {
  const ago = heardAgo(record, now);
  return livenessOf(record, ago === null ? 0 : new Heartbeat(intervalMs, 0).phi(Number(ago / 1_000_000n)));
}

/**
 * As whoever watched the host has learned its rhythm; a watcher that has not heard it yet began only now, and accuses nobody: of such a host
 * the last report that is stored says more.
 */
export const livenessWatched = (
  watched: { readonly liveness: Liveness; readonly ageMs: number | null } | null,
  byLastReport: () => Liveness,
): Liveness => (watched === null || watched.ageMs === null ? byLastReport() : watched.liveness);

/** ns since its last report came, by the database's clock alone; null = none has. */
export const heardAgo = ({ receivedAt }: Pick<HostRecord, "receivedAt">, now: UtcInstant): bigint | null =>
  receivedAt === null ? null : maxOf(0n, now - receivedAt);

/** What such a host said last is history: nothing is said of its present. */
export const isGone = (liveness: Liveness): boolean => GONE.includes(liveness);
const GONE: readonly Liveness[] = ["silent", "carried", "retired", "revoked"];
