import { BILLION, type Drift, maxOf, ppb, type RawInstant, type Refutation, type SlopeRange } from "@truebound/time";
import type { Finding } from "./findings.ts";

/**
 * Which drift assumption is in force. rho is assumed until an operator's smaller residual has been calibrated in this boot.
 * A residual that is refuted falls back to rho, and neither it nor a smaller one is calibrated again; rho that is refuted is
 * replaced by what was measured: widened, not trusted.
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
  /** Since when the measured slope has been wholly within rho without a break; `null` = it is not. */
  readonly goodSince: RawInstant | null;
  /** When rho was last refuted; `null` = it is not, or not any more. */
  readonly refutedAt: RawInstant | null;
  /** The greatest residual that was refuted in this boot, ppb; `null` = none. */
  readonly refutedResidual: bigint | null;
}

export const CALIBRATION_TIME = 3600n * BILLION;
/** A slope that was refuted may have been the mean over a change: so long must it have been steady to be taken at its word. */
export const SETTLING_TIME = 600n * BILLION;

export const assumed = ({ rho }: DriftRules, { refutedResidual }: Pick<DriftState, "refutedResidual"> = NEVER): DriftState => ({
  basis: "assumed",
  drift: { rho: ppb(rho), centre: ppb(0n) },
  goodSince: null,
  refutedAt: null,
  refutedResidual,
});

const NEVER = { refutedResidual: null };

/**
 * The rules changed, or the ruler was disturbed: what was calibrated is void. An oscillator that broke rho is not trusted
 * again for that.
 */
export const renewed = (state: DriftState, rules: DriftRules): DriftState =>
  state.basis === "broken" && rules.rho < state.drift.rho ? { ...state, goodSince: null } : assumed(rules, state);

export const sameAssumption = (a: DriftState, b: DriftState): boolean =>
  a.basis === b.basis && a.drift.rho === b.drift.rho && a.drift.centre === b.drift.centre;

/**
 * The assumption fell. What was measured may be the mean over the very change that it shows, so twice of it, and the full
 * assumption on top; where it falls again, at least twice of what was assumed.
 */
export function refuted(state: DriftState, { rho, residual }: DriftRules, { rate }: Pick<Refutation, "rate">, now: RawInstant): DriftState {
  if (state.basis === "calibrated") return assumed({ rho, residual: null, mayCalibrate: false }, { refutedResidual: residual });
  const measured = rate === null ? 0n : 2n * fastestOf(rate) + rho;
  const drift = { rho: ppb(maxOf(measured, 2n * state.drift.rho)), centre: ppb(0n) };
  return { ...state, basis: "broken", drift, goodSince: null, refutedAt: now };
}

/** What is assumed from now on, as long as nothing is refuted. `rate`: what the votes agree on, ppb, not cut to the assumption; `null` = they do not. */
export function nextDrift(state: DriftState, rules: DriftRules, rate: SlopeRange | null, now: RawInstant): DriftState {
  if (rate === null) return { ...state, goodSince: null };
  // What may still lie outside has not come back.
  const goodSince = isWithin(rate, Number(rules.rho)) ? (state.goodSince ?? now) : null;
  const proved = goodSince !== null && now - goodSince >= CALIBRATION_TIME;
  const waiting = { ...state, goodSince };
  if (state.basis === "broken") return proved ? { ...assumed(rules, state), goodSince } : settled(waiting, rules, rate, now);
  return (proved && better(waiting, calibrated(waiting, rules, rate))) || waiting;
}

/** Some time after rho fell, and with a slope that fits one line since: as fast as that, with the full assumption on top. */
function settled(state: DriftState, { rho }: DriftRules, rate: SlopeRange, now: RawInstant): DriftState {
  if (state.refutedAt === null || now - state.refutedAt < SETTLING_TIME) return state;
  const next = fastestOf(rate) + rho;
  return 4n * next <= 3n * state.drift.rho ? { ...state, drift: { rho: ppb(next), centre: ppb(0n) } } : state;
}

/** A calibration is taken where it buys something, and taken anew where the frequency has since become known a quarter better. */
function better(state: DriftState, next: DriftState | null): DriftState | null {
  if (next === null) return null;
  const [now, then] = [state.drift.rho, next.drift.rho];
  return state.basis === "calibrated" ? (4n * then <= 3n * now ? next : null) : then < now ? next : null;
}

const fastestOf = ({ min, max }: SlopeRange): bigint => BigInt(Math.ceil(Math.max(Math.abs(min), Math.abs(max))));
const isWithin = ({ min, max }: SlopeRange, most: number): boolean => -most <= min && max <= most;

/**
 * The operator declared how far the frequency strays from where it is now, and that is known to lie in [min, max]: so the
 * slope lies in [min − residual, max + residual]. Not while the measured range reaches out of what is calibrated: that is no
 * better knowledge, but a frequency on its way out.
 */
function calibrated(state: DriftState, { residual, mayCalibrate }: DriftRules, { min, max }: SlopeRange): DriftState | null {
  if (residual === null || !mayCalibrate || residual <= (state.refutedResidual ?? -1n)) return null;
  const { rho, centre } = state.drift;
  if (state.basis === "calibrated" && (min < Number(centre - rho) || max > Number(centre + rho))) return null;
  const middle = Math.round((min + max) / 2);
  const known = BigInt(Math.ceil(Math.max(max - middle, middle - min)));
  return { ...state, basis: "calibrated", drift: { rho: ppb(residual + known), centre: ppb(BigInt(middle)) } };
}

/** What is told of a change of the drift assumption; `why` = what refuted the one before, null = nothing did. */
export function driftFinding(
  before: DriftState,
  next: DriftState,
  measured: SlopeRange | null,
  why: string | null,
): Pick<Finding, "kind" | "detail"> {
  const detail = {
    before: before.basis,
    basis: next.basis,
    rho_ppb: Number(next.drift.rho),
    oscillator_ppb: -Number(next.drift.centre),
    measured_min_ppb: measured === null ? null : Math.floor(-measured.max),
    measured_max_ppb: measured === null ? null : Math.ceil(-measured.min),
  };
  return why === null ? { kind: "drift_assumption_changed", detail } : { kind: "drift_assumption_broken", detail: { why, ...detail } };
}
