import { canBePaced, fastest, maxOf, minOf, ppb, raw, seconds, uncalibrated } from "@truebound/time";
import { DEFAULT_POLICY } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BoundRow } from "./bound-row.ts";
import { PaceKeeper, paceFor, type Room } from "./pace.ts";

/** The latest poll comes so much later than the pace says. */
const LATE = 1.05;
const room: Room = { least: 20_000n, slew: ppb(500_000n), drift: uncalibrated(ppb(200_000n)), interleaved: false };
const pace = (limit_ns: number | null, over: Partial<Room> = {}) => paceFor({ ...DEFAULT_POLICY, limit_ns }, { ...room, ...over });

describe("the pace of readings and probes", () => {
  it("is the policy's where no limit has to be proved, and never slower", () => {
    expect(pace(null)).toEqual({ readingS: 1, probeS: 16 });
    expect(pace(50_000_000)).toEqual({ readingS: 1, probeS: 16 });
  });
  it("reads ten times a second for 100 µs with maxslewrate 500: a slew then takes about a quarter of it", () => {
    expect(pace(100_000).readingS).toBeCloseTo(0.1, 9);
    // A timer comes up to 10 ms late.
    expect(pace(400_000).readingS).toBeCloseTo(0.39, 9);
  });
  it("probes so that drift fits into what the exchange and the slew leave, with one reply lost", () => {
    // L = 100 µs, m = 20 µs, x = 27.5 µs: the tenth of a second, and 10 ms that a timer may come late.
    expect(pace(100_000, { drift: uncalibrated(ppb(15_000n)) }).probeS).toBeCloseTo(52.5 / 30 / LATE, 3);
    expect(pace(100_000, { drift: uncalibrated(ppb(15_000n)), interleaved: true }).probeS).toBeCloseTo(52.5 / 45 / LATE, 3);
    expect(pace(100_000).probeS).toBe(0.25);
    expect(pace(1_000_000, { least: 400_000n }).probeS).toBeCloseTo((600 - 250) / 400 / LATE, 3);
  });
  it("takes half of the limit for exchanges that it has not seen yet", () => {
    expect(pace(1_000_000, { least: null, slew: null })).toEqual({ readingS: 1, probeS: expect.closeTo(1.25 / LATE, 3) });
  });
  it("reads more often where a sample leaves little: a slew may take half of that", () => {
    expect(pace(1_000_000, { least: 800_000n })).toEqual({ readingS: 0.39, probeS: 0.25 });
  });
  it("does not hurry for what no pace can prove", () => {
    expect(pace(100_000, { least: 150_000n }).probeS).toBe(16);
    // Stock chrony may stray 4 ms in a tenth of a second.
    expect(pace(1_000_000, { slew: ppb(83_333_334n) })).toEqual({ readingS: 1, probeS: 16 });
  });
});

describe("the pace that is kept", () => {
  const row = (seconds: number, worst: bigint) =>
    ({ reading: { rawAfter: raw(BigInt(seconds) * 1_000_000_000n) }, offset: { lo: -worst, hi: 0n } }) as BoundRow;
  it("follows the last five minutes, the best where the limit can be proved of none, and changes only where that changes it much", () => {
    const keeper = new PaceKeeper();
    const now = () => keeper.pace({ ...DEFAULT_POLICY, limit_ns: 1_000_000 }, room).probeS;
    keeper.learn(row(0, 400_000n));
    expect(now()).toBeCloseTo(350 / 400 / LATE, 3);
    keeper.learn(row(10, 380_000n));
    expect(now()).toBeCloseTo(350 / 400 / LATE, 3);
    keeper.learn(row(20, 100_000n));
    expect(now()).toBeCloseTo(650 / 400 / LATE, 3);
    keeper.learn(row(400, 400_000n));
    expect(now()).toBeCloseTo(350 / 400 / LATE, 3);
  });
  it("leaves room for the worst exchange of which the limit can be proved, not only for the best", () => {
    const keeper = new PaceKeeper();
    for (const [at, worst] of [100_000n, 200_000n, 120_000n, 900_000n].entries()) keeper.learn(row(at, worst));
    // L = 1 ms, x = 250 µs; of 900 µs no pace proves it, and of 200 µs that at which two late polls fit into 550 µs.
    expect(keeper.pace({ ...DEFAULT_POLICY, limit_ns: 1_000_000 }, room).probeS).toBeCloseTo(550 / 400 / LATE, 3);
  });
  it("goes by the worst of the latest five minutes that can be proved, and by the best where none can: all are tried", () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 1_400 })), { minLength: 1 }), (steps) => {
        const all: { readonly at: number; readonly worst: bigint }[] = [];
        const keeper = new PaceKeeper();
        for (const [gap, worst] of steps) {
          const at = (all.at(-1)?.at ?? 0) + gap;
          all.push({ at, worst: BigInt(worst) * 1_000n });
          keeper.learn(row(at, BigInt(worst) * 1_000n));
        }
        const policy = { ...DEFAULT_POLICY, limit_ns: 1_000_000 };
        const slowest = { reading: seconds(policy.reading_interval_s), poll: seconds(policy.probe_interval_s) };
        const late = all.filter(({ at }) => (all.at(-1)?.at as number) - at <= 300).map(({ worst }) => worst);
        const provable = late.filter((least) => canBePaced(1_000_000n, slowest, { ...room, least, drift: fastest(room.drift) }));
        const least = provable.length > 0 ? provable.reduce(maxOf) : late.reduce(minOf);
        expect(keeper.pace(policy, room)).toEqual(paceFor(policy, { ...room, least }));
      }),
    ));
});
