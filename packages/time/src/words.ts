import { contains, type Interval, midpoint, worstError } from "./interval.ts";
import { absolute, divCeil } from "./units.ts";

/** How spans and bounds are said to people. A width or a worst error is always rounded up; only a middle is rounded to nearest. */
const UNITS = [
  { name: "s", size: 1_000_000_000n },
  { name: "ms", size: 1_000_000n },
  { name: "µs", size: 1000n },
  { name: "ns", size: 1n },
] as const;

/** A non-negative span with three significant digits, rounded up: "3.21 ms". */
export const atMost = (span: bigint): string => withUnit(absolute(span), true);

/** A span's magnitude with three significant digits, to nearest. For points, never for bounds. */
export const about = (span: bigint): string => withUnit(absolute(span), false);

function withUnit(span: bigint, up: boolean): string {
  for (const { name, size } of UNITS) {
    if (span < size && size !== 1n) continue;
    const step = stepFor(span, size);
    const rounded = (up ? divCeil(span, step) : (span + step / 2n) / step) * step;
    return `${decimal(rounded, size)} ${name}`;
  }
  return "0 ns";
}

/** The weight of the third significant digit, but never below 1 ns. */
function stepFor(span: bigint, size: bigint): bigint {
  const digits = (span / size).toString().length;
  const step = digits >= 3 ? size : size / 10n ** BigInt(3 - digits);
  return step < 1n ? 1n : step;
}

function decimal(value: bigint, size: bigint): string {
  const whole = value / size;
  const fraction = (value % size)
    .toString()
    .padStart(size.toString().length - 1, "0")
    .replace(/0+$/, "");
  return fraction === "" || size === 1n ? whole.toString() : `${whole}.${fraction}`;
}

/** The offset in words: positive (reference − local) is *behind*. Never claims a direction that the bound does not prove. */
export function offsetInWords(bound: Interval): string {
  if (contains(bound, 0n)) return `within ${atMost(worstError(bound))} of UTC`;
  const side = bound.lo > 0n ? "behind" : "ahead of";
  return `${about(midpoint(bound))} ${side} UTC, at most ${atMost(worstError(bound))}`;
}
