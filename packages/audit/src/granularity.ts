import type { UtcProfile } from "./profile.ts";

/** What people declare of an application's timestamps. */
export interface StampDeclaration {
  /** A stamp as it is written, such as 2026-11-26T09:30:00.123456Z. */
  readonly stamp_example?: string;
  /** How coarse the clock is that it reads. */
  readonly clock_resolution_ns?: string;
}

/** Stands beside a verdict (6.12), and is never a part of its nanoseconds. */
export interface GranularityFinding {
  readonly kind: "granularity_fits" | "granularity_too_coarse" | "granularity_undeclared";
  readonly words: string;
}

const BILLION = 1_000_000_000n;
const FINEST_DIGITS = 9;
/** ISO 8601 and FIX: a date, a time with seconds, then any fraction. */
const WRITTEN = /^\d{4}-?\d\d-?\d\d[T -]\d\d:?\d\d:?\d\d(?:[.,](\d+))?(?:Z|[+-]\d\d:?\d\d)?$/i;
/** Of the Unix epoch by its length: seconds, ms, us or ns of the years 2001 to 2286. */
const COUNTED: ReadonlyMap<number, bigint> = new Map([
  [10, BILLION],
  [13, 1_000_000n],
  [16, 1000n],
  [19, 1n],
]);

const ofDigits = (digits: number): bigint => 10n ** BigInt(FINEST_DIGITS - Math.min(digits, FINEST_DIGITS));

/** The step between a stamp and the next one that its form can say; null = it has no form that is known. Finer than 1 ns counts as 1 ns. */
export function stampGranularity(example: string): bigint | null {
  const text = example.trim();
  const written = WRITTEN.exec(text);
  if (written !== null) return ofDigits(written[1]?.length ?? 0);
  const [, count, fraction] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (count === undefined) return null;
  const step = COUNTED.get(count.length) ?? null;
  if (fraction === undefined || step === null) return step;
  const finer = step / 10n ** BigInt(Math.min(fraction.length, FINEST_DIGITS));
  return finer === 0n ? 1n : finer;
}

/** What is declared of stamps, held against the profile; null = it says nothing of granularity. What is not declared is not known. */
export function granularityFinding({ granularity_ns }: UtcProfile, declared: StampDeclaration): GranularityFinding | null {
  if (granularity_ns === null) return null;
  const must = `the profile asks for ${granularity_ns} ns or finer`;
  const form = declared.stamp_example === undefined ? null : stampGranularity(declared.stamp_example);
  const clock = declared.clock_resolution_ns === undefined ? null : BigInt(declared.clock_resolution_ns);
  const coarse = [
    ...(form !== null && form > granularity_ns ? [`stamps are written in steps of ${form} ns`] : []),
    ...(clock !== null && clock > granularity_ns ? [`the clock that they are read from moves in steps of ${clock} ns`] : []),
  ];
  if (coarse.length > 0) return { kind: "granularity_too_coarse", words: `Too coarse: ${coarse.join(", and ")}; ${must}` };
  const missing = [...(form === null ? ["the form of stamps"] : []), ...(clock === null ? ["the resolution of the clock"] : [])];
  if (missing.length > 0) return { kind: "granularity_undeclared", words: `Not known: ${missing.join(" and ")}; ${must}` };
  return { kind: "granularity_fits", words: `Stamps in steps of ${form} ns from a clock in steps of ${clock} ns; ${must}` };
}
