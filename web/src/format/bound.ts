import { about, absolute, atMost, type Interval } from "@truebound/time";
import type { Bound } from "@truebound/wire";

/** Ends of a bound as people read them. Shortening moves an end outward only, so that a bound never looks tighter than it is. */
export const toInterval = ({ lo_ns, hi_ns }: Bound): Interval => ({ lo: BigInt(lo_ns), hi: BigInt(hi_ns) });

export const worstErrorText = (worst_error_ns: string): string => atMost(BigInt(worst_error_ns));

/** The lower end, moved down: "−1.24 ms" for −1,234,567 ns, "+1.23 ms" for +1,234,567 ns. */
export const loText = (lo: bigint): string => signed(lo, lo < 0n ? atMost(lo) : atLeast(lo));

/** The upper end, moved up. */
export const hiText = (hi: bigint): string => signed(hi, hi < 0n ? atLeast(hi) : atMost(hi));

export const boundText = (bound: Bound): string => {
  const { lo, hi } = toInterval(bound);
  return `${loText(lo)} to ${hiText(hi)}`;
};

/** A point such as a midpoint or an injected truth; rounded to nearest, because it bounds nothing. */
export const pointText = (value: bigint): string => signed(value, about(value));

/** Every nanosecond, in groups of three: "+3 204 117 ns". */
export function exactNs(value: bigint | string): string {
  const count = BigInt(value);
  const digits = absolute(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return `${signed(count, digits)} ns`;
}

export const exactBound = ({ lo_ns, hi_ns }: Bound): string => `${exactNs(lo_ns)} to ${exactNs(hi_ns)}`;

/** A magnitude with three significant digits, rounded down. */
export function atLeast(span: bigint): string {
  const magnitude = absolute(span);
  const step = 10n ** BigInt(Math.max(0, magnitude.toString().length - 3));
  return about((magnitude / step) * step);
}

/** With a true minus sign, and a plus for what is positive: the sign carries the meaning here. */
function signed(value: bigint, magnitude: string): string {
  if (value === 0n) return magnitude;
  return `${value < 0n ? "−" : "+"}${magnitude}`;
}
