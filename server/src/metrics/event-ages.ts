import type { FleetEntry } from "../fleet/watcher.ts";
import type { Sample } from "./fleet-samples.ts";

/** Events that a rule is about. */
export const AGED_EVENTS = [
  "clock_stepped",
  "drift_assumption_broken",
  "leap_pending",
  "mixed_timescales",
  "spool_degraded",
  "spool_gap",
] as const;

export interface HeardEvent {
  readonly host: string;
  readonly kind: string;
}

const FORGOTTEN_MS = 2 * 3_600_000;

/** When this process last heard of an event of each kind, on its own monotonic clock, ms. Old ones are forgotten, so it stays small. */
export class EventAges {
  readonly #heard = new Map<string, { readonly event: HeardEvent; readonly atMs: number }>();

  learn(events: readonly HeardEvent[], nowMs: number): void {
    for (const [key, { atMs }] of this.#heard) if (nowMs - atMs > FORGOTTEN_MS) this.#heard.delete(key);
    for (const event of events) this.#heard.set(`${event.host} ${event.kind}`, { event, atMs: nowMs });
  }

  /** `entryOf` finds a host by its id; of one that left the fleet nothing is said. */
  samples(entryOf: (host: string) => FleetEntry | null, nowMs: number): Sample[] {
    return [...this.#heard.values()].flatMap(({ event, atMs }): Sample[] => {
      const entry = entryOf(event.host);
      if (entry === null || entry.liveness === "retired" || nowMs - atMs > FORGOTTEN_MS) return [];
      return [{ family: "eventAge", labels: { host: entry.record.name, kind: event.kind }, value: (nowMs - atMs) / 1000 }];
    });
  }
}
