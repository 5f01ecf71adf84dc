import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf, judgeRounds, type Round, spreadOf, unseenPhaseOf } from "./judge-rounds.ts";

const START = 1_795_734_389_000_000_000n;
const stampOf = (at: bigint, unit = 1n) => ({ text: String(at), at, unit, format: "unix_ns" as const });
/** An application that reads the clock `into` a round that lasts `lasts`, errs by `wrong`, and cuts to `grain`. */
const round = (before: bigint, lasts: bigint, into: bigint, { wrong = 0n, grain = 1n, unit = 1n } = {}): Round => {
  const read = before + into + wrong;
  return { before, after: before + lasts, stamp: stampOf(read - (read % grain), unit) };
};

describe("the application error", () => {
  it("holds the error at every instant between the reads, whichever is the event's", () => {
    const natural = fc.bigInt(0n, 3_000_000n);
    const one = fc.record({ lasts: natural, into: natural, event: natural, wrong: fc.bigInt(-5_000_000n, 5_000_000n), gap: natural });
    const grains = fc.constantFrom(1n, 1000n, 1_000_000n);
    fc.assert(
      fc.property(fc.array(one, { minLength: 10, maxLength: 40 }), grains, (rows, grain) => {
        let before = START;
        const rounds = rows.map(({ lasts, into, wrong, gap }) => {
          before += gap + 3_000_000n;
          return round(before, lasts, into % (lasts + 1n), { wrong, grain });
        });
        const { appError, error } = judgeRounds(rounds);
        for (const [index, { event, lasts }] of rows.entries()) {
          const { before: from, stamp } = rounds[index] as Round & { before: bigint };
          const missed = from + (event % (lasts + 1n)) - stamp.at;
          expect(missed >= (error.lo as bigint) && missed <= error.hi).toBe(true);
          expect(missed <= (appError as bigint) && -missed <= (appError as bigint)).toBe(true);
        }
      }),
    );
  });
  it("holds it for the phases of a coarse stamp too that no round began in", () => {
    const terms = { phases: fc.array(fc.bigInt(0n, 999_999n), { minLength: 10, maxLength: 20 }), other: fc.bigInt(0n, 999_999n) };
    fc.assert(
      fc.property(fc.record({ ...terms, lasts: fc.bigInt(0n, 50_000n) }), ({ phases, other, lasts }) => {
        const at = (phase: bigint, index: number) =>
          round(START + BigInt(index) * 7_000_000n + phase, lasts, lasts, { grain: 1_000_000n, unit: 1_000_000n });
        const { appError } = judgeRounds(phases.map(at));
        const { lo, hi } = errorOf(at(other, 1000));
        expect(hi <= (appError as bigint) && -(lo as bigint) <= (appError as bigint)).toBe(true);
      }),
    );
  });
  it("is not known of lines that nobody asked for, and their arrival bounds one side", () => {
    const rounds = Array.from({ length: 10 }, (_, index) => ({ ...round(START + BigInt(index) * 1000n, 500n, 200n), before: null }));
    expect(judgeRounds(rounds)).toMatchObject({ appError: null, error: { lo: null, hi: 300n }, roundTime: null });
  });
  it("names the worst round, and ranks upward", () => {
    const rounds = Array.from({ length: 10 }, (_, index) => round(START + BigInt(index) * 10_000n, index === 6 ? 900n : 100n, 50n));
    expect(judgeRounds(rounds)).toMatchObject({ worst: { number: 7, error: { lo: -50n, hi: 850n } }, spread: { p50: 50n, max: 850n } });
    expect(spreadOf([4n, 1n, 3n, 2n])).toEqual({ p50: 2n, p90: 4n, p99: 4n, max: 4n });
  });
});

describe("the granularity", () => {
  const stamps = (count: number, at: (index: bigint) => bigint, unit = 1n) =>
    judgeRounds(
      Array.from({ length: count }, (_, index) => {
        const before = START + BigInt(index) * 7_654_321n;
        return { before, after: before + 1000n, stamp: stampOf(at(before), unit) };
      }),
    ).granularity;
  it("is that of the last digit that ever varies", () => {
    expect(stamps(40, (at) => at)).toMatchObject({ unit: 1n, effective: 1n, grain: 1n, repeated: 0 });
    expect(stamps(40, (at) => at - (at % 1000n))).toMatchObject({ unit: 1n, effective: 1000n, grain: 1000n });
    expect(stamps(40, (at) => at - (at % 1_000_000n) + 123_456n)).toMatchObject({ unit: 1n, effective: 1_000_000n });
  });
  it("is no finer than the steps of a clock that stands still in between", () => {
    expect(stamps(40, (at) => at - (at % 30_000_001n))).toMatchObject({ effective: 1n, grain: 30_000_001n, smallestStep: 30_000_001n });
  });
  it("says nothing of digits that had no time to vary", () => {
    expect(stamps(10, () => START, 1_000_000_000n)).toMatchObject({ unit: 1_000_000_000n, effective: 1_000_000_000n, smallestStep: null });
  });
  it("leaves the whole of it unseen where all rounds began in one phase", () => {
    const rounds = Array.from({ length: 10 }, (_, index) => round(START + BigInt(index) * 1_000_000n, 10n, 5n));
    expect(unseenPhaseOf(rounds, 1_000_000n)).toBe(1_000_000n);
    expect(unseenPhaseOf(rounds, 1n)).toBe(0n);
  });
});
