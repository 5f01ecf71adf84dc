import { BILLION, type Drift, ppb, type RawInstant, type SlopeRange } from "@truebound/time";

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
