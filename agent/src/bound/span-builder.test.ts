import { carryInterval, type HostReading, type Interval, ppb, raw, uncalibrated, utc } from "@truebound/time";
import type { Status } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { SpanBuilder } from "./span-builder.ts";

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const drift = uncalibrated(ppb(0n));
const AT_UTC = 1_795_000_020n * SECOND;
const UTC_MINUS_RAW = AT_UTC - MINUTE;

/** A right clock, read `second` s after the beginning of a minute of UTC. */
function readingAt(second: bigint): HostReading {
  const at = MINUTE + second * SECOND;
  return {
    rawBefore: raw(at),
    rawAfter: raw(at),
    rawEnd: raw(at),
    realtime: utc(UTC_MINUS_RAW + at),
    monotonic: at,
    boottime: at,
    boottimeResolution: 0n,
  };
}

const TRUTH: Interval = { lo: UTC_MINUS_RAW - 1_000_000n, hi: UTC_MINUS_RAW + 1_000_000n };
const FALSE: Interval = { lo: UTC_MINUS_RAW + 500_000n, hi: UTC_MINUS_RAW + 900_000n };

function spansOf(statuses: readonly Status[], later: { readonly status: Status; readonly guaranteed: Interval }) {
  const builder = new SpanBuilder();
  // The first reading of the next minute closes this one.
  const last = statuses.at(-1) as Status;
  for (const [index, status] of [...statuses, last].entries()) {
    const second = index === statuses.length ? 60n : BigInt(index);
    builder.look({ reading: readingAt(second), status, bound: { guaranteed: TRUTH, last: null } }, ppb(0n), true);
  }
  return builder.settle({ reading: readingAt(70n), status: later.status, bound: { guaranteed: later.guaranteed, last: null } }, drift);
}

describe("a span", () => {
  it("is narrowed by what a later exchange proves of the same ruler", () => {
    const [span] = spansOf(["proven", "proven"], { status: "proven", guaranteed: FALSE });
    expect(span).toMatchObject({ status: "proven", bound: { lo: 500_000n, hi: 900_000n }, readings: 3 });
  });
  it.each(["proven", "holdover", "conflict"] as const)("of %s readings takes nothing from a later row that is unverified", (status) => {
    const [span] = spansOf([status, status], { status: "unverified", guaranteed: FALSE });
    expect(span).toMatchObject({ status, bound: { lo: -1_000_000n, hi: 1_000_000n } });
  });
  it.each(["proven", "holdover", "no_majority"] as const)("that rests on an unverified reading among %s ones is unverified", (status) => {
    const [span] = spansOf([status, "unverified", status], { status: "proven", guaranteed: TRUTH });
    expect(span?.status).toBe("unverified");
  });
  it("that is held over from something never proven is unverified", () => {
    const last = { interval: TRUTH, at: readingAt(0n).rawAfter, proven: false, tight: null };
    const builder = new SpanBuilder();
    const look = (second: bigint) => ({ reading: readingAt(second), status: "holdover" as const, bound: { guaranteed: TRUTH, last } });
    for (const second of [0n, 1n, 60n]) builder.look(look(second), ppb(0n), true);
    expect(builder.settle(look(61n), drift)).toMatchObject([{ status: "unverified" }]);
  });
  it("is narrowed by every exchange within its minute, not only by the one that closes it", () => {
    const wide: Interval = { lo: TRUTH.lo - 9_000_000n, hi: TRUTH.hi + 9_000_000n };
    const look = (second: bigint, guaranteed: Interval) => ({
      reading: readingAt(second),
      status: "proven" as const,
      bound: { guaranteed, last: null },
    });
    const drifting = uncalibrated(ppb(200_000n));
    const builder = new SpanBuilder();
    for (const second of [0n, 10n, 20n]) builder.look(look(second, wide), ppb(0n), true);
    // Proved at 20 s, to a millisecond; forty seconds later only what drift has made of it is known.
    expect(builder.settle(look(20n, TRUTH), drifting)).toEqual([]);
    builder.look(look(60n, carryInterval(TRUTH, drifting, 40n * SECOND)), ppb(0n), true);
    const [span] = builder.settle(look(70n, wide), drifting);
    expect(span?.bound.hi).toBeLessThan(TRUTH.hi - UTC_MINUS_RAW + 9_000_000n);
    expect(span?.bound.lo).toBeGreaterThan(TRUTH.lo - UTC_MINUS_RAW - 9_000_000n);
  });
  it("is seen from both sides: between two exchanges drift counts from the nearer one", () => {
    const drifting = uncalibrated(ppb(200_000n));
    const builder = new SpanBuilder();
    // An exchange at 0, 20, 40 and 60 s, each proving TRUTH; a reading each 5 s, and all of them as HostMonitor makes them.
    for (let second = 0n; second <= 60n; second += 5n) {
      const guaranteed = carryInterval(TRUTH, drifting, (second % 20n) * SECOND);
      const row = { reading: readingAt(second), status: "proven" as const, bound: { guaranteed, last: null } };
      builder.look(row, ppb(0n), true);
      builder.lookBack(row, drifting);
    }
    const [span] = builder.settle({ reading: readingAt(61n), status: "proven", bound: { guaranteed: TRUTH, last: null } }, drifting);
    // 10 s from the nearer exchange at most, where the last reading is 15 s from the one before: 2 ms of drift, and not 3.
    expect(span?.bound).toEqual({ lo: TRUTH.lo - UTC_MINUS_RAW - 2_000_000n, hi: TRUTH.hi - UTC_MINUS_RAW + 2_000_000n });
  });
  it("is given up where a later exchange excludes a reading of it", () => {
    expect(spansOf(["proven", "proven"], { status: "proven", guaranteed: { lo: TRUTH.hi + 1n, hi: TRUTH.hi + 9n } })).toEqual([]);
  });
});
