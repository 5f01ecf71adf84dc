import { DAY_MS, tickStepMs } from "./tick-steps.ts";
import { aheadMs, type Zone, zoneText } from "./zone.ts";

/** Ticks of a time axis, in UTC unless the browser's zone was asked for: the multiples of a step since midnight there. */
export interface UtcTick {
  readonly value: number;
  readonly label: string;
}

export function utcTicks(from_ms: number, to_ms: number, ticks_max: number, zone: Zone = "utc"): UtcTick[] {
  const ahead_ms = aheadMs(from_ms, zone);
  const step = tickStepMs(to_ms - from_ms, Math.max(1, ticks_max));
  const ticks: UtcTick[] = [];
  for (let value = Math.ceil((from_ms + ahead_ms) / step) * step - ahead_ms; value <= to_ms; value += step)
    ticks.push({ value, label: tickLabel(value + aheadMs(value, zone), step) });
  return ticks;
}

/** As fine as the step needs; midnight names its day. */
export function tickLabel(at_ms: number, step_ms: number): string {
  const iso = new Date(at_ms).toISOString();
  const day = iso.slice(0, -14);
  if (step_ms >= DAY_MS || at_ms % DAY_MS === 0) return day;
  const time = iso.slice(-13, -1);
  if (step_ms < 1000) return time;
  return step_ms < 60_000 ? time.slice(0, 8) : time.slice(0, 5);
}

/** What the axis covers, in words: "2026-11-23, UTC" or "2026-11-22 to 2026-11-23, UTC". */
export function utcDays(from_ms: number, to_ms: number, zone: Zone = "utc"): string {
  const first = tickLabel(from_ms + aheadMs(from_ms, zone), DAY_MS);
  const last = tickLabel(to_ms + aheadMs(to_ms, zone), DAY_MS);
  const name = zoneText(to_ms, zone);
  return first === last ? `${first}, ${name}` : `${first} to ${last}, ${name}`;
}
