import { BILLION, formatUtc, parseUtc, type UtcInstant, utc } from "@truebound/time";
import { type Calendar, WEEKDAYS } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openAt } from "../alert/calendar.ts";
import { isIanaTimezone, sayDay, wallTime } from "../alert/zone-time.ts";
import { scheduleByForms, scheduleOf, UnknownTimezone } from "./schedule.ts";

const at = (text: string): UtcInstant => {
  const instant = parseUtc(text);
  if (instant === null) throw new RangeError(`Cannot read ${text}`);
  return instant;
};
const london: Calendar = {
  name: "lse",
  timezone: "Europe/London",
  days: ["mon", "tue", "wed", "thu", "fri"],
  open: "08:00",
  close: "16:30",
  holidays: ["2026-12-25"],
};
const stretches = (calendar: Calendar | null, from: string, to: string) =>
  scheduleOf(calendar, { from: at(from), to: at(to) }).map((one) =>
    [one.from, one.to].map((end) => new Date(Number(end / 1_000_000n)).toISOString().slice(0, 19)),
  );

const DAILY = { name: "any", timezone: "UTC", days: [...WEEKDAYS], open: "08:00", holidays: [] };

describe("a calendar that was changed", () => {
  const day = { from: at("2026-03-02T00:00:00Z"), to: at("2026-03-03T00:00:00Z") };
  const version = (close: string, from: string) => ({ calendar: { ...DAILY, close }, from: at(from) });
  const said = (versions: Parameters<typeof scheduleByForms>[0]) =>
    scheduleByForms(versions, day).map(({ from, to }) => [formatUtc(utc(from)).slice(11, 16), formatUtc(utc(to)).slice(11, 16)]);

  it("holds as it was at each time, and before it was first set as it was set then", () => {
    const short = version("12:00", "2026-03-02T09:00:00Z");
    expect(said([short])).toEqual([["08:00", "12:00"]]);
    expect(said([short, version("16:00", "2026-03-02T15:00:00Z")])).toEqual([
      ["08:00", "12:00"],
      ["15:00", "16:00"],
    ]);
    expect(said([short, version("16:00", "2026-03-02T11:00:00Z")])).toEqual([["08:00", "16:00"]]);
  });
  it("hides nothing while it was taken away", () => {
    const gone = { calendar: null, from: at("2026-03-02T10:00:00Z") };
    expect(said([version("12:00", "2026-03-01T00:00:00Z"), gone, version("12:00", "2026-03-02T14:00:00Z")])).toEqual([["08:00", "14:00"]]);
  });
});

describe("when a limit must hold", () => {
  it("is always without a calendar, and never within nothing", () => {
    const period = { from: at("2026-12-24T00:00:00Z"), to: utc(at("2026-12-25T00:00:00Z") + 1n) };
    expect(scheduleOf(null, period)).toEqual([period]);
    expect(scheduleOf(null, { from: period.to, to: period.from })).toEqual([]);
    expect(scheduleOf(london, { from: period.to, to: period.to })).toEqual([]);
  });
  it("is each session of the calendar, without holidays and weekends, and an hour earlier in summer", () => {
    expect(stretches(london, "2026-12-24T00:00:00Z", "2026-12-30T00:00:00Z")).toEqual([
      ["2026-12-24T08:00:00", "2026-12-24T16:30:00"],
      ["2026-12-28T08:00:00", "2026-12-28T16:30:00"],
      ["2026-12-29T08:00:00", "2026-12-29T16:30:00"],
    ]);
    expect(stretches(london, "2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z")).toEqual([
      ["2026-03-27T08:00:00", "2026-03-27T16:30:00"],
      ["2026-03-30T07:00:00", "2026-03-30T15:30:00"],
    ]);
  });
  it.each(["Mars/Olympus", "europe/london", "+01:00", ""])("is not made up where nobody can know it: timezone %s", (timezone) => {
    const day = { from: at("2026-03-02T00:00:00Z"), to: at("2026-03-03T00:00:00Z") };
    expect(() => scheduleOf({ ...london, timezone }, day)).toThrow(UnknownTimezone);
    expect(scheduleOf({ ...london, timezone }, { from: day.to, to: day.from })).toEqual([]);
  });
  it.each(["Europe/London", "US/Eastern", "Asia/Calcutta", "Asia/Kolkata", "UTC", "Etc/GMT-1"])("is known of timezone %s", (timezone) => {
    expect(isIanaTimezone(timezone)).toBe(true);
  });
  it("is cut at the ends of the period, to the nanosecond", () => {
    const [from, to] = [utc(at("2026-12-24T09:00:00Z") + 1n), utc(at("2026-12-24T10:00:00Z") + 3n)];
    expect(scheduleOf(london, { from, to })).toEqual([{ from, to }]);
  });
  it("goes on over midnight, and into a period that begins in the night", () => {
    const futures: Calendar = { ...london, timezone: "America/Chicago", open: "17:00", close: "16:00", holidays: [], days: ["sun", "mon"] };
    expect(stretches(futures, "2026-01-05T00:00:00Z", "2026-01-08T00:00:00Z")).toEqual([
      ["2026-01-05T00:00:00", "2026-01-05T22:00:00"],
      ["2026-01-05T23:00:00", "2026-01-06T22:00:00"],
    ]);
  });
  it("is one stretch where a session opens as the one before closes", () => {
    const all: Calendar = { ...london, days: [...WEEKDAYS], open: "00:00", close: "00:00", holidays: [] };
    expect(stretches(all, "2026-03-20T12:00:00Z", "2026-04-10T12:00:00Z")).toEqual([["2026-03-20T12:00:00", "2026-04-10T12:00:00"]]);
  });
});

/** Where clocks are changed by an hour, by half an hour, at midnight, never, and once by a whole day. */
const ZONES = ["Europe/London", "America/Chicago", "Australia/Lord_Howe", "Asia/Beirut", "Asia/Tokyo", "Pacific/Apia", "America/St_Johns"];
const DAY = 86_400;
const FIRST = Number(at("2010-01-01T00:00:00Z") / BILLION);
const LAST = Number(at("2027-12-01T00:00:00Z") / BILLION);
const lead = (timezone: string, second: number) => wallTime(timezone, second) - second;
const changes = new Map(
  ZONES.map((timezone) => {
    const days = Array.from({ length: Math.floor((LAST - FIRST) / DAY) }, (_, day) => FIRST + day * DAY);
    return [timezone, days.filter((second) => lead(timezone, second) !== lead(timezone, second + DAY))];
  }),
);
/** Half of the periods begin within two days of a change of the wall clock. */
const begins = (timezone: string) => {
  const there = changes.get(timezone) ?? [];
  const anywhere = fc.integer({ min: FIRST, max: LAST });
  if (there.length === 0) return anywhere;
  return fc.oneof(
    anywhere,
    fc.tuple(fc.constantFrom(...there), fc.integer({ min: -2 * DAY, max: DAY })).map(([change, more]) => change + more),
  );
};
const timeOfDay = fc
  .integer({ min: 0, max: 287 })
  .map((step) => `${String(Math.floor(step / 12)).padStart(2, "0")}:${String((step % 12) * 5).padStart(2, "0")}`);

describe("a schedule and its slow twin", () => {
  it("hold the same seconds, whatever the timezone does", () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES).chain((timezone) => fc.tuple(fc.constant(timezone), begins(timezone))),
        fc.subarray([...WEEKDAYS], { minLength: 1 }),
        timeOfDay,
        timeOfDay,
        fc.integer({ min: 1, max: 4 * DAY }),
        fc.boolean(),
        ([timezone, second], days, open, close, length, off) => {
          const holidays = off ? [sayDay(Math.floor(wallTime(timezone, second) / DAY) + 1)] : [];
          const calendar: Calendar = { name: "any", timezone, days, open, close, holidays };
          const period = { from: utc(BigInt(second) * BILLION), to: utc(BigInt(second + length) * BILLION) };
          const found = scheduleOf(calendar, period);
          for (const [index, { from, to }] of found.entries()) {
            expect(from < to && period.from <= from && to <= period.to).toBe(true);
            expect(index === 0 || (found[index - 1]?.to ?? to) < from).toBe(true);
          }
          // At sixty places, and on both sides of each end, someone looks whether it is open.
          const ends = found.flatMap(({ from, to }) => [from - 1n, from, to - 1n, to]);
          const looks = Array.from({ length: 60 }, (_, look) => period.from + ((period.to - period.from) * BigInt(look)) / 60n);
          for (const look of [...looks, ...ends].filter((one) => period.from <= one && one < period.to)) {
            const isHeld = found.some(({ from, to }) => from <= look && look < to);
            expect([look, isHeld]).toEqual([look, openAt(calendar, utc(look))]);
          }
        },
      ),
      { numRuns: 60 },
    ));
});
