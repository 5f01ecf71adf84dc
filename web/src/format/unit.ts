/** Units for drawing: numbers on an axis share one, chosen by the largest value in sight. */
export interface DrawUnit {
  readonly name: "ns" | "µs" | "ms" | "s";
  readonly size_ns: number;
}

const NANOSECONDS: DrawUnit = { name: "ns", size_ns: 1 };
const UNITS: readonly DrawUnit[] = [{ name: "s", size_ns: 1e9 }, { name: "ms", size_ns: 1e6 }, { name: "µs", size_ns: 1e3 }, NANOSECONDS];

export const unitFor = (largest_ns: number): DrawUnit => UNITS.find(({ size_ns }) => largest_ns >= size_ns) ?? NANOSECONDS;

/** "+1.5", "−20", "0": a tick of an axis in its unit, without the noise of binary fractions. */
export function axisNumber(value: number): string {
  const magnitude = String(Number(Math.abs(value).toPrecision(6)));
  if (Number(magnitude) === 0) return "0";
  return `${value < 0 ? "−" : "+"}${magnitude}`;
}
