import { BILLION, type Drift, ppb, type RawInstant, type SlopeRange } from "@truebound/time";

/**
 * Which drift assumption is in force. rho is assumed until an operator's smaller residual has been calibrated in this boot;
 * either falls when the measured slope leaves it, and is then replaced by what was measured: widened, not trusted.
 */
export interface DriftRules {
  /** ppb, around zero. */
  readonly rho: bigint;
  /** ppb, around the calibrated frequency; `null` = not declared. */
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
  if (state.basis === "broken" && isOutside(measured, -Number(rules.rho), Number(rules.rho))) return { ...state, goodSince: null };
  const goodSince = state.goodSince ?? now;
  const proved = now - goodSince >= CALIBRATION_TIME;
  if (state.basis === "broken") return proved ? { ...assumed(rules), goodSince } : { ...state, goodSince };
  if (state.basis === "assumed" && proved) return calibrated(rules, measured, goodSince) ?? { ...state, goodSince };
  return { ...state, goodSince };
}

const isOutside = ({ min, max }: SlopeRange, least: number, most: number): boolean => min > most || max < least;

/** As fast as was measured at most, and the full assumption on top: it may go on changing. */
function broken({ rho }: DriftRules, { min, max }: SlopeRange): DriftState {
  const worst = BigInt(Math.ceil(Math.max(Math.abs(min), Math.abs(max))));
  return { basis: "broken", drift: { rho: ppb(worst + rho), centre: ppb(0n) }, goodSince: null };
}

/** The frequency must be known to half the residual before anything rests on it, and lie within the full assumption. */
function calibrated({ rho, residual, mayCalibrate }: DriftRules, { min, max }: SlopeRange, goodSince: RawInstant): DriftState | null {
  if (residual === null || !mayCalibrate || residual >= rho || max - min > Number(residual)) return null;
  const centre = BigInt(Math.round((min + max) / 2));
  return { basis: "calibrated", drift: { rho: ppb(residual), centre: ppb(centre) }, goodSince };
}
