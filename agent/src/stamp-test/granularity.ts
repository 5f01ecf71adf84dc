import { absolute, maxOf } from "@truebound/time";
import type { Round } from "./judge-rounds.ts";

/** How finely stamps tell one instant from another. */
export interface Granularity {
  readonly format: string;
  /** What the last written digit is worth; the finest where stamps leave zeros out. */
  readonly unit: bigint;
  /** What the last digit is worth that ever varied; above the unit where the digits behind it are always the same. */
  readonly effective: bigint;
  /** Between stamps that follow each other and differ; null = all are equal. */
  readonly smallestStep: bigint | null;
  /** Stamps that are equal to the one before them. */
  readonly repeated: number;
  /** What a read may have been cut by: the effective one, or the step of a clock that stands still in between. */
  readonly grain: bigint;
}

export function granularityOf(rounds: readonly Round[]): Granularity {
  const stamps = rounds.map(({ stamp }) => stamp);
  const unit = stamps.map((stamp) => stamp.unit).reduce((a, b) => (a < b ? a : b));
  const effective = effectiveOf(
    stamps.map(({ at }) => at / unit),
    unit,
    (rounds.at(-1) as Round).after - (rounds[0] as Round).after,
  );
  const steps = stamps.slice(1).map(({ at }, index) => absolute(at - (stamps[index] as { at: bigint }).at));
  const moved = steps.filter((step) => step > 0n);
  const smallestStep = moved.length === 0 ? null : moved.reduce((a, b) => (a < b ? a : b));
  const repeated = steps.length - moved.length;
  const grain = repeated === 0 ? effective : maxOf(effective, smallestStep ?? effective);
  return { format: stamps[0]?.format ?? "", unit, effective, smallestStep, repeated, grain };
}

/** A digit that is worth more than the whole test lasted has had no time to vary, and says nothing. */
function effectiveOf(counts: readonly bigint[], unit: bigint, lasted: bigint): bigint {
  const first = counts[0] as bigint;
  let weight = 1n;
  while (weight * 10n * unit <= lasted && counts.every((count) => count % (weight * 10n) === first % (weight * 10n))) weight *= 10n;
  return weight * unit;
}
