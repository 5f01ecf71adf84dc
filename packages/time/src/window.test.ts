import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Constraints } from "./exchange.ts";
import { BILLION, divCeil, divFloor, ppb, raw } from "./units.ts";
import { ConstraintWindow, uncalibrated, type WindowBound } from "./window.ts";

const sample = (at: bigint, lo: bigint, hi: bigint): Constraints => ({
  upper: { at: raw(at), value: hi },
  lower: { at: raw(at), value: lo },
});

/** The definition, evaluated line by line. */
function slowTwin(samples: readonly Constraints[], rho: bigint, x: bigint): WindowBound {
  const lows = samples.map(({ lower }) => lower.value * BILLION - rho * (x - lower.at));
  const highs = samples.map(({ upper }) => upper.value * BILLION + rho * (x - upper.at));
  if (lows.length === 0) return { kind: "empty" };
  // Two that exclude each other at the later of their instants do so for good.
  for (const { lower } of samples)
    for (const { upper } of samples) {
      const at = lower.at > upper.at ? lower.at : upper.at;
      if (lower.value * BILLION - rho * (at - lower.at) > upper.value * BILLION + rho * (at - upper.at)) return { kind: "conflict" };
    }
  const low = lows.reduce((a, b) => (a > b ? a : b));
  const high = highs.reduce((a, b) => (a < b ? a : b));
  return low > high ? { kind: "conflict" } : { kind: "bound", interval: { lo: divFloor(low, BILLION), hi: divCeil(high, BILLION) } };
}

describe("drift-widened intersection (M4)", () => {
  it("C5: three samples, each carried to the same instant", () => {
    const window = new ConstraintWindow<undefined>(uncalibrated(ppb(50_000n)));
    window.add(sample(0n, -800_000n, 1_900_000n), undefined);
    window.add(sample(64n * BILLION, -1_500_000n, 1_200_000n), undefined);
    expect(new ConstraintWindow(uncalibrated(ppb(50_000n))).boundAt(raw(0n))).toEqual({ kind: "empty" });
    window.add(sample(128n * BILLION, -300_000n, 2_600_000n), undefined);
    expect(window.boundAt(raw(160n * BILLION))).toEqual({ kind: "bound", interval: { lo: -1_900_000n, hi: 4_200_000n } });
    const alone = new ConstraintWindow<undefined>(uncalibrated(ppb(50_000n)));
    alone.add(sample(64n * BILLION, -1_500_000n, 1_200_000n), undefined);
    expect(alone.boundAt(raw(160n * BILLION))).toEqual({ kind: "bound", interval: { lo: -6_300_000n, hi: 6_000_000n } });
  });
  it("names a contradiction instead of inventing an interval, and recovers when the poisoned sample leaves", () => {
    const window = new ConstraintWindow<undefined>(uncalibrated(ppb(0n)), { samples: 2, age: 100n * BILLION });
    window.add(sample(0n, 5_000n, 6_000n), undefined);
    window.add(sample(1n, -10n, 10n), undefined);
    expect(window.boundAt(raw(2n))).toEqual({ kind: "conflict" });
    window.add(sample(3n, -10n, 10n), undefined);
    expect(window.boundAt(raw(4n))).toEqual({ kind: "bound", interval: { lo: -10n, hi: 10n } });
  });
  it("does not heal by waiting: what excludes itself does so until its older part has left", () => {
    const window = new ConstraintWindow<undefined>(uncalibrated(ppb(200_000n)));
    window.add(sample(0n, 0n, 0n), undefined);
    // 210 ppm.
    window.add(sample(100n * BILLION, 21_000_000n, 21_000_000n), undefined);
    expect(window.boundAt(raw(100n * BILLION))).toEqual({ kind: "conflict" });
    expect(window.boundAt(raw(1000n * BILLION))).toEqual({ kind: "conflict" });
    expect(window.boundAt(raw(1025n * BILLION)).kind).toBe("bound");
  });
  it("names the samples that set its two ends", () => {
    const window = new ConstraintWindow<string>(uncalibrated(ppb(0n)));
    window.add(sample(0n, -5n, 20n), "first");
    window.add(sample(1n, -9n, 9n), "second");
    expect(window.binding()).toEqual({ lower: { at: 0n, origin: "first" }, upper: { at: 1n, origin: "second" } });
    expect(new ConstraintWindow<string>(uncalibrated(ppb(0n))).binding()).toBeNull();
  });
  it("stands at its newest sample for a reading just before it, and refuses one long before it", () => {
    const window = new ConstraintWindow<undefined>(uncalibrated(ppb(200_000n)));
    window.add(sample(10n * BILLION, -100n, 100n), undefined);
    expect(window.boundAt(raw(10n * BILLION - 50n))).toEqual({ kind: "bound", interval: { lo: -100n, hi: 100n } });
    expect(() => window.boundAt(raw(8n * BILLION))).toThrow(
      "Cannot evaluate a window at 8000000000 before its newest sample at 10000000000",
    );
  });
  it("agrees with its slow twin for any history", () => {
    const step = fc.record({
      gap: fc.bigInt({ min: 0n, max: 20n * BILLION }),
      lo: fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }),
      width: fc.bigInt({ min: 0n, max: 10n ** 6n }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        fc.bigInt({ min: 0n, max: 200_000n }),
        (steps, size, rho) => {
          const window = new ConstraintWindow<undefined>(uncalibrated(ppb(rho)), { samples: size, age: 60n * BILLION });
          const all: Constraints[] = [];
          let at = 0n;
          for (const { gap, lo, width } of steps) {
            at += gap;
            all.push(sample(at, lo, lo + width));
            window.add(all.at(-1) as Constraints, undefined);
            const kept = all.slice(-size).filter((one) => at - one.upper.at <= 60n * BILLION);
            expect(window.boundAt(raw(at))).toEqual(slowTwin(kept, rho, at));
            // And as well some time later, when its cones have met again.
            const later = at + 7n * BILLION;
            const staying = kept.filter((one) => later - one.upper.at <= 60n * BILLION);
            if (staying.length === kept.length) expect(window.boundAt(raw(later))).toEqual(slowTwin(kept, rho, later));
          }
        },
      ),
    );
  });
});
