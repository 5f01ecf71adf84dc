import type { Fraction } from "./fraction.ts";
import type { Interval } from "./interval.ts";
import type { Leap } from "./leap-axis.ts";
import type { Timescale } from "./smear.ts";
import type { StatusKind, StatusReason } from "./status.ts";

/**
 * A recorded case, evaluated by hand as it were: every constraint of every source, exact rationals throughout, printed
 * ends rounded outward once. What `truebound explain bound` prints, and what the sliding windows of the running agent
 * are held against. All instants lie on one local axis (RAW, or any clock that drifts by at most rho).
 */
export interface BoundCase {
  /** ppb: how far the axis may drift, around `oscillator`. */
  readonly rho: Fraction;
  /** ppb by which the frequency may move within the case. */
  readonly sigma: Fraction;
  /** ppb: greatest |slope| that the tight tier considers; `null` = rho, around `oscillator`. */
  readonly slopeMax: Fraction | null;
  /** ppb, frequency error of the axis, positive = fast, around which rho is declared. */
  readonly oscillator: Fraction;
  /** F; `null` = 1 with three sources or more, else 0. */
  readonly faults: number | null;
  readonly at: bigint;
  readonly leaps: readonly Leap[];
  readonly sources: readonly CaseSource[];
}

export interface CaseSource {
  readonly id: string;
  /** Sources that name the same vote share it; `null` = one of its own. */
  readonly vote: string | null;
  readonly trusted: boolean;
  readonly timescale: Timescale;
  readonly constraints: readonly CaseConstraint[];
  readonly exchanges: readonly CaseExchange[];
}

export interface CaseConstraint {
  readonly kind: "upper" | "lower";
  readonly at: bigint;
  readonly value: bigint;
}

/** t1 and t4 on the local axis, t2 and t3 on the server's clock, ns. What is absent counts nothing. */
export interface CaseExchange {
  readonly t1: bigint;
  readonly t2: bigint;
  readonly t3: bigint;
  readonly t4: bigint;
  readonly rootDelayRaw: bigint;
  readonly rootDispersionRaw: bigint;
  readonly precisionServer: number | null;
  readonly precisionClient: number | null;
  readonly cap: bigint;
  readonly slack: bigint;
}

export interface BoundExplanation {
  readonly sources: readonly SourceExplanation[];
  readonly fused: FusedExplanation;
}

export interface SourceExplanation {
  readonly id: string;
  readonly guaranteed: Interval | null;
  readonly tight: Interval | null;
  /** Frequency error in 0.001 ppb, positive = fast, outward; `null` = infeasible, or nothing is known. */
  readonly frequencyMilliPpb: { readonly min: bigint; readonly max: bigint } | null;
  /** Its own constraints contradict each other. */
  readonly conflict: boolean;
  /** `null` where there are no regions to touch. */
  readonly truechimer: boolean | null;
  readonly rejected: readonly { readonly exchange: number; readonly reason: string }[];
}

export interface FusedExplanation {
  readonly status: StatusKind;
  readonly reason: StatusReason | null;
  readonly faults: number;
  readonly need: number;
  readonly votes: number;
  readonly regions: readonly Interval[];
  readonly guaranteed: Interval | null;
  readonly bimodal: boolean;
  readonly trusting: readonly string[];
}
