import type { Calibration } from "@truebound/wire";
import type { HostRecord } from "./host-record.ts";

/** A day of what was known of an oscillator, ppb, positive = fast. */
export interface OscillatorDay {
  /** Minutes in which it was known. */
  readonly minutes: number;
  readonly least: number;
  readonly most: number;
}

/** Of 1440: a day with a gap of an hour or two still shows the day's warmth and cold. */
const ENOUGH_MINUTES = 1_200;
/** Days differ: half as much again as this one needed. */
const MARGIN = 1.5;
/** A declared residual that does not at least halve the assumption is not worth one more assumption. */
const WORTH_IT = 0.5;

/**
 * What an operator could declare instead of rho, from a day's evidence, and what it would buy: the drift of the present
 * bound now, and as it would be. `null` = too little evidence, nothing to gain, or declared already.
 */
export function suggestCalibration(day: OscillatorDay | null, { assumptions, terms, frequency }: HostRecord): Calibration | null {
  if (day === null || assumptions === null || terms === null) return null;
  if (assumptions.drift_basis !== "assumed" || day.minutes < ENOUGH_MINUTES) return null;
  const residual = Math.ceil(((day.most - day.least) / 2) * MARGIN) || 1;
  if (residual > assumptions.rho_ppb * WORTH_IT) return null;
  const drift = BigInt(terms.drift_ns);
  // What is not known of the frequency counts beside what it may stray.
  const [least, most] = frequency?.oscillator ?? [0, 0];
  const then = BigInt(residual) + BigInt(Math.ceil((most - least) / 2));
  return {
    residual_ppb: residual,
    oscillator_ppb: Math.round((day.least + day.most) / 2),
    minutes: day.minutes,
    drift_now_ns: terms.drift_ns,
    drift_then_ns: ((drift * then) / BigInt(assumptions.rho_ppb) + 1n).toString(),
  };
}
