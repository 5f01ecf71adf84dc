import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockOf, type EvidenceOptions } from "./clock-of.ts";
import type { EvidenceItem } from "./host-evidence.ts";
import { toAxis } from "./leap-table.ts";
import { type Leg, type Plan, simulate, T0 } from "./simulated-clock.fixture.ts";

const LEAPS = [{ from: 0n, taiMinusUtc: 37 }];
const optionsOf = (from: bigint, to: bigint): EvidenceOptions => ({
  period: { from, to },
  leaps: LEAPS,
  countsUnverified: false,
  isTraceable: true,
  horizon: 1_000_000_000n,
  schedule: [{ from: toAxis(from, LEAPS), to: toAxis(to, LEAPS) }],
  exemptions: [],
  limit: { min: -1000n, max: 1000n },
});

const leg: fc.Arbitrary<Leg> = fc.record({
  ns: fc.integer({ min: 4, max: 4000 }).map((half) => 2 * half),
  slew: fc.integer({ min: -60, max: 60 }).map((half) => 2 * half),
  bump: fc.oneof(fc.constant(0), fc.integer({ min: -9000, max: 9000 })),
  step: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: -9000, max: 9000 })),
  reboots: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, fc.constant(true)),
  below: fc.integer({ min: 0, max: 9000 }),
  above: fc.integer({ min: 0, max: 9000 }),
  status: fc.constantFrom("proven", "proven", "proven", "holdover", "unverified", "conflict", "unknown"),
  blind: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});
const plan: fc.Arbitrary<Plan> = fc.record({
  legs: fc.array(leg, { minLength: 1, maxLength: 40 }),
  rows: fc.integer({ min: 1, max: 5 }),
  lost: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }),
});

/** Sources of batches whose payload is gone: their spans stay. */
const asStatements = (items: readonly EvidenceItem[], from: number, to: number): EvidenceItem[] =>
  items.map((item, index) =>
    item.kind === "batch" && index >= from && index < to
      ? { kind: "statement", record: { ...item.record, readings: [], events: [] } }
      : item,
  );

describe("what signed evidence says of a clock", () => {
  it("holds the truth at every instant of every piece, whatever the clock did and whatever was lost", () => {
    fc.assert(
      fc.property(plan, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 5 }), fc.nat(8), fc.nat(8), (made, places, from, count) => {
        const { items, offsets, begins, ends } = simulate(made);
        const { clock } = clockOf(asStatements(items, from, from + count), optionsOf(begins, ends));
        for (const piece of clock.spans) {
          const [start, end] = [piece.from - toAxis(0n, LEAPS), piece.to - toAxis(0n, LEAPS)];
          for (const place of [0n, 1_000_000n, ...places.map(BigInt)]) {
            const at = start + ((end - start) * place) / 1_000_000n;
            for (const offset of offsets(at)) {
              expect(-offset).toBeGreaterThanOrEqual(piece.lo);
              expect(-offset).toBeLessThanOrEqual(piece.hi);
            }
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("has a cut wherever the clock was set, or a boot began", () => {
    fc.assert(
      fc.property(plan, fc.nat(8), fc.nat(8), (made, from, count) => {
        const { items, steps, begins, ends } = simulate(made);
        const { clock } = clockOf(asStatements(items, from, from + count), optionsOf(begins, ends));
        const missed = steps.map((at) => toAxis(at, LEAPS)).filter((at) => !clock.cuts.some((cut) => cut.from <= at && at <= cut.to));
        expect(missed).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  const steady = (status = "proven"): Leg => ({
    ns: 1000,
    slew: 0,
    bump: 0,
    step: 0,
    reboots: false,
    below: 10,
    above: 10,
    status,
    blind: false,
  });
  const readingsOnly = (items: readonly EvidenceItem[]): EvidenceItem[] =>
    items.map((item) => (item.kind === "unreadable" ? item : { ...item, record: { ...item.record, spans: [] } }));
  const clock = (legs: readonly Leg[], more: Partial<Plan> = {}, less: Partial<EvidenceOptions> = {}) => {
    const { items, begins, ends } = simulate({ legs, rows: 2, lost: [], ...more });
    return clockOf(readingsOnly(items), { ...optionsOf(begins, ends), ...less });
  };
  const reasons = ({ clock: { cuts } }: ReturnType<typeof clock>) => cuts.map(({ reason }) => reason);

  it("is one piece of what neighbours agree on, and ends where the first and the last reading can have been made", () => {
    const { clock: found } = clock(Array.from({ length: 6 }, () => steady()));
    expect(found.spans).toEqual([{ from: toAxis(T0 + 1010n, LEAPS), to: toAxis(T0 + 5990n, LEAPS), lo: -10n, hi: 10n, traceable: true }]);
    expect(found.cuts.map(({ reason }) => reason)).toEqual(["no_record", "no_record"]);
    expect(found.driftPpb).toBe(200_000n);
  });
  it.each([
    ["a step", [steady(), steady(), { ...steady(), step: 500 }, steady()], {}, "clock_stepped"],
    ["a boot", [steady(), steady(), { ...steady(), reboots: true }, steady()], {}, "boot"],
    ["a batch that is not there", Array.from({ length: 8 }, () => steady()), { lost: [2] }, "lost_evidence"],
    ["a reading without a bound", [steady(), steady("unknown"), steady()], {}, "no_bound"],
    ["a stretch in which the agent did not look", [steady(), { ...steady(), blind: true }, steady()], {}, "agent_blind"],
  ])("is cut by %s", (_, legs, more, reason) => {
    expect(reasons(clock(legs, more))).toEqual(["no_record", reason, "no_record"]);
  });
  it("has a hole and no cut where a status does not count, although the clock was watched", () => {
    const found = clock([steady(), steady(), steady("unverified"), steady(), steady()]);
    expect(reasons(found)).toEqual(["no_record", "no_record"]);
    expect(found.clock.spans).toHaveLength(2);
    expect(clock([steady(), steady(), steady("unverified"), steady(), steady()], {}, { countsUnverified: true }).clock.spans).toHaveLength(
      1,
    );
  });
  it("needs no reading where spans join, and says so of nothing else", () => {
    const { items, begins, ends } = simulate({ legs: Array.from({ length: 12 }, () => steady()), rows: 2, lost: [] });
    const { clock: found } = clockOf(asStatements(items, 1, 4), optionsOf(begins, ends));
    expect(found.cuts.map(({ reason }) => reason)).toEqual(["no_record", "no_record"]);
    const holey = asStatements(items, 1, 4).filter((_, index) => index !== 2);
    expect(clockOf(holey, optionsOf(begins, ends)).clock.cuts.map(({ reason }) => reason)).toContain("lost_evidence");
  });
  it("of nobody is one cut over all of the period", () => {
    expect(clockOf([], optionsOf(T0, T0 + 5n)).clock).toMatchObject({
      driftPpb: 0n,
      cuts: [{ from: toAxis(T0 - 1n, LEAPS), to: toAxis(T0 + 6n, LEAPS), reason: "no_record" }],
      samples: [],
      spans: [],
    });
  });
  it("counts samples apart", () => {
    const { sampled } = clock([steady(), { ...steady(), slew: 2000 }, steady()]);
    expect(sampled).toEqual({ samples: 2, inside: 1, greatestDivergence: 2000n, longestInterval: 1000n });
  });
});
