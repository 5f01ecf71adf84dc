import { hull, type Interval, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placed, stored } from "../evidence/batch.fixture.ts";
import { answerAt } from "./interval.ts";
import { orderOf } from "./order.ts";
import { offsetAt, type StampPlace, Windows } from "./stamp-place.ts";
import type { StoredReading } from "./stored-readings.ts";

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;

/** What happened in one second of a simulated host, and how its next reading was reported. */
interface Second {
  /** Slewed by so many ppm. */
  readonly ppm: number;
  /** Set by so much at its end; a set clock shows in which stretch it was set. */
  readonly step: bigint | null;
  readonly end: "reading" | "nothing" | "lost" | "reboot" | "without bound";
}

const second: fc.Arbitrary<Second> = fc.record({
  ppm: fc.integer({ min: -500, max: 500 }),
  step: fc.option(fc.bigInt(-20n * S, 20n * S), { freq: 7, nil: null }),
  end: fc.constantFrom("reading", "reading", "reading", "nothing", "nothing", "lost", "reboot", "without bound"),
});

/** A host whose true offset is known at every instant, and what it reported. */
interface Host {
  readonly readings: readonly StoredReading[];
  readonly seconds: number;
  /** What its clock showed at T0 + ns, and whether that instant lies between its first reading and its last. */
  readonly showed: (ns: bigint) => bigint;
}

const hosts: fc.Arbitrary<Host> = fc
  .tuple(
    fc.array(second, { minLength: 10, maxLength: 40 }),
    fc.bigInt(0n, 2_000_000n),
    fc.bigInt(0n, 2_000_000n),
    fc.bigInt(-3n * S, 3n * S),
  )
  .map(([seconds, below, above, start]) => simulate(seconds, below, above, start));

function simulate(seconds: readonly Second[], below: bigint, above: bigint, start: bigint): Host {
  const around = (offset: bigint): Interval => ({ lo: offset - below, hi: offset + above });
  const begins: bigint[] = [];
  const ends: bigint[] = [];
  const readings: StoredReading[] = [];
  let [offset, throughout, boot, follows, isSet] = [start, around(start), 0, true, false];
  const report = (at: bigint, isKnown: boolean) =>
    readings.push(
      stored(
        placed(0n, null, {
          realtime: T0 + at - offset,
          raw: at,
          boottime: at,
          bound: isKnown ? around(offset) : null,
          throughout: isKnown && !isSet ? throughout : null,
          status: isKnown ? "proven" : "unknown",
          reason: isKnown ? null : "never_measured",
          marked: !isKnown,
          at: utc(T0 + at),
        }),
        1,
        { bootId: `boot ${boot}`, follows },
      ),
    );
  report(0n, true);
  seconds.forEach(({ ppm, step, end }, index) => {
    begins.push(offset);
    offset += BigInt(ppm) * 1000n;
    ends.push(offset);
    throughout = hull(throughout, around(offset));
    // At most once in a stretch without evidence.
    if (step !== null && !isSet) [offset, isSet] = [offset + step, true];
    if (end === "lost") follows = false;
    if (end === "reboot") boot += 1;
    if (end === "nothing" || end === "lost" || end === "reboot") return;
    report(BigInt(index + 1) * S, end === "reading");
    if (end !== "reading") return;
    [throughout, follows, isSet] = [around(offset), true, false];
  });
  report(BigInt(seconds.length) * S, true);
  const showed = (ns: bigint): bigint => {
    const index = Number(ns / S);
    const [a, b] = [begins[index] as bigint, ends[index] as bigint];
    return T0 + ns - (a + ((b - a) * (ns % S)) / S);
  };
  return { readings, seconds: seconds.length, showed };
}

const windowsOf = ({ readings }: Host, isEnd = false) => new Windows([{ readings, isEnd }]);
const where = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const instantOf = ({ seconds }: Host, share: number): bigint => BigInt(Math.floor(share * seconds * 1e9));
const holds = ({ places }: StampPlace, at: bigint): boolean => places.some(({ from, to }) => from <= at && at <= to);

describe("a stamp of a host's own clock", () => {
  it("has the instant at which it was shown among its places, whatever the clock did", () => {
    fc.assert(
      fc.property(hosts, where, (host, share) => {
        const ns = instantOf(host, share);
        expect(holds(windowsOf(host).place(host.showed(ns)), T0 + ns)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
  it("that was shown twice has both instants among them", () => {
    const back = simulate(
      Array.from({ length: 20 }, (_, index) => ({ ppm: 0, step: index === 9 ? 5n * S : null, end: "reading" as const })),
      1000n,
      1000n,
      0n,
    );
    const [before, after] = [8n * S, 13n * S];
    expect(back.showed(before)).toBe(back.showed(after));
    const place = windowsOf(back).place(back.showed(before));
    expect(place.places).toEqual([
      { from: T0 + before - 1000n, to: T0 + before + 1000n },
      { from: T0 + after - 1000n, to: T0 + after + 1000n },
    ]);
    expect(offsetAt(place, back.showed(before))).toEqual({ lo: -1000n, hi: 5n * S + 1000n });
  });
  it("is never before or after another one the wrong way round, on one host or on two", () => {
    fc.assert(
      fc.property(hosts, hosts, fc.boolean(), where, where, (one, two, isSame, shareA, shareB) => {
        const other = isSame ? one : two;
        const [a, b] = [instantOf(one, shareA), instantOf(other, shareB)];
        const [placeA, placeB] = [windowsOf(one).place(one.showed(a)), windowsOf(other).place(other.showed(b))];
        const { result, margin } = orderOf(placeA, placeB);
        expect(result).not.toBe("unknown");
        if (result === "before") expect(b - a >= (margin as bigint)).toBe(true);
        if (result === "after") expect(a - b >= (margin as bigint)).toBe(true);
        if (result === "undecidable") {
          const [aFrom, aTo] = [placeA.places[0]?.from as bigint, placeA.places.at(-1)?.to as bigint];
          const [bFrom, bTo] = [placeB.places[0]?.from as bigint, placeB.places.at(-1)?.to as bigint];
          expect(aFrom <= bTo && bFrom <= aTo).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
  it("has no place at an instant whose bound says that the clock showed another", () => {
    fc.assert(
      fc.property(hosts, where, fc.boolean(), fc.bigInt(1n, 5_000_000n), (host, share, isEarlier, beyond) => {
        const at = T0 + instantOf(host, share);
        const { bound } = answerAt(host.readings, utc(at));
        if (bound === null) return;
        const stamp = isEarlier ? at - bound.hi - beyond : at - bound.lo + beyond;
        expect(holds(windowsOf(host).place(stamp), at)).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });
  it("that a clock set ahead left out was never shown", () => {
    const ahead = simulate(
      Array.from({ length: 80 }, (_, index) => ({ ppm: 0, step: index === 9 ? -30n * S : null, end: "reading" as const })),
      1000n,
      1000n,
      0n,
    );
    expect(windowsOf(ahead).place(T0 + 25n * S)).toMatchObject({ places: [], status: "unknown", reason: "never_shown" });
  });
  it("after the last reading grows with the distance, where nothing came after it; else it is unknown", () => {
    const host = simulate([{ ppm: 0, step: null, end: "reading" }], 1000n, 1000n, 0n);
    const stamp = T0 + 11n * S;
    // 200 ppm of drift and 500 ppm of slew for 10 s.
    const place = windowsOf(host, true).place(stamp);
    expect(place).toMatchObject({ status: "holdover", reason: "after_the_last_record" });
    const [{ from, to } = { from: 0n, to: 0n }] = place.places;
    expect([stamp - from, to - stamp].map((side) => side / 10_000n)).toEqual([699n, 700n]);
    expect(windowsOf(host).place(stamp)).toMatchObject({ places: [], reason: "no_evidence" });
    expect(windowsOf(host, true).place(T0 + 10_000n * S)).toMatchObject({ places: [], reason: "wider_than_a_second" });
  });
  it("before the first reading, or with none at all, is unknown", () => {
    const host = simulate([{ ppm: 0, step: null, end: "reading" }], 1000n, 1000n, 0n);
    expect(windowsOf(host).place(T0 - S)).toMatchObject({ places: [], reason: "before_first_evidence" });
    expect(new Windows([]).place(T0)).toMatchObject({ places: [], status: "unknown", reason: "no_evidence" });
  });
  it("among readings of a host that never had a bound says what they say, and not that evidence is gone", () => {
    const unheard = (seconds: bigint) => ({ at: utc(T0 + seconds * S), realtime: T0 + seconds * S, marked: true });
    const readings = [0n, 10n, 20n].map((seconds, index) =>
      stored(placed(0n, null, { ...unheard(seconds), status: "unknown", reason: "never_measured" }), 500 + index),
    );
    const place = (seconds: bigint) => new Windows([{ readings, isEnd: true }]).place(T0 + seconds * S);
    expect(place(15n)).toMatchObject({ places: [], status: "unknown", reason: "never_measured" });
    expect(place(25n)).toMatchObject({ places: [], reason: "never_measured" });
    expect(place(-5n)).toMatchObject({ places: [], reason: "evidence_not_kept" });
  });
});
