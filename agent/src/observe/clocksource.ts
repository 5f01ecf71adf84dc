import type { Sighting } from "./ports.ts";

/** The kernel's name for a clocksource, from the text of `current_clocksource`; null when that is no name. */
export function parseClocksource(text: string): string | null {
  return /^([!-~]{1,64})\n?$/.exec(text)?.[1] ?? null;
}

/**
 * The kernel counts all its clocks on one source. When it takes another (tsc → hpet: the counter was found unstable), RAW
 * itself runs at another rate from there on, and nothing measured before says anything about what comes after.
 */
export function clocksourceChanged(before: string | null, now: string | null): Sighting | null {
  if (before === null || now === null || before === now) return null;
  return { kind: "clocksource_changed", detail: { from: before, to: now }, disrupts: "clocksource_changed" };
}
