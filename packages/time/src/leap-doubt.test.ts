import { describe, expect, it } from "vitest";
import { NO_CALENDAR } from "./leap-axis.ts";
import { isDoubt, leapDoubt, leapFreeConstraints, straddlesUnlisted, unlistedLeapBefore } from "./leap-doubt.ts";
import { SHIPPED } from "./leap-list.fixture.ts";
import { calendarOf } from "./leap-list.ts";
import { parseUtc } from "./rfc3339.ts";
import { TIMESCALES, type Timescale } from "./smear.ts";
import { BILLION, raw, type UtcInstant, utc } from "./units.ts";

const at = (text: string) => parseUtc(text) as UtcInstant;
const calendar = calendarOf(SHIPPED);
const doubt = (timescale: Timescale, measured: string, now: string, list = calendar) =>
  leapDoubt({ timescale, measured: at(measured), now: { lo: at(now), hi: at(now) } }, list);
const both = (seconds: number) => ({ below: BigInt(seconds * 1e9), above: BigInt(seconds * 1e9) });

describe("a possible leap that no list tells of", () => {
  it("is the end of a June or December after the list's expiry", () => {
    expect(unlistedLeapBefore(at("2027-06-30T00:00:00Z"), calendar)).toBeNull();
    expect(unlistedLeapBefore(at("2027-07-01T00:00:00Z"), calendar)).toBe(at("2027-07-01T00:00:00Z"));
    expect(unlistedLeapBefore(at("2026-11-23T00:00:00Z"), NO_CALENDAR)).toBe(at("2026-07-01T00:00:00Z"));
  });
  it("makes readings beside it ambiguous", () => {
    const midnight = at("2027-07-01T00:00:00Z");
    const judged = [-1_000_001n, -1_000_000n, 0n, 999_999_999n, 1_000_000_000n, 2_000_000_000n].map((away) =>
      straddlesUnlisted(utc(midnight + away - BILLION + 1_000_000n), 0n, calendar),
    );
    expect(judged).toEqual([false, true, true, true, true, false]);
    expect(straddlesUnlisted(utc(at("2026-12-31T23:59:59Z")), 10n, calendar)).toBe(false);
  });
  it("costs a second on both sides until a server of UTC has been asked after it, and then nothing", () => {
    expect(doubt("utc", "2027-06-30T23:59:40Z", "2027-06-30T23:59:57Z")).toEqual(both(0));
    expect(doubt("utc", "2027-06-30T23:59:40Z", "2027-06-30T23:59:58Z")).toEqual(both(1));
    expect(doubt("utc", "2027-06-30T23:59:40Z", "2027-07-01T03:00:00Z")).toEqual(both(1));
    expect(doubt("utc", "2027-07-01T00:00:10Z", "2027-07-01T00:00:20Z")).toEqual(both(0));
  });
  it("costs what a server may have smeared, as long as it may", () => {
    const midday = (scale: Timescale) => doubt(scale, "2027-06-30T15:00:00Z", "2027-06-30T15:00:01Z");
    expect(TIMESCALES.map((scale) => [scale, midday(scale)])).toEqual([
      ["utc", both(0)],
      ["smear24", both(0.5)],
      ["smearFB", both(0)],
      ["refid254", both(0)],
      ["unknown", both(1)],
    ]);
    expect(doubt("smearFB", "2027-07-01T05:00:00Z", "2027-07-01T05:00:01Z")).toEqual(both(1));
    expect(doubt("smear24", "2027-06-30T23:59:00Z", "2027-07-01T00:00:30Z")).toEqual(both(1.5));
    expect(TIMESCALES.some((scale) => isDoubt(doubt(scale, "2027-09-01T00:00:00Z", "2027-09-01T00:00:01Z")))).toBe(false);
  });
  it("costs nothing where the list speaks", () => {
    for (const scale of TIMESCALES) expect(doubt(scale, "2026-12-31T23:59:00Z", "2027-01-01T00:00:30Z")).toEqual(both(0));
    expect(doubt("utc", "2026-12-31T23:59:00Z", "2027-01-01T00:00:30Z", NO_CALENDAR)).toEqual(both(1));
  });
});

describe("constraints on the leap-free axis", () => {
  it("are moved by what the server can have meant, each to its own side", () => {
    const midnight = at("2029-01-01T00:00:00Z");
    const exchange = { t1: raw(0n), t2: utc(midnight - 2n * BILLION), t3: utc(midnight - BILLION / 2n), t4: raw(3n * BILLION) };
    const sides = { upper: { at: raw(0n), value: exchange.t2 as bigint }, lower: { at: raw(3n * BILLION), value: 1n } };
    const leaps = [{ utc_ns: midnight, step: 1 as const }];
    const moved = leapFreeConstraints(sides, exchange, { timescale: "utc", unsure: 10n }, { leaps, expires: null });
    expect(moved).toEqual(sides);
    const later = { ...exchange, t2: exchange.t3 };
    expect(leapFreeConstraints(sides, later, { timescale: "utc", unsure: 10n }, { leaps, expires: null }).upper.value).toBe(
      exchange.t2 + BILLION,
    );
  });
});
