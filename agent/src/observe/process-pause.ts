import { type HostReading, stepBetween, suspendBetween } from "@truebound/time";
import type { Sighting } from "./ports.ts";

/** A tick that is later than this many intervals was a pause. */
const LATE_INTERVALS = 3n;

/**
 * How long the agent's own process stood still between two ticks that were to be `interval` ns apart, beyond that interval;
 * `null` when it did not. The kernel's clocks went on: MONOTONIC advanced, REALTIME − MONOTONIC did not move and the machine
 * did not sleep. So nothing that was measured is void: a receive stamp taken late only widens its interval.
 */
export function pausedBetween(before: HostReading, after: HostReading, interval: bigint): bigint | null {
  const late = after.monotonic - before.monotonic - interval;
  if (late <= LATE_INTERVALS * interval) return null;
  return suspendBetween(before, after) > 0n || stepBetween(before, after) !== 0n ? null : late;
}

export function processPaused(before: HostReading, after: HostReading, interval: bigint): Sighting | null {
  const paused = pausedBetween(before, after, interval);
  return paused === null ? null : { kind: "process_paused", detail: { for_ns: paused.toString() }, disrupts: null };
}
