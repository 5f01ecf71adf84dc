import {
  BILLION,
  ConstraintWindow,
  type HostReading,
  holds,
  hull,
  hullBetween,
  type Interval,
  longestGap,
  maxOf,
  minOf,
  offsetAt,
  ppb,
  prospect,
  READING_LATE,
  raw,
  type Situation,
  sampleBound,
  together,
  uncalibrated,
  utc,
  worstError,
} from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SpanBuilder } from "./span-builder.ts";

/**
 * What a plan promises of a host, held against the agent's own window, readings and minute spans at the pace that the plan names, its
 * polls as late as they come. The exchanges are as good as the plan takes them for, and no better.
 */
const START = 1_000_000_000_000_000n;
/** A whole minute of UTC begins with the first reading. */
const UTC_MINUS_RAW = 1_800_000_000_000_000_000n - START;

interface Played {
  readonly situation: Situation;
  readonly gap: bigint;
  readonly reading: bigint;
}

const playOf = (situation: Situation): Played => {
  const { pace } = prospect(situation);
  return { situation, gap: longestGap(pace.poll), reading: pace.reading + situation.readLate };
};

/** Exchange `index` proves UTC − RAW to m on both sides, at one instant: none takes any time. */
function learn(window: ConstraintWindow, { situation, gap }: Played, index: bigint): void {
  const at = raw(START + index * gap);
  const m = sampleBound(situation.sample);
  window.add({ upper: { at, value: UTC_MINUS_RAW + m }, lower: { at, value: UTC_MINUS_RAW - m } }, undefined);
}

function readingAt(at: bigint): HostReading {
  const now = raw(at);
  return {
    rawBefore: now,
    rawAfter: now,
    rawEnd: now,
    realtime: utc(at + UTC_MINUS_RAW),
    monotonic: at,
    boottime: at,
    boottimeResolution: 0n,
  };
}

function guaranteedAt(window: ConstraintWindow, at: bigint): Interval {
  const bound = window.boundAt(raw(at));
  if (bound.kind !== "bound") throw new Error(`Cannot play a plan: its window is ${bound.kind}`);
  return bound.interval;
}

/** Exchange 0 came, 1 was lost, and 2 is about to come; of interleaved ones 1 finished 0, 2 was lost, and 3 is about to finish 1. All rests on 0. */
function liveWorst(played: Played): bigint {
  const { situation, gap, reading } = played;
  const rate = situation.drift;
  const window = new ConstraintWindow(uncalibrated(rate));
  learn(window, played, 0n);
  const end = START + (situation.interleaved ? 3n : 2n) * gap;
  const at = (instant: bigint) => offsetAt(readingAt(instant), guaranteedAt(window, instant), rate);
  const from = maxOf(START, end - reading);
  return worstError(hullBetween(at(from), at(end), end - from, together(rate, situation.slew)));
}

const PLAYED = 150n * BILLION;

/** The worst minute that is proved afterwards. */
function spanWorst(played: Played): bigint {
  const { situation, gap, reading } = played;
  const drift = uncalibrated(situation.drift);
  const window = new ConstraintWindow(drift);
  const builder = new SpanBuilder();
  const spans: Interval[] = [];
  learn(window, played, 0n);
  const look = (instant: bigint, isExchange: boolean) => {
    const row = {
      reading: readingAt(instant),
      status: "proven" as const,
      bound: { guaranteed: guaranteedAt(window, instant), last: null },
    };
    builder.look(row, situation.slew, true);
    builder.lookBack(row, drift);
    if (isExchange)
      spans.push(
        ...builder
          .settle(row, drift)
          .filter(({ from }) => from.rawBefore >= START + 2n * gap)
          .map(({ bound }) => bound),
      );
  };
  let next = 1n;
  for (let at = START; at < START + PLAYED + 3n * gap; ) {
    const exchange = START + next * gap;
    at = minOf(at + reading, exchange);
    if (at < exchange) {
      look(at, false);
      continue;
    }
    // An interleaved reply finishes the exchange before it.
    learn(window, played, situation.interleaved ? next - 1n : next);
    look(at, true);
    next += 1n;
  }
  return spans.length === 0 ? 0n : worstError(spans.reduce(hull));
}

const base: Situation = {
  limit: 50_000_000n,
  sample: { path: 30_000n, root: 0n, precision: 80n, stamp: 300n, offset: 0n },
  leastReach: 30_000n,
  slew: ppb(520_000n),
  drift: ppb(200_000n),
  interleaved: false,
  slowest: { reading: BILLION, poll: 16n * BILLION },
  pacedBy: null,
  readLate: READING_LATE,
  votes: [{ floor: BILLION, apart: null }],
  sources: [],
  faults: 0,
  trusting: true,
  disagree: false,
  countsUnverified: false,
};

const drawn = fc
  .record({
    limit: fc.constantFrom(100_000n, 1_000_000n, 50_000_000n),
    path: fc.bigInt(0n, 3_000_000n),
    slew: fc.constantFrom(520_000n, 5_000_000n, 83_353_334n, 226_000_000n),
    drift: fc.constantFrom(1_000n, 15_000n, 50_000n, 200_000n),
    floor: fc.constantFrom(1n, 16n),
    interleaved: fc.boolean(),
    isPaced: fc.boolean(),
  })
  .map(
    ({ path, floor, isPaced, slew, drift, ...rest }): Situation => ({
      ...base,
      ...rest,
      slew: ppb(slew),
      drift: ppb(drift),
      sample: { ...base.sample, path },
      leastReach: path,
      pacedBy: isPaced ? rest.limit : null,
      votes: [{ floor: floor * BILLION, apart: null }],
    }),
  );

/** Once more in exact fractions and without any of the product's code: twice the bound at its widest, in billionths of a ns. */
function slowTwin({ situation, gap, reading }: Played, goal: "live" | "report"): bigint {
  const { drift, slew, interleaved } = situation;
  const halves = goal === "live" ? (interleaved ? 6n : 4n) : interleaved ? 3n : 1n;
  return 2n * sampleBound(situation.sample) * BILLION + (slew as bigint) * reading + (drift as bigint) * gap * halves;
}

describe("what a plan promises", () => {
  it("live holds with one reply lost, and to the nanoseconds of rounding it is no more than that", () => {
    fc.assert(
      fc.property(drawn, (situation) => {
        const played = playOf(situation);
        const [worst, promised] = [liveWorst(played), prospect(situation).live];
        if (holds(situation, "live")) expect(worst).toBeLessThanOrEqual(situation.limit);
        expect(worst).toBeLessThanOrEqual(promised);
        expect(promised - worst).toBeLessThanOrEqual(4n);
        expect(2n * promised * BILLION).toBeGreaterThanOrEqual(slowTwin(played, "live"));
        expect(2n * (promised - 6n) * BILLION).toBeLessThanOrEqual(slowTwin(played, "live"));
      }),
    );
  });
  it("in a report holds for every minute that is proved afterwards", () => {
    fc.assert(
      fc.property(drawn, (situation) => {
        const played = playOf(situation);
        const [worst, promised] = [spanWorst(played), prospect(situation).report];
        expect(worst).toBeGreaterThan(0n);
        if (holds(situation, "report")) expect(worst).toBeLessThanOrEqual(situation.limit);
        expect(worst).toBeLessThanOrEqual(promised);
        expect(2n * promised * BILLION).toBeGreaterThanOrEqual(slowTwin(played, "report"));
      }),
      { numRuns: 40 },
    );
  });
  it("fails where a plan says that it does: at a longer pace the same minute is wider than its limit", () => {
    const situation: Situation = { ...base, limit: prospect(base).report };
    expect(holds(situation, "report")).toBe(true);
    const later = { ...playOf(situation), gap: playOf(situation).gap + BILLION };
    expect(spanWorst(later)).toBeGreaterThan(situation.limit);
  });
});
