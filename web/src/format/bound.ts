import { about, absolute, atMost, divCeil, divFloor, type Interval, maxOf } from "@truebound/time";
import type { Bound } from "@truebound/wire";

/** Ends of a bound as people read them. Shortening moves an end outward only, so that a bound never looks tighter than it is. */
export const toInterval = ({ lo_ns, hi_ns }: Bound): Interval => ({ lo: BigInt(lo_ns), hi: BigInt(hi_ns) });

export const worstErrorText = (worst_error_ns: string): string => atMost(BigInt(worst_error_ns));

/** The lower end, moved down: "−1.24 ms" for −1,234,567 ns, "+1.23 ms" for +1,234,567 ns. */
export const loText = (lo: bigint): string => signed(lo, lo < 0n ? atMost(lo) : atLeast(lo));

/** The upper end, moved up. */
export const hiText = (hi: bigint): string => signed(hi, hi < 0n ? atLeast(hi) : atMost(hi));

/** Both ends in as many digits as their distance needs: of a host 250 ms off, 0.6 ms of width must not look like 2 ms. */
export function endTexts(bound: Bound): { readonly lo: string; readonly hi: string } {
  const { lo, hi } = toInterval(bound);
  const width = hi - lo;
  const greatest = maxOf(absolute(lo), absolute(hi));
  if (width * 20n >= greatest) return { lo: loText(lo), hi: hiText(hi) };
  const grain = 10n ** BigInt(Math.max(0, width.toString().length - 2));
  return { lo: fineText(divFloor(lo, grain) * grain, greatest), hi: fineText(divCeil(hi, grain) * grain, greatest) };
}

export function boundText(bound: Bound): string {
  const { lo, hi } = endTexts(bound);
  return `${lo} to ${hi}`;
}

/** Exact, in the unit of the greatest of its kind. */
function fineText(value: bigint, greatest: bigint): string {
  const { name, digits } = UNITS.find((unit) => greatest >= 10n ** BigInt(unit.digits)) ?? { name: "ns", digits: 0 };
  const text = absolute(value)
    .toString()
    .padStart(digits + 1, "0");
  const fraction = text.slice(text.length - digits).replace(/0+$/, "");
  const whole = text.slice(0, text.length - digits);
  return `${signed(value, digits === 0 || fraction === "" ? whole : `${whole}.${fraction}`)} ${name}`;
}

const UNITS = [
  { name: "s", digits: 9 },
  { name: "ms", digits: 6 },
  { name: "µs", digits: 3 },
] as const;

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
