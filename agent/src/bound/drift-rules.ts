import { BILLION, divCeil, type PartsPerBillion, ppb, UNKNOWN_SLEW } from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { Clocks } from "../probe/ports.ts";
import type { DriftRules } from "./drift-watch.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * rho on this ruler, as everywhere how far UTC − ruler may move in a second of the ruler. Where MONOTONIC stands in for RAW,
 * the daemon's slew is drift too, and so large that a second of a ruler that is slow by it is more than one of RAW.
 */
export function rulerRho(policy: Pick<Policy, "rho_ppb">, ruler: Clocks["ruler"]): PartsPerBillion {
  const rho = BigInt(policy.rho_ppb);
  if (ruler === "raw") return ppb(rho);
  return ppb(divCeil((rho + UNKNOWN_SLEW) * BILLION, BILLION - UNKNOWN_SLEW));
}

/** What the policy and the host allow to be assumed of its oscillator. */
export const rulesOf = (policy: Policy, { ruler, mayCalibrate }: Surroundings): DriftRules => ({
  rho: rulerRho(policy, ruler),
  residual: policy.calibrated_residual_ppb === null ? null : BigInt(policy.calibrated_residual_ppb),
  mayCalibrate: mayCalibrate && ruler === "raw",
});
