/**
 * The axis on which a microsecond and a second can both be seen: logarithmic in the magnitude, linear below `linear_ns`,
 * and symmetric, so that zero (the host is on UTC) stands in the middle.
 */
export interface SymlogAxis {
  /** Below this magnitude the axis is linear, ns; takes as much room as one decade. */
  readonly linear_ns: number;
  /** The magnitude at both ends, ns. */
  readonly max_ns: number;
}

/** Position from 0 (−max) over 0.5 (zero) to 1 (+max); what lies beyond is held at the end. */
export function position(axis: SymlogAxis, value_ns: number): number {
  const share = Math.min(1, room(axis, Math.abs(value_ns)) / room(axis, axis.max_ns));
  return 0.5 + (Math.sign(value_ns) * share) / 2;
}

/** Room that a magnitude takes from zero outward, in decades. */
const room = ({ linear_ns }: SymlogAxis, magnitude_ns: number): number =>
  magnitude_ns <= linear_ns ? magnitude_ns / linear_ns : 1 + Math.log10(magnitude_ns / linear_ns);

export const percent = (axis: SymlogAxis, value_ns: number): number => position(axis, value_ns) * 100;

const SMALLEST_MAX_NS = 1e6;
const FINE_NS = 1e3;

/** The axis that all of these magnitudes share. It moves by whole decades only, so that it does not twitch with every reading. */
export function axisFor(magnitudes_ns: readonly number[]): SymlogAxis {
  const largest = magnitudes_ns.reduce((most, value) => Math.max(most, value), 0);
  const smallest = magnitudes_ns.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const linear_ns = smallest < FINE_NS / 2 ? 1 : FINE_NS;
  return { linear_ns, max_ns: Math.max(decadeAbove(largest), linear_ns === 1 ? FINE_NS : SMALLEST_MAX_NS) };
}

/** The first power of ten that leaves some air beyond the largest value. */
const decadeAbove = (value_ns: number): number => (value_ns <= 0 ? 1 : 10 ** Math.ceil(Math.log10(value_ns * 1.25)));

/** Every decade from `linear_ns` to the end, mirrored, and zero. */
export function decades({ linear_ns, max_ns }: SymlogAxis): number[] {
  const count = Math.round(Math.log10(max_ns / linear_ns));
  const positive = Array.from({ length: count + 1 }, (_, power) => linear_ns * 10 ** power);
  return [...positive.map((value) => -value).reverse(), 0, ...positive];
}
