import { DEFAULT_RHO_PPB, ppb } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coarseBound } from "./coarse-bound.ts";
import { type CoarseExchange, readAnswer } from "./read-answer.ts";

const MS = 1_000_000n;
const RATE = DEFAULT_RHO_PPB;
const floor = (ns: bigint): number => Number(ns / MS);

interface Road {
  /** ns: reference minus local, the ways there and back, the server's hold; local time at which it is asked. */
  readonly offset: bigint;
  readonly there: bigint;
  readonly back: bigint;
  readonly hold: bigint;
  readonly at: bigint;
}

/** The exchange as a library reads it that rounds all stamps down to the millisecond. */
function exchangeOn({ offset, there, back, hold, at }: Road, wrong: Partial<CoarseExchange> = {}): CoarseExchange {
  const elapsed = there + hold + back;
  return {
    t1Ms: floor(at),
    t4Ms: floor(at + elapsed),
    replied: elapsed,
    elapsed,
    originMs: floor(at),
    receiveMs: floor(at + there + offset),
    transmitMs: floor(at + there + hold + offset),
    rootDelayMs: 0,
    rootDispersionMs: 0,
    leap: 0,
    mode: 4,
    stratum: 1,
    precision: -20,
    ...wrong,
  };
}
const NOW = 1_795_445_400_123_456_789n;
const road = { offset: 5n * MS, there: 20n * MS, back: 20n * MS, hold: 50_000n, at: NOW };

describe("an interval of stamps that have milliseconds", () => {
  it("holds the true offset, whatever it is, and however uneven the ways are", () => {
    const span = (most: bigint) => fc.bigInt({ min: 0n, max: most });
    fc.assert(
      fc.property(
        fc.record({
          offset: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
          there: span(200n * MS),
          back: span(200n * MS),
          hold: span(MS),
          at: fc.bigInt({ min: NOW, max: NOW + 10n ** 18n }),
        }),
        (drawn) => {
          const bound = coarseBound(exchangeOn(drawn), RATE);
          if (typeof bound === "string") throw new Error(bound);
          expect(bound.lo <= drawn.offset && drawn.offset <= bound.hi).toBe(true);
          // Two sides, each at most two roundings and the roots' away from its way.
          expect(bound.hi - bound.lo <= drawn.there + drawn.back + 8n * MS).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
  it("holds it while the clock is slewed as fast as is allowed, by which the program measures its time too", () => {
    const [wayBack, slower] = [400n * MS, 226n];
    // Over 400 ms this clock, and the program's own count, come 22.6 % short.
    const elapsed = (wayBack * (1000n - slower)) / 1000n;
    const slewed = exchangeOn({ ...road, there: 0n, back: wayBack, hold: 0n }, { t4Ms: floor(NOW + elapsed), replied: elapsed, elapsed });
    const bound = coarseBound(slewed, ppb(slower * 1_000_000n));
    if (typeof bound === "string") throw new Error(bound);
    const truth = road.offset + wayBack - elapsed;
    expect(bound.lo <= truth && truth <= bound.hi).toBe(true);
  });
  it("holds it across the era of 2036, which the library does not know", () => {
    const at = 2_100_000_000_000_000_000n;
    const back = 2 ** 32 * 1000;
    const own = exchangeOn({ ...road, at });
    const read = { ...own, originMs: own.originMs - back, receiveMs: own.receiveMs - back, transmitMs: own.transmitMs - back };
    expect(coarseBound(read, RATE)).toEqual(coarseBound(own, RATE));
  });
  it("is wider by what the server says of itself, and by what the clock may be slewed", () => {
    const [plain, rooted, slewed] = [
      coarseBound(exchangeOn(road), RATE),
      coarseBound(exchangeOn(road, { rootDelayMs: 4, rootDispersionMs: 7 }), RATE),
      coarseBound(exchangeOn(road), ppb(RATE + 100_000_000n)),
    ].map((bound) => (typeof bound === "string" ? 0n : bound.hi)) as [bigint, bigint, bigint];
    expect(rooted - plain).toBe(9n * MS);
    // 40.05 ms of its own count may have been 44.5 ms, each 10.02 % wrong; 0.02 % of as many are in the plain one.
    expect(slewed - plain).toBe(4_451_880n);
  });
  it.each([
    ["not_a_server", { mode: 3 }],
    ["kiss_of_death", { stratum: 0 }],
    ["unsynchronised", { leap: 3 }],
    ["unsynchronised", { stratum: 16 }],
    ["origin_outside", { originMs: floor(NOW) - 2 }],
    ["origin_outside", { originMs: floor(NOW) + 60 }],
    ["clock_moved", { t4Ms: floor(NOW) + 60 }],
    ["negative_hold", { transmitMs: floor(NOW) }],
    ["negative_delay", { elapsed: 0n, t4Ms: floor(NOW), transmitMs: floor(NOW) + 500 }],
  ] as const)("is refused as %s", (reason, wrong) => expect(coarseBound(exchangeOn(road, wrong), RATE)).toBe(reason));
});

describe("a line of the program", () => {
  const LINE =
    '{"id":7,"kind":"answer","t1_ms":1,"t4_ms":2,"replied_ns":"900000","elapsed_ns":"900000","origin_ms":1,"receive_ms":1,"transmit_ms":1,"root_delay_ms":0,"root_dispersion_ms":0,"leap":0,"mode":4,"stratum":2,"precision":236}';
  it("is read, its precision as the signed byte that it is", () =>
    expect(readAnswer(LINE, 7)).toMatchObject({ kind: "exchange", exchange: { elapsed: 900_000n, precision: -20 } }));
  it.each([
    [LINE.replace('"id":7', '"id":8'), "malformed"],
    [LINE.replace("236", "256"), "malformed"],
    [LINE.replace('"t1_ms":1', '"t1_ms":null'), "malformed"],
    [LINE.replace('"t1_ms":1', '"t1_ms":1.5'), "malformed"],
    [LINE.replace('"900000"', '"-1"'), "malformed"],
    [LINE.replace('"900000"', '"900001"'), "malformed"],
    ['{"id":7,"kind":"failed","reason":"timeout","says":"x"}', "timeout"],
    ['{"id":7,"kind":"failed","reason":"whatever"}', "error"],
    ["[]", "malformed"],
  ])("%s is %s", (line, kind) => expect(readAnswer(line, 7)).toEqual({ kind }));
  it("of any bytes never throws, and proves nothing unless it is one", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => readAnswer(line, 7).kind === "malformed"));
  });
});
