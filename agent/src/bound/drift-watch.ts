import { BILLION, type Drift, maxOf, ppb, type RawInstant, type SlopeRange } from "@truebound/time";
import type { Finding } from "./findings.ts";

/**
 * Which drift assumption is in force. rho is assumed until an operator's smaller residual has been calibrated in this boot;
 * either falls when the measured slope leaves it, and is then replaced by what was measured: widened, not trusted.
 */
export interface DriftRules {
  /** ppb, around zero. */
  readonly rho: bigint;
  /** ppb, around the calibrated frequency, beside what is not known of that; `null` = not declared. */
  readonly residual: bigint | null;
  /** False where the ruler may change its rate unseen: a virtual machine without a migration marker. */
  readonly mayCalibrate: boolean;
}

export interface DriftState {
  readonly basis: "assumed" | "calibrated" | "broken";
  readonly drift: Drift;
  /** Since when the measured slope has been within rho without a break; `null` = it is not measured, or outside. */
  readonly goodSince: RawInstant | null;
}

/**
 * The rules changed, or the ruler was disturbed: what was calibrated is void. An oscillator that broke rho is not trusted
 * again for that.
 */
export const renewed = (state: DriftState, rules: DriftRules): DriftState =>
  state.basis === "broken"
    ? { basis: "broken", drift: { rho: ppb(maxOf(state.drift.rho, rules.rho)), centre: ppb(0n) }, goodSince: null }
    : assumed(rules);

export const sameAssumption = (a: DriftState, b: DriftState): boolean =>
  a.basis === b.basis && a.drift.rho === b.drift.rho && a.drift.centre === b.drift.centre;

export const CALIBRATION_TIME = 3600n * BILLION;

export const assumed = ({ rho }: DriftRules): DriftState => ({
  basis: "assumed",
  drift: { rho: ppb(rho), centre: ppb(0n) },
  goodSince: null,
});

/** `measured` = the slope of UTC − RAW that the votes agree on, ppb, not cut to the assumption; `null` = they do not. */
export function nextDrift(state: DriftState, rules: DriftRules, measured: SlopeRange | null, now: RawInstant): DriftState {
  if (measured === null) return state;
  const { rho, centre } = state.drift;
  if (isOutside(measured, Number(centre - rho), Number(centre + rho))) return broken(rules, measured);
  // What may still lie outside has not come back.
  if (state.basis === "broken" && !isWithin(measured, Number(rules.rho))) return { ...state, goodSince: null };
  const goodSince = state.goodSince ?? now;
  const proved = now - goodSince >= CALIBRATION_TIME;
  if (state.basis === "broken") return proved ? { ...assumed(rules), goodSince } : { ...state, goodSince };
  return (proved && better(state, calibrated(rules, measured, goodSince))) || { ...state, goodSince };
}

/** A calibration is taken where it buys something, and taken anew where the frequency has since become known a quarter better. */
function better(state: DriftState, next: DriftState | null): DriftState | null {
  if (next === null) return null;
  const [now, then] = [state.drift.rho, next.drift.rho];
  return state.basis === "calibrated" ? (4n * then <= 3n * now ? next : null) : then < now ? next : null;
}

const isWithin = ({ min, max }: SlopeRange, most: number): boolean => -most <= min && max <= most;
const isOutside = ({ min, max }: SlopeRange, least: number, most: number): boolean => min > most || max < least;

/** As fast as was measured at most, and the full assumption on top: it may go on changing. */
function broken({ rho }: DriftRules, { min, max }: SlopeRange): DriftState {
  const worst = BigInt(Math.ceil(Math.max(Math.abs(min), Math.abs(max))));
  return { basis: "broken", drift: { rho: ppb(worst + rho), centre: ppb(0n) }, goodSince: null };
}

/**
 * The operator declared how far the frequency strays from where it is now, and that is known to lie in [min, max]: so the
 * slope lies in [min − residual, max + residual].
 */
function calibrated({ residual, mayCalibrate }: DriftRules, { min, max }: SlopeRange, goodSince: RawInstant): DriftState | null {
  if (residual === null || !mayCalibrate) return null;
  const centre = Math.round((min + max) / 2);
  const known = BigInt(Math.ceil(Math.max(max - centre, centre - min)));
  return { basis: "calibrated", drift: { rho: ppb(residual + known), centre: ppb(BigInt(centre)) }, goodSince };
}

/** What is told of a change of the drift assumption. */
export function driftFinding(before: DriftState, next: DriftState, measured: SlopeRange | null): Pick<Finding, "kind" | "detail"> {
  const detail = {
    before: before.basis,
    basis: next.basis,
    rho_ppb: Number(next.drift.rho),
    oscillator_ppb: -Number(next.drift.centre),
    measured_min_ppb: measured === null ? null : Math.floor(-measured.max),
    measured_max_ppb: measured === null ? null : Math.ceil(-measured.min),
  };
  return next.basis === "broken"
    ? { kind: "drift_assumption_broken", detail: { why: "rho", ...detail } }
    : { kind: "drift_assumption_changed", detail };
}
