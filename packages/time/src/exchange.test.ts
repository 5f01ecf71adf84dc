import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constraints, delay, type Exchange, errorBudget, intervalAtReceive, log2Seconds } from "./exchange.ts";
import { contains, midpoint } from "./interval.ts";
import { ppb, raw, utc } from "./units.ts";

const exchange = (t1: bigint, t2: bigint, t3: bigint, t4: bigint): Exchange => ({ t1: raw(t1), t2: utc(t2), t3: utc(t3), t4: raw(t4) });
const budgetOf = (total: bigint) => ({ root: 0n, precision: 0n, stamp: 0n, total });
const C1_TERMS = { rootDelayRaw: 0x290n, rootDispersionRaw: 0x83n, precisionServer: -20, precisionClient: -23, cap: 0n, slack: 0n };

describe("error budget (M1)", () => {
  it("C1: rounds each term up alone", () => {
    expect(errorBudget(C1_TERMS)).toEqual({ root: 5_004_883n + 1_998_902n, precision: 954n + 120n, stamp: 0n, total: 7_004_859n });
  });
  it("never rounds a precision to nothing", () => {
    expect(log2Seconds(-128)).toBe(1n);
    expect(log2Seconds(0)).toBe(1_000_000_000n);
    expect(() => log2Seconds(200)).toThrow("Cannot read precision 200");
  });
});

describe("exchange to interval (M2)", () => {
  it("C1: the worked example", () => {
    const x = exchange(10_000_000_000n, 10_006_000_000n, 10_006_100_000n, 10_012_600_000n);
    const bound = intervalAtReceive(x, errorBudget(C1_TERMS), ppb(15_000n));
    expect(bound).toEqual({ lo: -13_504_859n, hi: 13_005_048n });
    expect(delay(x)).toBe(12_500_000n);
  });
  it("C2: an asymmetric path moves the middle, never the truth out", () => {
    const x = exchange(0n, 1_000_000n, 1_050_000n, 100_050_000n);
    const plain = intervalAtReceive(x, budgetOf(0n), ppb(0n));
    expect(plain).toEqual({ lo: -99_000_000n, hi: 1_000_000n });
    expect(midpoint(plain as { lo: bigint; hi: bigint })).toBe(-49_000_000n);
    expect(intervalAtReceive(x, budgetOf(2000n), ppb(100_000n))).toEqual({ lo: -99_002_000n, hi: 1_012_005n });
  });
  it("C3: a slightly negative delay is legal inside E, and no more", () => {
    expect(intervalAtReceive(exchange(0n, 5000n, 6000n, 0n), budgetOf(2000n), ppb(0n))).toEqual({ lo: 4000n, hi: 7000n });
    expect(intervalAtReceive(exchange(0n, 5000n, 6000n, 0n), budgetOf(400n), ppb(0n))).toBe("empty_interval");
    expect(intervalAtReceive(exchange(10n, 0n, 0n, 5n), budgetOf(0n), ppb(0n))).toBe("client_order");
    expect(intervalAtReceive(exchange(0n, 10n, 5n, 20n), budgetOf(0n), ppb(0n))).toBe("server_order");
  });
  it("keeps exact integers near 1.8e18", () => {
    const base = 1_795_000_000_123_456_789n;
    const x = exchange(7n, base, base + 1n, 9n);
    expect(intervalAtReceive(x, budgetOf(0n), ppb(0n))).toEqual({ lo: base - 8n, hi: base - 7n });
  });
});

describe("the guarantee, as a property", () => {
  const span = (max: bigint) => fc.bigInt({ min: 0n, max });
  it("holds whatever the path, the drift within rho and the server's error within E", () => {
    fc.assert(
      fc.property(
        fc.record({
          there: span(10n ** 9n),
          hold: span(10n ** 8n),
          back: span(10n ** 9n),
          offset: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        }),
        fc.integer({ min: -200_000, max: 200_000 }),
        fc.bigInt({ min: -5000n, max: 5000n }),
        fc.bigInt({ min: -5000n, max: 5000n }),
        ({ there, hold, back, offset }, driftPpb, serverError2, serverError3) => {
          const local = (trueElapsed: bigint) => trueElapsed - (trueElapsed * BigInt(driftPpb)) / 1_000_000_000n;
          const t4True = there + hold + back;
          const x = exchange(0n, offset + there + serverError2, offset + there + hold + serverError3, local(t4True));
          const got = intervalAtReceive(x, budgetOf(5000n), ppb(200_041n));
          if (typeof got === "string") {
            expect(got).toBe("server_order");
            expect(hold + serverError3).toBeLessThan(serverError2);
          } else expect(contains(got, offset + t4True - local(t4True))).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });
  it("gives the same interval from its two constraints", () => {
    const x = exchange(10n, 500n, 600n, 210n);
    const sides = constraints(x, budgetOf(7n), ppb(100_000n));
    expect(sides).toEqual({ upper: { at: 10n, value: 497n }, lower: { at: 210n, value: 383n } });
  });
});
