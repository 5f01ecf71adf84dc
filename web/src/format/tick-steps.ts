const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Distances between ticks that fall on times people name, in ms. All but the multi-day ones divide a day. */
const STEPS_MS: readonly number[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR_MS),
  ...[1, 2, 5, 10, 30, 100, 365].map((count) => count * DAY_MS),
];

/** The smallest step that gives at most `ticks_max` ticks over the span. */
export const tickStepMs = (span_ms: number, ticks_max: number): number =>
  STEPS_MS.find((step) => span_ms / step <= ticks_max) ?? 3650 * DAY_MS;
