import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contains } from "./interval.ts";
import {
  type ClockReading,
  carryStamp,
  daemonSlew,
  type HostReading,
  offsetAt,
  rulerWentBack,
  stepped,
  suspendBetween,
  tightest,
} from "./reading.ts";
import { UNKNOWN_SLEW } from "./slew.ts";
import { maxOf, ppb, raw, utc } from "./units.ts";

const reading = (before: bigint, after: bigint, realtime: bigint): ClockReading => ({
  rawBefore: raw(before),
  rawAfter: raw(after),
  realtime: utc(realtime),
});

describe("reading the patient by the ruler", () => {
  it("subtracts REALTIME − RAW outward", () => {
    expect(offsetAt(reading(100n, 104n, 1_000n), { lo: 950n, hi: 960n }, ppb(0n))).toEqual({ lo: 50n, hi: 64n });
  });
  it("widens by the drift within the bracket", () => {
    expect(offsetAt(reading(0n, 1_000_000n, 0n), { lo: 0n, hi: 0n }, ppb(1_000n))).toEqual({ lo: -1n, hi: 1_000_001n });
  });
  it("shows a step at once, without a new exchange", () => {
    const before = offsetAt(reading(0n, 10n, 500n), { lo: 495n, hi: 505n }, ppb(0n));
    const after = offsetAt(reading(20n, 30n, 770n), { lo: 495n, hi: 505n }, ppb(0n));
    expect(after).toEqual({ lo: before.lo - 250n, hi: before.hi - 250n });
  });
  it("picks the tightest of several readings", () => {
    expect(tightest([reading(0n, 90n, 5n), reading(100n, 140n, 6n), reading(200n, 290n, 7n)]).realtime).toBe(6n);
  });
});

describe("what two whole readings tell of the host", () => {
  const S = 1_000_000_000n;
  const RESOLUTION = 30_000_000n;
  const holdUp = fc.bigInt({ min: 0n, max: 200_000_000n });
  /** A reading of clocks that all count true time, taken by a process that is held up before and after each read. */
  const taken = (start: bigint, slept: bigint, [bracket = 0n, first = 0n, second = 0n]: readonly bigint[], floor: bigint): HostReading => {
    const middle = start + bracket / 2n;
    const bootAt = middle + first;
    return {
      rawBefore: raw(start),
      rawAfter: raw(start + bracket),
      realtime: utc(middle),
      // The lower rungs claim the end of the bracket for it, wherever in the bracket it was read.
      monotonic: start + bracket,
      boottime: ((bootAt + slept) / floor) * floor,
      rawEnd: raw(maxOf(bootAt + second, start + bracket)),
      boottimeResolution: RESOLUTION,
    };
  };
  const holdUps = fc.array(holdUp, { minLength: 3, maxLength: 3 });
  it("is no suspend, however long the process is held up between its reads", () => {
    fc.assert(
      fc.property(holdUps, holdUps, fc.bigInt({ min: 1n, max: 10_000_000n }), (one, other, floor) => {
        expect(suspendBetween(taken(10n * S, 0n, one, floor), taken(20n * S, 0n, other, floor))).toBe(0n);
      }),
    );
  });
  it("is a suspend that is longer than the readings are unsure", () => {
    fc.assert(
      fc.property(holdUps, holdUps, fc.bigInt({ min: 0n, max: 9n * S }), (one, other, extra) => {
        const [before, after] = [taken(10n * S, 0n, one, 1n), taken(20n * S, 2n * S + extra, other, 1n)];
        expect(suspendBetween(before, after)).toBeGreaterThan(S);
      }),
    );
  });
  it("is a ruler that went back where it surely did: brackets may overlap, but not lie behind each other, nor the wrong way round", () => {
    const [one, other, far] = [0n, 5n, 20n].map((later) => taken(10n * S + later, 0n, [9n, 1n, 1n], 1n)) as [
      HostReading,
      HostReading,
      HostReading,
    ];
    expect([rulerWentBack(one, other), rulerWentBack(other, one), rulerWentBack(far, one)]).toEqual([0n, 0n, 11n]);
    expect(rulerWentBack(one, { ...other, rawAfter: raw(other.rawBefore - 3n) })).toBe(3n);
    expect(tightest([{ ...other, rawAfter: raw(other.rawBefore - 3n) }, one, far])).toBe(one);
  });
});

describe("carrying a kernel stamp to RAW", () => {
  it("uses the nearer reading and says how far off it can be", () => {
    const carried = carryStamp(utc(5_000n), reading(0n, 20n, 4_010n), reading(9_000n, 9_020n, 13_010n), ppb(100_000_000n));
    expect(carried).toEqual({ raw: 1_000n, cap: 10n + 113n });
  });
  it("is void across a step", () => {
    expect(carryStamp(utc(5_000n), reading(0n, 20n, 4_010n), reading(9_000n, 9_020n, 250_013_010n), UNKNOWN_SLEW)).toBeNull();
    expect(stepped(reading(0n, 20n, 4_010n), reading(9_000n, 9_020n, 250_013_010n), UNKNOWN_SLEW)).toBe(true);
  });
  it("holds for any slew within the allowance, and for any step between the readings", () => {
    const span = fc.bigInt({ min: 0n, max: 50_000_000n });
    fc.assert(
      fc.property(
        span,
        span,
        fc.oneof(
          fc.tuple(fc.integer({ min: -226_000, max: 226_000 }), fc.constant(0n)),
          fc.tuple(fc.constant(0), fc.bigInt({ min: -900_000n, max: 900_000n })),
        ),
        fc.bigInt({ min: 0n, max: 400n }),
        fc.boolean(),
        (a, b, [ppm, step], width, stepFirst) => {
          const slew = (elapsed: bigint) => (elapsed * BigInt(ppm)) / 1_000_000n;
          const stampRaw = 1_000_000n + a;
          const afterRaw = stampRaw + b;
          const real = (at: bigint, isAfterStep: boolean) => 9_000_000_000n + at + slew(at - 1_000_000n) + (isAfterStep ? step : 0n);
          const before = reading(1_000_000n - width / 2n, 1_000_000n + width / 2n, real(1_000_000n, false));
          const after = reading(afterRaw - width / 2n, afterRaw + width / 2n, real(afterRaw, true));
          const carried = carryStamp(utc(real(stampRaw, stepFirst)), before, after, UNKNOWN_SLEW);
          if (carried !== null)
            expect(contains({ lo: carried.raw - carried.cap - 2n, hi: carried.raw + carried.cap + 2n }, stampRaw)).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });
  it("holds where the clock is slewed there and back while the exchange is under way", () => {
    const span = fc.bigInt({ min: 0n, max: 50_000_000n });
    const ppm = fc.constantFrom(-226_000n, -83_333n, 0n, 83_333n, 226_000n);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(span, ppm), { minLength: 2, maxLength: 5 }),
        fc.nat(),
        fc.bigInt({ min: 0n, max: 400n }),
        (legs, at, width) => {
          const around = (bracketed: bigint, realtime: bigint) => reading(bracketed - width / 2n, bracketed + width / 2n, realtime);
          const instants: [bigint, bigint][] = [[1_000_000n, 9_000_000_000n]];
          for (const [elapsed, rate] of legs) {
            const [raw, real] = instants.at(-1) as [bigint, bigint];
            instants.push([raw + elapsed, real + elapsed + (elapsed * rate) / 1_000_000n]);
          }
          const [stampRaw, stamp] = instants[at % instants.length] as [bigint, bigint];
          const [before, after] = [instants[0], instants.at(-1)].map((one) => around(...(one as [bigint, bigint])));
          const carried = carryStamp(utc(stamp), before as ClockReading, after as ClockReading, UNKNOWN_SLEW);
          expect(carried).not.toBeNull();
          if (carried === null) return;
          expect(contains({ lo: carried.raw - carried.cap - 5n, hi: carried.raw + carried.cap + 5n }, stampRaw)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
  it("reads what the daemon does to the rate off two readings", () => {
    expect(daemonSlew(reading(0n, 10n, 0n), reading(1_000_000_000n, 1_000_000_010n, 1_000_500_000n))).toEqual({
      lo: 499_990n,
      hi: 500_011n,
    });
  });
});
