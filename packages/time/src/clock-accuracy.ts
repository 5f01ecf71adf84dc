/**
 * clockAccuracy of IEEE 1588 (table 5 of the edition of 2019, which begins at 0x17; earlier ones at 0x20): the grandmaster's clock is
 * within so much of the scale that it names. Picoseconds, since a limit below a nanosecond is rounded up to one.
 */
const PICOSECONDS: ReadonlyMap<number, bigint> = new Map(
  (
    [
      [0x17, 1n],
      [0x18, 3n],
      [0x19, 10n],
      [0x1a, 25n],
      [0x1b, 100n],
      [0x1c, 250n],
      [0x1d, 1_000n],
      [0x1e, 2_500n],
      [0x1f, 10_000n],
      [0x20, 25_000n],
      [0x21, 100_000n],
      [0x22, 250_000n],
      [0x23, 1_000_000n],
      [0x24, 2_500_000n],
      [0x25, 10_000_000n],
      [0x26, 25_000_000n],
      [0x27, 100_000_000n],
      [0x28, 250_000_000n],
      [0x29, 1_000_000_000n],
      [0x2a, 2_500_000_000n],
      [0x2b, 10_000_000_000n],
      [0x2c, 25_000_000_000n],
      [0x2d, 100_000_000_000n],
      [0x2e, 250_000_000_000n],
      [0x2f, 1_000_000_000_000n],
      [0x30, 10_000_000_000_000n],
    ] as const
  ).map(([code, limit]) => [code, limit]),
);

const WORSE_THAN_ANY = 0x31;
const UNKNOWN = 0xfe;

/** Why a clockAccuracy bounds nothing: it says *worse than 10 s*; it says *unknown*; it is no code of the standard (or a profile's own). */
export type AccuracyRefusal = "accuracy_unbounded" | "accuracy_unknown" | "accuracy_reserved";

/** The limit in ns, rounded up; or why there is none. */
export function accuracyLimit(code: number): bigint | AccuracyRefusal {
  const picoseconds = PICOSECONDS.get(code);
  if (picoseconds !== undefined) return (picoseconds + 999n) / 1000n;
  if (code === WORSE_THAN_ANY) return "accuracy_unbounded";
  return code === UNKNOWN ? "accuracy_unknown" : "accuracy_reserved";
}
