import { BILLION, type HostReading, NO_CALENDAR, ppb, raw, uncalibrated, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { type RecordedRow, type RecordFacts, recordOf } from "./record-of-row.ts";

const REALTIME = utc(1_800_000_000n * BILLION);
const reading: HostReading = {
  rawBefore: raw(1_000n),
  realtime: REALTIME,
  rawAfter: raw(1_100n),
  monotonic: 9_000n,
  boottime: 10_000n,
  rawEnd: raw(1_600n),
  boottimeResolution: 1n,
};
const row: RecordedRow = { reading, status: "proven", reason: null, offset: { lo: -5_000n, hi: 7_000n } };
const LISTED = { leaps: [], expires: utc(1_900_000_000n * BILLION) };
const facts: RecordFacts = {
  ruler: "raw",
  bootId: "0f1e2d3c-4b5a-4687-8796-a5b4c3d2e1f0",
  sender: null,
  ahead: { drift: { rho: ppb(200_000n), centre: ppb(-10_000n) }, slew: ppb(500_000_000n), calendar: LISTED },
  vmMarker: null,
  validNs: 5n * BILLION,
};

describe("what applications are told of a reading", () => {
  it("is by RAW from after REALTIME was read, and later by what a reader cannot know of the time between", () => {
    expect(recordOf(row, facts)).toMatchObject({
      status: "proven",
      clocks: { realtime: REALTIME, monotonic: 9_000n, boottime: 10_000n, raw: 1_100n, spanNs: 600n },
      // 600 ns pass at the most between the clocks, and by MONOTONIC as much again and a little: its rate is 1/(1 − 0.50021) − 1.
      offset: { lo: -5_000n, hi: 7_000n + 600n + 601n },
      rawGrowthPpb: 210_000n,
      monotonicGrowthPpb: 1_000_840_353n,
      expires: 9_000n + 5n * BILLION,
    });
  });
  it("allows for a BOOTTIME that can be read to hundredths of a second only, which makes no bound wider", () => {
    const coarse = recordOf({ ...row, reading: { ...reading, boottimeResolution: 30_000_000n } }, facts);
    // A reader allows for a millisecond by itself.
    expect(coarse.clocks.spanNs).toBe(600n + 29_000_000n);
    expect(coarse.offset).toEqual(recordOf(row, facts).offset);
  });
  it("has no RAW where the agent reads none, and no bound where there is none", () => {
    expect(recordOf(row, { ...facts, ruler: "monotonic" }).clocks.raw).toBeNull();
    expect(recordOf({ ...row, status: "unknown", reason: "never_measured", offset: null }, facts)).toMatchObject({
      offset: null,
      expires: 9_000n + 5n * BILLION,
    });
  });
  it("names the host and the batch that will carry it, once it is enrolled", () => {
    const sender = { host: "3f0f8a0e-0000-4000-8000-000000000001", epoch: 2, seq: 71 };
    expect(recordOf(row, { ...facts, sender })).toMatchObject({ host: sender.host, evidence: { epoch: 2, seq: 71 } });
    expect(recordOf(row, facts)).toMatchObject({ host: null, evidence: null });
  });

  /** 2026-12-31T23:59:58Z and so on: seconds before the midnight that ends a year. */
  const beforeMidnight = (seconds: bigint) => ({ ...row, reading: { ...reading, realtime: utc((1_798_761_600n - seconds) * BILLION) } });
  const calm = { ...facts, ahead: { ...facts.ahead, drift: uncalibrated(ppb(0n)), slew: ppb(0n) } };
  const validOf = (seconds: bigint, calendar: RecordFacts["ahead"]["calendar"]) =>
    recordOf(beforeMidnight(seconds), { ...calm, ahead: { ...calm.ahead, calendar } }).expires - reading.monotonic;

  it("is carried over no midnight at which UTC leaps, or at which no list says whether it does", () => {
    const midnight = utc(1_798_761_600n * BILLION);
    for (const calendar of [NO_CALENDAR, { leaps: [{ utc_ns: midnight, step: 1 as const }], expires: LISTED.expires }]) {
      expect(validOf(10n, calendar)).toBe(5n * BILLION);
      // A second that is deleted is the one before the midnight; UTC may be 7 µs and what the clocks are apart later than REALTIME.
      expect(validOf(3n, calendar)).toBe(2n * BILLION - 7_600n);
      expect(validOf(1n, calendar)).toBe(0n);
      expect(validOf(0n, calendar)).toBe(0n);
      expect(validOf(-2n, calendar)).toBe(5n * BILLION);
    }
    expect(validOf(1n, LISTED)).toBe(5n * BILLION);
    expect([1n, 10n].map((seconds) => recordOf(beforeMidnight(seconds), facts).endsAtLeap)).toEqual([false, false]);
    const unlisted = { ...calm, ahead: { ...calm.ahead, calendar: NO_CALENDAR } };
    expect([1n, 10n].map((seconds) => recordOf(beforeMidnight(seconds), unlisted).endsAtLeap)).toEqual([true, false]);
  });
});
