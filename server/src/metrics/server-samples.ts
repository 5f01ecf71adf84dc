import { type Leap, utc, worstError } from "@truebound/time";
import type { AlertSettings } from "@truebound/wire";
import { ownHost } from "../fleet/own-clock.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { type SeenTime, secondsUntil } from "../leap/leap-expiry.ts";
import { isPresent, type Sample, toSeconds } from "./fleet-samples.ts";

/** How wrong the clock of this machine can be. What is neither proven nor held over is as good as unknown here. */
export function ownClockSamples(entries: readonly FleetEntry[], bootId: string | null): Sample[] {
  const own = bootId === null ? null : ownHost(entries, bootId);
  if (own === null || !isPresent(own.liveness)) return [];
  const { status, bound } = own.record;
  if (bound === null || (status !== "proven" && status !== "holdover")) return [];
  return [{ family: "serverClock", labels: {}, value: toSeconds(worstError(bound), "up") }];
}

/** Null = not read yet. */
export const alertingSamples = (settings: AlertSettings | null): Sample[] =>
  settings === null ? [] : [{ family: "alerting", labels: { mode: settings.alerting }, value: 1 }];

/** The next leap second that is listed. */
export function leapSamples(leaps: readonly Leap[], seen: SeenTime | null, monotonicMs: number): Sample[] {
  const left = leaps.map(({ utc_ns }) => secondsUntil(utc(utc_ns), seen, monotonicMs)).find((seconds) => seconds !== null && seconds > 0);
  return left === undefined || left === null ? [] : [{ family: "leapPending", labels: {}, value: left }];
}
