import { type Interval, interval } from "./interval.ts";
import { BILLION, divCeil, drift, type PartsPerBillion, type RawInstant, type UtcInstant } from "./units.ts";

/**
 * One exchange with a server: t1 before our send and t4 after our receive, on RAW; t2 after the server's receive and t3
 * before its send, on the server's clock. Differences t2 − t1 and t3 − t4 are therefore values of UTC − RAW.
 */
export interface Exchange {
  readonly t1: RawInstant;
  readonly t2: UtcInstant;
  readonly t3: UtcInstant;
  readonly t4: RawInstant;
}

/** What the server and the two clocks add to the path's own uncertainty (M1). */
export interface ErrorTerms {
  /** Root delay, the packet's 16.16 seconds as an unsigned integer. */
  readonly rootDelayRaw: bigint;
  /** Root dispersion, the packet's 16.16 seconds as an unsigned integer. */
  readonly rootDispersionRaw: bigint;
  /** log2 seconds, from the packet. */
  readonly precisionServer: number;
  /** log2 seconds, of our own stamps. */
  readonly precisionClient: number;
  /** Two-sided error of our stamps on RAW, ns: bracket half-width + S / (1 − S) · distance on REALTIME to the nearest bracket. */
  readonly cap: bigint;
  /** ns; ROOT_ROUNDING_SLACK unless the server is known to round its root fields up. */
  readonly slack: bigint;
}

/** E of M1, term by term, each rounded up alone, in ns. */
export interface ErrorBudget {
  readonly root: bigint;
  readonly precision: bigint;
  readonly stamp: bigint;
  readonly total: bigint;
}

/** 1.5 · 2⁻¹⁶ s: what rounding to 16.16 can hide of root delay/2 and root dispersion together. */
export const ROOT_ROUNDING_SLACK = 22_889n;

/** ceil(2^exponent s) in ns; exponents outside the byte that carries them are a caller's error. */
export function log2Seconds(exponent: number): bigint {
  if (!Number.isInteger(exponent) || exponent < -128 || exponent > 127)
    throw new RangeError(`Cannot read precision ${exponent} as a signed byte`);
  return exponent >= 0 ? BILLION << BigInt(exponent) : divCeil(BILLION, 1n << BigInt(-exponent));
}

/** M1: E = root_delay/2 + root_disp + 2^prec_server + 2^prec_client + cap + slack. */
export function errorBudget(terms: ErrorTerms): ErrorBudget {
  const root = divCeil(terms.rootDelayRaw * BILLION, 1n << 17n) + divCeil(terms.rootDispersionRaw * BILLION, 1n << 16n) + terms.slack;
  const precision = log2Seconds(terms.precisionServer) + log2Seconds(terms.precisionClient);
  return { root, precision, stamp: terms.cap, total: root + precision + terms.cap };
}

/** One side of what an exchange proves: UTC − RAW ≤ value at t1, or ≥ value at t4. */
export interface Constraint {
  readonly at: RawInstant;
  readonly value: bigint;
}

export interface Constraints {
  readonly upper: Constraint;
  readonly lower: Constraint;
}

export type ExchangeRefusal = "client_order" | "server_order" | "empty_interval";

/**
 * M2 split into its two one-sided constraints. Causality alone proves them: the true instants are ordered
 * t1 ≤ t2 ≤ t3 ≤ t4 whatever the path did, so no delay model is used and asymmetry costs nothing but width.
 */
export function constraints(x: Exchange, budget: ErrorBudget, rho: PartsPerBillion): Constraints | ExchangeRefusal {
  if (x.t4 < x.t1) return "client_order";
  if (x.t3 < x.t2) return "server_order";
  const upper = x.t2 - x.t1 + budget.total;
  const lower = x.t3 - x.t4 - budget.total;
  if (lower > upper + drift(rho, x.t4 - x.t1)) return "empty_interval";
  return { upper: { at: x.t1, value: upper }, lower: { at: x.t4, value: lower } };
}

/** M2: the interval of UTC − RAW at the instant t4. */
export function intervalAtReceive(x: Exchange, budget: ErrorBudget, rho: PartsPerBillion): Interval | ExchangeRefusal {
  const sides = constraints(x, budget, rho);
  if (typeof sides === "string") return sides;
  return interval(sides.lower.value, sides.upper.value + drift(rho, x.t4 - x.t1));
}

/** (t4 − t1) − (t3 − t2): the round trip less the server's hold. Slightly negative is legal within E. */
export const delay = (x: Exchange): bigint => x.t4 - x.t1 - (x.t3 - x.t2);
