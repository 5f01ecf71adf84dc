import { type HostReading, type PartsPerBillion, rulerWentBack, stepBetween, stepped, suspendBetween, wasSet } from "@truebound/time";

/** A step smaller than this is felt by the bound but is no news. */
const SMALLEST_STEP = 100_000n;

/** What the host's own clocks say happened to them between two readings. */
export interface Happened {
  /** ns by which RAW went back: then nothing else can be told. */
  readonly back: bigint;
  /** ns for which the machine slept. */
  readonly slept: bigint;
  /** ns by which REALTIME was stepped, forward positive; 0 through a sleep. */
  readonly step: bigint;
  /** The kernel gave notice that REALTIME was set. */
  readonly set: boolean;
  /** REALTIME was moved faster than its slew allowance. */
  readonly fast: boolean;
}

export function happenedBetween(before: HostReading, reading: HostReading, slew: PartsPerBillion): Happened {
  const back = rulerWentBack(before, reading);
  if (back > 0n) return { back, slept: 0n, step: 0n, set: false, fast: false };
  const slept = suspendBetween(before, reading);
  // A resume gives notice too, and REALTIME has gone on while MONOTONIC stood still: neither is a step of its own.
  const step = slept > 0n ? 0n : stepBetween(before, reading);
  const set = slept === 0n && wasSet(before, reading);
  const fast = step === 0n && !set && slept === 0n && stepped(before, reading, slew);
  return { back, slept, step, set, fast };
}

export const isStep = ({ step, set }: Happened): boolean => set || step > SMALLEST_STEP || step < -SMALLEST_STEP;

/** Nothing keeps the stretch between from being bounded. */
export const isContinuous = ({ back, slept, step, set, fast }: Happened): boolean =>
  back === 0n && slept === 0n && step === 0n && !set && !fast;
