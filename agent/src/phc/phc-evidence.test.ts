import { calendarOf, type LeapList, parseUtc, ppb, raw, type UtcInstant, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { phcEvidence } from "./phc-evidence.ts";
import { readPhcOptions } from "./phc-options.ts";
import type { PhcReading } from "./phc-reading.ts";

const SECOND = 1_000_000_000n;
const at = (text: string) => parseUtc(text) as UtcInstant;
const LIST: LeapList = {
  updated: at("2026-07-06T00:00:00Z"),
  expires: at("2027-06-28T00:00:00Z"),
  rows: [
    { from: at("2015-07-01T00:00:00Z"), taiMinusUtc: 36 },
    { from: at("2017-01-01T00:00:00Z"), taiMinusUtc: 37 },
  ],
};
const NOW = at("2026-11-27T12:00:00Z");
const reading = (shown: bigint, width = 0n): PhcReading => ({
  rawBefore: raw(1_000n),
  rawAfter: raw(1_000n + width),
  realtime: utc(shown),
  method: "extended",
});
const said = (shown: bigint, scale: "utc" | "tai", list: LeapList | null = LIST, bound: bigint | null = 50n) => {
  const found = phcEvidence(reading(shown), bound, { scale }, list, ppb(0n));
  return found.kind === "evidence" ? [found.lo, found.hi] : found.reason;
};

describe("a card's clock as an interval on UTC − RAW", () => {
  it("is what it showed, less TAI − UTC where it keeps TAI, give or take what was declared", () => {
    expect(said(NOW, "utc")).toEqual([NOW - 1_050n, NOW - 950n]);
    expect(said(NOW + 37n * SECOND, "tai")).toEqual([NOW - 1_050n, NOW - 950n]);
    expect(said(NOW, "utc", null)).toEqual([NOW - 1_050n, NOW - 950n]);
  });
  it("is refused where its scale cannot be told, beside a leap, and without a bound", () => {
    expect(said(NOW, "tai", null)).toBe("no_leap_list");
    expect(said(NOW - 20n * 365n * 86_400n * SECOND, "tai")).toBe("before_leap_list");
    expect(said(LIST.expires + 37n * SECOND, "tai")).toBe("leap_list_expired");
    const leaping = { ...LIST, rows: [...LIST.rows, { from: at("2027-01-01T00:00:00Z"), taiMinusUtc: 38 }] };
    expect([said(at("2026-12-31T23:59:30Z"), "utc", leaping), said(at("2027-01-01T00:00:38Z"), "tai", leaping)]).toEqual([
      "leap_near",
      "leap_near",
    ]);
    expect(said(NOW, "utc", LIST, null)).toBe("bound_unknown");
    expect(calendarOf(leaping).leaps).toHaveLength(2);
  });
  it("holds UTC − RAW at the end of the bracket, wherever in it the card was read and however wrong it is within its bound", () => {
    const any = fc.record({
      width: fc.bigInt({ min: 0n, max: 1_000_000n }),
      part: fc.bigInt({ min: 0n, max: 1_000n }),
      off: fc.bigInt({ min: -50n, max: 50n }),
      rate: fc.bigInt({ min: -200_000n, max: 200_000n }),
    });
    fc.assert(
      fc.property(any, ({ width, part, off, rate }) => {
        const inside = (width * part) / 1_000n;
        // UTC − RAW at the read; it moves at `rate` ppb until the end of the bracket.
        const utcMinusRaw = NOW;
        const shown = utcMinusRaw + 1_000n + inside + off;
        const found = phcEvidence(reading(shown, width), 50n, { scale: "utc" }, null, ppb(200_000n));
        if (found.kind !== "evidence") throw new Error(found.reason);
        const then = utcMinusRaw + (rate * (width - inside)) / SECOND;
        expect(found.lo <= then && then <= found.hi).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
  it("names what is wrong with its options", () => {
    expect(readPhcOptions("/dev/ptp0", { bound: "1000" })).toEqual({ device: "/dev/ptp0", bound: 1000n, scale: "utc", document: null });
    expect(readPhcOptions("/dev/ptp0", { bound: "ena", scale: "tai" })).toMatchObject({ bound: "ena", scale: "tai" });
    const wrong = [
      ["/dev/ptp0", {}],
      ["/dev/sda", { bound: "1" }],
      ["/dev/ptp0", { bound: "1us" }],
      ["/dev/ptp0", { bound: "1", scale: "gps" }],
      ["/dev/ptp0", { bound: "1", limit: "2" }],
    ] as const;
    expect(wrong.map(([device, given]) => typeof readPhcOptions(device, given))).toEqual(Array(5).fill("string"));
  });
});
