import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accuracyLimit } from "./clock-accuracy.ts";
import { lostItsReference, meaningOfClass } from "./clock-class.ts";
import { add, ceil, type Fraction, floor, fraction, negate } from "./fraction.ts";
import { SHIPPED } from "./leap-list.fixture.ts";
import type { LeapList } from "./leap-list.ts";
import { PTP_REFUSALS, type PtpFacts, type PtpMoment, type PtpTerms, ptpBound } from "./ptp-bound.ts";
import { parseUtc } from "./rfc3339.ts";
import { mixupOf } from "./timescale-mixup.ts";
import { BILLION, ppb, type UtcInstant, utc } from "./units.ts";

const NOW = parseUtc("2026-11-27T12:00:00Z") as UtcInstant;
const SCALE = 65_536n;

/** A grandmaster that follows GNSS, heard by itself over a path of 1 µs; REALTIME is 367 ns ahead. */
const FACTS: PtpFacts = {
  isGrandmasterPresent: true,
  grandmaster: "42bb53.fffe.a9d203",
  clockClass: 6,
  clockAccuracy: 0x21,
  isTimeTraceable: true,
  isPtpTimescale: true,
  isUtcOffsetValid: true,
  currentUtcOffset: 37,
  leap: 0,
  stepsRemoved: 1,
  offsetScaled: 367n * SCALE,
  meanPathDelayScaled: 1000n * SCALE,
  isPeerDelay: false,
  printedScaled: 0n,
};
const TERMS: PtpTerms = { boundaryError: null, holdoverError: null, linkDelays: null, grandmaster: null, scale: "utc" };
const MOMENT: PtpMoment = { leapList: SHIPPED, ingress: NOW, age: 0n, rho: ppb(0n) };

const bound = (facts: Partial<PtpFacts> = {}, terms: Partial<PtpTerms> = {}, moment: Partial<PtpMoment> = {}) =>
  ptpBound({ ...FACTS, ...facts }, { ...TERMS, ...terms }, { ...MOMENT, ...moment });
const reason = (...args: Parameters<typeof bound>) => {
  const said = bound(...args);
  return said.kind === "refused" ? said.reason : said.kind;
};
const ends = (...args: Parameters<typeof bound>) => {
  const said = bound(...args);
  return said.kind === "bound" ? [said.interval.lo, said.interval.hi] : said.reason;
};

describe("M10: a PTP port's word as a bound on UTC", () => {
  it("turns the standard's sign and adds path and accuracy", () => {
    expect(ends()).toEqual([-367n - 1100n, -367n + 1100n]);
  });
  it("takes PTP's scale to UTC by the offset that is announced", () => {
    const ingress = NOW + 37n * BILLION;
    expect(ends({}, { scale: "ptp" }, { ingress })).toEqual([-37n * BILLION - 367n - 1100n, -37n * BILLION - 367n + 1100n]);
  });
  it("adds what was declared of boundary clocks, holdover and links, and drift by age", () => {
    expect(ends({ stepsRemoved: 3 }, { boundaryError: 250n })).toEqual([-367n - 1600n, -367n + 1600n]);
    expect(ends({ clockClass: 7 }, { holdoverError: 5_000n })).toEqual([-367n - 6100n, -367n + 6100n]);
    expect(ends({ isPeerDelay: true }, { linkDelays: 40n })).toEqual([-367n - 1140n, -367n + 1140n]);
    expect(ends({}, {}, { age: 10n * BILLION, rho: ppb(200_000n) })).toEqual([-367n - 2_001_100n, -367n + 2_001_100n]);
  });
  it("says of each term what it is", () => {
    const said = bound(
      { stepsRemoved: 2, clockClass: 7, meanPathDelayScaled: SCALE + 1n },
      { boundaryError: 9n, holdoverError: 8n },
      { age: 1n, rho: ppb(1n) },
    );
    expect(said).toMatchObject({ error: { path: 2n, accuracy: 100n, boundary: 9n, holdover: 8n, drift: 1n } });
  });
  it("rounds fractions outward, once", () => {
    expect(ends({ offsetScaled: 1n, meanPathDelayScaled: 1n, clockAccuracy: 0x17 })).toEqual([-2n, 1n]);
    expect(ends({ offsetScaled: 0n, meanPathDelayScaled: SCALE, printedScaled: 3277n })).toEqual([-102n, 102n]);
  });
});

const WITHOUT_GNSS: readonly (readonly [number, string])[] = [
  [6, "bound"],
  [7, "grandmaster_in_holdover"],
  [52, "grandmaster_degraded"],
  [187, "grandmaster_degraded"],
  [248, "grandmaster_unsynchronised"],
  [255, "no_grandmaster"],
  [13, "clock_class_arbitrary"],
  [14, "clock_class_arbitrary"],
  [58, "clock_class_arbitrary"],
  [193, "clock_class_arbitrary"],
  [135, "clock_class_unknown"],
];
const SOON = { utc_ns: parseUtc("2026-11-28T00:00:00Z") as UtcInstant, taiMinusUtc: 38 };
const LEAPING: LeapList = { ...SHIPPED, rows: [...SHIPPED.rows, { from: SOON.utc_ns, taiMinusUtc: SOON.taiMinusUtc }] };

/** What is refused, by what is changed in a port whose word is taken. */
type Change = readonly [name: string, facts: Partial<PtpFacts>, terms?: Partial<PtpTerms>, moment?: Partial<PtpMoment>];
const REFUSED: readonly Change[] = [
  ["no_grandmaster", { isGrandmasterPresent: false }],
  ["unexpected_grandmaster", {}, { grandmaster: "000000.0000.000001" }],
  ["grandmaster_in_holdover", { clockClass: 7 }],
  ["grandmaster_degraded", { clockClass: 52 }, { holdoverError: 5n }],
  ["grandmaster_unsynchronised", { clockClass: 248 }],
  ["clock_class_arbitrary", { clockClass: 13 }],
  ["clock_class_unknown", { clockClass: 0 }],
  ["not_time_traceable", { isTimeTraceable: false }],
  ["arbitrary_timescale", { isPtpTimescale: false }],
  ["utc_offset_invalid", { isUtcOffsetValid: false }],
  ["no_leap_list", {}, {}, { leapList: null }],
  ["leap_list_expired", {}, {}, { ingress: SHIPPED.expires + 367n }],
  ["before_leap_list", {}, {}, { ingress: NOW - 1024n * 7n * 86_400n * BILLION }],
  ["utc_offset_differs", { currentUtcOffset: 36 }],
  ["utc_offset_differs", { currentUtcOffset: 18 }],
  ["utc_offset_differs", { currentUtcOffset: 0 }],
  ["leap_contradicts_list", { leap: 1 }],
  ["leap_contradicts_list", { leap: -1 }, {}, { leapList: LEAPING }],
  ["leap_near", {}, {}, { leapList: LEAPING, ingress: SOON.utc_ns + 59n * BILLION }],
  ["accuracy_unbounded", { clockAccuracy: 0x31 }],
  ["accuracy_unknown", { clockAccuracy: 0xfe }],
  ["accuracy_reserved", { clockAccuracy: 0x00 }],
  ["boundary_clocks_undeclared", { stepsRemoved: 2 }],
  ["steps_removed_impossible", { stepsRemoved: 0 }],
  ["path_delay_unmeasured", { meanPathDelayScaled: 0n }],
  ["path_delay_negative", { meanPathDelayScaled: -1n }],
  ["peer_delays_undeclared", { isPeerDelay: true }],
];

describe("what no bound is made of", () => {
  it.each(REFUSED.map((change, index) => ({ name: change[0], index, change })))("$name ($index)", ({ name, change }) => {
    const [, facts, terms, moment] = change;
    expect(reason(facts, terms, moment)).toBe(name);
  });
  it("has a case for each name", () => {
    expect([...new Set(REFUSED.map(([name]) => name))].sort()).toEqual([...PTP_REFUSALS].sort());
  });
  it.each(WITHOUT_GNSS)("a grandmaster of class %i gives %s", (clockClass, said) => expect(reason({ clockClass })).toBe(said));
  it("takes a leap that is listed and announced, or not announced yet, and the new offset after it", () => {
    const before = { leapList: LEAPING, ingress: SOON.utc_ns - 3600n * BILLION };
    const after = { leapList: LEAPING, ingress: SOON.utc_ns + 61n * BILLION };
    expect([reason({ leap: 1 }, {}, before), reason({}, {}, before)]).toEqual(["bound", "bound"]);
    expect([reason({ currentUtcOffset: 38 }, {}, after), reason({}, {}, after)]).toEqual(["bound", "utc_offset_differs"]);
  });
});

const scaled = (most: bigint) => fc.bigInt({ min: -most * SCALE, max: most * SCALE });
/** A world: how far the grandmaster and two boundary clocks are off, how long the Sync took, what C shows. In 2⁻¹⁶ ns. */
const world = fc
  .record({
    delay: fc.bigInt({ min: 1n, max: 50_000n * SCALE }),
    share: fc.bigInt({ min: 0n, max: 2_000n }),
    ahead: scaled(10_000_000n),
    master: scaled(100n),
    boundary: fc.array(scaled(250n), { minLength: 0, maxLength: 3 }),
    scale: fc.constantFrom<PtpTerms["scale"]>("ptp", "utc"),
    age: fc.bigInt({ min: 0n, max: 20n * BILLION }),
    wander: fc.bigInt({ min: -1_000n, max: 1_000n }),
  })
  .map((drawn) => ({ ...drawn, took: (drawn.delay * drawn.share) / 1_000n }));

describe("M10, as properties", () => {
  it("contains UTC − C as long as the Sync took no longer than twice the path delay", () => {
    fc.assert(
      fc.property(world, ({ delay, took, ahead, master, boundary, scale, age, wander }) => {
        const utcOffset = scale === "ptp" ? 37n * BILLION * SCALE : 0n;
        // The clock that is heard is ahead of UTC (or TAI) by the sum of all errors before it; C is ahead of UTC by `ahead`.
        const heard = boundary.reduce((sum, error) => sum + error, master);
        const seen = ahead - heard + took - delay;
        const said = bound(
          { offsetScaled: seen, meanPathDelayScaled: delay, stepsRemoved: 1 + boundary.length },
          { scale, boundaryError: 250n },
          { age, rho: ppb(1_000_000n), ingress: NOW + (scale === "ptp" ? 37n * BILLION : 0n) },
        );
        const moved = (age * wander * SCALE) / 1_000_000n;
        const truth = -ahead - utcOffset + moved;
        if (said.kind === "refused") throw new Error(said.reason);
        expect(said.interval.lo * SCALE <= truth && truth <= said.interval.hi * SCALE).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
  it("is to the nanosecond what exact fractions give", () => {
    fc.assert(
      fc.property(world, fc.bigInt({ min: 0n, max: 3277n }), ({ delay, ahead, boundary, scale, age }, printed) => {
        const facts = { offsetScaled: ahead, meanPathDelayScaled: delay, stepsRemoved: 1 + boundary.length, printedScaled: printed };
        const terms = { scale, boundaryError: 250n };
        const moment = { age, rho: ppb(200_000n), ingress: NOW + (scale === "ptp" ? 37n * BILLION : 0n) };
        expect(ends(facts, terms, moment)).toEqual(slowTwin({ ...FACTS, ...facts }, { ...TERMS, ...terms }, { ...MOMENT, ...moment }));
      }),
      { numRuns: 2000 },
    );
  });
  it("never narrows by a worse announcement", () => {
    const width = (facts: Partial<PtpFacts>) => {
      const [lo, hi] = ends(facts, { boundaryError: 10n }) as [bigint, bigint];
      return hi - lo;
    };
    const codes = Array.from({ length: 0x31 - 0x17 }, (_, index) => 0x17 + index);
    const widths = codes.map((clockAccuracy) => width({ clockAccuracy }));
    expect(widths.every((one, index) => index === 0 || one >= (widths[index - 1] as bigint))).toBe(true);
    expect(width({ stepsRemoved: 4 }) - width({ stepsRemoved: 3 })).toBe(20n);
  });
});

/** M10 once more, term by term in fractions of a nanosecond, with one rounding at the very end. */
function slowTwin(facts: PtpFacts, terms: PtpTerms, { age, rho }: PtpMoment): [bigint, bigint] {
  const sum = (...all: Fraction[]) => all.reduce(add, fraction(0n));
  const of = (units: bigint) => fraction(units, SCALE);
  const whole = (count: bigint) => fraction(count);
  const error = sum(
    of(facts.meanPathDelayScaled),
    of(facts.printedScaled),
    of(facts.printedScaled),
    whole(accuracyLimit(facts.clockAccuracy) as bigint),
    ...Array.from({ length: facts.stepsRemoved - 1 }, () => whole(terms.boundaryError as bigint)),
    whole((age * rho + BILLION - 1n) / BILLION),
  );
  const middle = sum(negate(of(facts.offsetScaled)), whole(terms.scale === "ptp" ? -BigInt(facts.currentUtcOffset) * BILLION : 0n));
  return [floor(add(middle, negate(error))), ceil(add(middle, error))];
}

describe("what grandmasters announce of themselves", () => {
  it("clockAccuracy has the limits of the standard, none where it says so, and none outside it", () => {
    const limits = [0x17, 0x1d, 0x20, 0x22, 0x24, 0x27, 0x29, 0x2f, 0x30].map(accuracyLimit);
    expect(limits).toEqual([1n, 1n, 25n, 250n, 2_500n, 100_000n, 1_000_000n, BILLION, 10n * BILLION]);
    expect([0x31, 0xfe, 0x16, 0x32, 0x80, 0xff].map(accuracyLimit)).toEqual([
      "accuracy_unbounded",
      "accuracy_unknown",
      "accuracy_reserved",
      "accuracy_reserved",
      "accuracy_reserved",
      "accuracy_reserved",
    ]);
  });
  it("a grandmaster loses its reference by leaving class 6 downwards", () => {
    expect([7, 52, 187, 248].map((now) => lostItsReference(6, now))).toEqual([true, true, true, true]);
    expect([lostItsReference(7, 52), lostItsReference(6, 6), lostItsReference(248, 6)]).toEqual([false, false, false]);
    expect([6, 7, 52, 187, 248].map(meaningOfClass)).toEqual(["locked", "holdover", "degraded", "degraded", "default"]);
  });
  it("names scales that were taken for each other, by the size of the offset", () => {
    const about = (offset: bigint) => mixupOf({ lo: offset - 1000n, hi: offset + 1000n }, 37);
    const week = 7n * 86_400n * BILLION;
    expect([1n, -18n, 19n, -37n].map((by) => about(by * BILLION))).toEqual(["one_second", "gps_utc", "tai_gps", "tai_utc"]);
    expect([about(-1024n * week), about(2048n * week), about(512n * week)]).toEqual(["gps_week_rollover", "gps_week_rollover", null]);
    expect([about(0n), about(2n * BILLION), mixupOf({ lo: 0n, hi: 40n * BILLION }, 37)]).toEqual([null, null, null]);
    expect(about(utc(37n * BILLION + 50_000_000n))).toBe("tai_utc");
  });
});
