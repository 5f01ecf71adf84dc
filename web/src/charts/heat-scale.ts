/** Magnitudes as shades: linear up to `linear_ns`, which takes as much room as one decade, logarithmic above. */
export interface HeatScale {
  readonly linear_ns: number;
  readonly max_ns: number;
}

/** Whole decades around all that is to be shown, so that shades do not twitch with every solution. */
export function heatScale(magnitudes_ns: readonly number[]): HeatScale {
  const known = magnitudes_ns.filter((value) => value > 0);
  const least = known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const most = known.reduce((most, value) => Math.max(most, value), 0);
  if (known.length === 0) return { linear_ns: 1, max_ns: 10 };
  const linear_ns = 10 ** Math.max(0, Math.floor(Math.log10(least)));
  return { linear_ns, max_ns: Math.max(10 * linear_ns, 10 ** Math.ceil(Math.log10(most))) };
}

const decades = ({ linear_ns, max_ns }: HeatScale): number => Math.round(Math.log10(max_ns / linear_ns));

/** From 0 (no difference at all) to 1 (the end of the scale, and beyond). */
export function heat(scale: HeatScale, magnitude_ns: number): number {
  const { linear_ns } = scale;
  const room = magnitude_ns <= linear_ns ? magnitude_ns / linear_ns : 1 + Math.log10(magnitude_ns / linear_ns);
  return Math.min(1, room / (1 + decades(scale)));
}

export const heatTicks = (scale: HeatScale): number[] => [
  0,
  ...Array.from({ length: decades(scale) + 1 }, (_, power) => scale.linear_ns * 10 ** power),
];
