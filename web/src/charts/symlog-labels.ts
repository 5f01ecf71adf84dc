import { axisNumber, unitFor } from "../format/unit.ts";
import { decades, percent, type SymlogAxis } from "./symlog.ts";

export interface AxisLabel {
  readonly value_ns: number;
  readonly text: string;
  /** Position in percent of the axis, and the side of it that the text starts from: labels at the ends stay inside. */
  readonly x: number;
  readonly anchor: "start" | "middle" | "end";
}

/** Every decade where all find room; else zero, whole units (1 µs, 1 ms, 1 s) and the ends, as far as they do. */
export function axisLabels(axis: SymlogAxis, width_px: number): AxisLabel[] {
  const all = pairs(
    axis,
    decades(axis).filter((value) => value > 0),
  );
  const kept = withRoom(all, width_px);
  return kept.length === all.length ? sorted(kept.flat()) : sorted(withRoom(pairs(axis, landmarks(axis)), width_px).flat());
}

const isWholeUnit = (value: number): boolean => value === unitFor(value).size_ns;

const landmarks = (axis: SymlogAxis): number[] => {
  const units = decades(axis)
    .filter((value) => value > 0 && isWholeUnit(value))
    .reverse();
  return units.includes(axis.max_ns) ? units : [...units, axis.max_ns];
};

/** A label never stands without its mirror image. */
const pairs = (axis: SymlogAxis, magnitudes: readonly number[]): AxisLabel[][] => [
  [labelOf(axis, 0)],
  ...magnitudes.map((magnitude) => [labelOf(axis, -magnitude), labelOf(axis, magnitude)]),
];

/** Whoever comes first keeps its place. */
function withRoom(candidates: readonly AxisLabel[][], width_px: number): AxisLabel[][] {
  const kept: AxisLabel[][] = [];
  for (const pair of candidates) {
    const isFree = kept.flat().every((other) => pair.every((label) => !overlap(label, other, width_px)));
    if (isFree) kept.push(pair);
  }
  return kept;
}

const sorted = (labels: readonly AxisLabel[]): AxisLabel[] => labels.toSorted((a, b) => a.value_ns - b.value_ns);

function labelOf(axis: SymlogAxis, value_ns: number): AxisLabel {
  const unit = unitFor(Math.abs(value_ns));
  const text = value_ns === 0 ? "0" : `${axisNumber(value_ns / unit.size_ns)} ${unit.name}`;
  const x = percent(axis, value_ns);
  return { value_ns, text, x, anchor: anchorAt(x) };
}

function anchorAt(x: number): AxisLabel["anchor"] {
  if (x > 99.5) return "end";
  return x < 0.5 ? "start" : "middle";
}

const CHARACTER_PX = 6.6;
const AIR_PX = 9;
const SHARE_BEFORE = { start: 0, middle: 0.5, end: 1 } as const;

function overlap(a: AxisLabel, b: AxisLabel, width_px: number): boolean {
  const [left, right] = [extent(a, width_px), extent(b, width_px)];
  return left.from < right.to + AIR_PX && right.from < left.to + AIR_PX;
}

function extent({ x, text, anchor }: AxisLabel, width_px: number): { readonly from: number; readonly to: number } {
  const room_px = text.length * CHARACTER_PX;
  const from = (x / 100) * width_px - room_px * SHARE_BEFORE[anchor];
  return { from, to: from + room_px };
}
