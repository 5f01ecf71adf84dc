import { describe, expect, it } from "vitest";
import type { AuditCase, ClockEvidence } from "../audit-case.ts";
import { audit } from "./audit.ts";

const judged = (clock: Partial<ClockEvidence>, more: Partial<AuditCase> & { horizon?: bigint } = {}) => {
  const window = { from: 0n, to: 100n };
  const terms = {
    limit: { min: -10n, max: 10n },
    appError: 0n,
    horizon: more.horizon ?? 20n,
    requiresTraceability: false,
    minimumProvenPpm: null,
  };
  return audit({
    terms,
    window,
    schedule: [window],
    exemptions: [],
    ...more,
    clock: { driftPpb: 0n, cuts: [], samples: [], spans: [], ...clock },
  });
};
const spansOf = (...given: Parameters<typeof judged>) => judged(...given).spans.map(({ from, to, verdict }) => `${from}-${to} ${verdict}`);
const sample = (t: bigint, at: bigint, width = 1n) => ({ t, lo: at - width, hi: at + width });
const span = (from: bigint, to: bigint, at: bigint, width = 1n) => ({ from, to, lo: at - width, hi: at + width });

describe("evidence that excludes other evidence", () => {
  it("leaves the gap between them in conflict, and neither reaches the other", () => {
    expect(spansOf({ samples: [sample(10n, 0n), sample(40n, 50n), sample(50n, 50n)] })).toEqual([
      "0-10 COMPLIANT",
      "10-40 CONFLICT",
      "40-70 VIOLATION",
      "70-100 NO_EVIDENCE",
    ]);
  });
  it("is compared with all of the run, not with its neighbour alone", () => {
    expect(spansOf({ samples: [sample(10n, 0n), sample(20n, 0n, 100n), sample(30n, 50n)] })).toContain("20-30 CONFLICT");
  });
  it("is not compared with what is further away than twice the horizon", () => {
    expect(spansOf({ samples: [sample(10n, 0n), sample(51n, 50n)] })).toEqual([
      "0-30 COMPLIANT",
      "30-31 NO_EVIDENCE",
      "31-71 VIOLATION",
      "71-100 NO_EVIDENCE",
    ]);
    expect(spansOf({ samples: [sample(10n, 0n), sample(50n, 50n)] })).toContain("10-50 CONFLICT");
  });
  it("is not compared across a cut", () => {
    const cuts = [{ from: 30n, to: 30n, reason: "clock_set" }];
    expect(spansOf({ cuts, samples: [sample(10n, 0n), sample(40n, 50n)] })).toEqual([
      "0-30 COMPLIANT",
      "30-60 VIOLATION",
      "60-100 NO_EVIDENCE",
    ]);
  });
  it("does not come back: a stale cone never meets a fresh one", () => {
    expect(judged({ samples: [sample(10n, 0n), sample(20n, 50n), sample(30n, 0n)] }).conflict).toBe(20n);
  });
  it("at one instant drops all of it there, and stops what is before and after", () => {
    const result = judged({ samples: [sample(10n, 0n), sample(20n, 0n), sample(20n, 50n), sample(30n, 50n)] });
    expect(result.spans.map(({ from, to, verdict }) => `${from}-${to} ${verdict}`)).toEqual([
      "0-20 COMPLIANT",
      "20-50 VIOLATION",
      "50-100 NO_EVIDENCE",
    ]);
    expect(result.statistics.dropped.contradictory).toBe(2);
    expect(result.statistics.samples).toBe(2);
  });
  it("within a span takes no time, and ends what was before", () => {
    const result = judged({ spans: [span(10n, 60n, 0n)], samples: [sample(30n, 50n)] });
    expect([result.conflict, result.statistics.dropped.contradictory]).toEqual([0n, 1]);
    expect(result.compliant).toBe(80n);
  });
});

describe("spans that overlap and exclude each other", () => {
  it("are in conflict where they overlap", () => {
    expect(spansOf({ spans: [span(10n, 40n, 0n), span(30n, 60n, 50n)] })).toEqual([
      "0-30 COMPLIANT",
      "30-40 CONFLICT",
      "40-80 VIOLATION",
      "80-100 NO_EVIDENCE",
    ]);
  });
  it("take the open gap before them along", () => {
    expect(spansOf({ samples: [sample(10n, 0n)], spans: [span(30n, 60n, 0n), span(30n, 50n, 50n)] })).toEqual([
      "0-10 COMPLIANT",
      "10-50 CONFLICT",
      "50-80 COMPLIANT",
      "80-100 NO_EVIDENCE",
    ]);
  });
  it("that only touch stop each other there", () => {
    expect(spansOf({ spans: [span(10n, 40n, 0n), span(40n, 60n, 50n)] })).toEqual([
      "0-40 COMPLIANT",
      "40-80 VIOLATION",
      "80-100 NO_EVIDENCE",
    ]);
  });
});

describe("a cut", () => {
  const cuts = [{ from: 30n, to: 40n, reason: "boot" }];
  it("has no evidence within it, splits spans, and drops what lies inside", () => {
    const result = judged({
      cuts,
      spans: [span(20n, 50n, 0n), span(32n, 38n, 0n)],
      samples: [sample(35n, 0n), sample(30n, 0n), sample(40n, 0n)],
    });
    expect(result.spans.map(({ from, to, verdict }) => `${from}-${to} ${verdict}`)).toEqual([
      "0-30 COMPLIANT",
      "30-40 NO_EVIDENCE",
      "40-70 COMPLIANT",
      "70-100 NO_EVIDENCE",
    ]);
    expect(result.statistics).toMatchObject({ samples: 2, spans: 1, dropped: { inCut: 2 } });
  });
  it("of a leap second is where unproven time beside it comes from", () => {
    const leap = [{ from: 30n, to: 31n, reason: "leap" }];
    const result = judged({ cuts: leap, driftPpb: 1_000_000_000n, samples: [sample(20n, 0n, 5n), sample(50n, 0n, 5n)] }, { horizon: 50n });
    expect(result.statistics.unprovenBy).toEqual({ wide: 0n, drift: 15n + 45n, conflict: 0n, leap: 5n + 14n });
  });
});

it("refuses what cannot be meant, and says what", () => {
  expect(() => judged({ samples: [{ t: 7n, lo: 2n, hi: 1n }] })).toThrow("Cannot use a sample at 7 of lo 2 ns above hi 1 ns");
  expect(() => judged({ spans: [{ from: 7n, to: 6n, lo: 0n, hi: 0n }] })).toThrow("Cannot use a span from 7 back to 6");
  expect(() => judged({ cuts: [{ from: 7n, to: 6n, reason: "x" }] })).toThrow("Cannot cut from 7 back to 6");
  expect(() => judged({ driftPpb: -1n })).toThrow("Cannot drift by -1 ppb");
  expect(() => judged({}, { horizon: -1n })).toThrow("Cannot reach over a horizon of -1 ns");
  expect(() => judged({}, { window: { from: 5n, to: 1n } })).toThrow("Cannot audit from 5 back to 1");
});
