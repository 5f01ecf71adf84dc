import { clockOf, toAxis } from "@truebound/audit";
import { hull, hullBetween, type Interval, maxOf, ppb, utc } from "@truebound/time";
import type { Reason } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placed, stored } from "../evidence/batch.fixture.ts";
import { answerAt } from "./interval.ts";
import type { StoredReading } from "./stored-readings.ts";

const S = 1_000_000_000n;
const T0 = 1_740_830_400_000_000_000n;
const reading = (
  second: bigint,
  bound: readonly [bigint, bigint] | null,
  more: Omit<Partial<StoredReading>, "reason"> & { readonly reason?: Reason } = {},
) => stored(placed(T0 + second * S, bound, more), more.seq ?? 1, more);
const ask = (readings: readonly StoredReading[], second: bigint) => answerAt(readings, utc(T0 + second * S));

describe("the bound at an instant", () => {
  it("holds the truth of a clock that is slewed within its allowance, read often and reported seldom", () => {
    // A host that reads its clock every second and reports every fifth reading. Offset = UTC − REALTIME, slewed by up to 500 ppm.
    const slews = fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(
        slews,
        fc.bigInt(0n, 2_000_000n),
        fc.bigInt(0n, 2_000_000n),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ppm, below, above, where) => {
          const offsets = [0n];
          for (const rate of ppm) offsets.push((offsets.at(-1) as bigint) + BigInt(rate) * 1_000n);
          const truth = (ns: bigint) => {
            const index = Number(ns / S);
            const [a, b] = [offsets[index] as bigint, offsets[index + 1] ?? (offsets[index] as bigint)];
            return a + ((b - a) * (ns % S)) / S;
          };
          const rows: StoredReading[] = [];
          for (let second = 0; second < offsets.length; second += 5) {
            const span = offsets.slice(Math.max(0, second - 5 + 1), second + 1);
            const bounds = span.map((offset) => ({ lo: offset - below, hi: offset + above }));
            const looks =
              second === 0
                ? bounds
                : [{ lo: (offsets[second - 5] as bigint) - below, hi: (offsets[second - 5] as bigint) + above }, ...bounds];
            const throughout = looks
              .slice(1)
              .map((look, at) => hullBetween(looks[at] as Interval, look, S, ppb(500_000n)))
              .reduce(hull, looks[0] as Interval);
            const offset = offsets[second] as bigint;
            rows.push(
              stored(
                placed(0n, null, {
                  realtime: T0 + BigInt(second) * S - offset,
                  raw: BigInt(second) * S,
                  bound: { lo: offset - below, hi: offset + above },
                  since: bounds.reduce(hull),
                  throughout,
                  gap: S,
                  status: "proven",
                  marked: false,
                  at: utc(T0 + BigInt(second) * S),
                }),
              ),
            );
          }
          const anywhere = BigInt(Math.floor(where * Number(BigInt(offsets.length - 1 - ((offsets.length - 1) % 5)) * S)));
          // Not before the first reading was surely made: nothing is known of that.
          const ns = maxOf(anywhere, 4_000_000n);
          const { bound } = answerAt(rows, utc(T0 + ns));
          expect(bound !== null && bound.lo <= truth(ns) && truth(ns) <= bound.hi).toBe(true);
        },
      ),
    );
  });
  it("knows nothing of a stretch in which the clock was set", () => {
    const rows = [reading(0n, [0n, 0n]), reading(10n, [0n, 0n], { throughout: null })];
    expect(ask(rows, 5n)).toMatchObject({ status: "unknown", bound: null });
  });
  it("knows nothing of an instant that may lie beside a step, from whichever side it is asked", () => {
    // Each reading was made somewhere within 2 ms of where it is placed; between the two the clock was set.
    const ms = 1_000_000n;
    const rows = [reading(0n, [-ms, ms]), reading(10n, [-ms, ms]), reading(11n, [-ms, ms], { throughout: null }), reading(20n, [-ms, ms])];
    const at = (second: bigint, offset: bigint) => answerAt(rows, utc(T0 + second * S + offset));
    for (const second of [10n, 11n])
      for (const offset of [1n - ms, 0n, ms - 1n]) expect(at(second, offset)).toMatchObject({ status: "unknown", bound: null });
    expect(at(10n, -ms)).toMatchObject({ status: "proven" });
    expect(at(11n, ms)).toMatchObject({ status: "proven" });
  });
  it("gives the tight bound with what the clock can do between two rows, never beyond the guaranteed one", () => {
    const tight = { lo: -10n, hi: 10n };
    const rows = [reading(0n, [-5_000_000n, 5_000_000n], { tight }), reading(10n, [-5_000_000n, 5_000_000n], { tight })];
    // (500 + 200) ppm · 10 s / 2.
    expect(ask(rows, 5n).tight).toEqual({ lo: -3_500_010n, hi: 3_500_010n });
  });
  it("goes on growing after the last row, until it says nothing", () => {
    const rows = [reading(0n, [0n, 0n])];
    expect(ask(rows, 10n)).toMatchObject({
      status: "holdover",
      reason: "after_the_last_record",
      bound: { lo: -7_000_000n, hi: 7_000_000n },
    });
    expect(ask(rows, 1_400n).bound).not.toBeNull();
    expect(ask(rows, 1_500n)).toMatchObject({ status: "unknown", reason: "wider_than_a_second", bound: null });
  });
  it.each([
    ["no evidence at all", [], "unknown", "no_evidence"],
    ["only later evidence", [reading(20n, [0n, 0n])], "unknown", "before_first_evidence"],
    [
      "a reboot in between",
      [reading(0n, [0n, 0n], { bootId: "one" }), reading(20n, [0n, 0n], { bootId: "two" })],
      "unknown",
      "no_bound_at_that_time",
    ],
    ["a missing batch in between", [reading(0n, [0n, 0n], {}), reading(20n, [0n, 0n], { follows: false })], "unknown", "no_evidence"],
    [
      "a reading without a bound in between",
      [reading(0n, [0n, 0n]), reading(20n, [0n, 0n], { throughout: null })],
      "unknown",
      "no_bound_at_that_time",
    ],
    [
      "a disruption after",
      [reading(0n, [0n, 0n]), reading(20n, null, { status: "disrupted", reason: "suspended_or_moved" })],
      "unknown",
      "suspended_or_moved",
    ],
    [
      "a last row without a bound",
      [reading(0n, [0n, 0n]), reading(5n, null, { status: "unknown", reason: "no_exchange_for_an_hour" })],
      "unknown",
      "no_exchange_for_an_hour",
    ],
  ] as const)("with %s: %s", (_, rows, status, reason) => expect(ask(rows, 10n)).toMatchObject({ status, reason, bound: null }));
  it("takes the worst status of the readings that it rests on", () => {
    expect(ask([reading(0n, [0n, 0n]), reading(10n, [0n, 0n], { status: "holdover", reason: "sources_lost" })], 5n)).toMatchObject({
      status: "holdover",
      reason: "sources_lost",
    });
  });
});

describe("an audit", () => {
  const row = fc.record({
    after: fc.bigInt(1n, 5n * S),
    lo: fc.bigInt(-2n * S, S),
    width: fc.bigInt(0n, S),
    more: fc.bigInt(0n, 1000n),
    kind: fc.constantFrom("known", "known", "known", "stepped", "boundless", "lost"),
  });
  const leaps = [{ from: 0n, taiMinusUtc: 37 }];

  it("says of every instant what this says of it, wherever it says anything", () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 2, maxLength: 25 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (rows, places) => {
          let raw = 0n;
          let seq = 1;
          const readings = rows.map(({ after, lo, width, more, kind }) => {
            raw += after;
            seq += kind === "lost" ? 2 : 1;
            const bound = kind === "boundless" ? null : { lo, hi: lo + width };
            const throughout = bound === null || kind !== "known" ? null : { lo: lo - more, hi: lo + width + more };
            return stored(placed(0n, null, { realtime: T0 + raw, raw, bound, throughout }), seq, { follows: kind !== "lost" });
          });
          const items = readings.map(({ seq, raw, realtime, bound, throughout, bootId }) => ({
            kind: "batch" as const,
            record: {
              epoch: 1,
              seq,
              bootId,
              rehearsed: false,
              driftPpb: 0n,
              spans: [],
              events: [],
              readings: [{ raw, realtime, bound, throughout, status: "proven", injected: false }],
            },
          }));
          const period = { from: T0 - 5n * S, to: T0 + raw + 5n * S };
          const { clock } = clockOf(items, {
            period,
            leaps,
            countsUnverified: false,
            isTraceable: true,
            horizon: 0n,
            schedule: [],
            exemptions: [],
            limit: { min: 0n, max: 0n },
          });
          for (const place of places) {
            const at = period.from + BigInt(Math.floor(place * Number(period.to - period.from)));
            const axis = toAxis(at, leaps);
            const pieces = [...clock.spans].filter(({ from, to }) => from < axis && axis < to);
            const { bound, reason } = answerAt(readings, utc(at));
            if (reason === "wider_than_a_second") continue;
            const last = readings.at(-1)?.bound;
            const isNearLast = last !== undefined && last !== null && at >= T0 + raw + last.lo;
            if (!isNearLast) expect(pieces.map(({ lo, hi }) => ({ lo: -hi, hi: -lo }))).toEqual(bound === null ? [] : [bound]);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
