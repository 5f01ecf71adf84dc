import { type PartsPerBillion, ppb, UNKNOWN_SLEW } from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { Clocks } from "../probe/ports.ts";
import type { DriftRules } from "./drift-watch.ts";
import type { Surroundings } from "./host-monitor.ts";

/** rho on this ruler: where MONOTONIC stands in for RAW, the daemon's slew is drift too. */
export const rulerRho = (policy: Pick<Policy, "rho_ppb">, ruler: Clocks["ruler"]): PartsPerBillion =>
  ppb(BigInt(policy.rho_ppb) + (ruler === "raw" ? 0n : UNKNOWN_SLEW));

/** What the policy and the host allow to be assumed of its oscillator. */
export const rulesOf = (policy: Policy, { ruler, mayCalibrate }: Surroundings): DriftRules => ({
  rho: rulerRho(policy, ruler),
  residual: policy.calibrated_residual_ppb === null ? null : BigInt(policy.calibrated_residual_ppb),
  mayCalibrate: mayCalibrate && ruler === "raw",
});
