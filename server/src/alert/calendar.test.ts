import { BILLION, formatUtc, parseUtc, type UtcInstant, utc } from "@truebound/time";
import { type Calendar, type Maintenance, WEEKDAYS } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inMaintenance, isOpen, nextOpening, openAt } from "./calendar.ts";
import { sayDay, wallEdges, wallTime } from "./zone-time.ts";

const at = (text: string): UtcInstant => {
  const instant = parseUtc(text);
  if (instant === null) throw new RangeError(`Cannot read ${text}`);
  return instant;
};
const WORKDAYS = ["mon", "tue", "wed", "thu", "fri"] as const;
const london: Calendar = {
  name: "lse",
  timezone: "Europe/London",
  days: [...WORKDAYS],
  open: "08:00",
  close: "16:30",
  holidays: ["2026-12-25"],
};

describe("a calendar", () => {
  it.each([
    ["2026-07-06T06:59:59Z", false],
    ["2026-07-06T07:00:00Z", true],
    ["2026-07-06T15:29:59.999Z", true],
    ["2026-07-06T15:30:00Z", false],
    ["2026-01-05T07:30:00Z", false],
    ["2026-01-05T08:00:00Z", true],
    ["2026-07-05T10:00:00Z", false],
    ["2026-12-25T10:00:00Z", false],
  ])("of London is at %s open: %s", (when, open) => expect(openAt(london, at(when))).toBe(open));
  it("is looked at ahead of its opening, across midnight and a weekend that is closed", () => {
    const sunday: Calendar = { ...london, open: "00:30" };
    expect(isOpen(sunday, at("2026-01-04T23:59:59Z"), 1800)).toBe(false);
    expect(isOpen(sunday, at("2026-01-05T00:00:00Z"), 1800)).toBe(true);
    expect(isOpen(sunday, at("2026-01-04T00:30:00Z"), 86_400)).toBe(true);
  });
  it("closes after midnight, also on a day on which it does not open", () => {
    const futures: Calendar = {
      ...london,
      timezone: "America/Chicago",
      open: "17:00",
      close: "16:00",
      days: ["sun", "mon", "tue", "wed", "thu"],
    };
    expect(openAt(futures, at("2026-01-09T21:59:00Z"))).toBe(true);
    expect(openAt(futures, at("2026-01-09T22:00:00Z"))).toBe(false);
    expect(openAt(futures, at("2026-01-09T23:30:00Z"))).toBe(false);
  });
  it("opens at the leap where the wall clock leaps over its opening, and closes at the second of two closings", () => {
    const night: Calendar = { ...london, days: ["sun"], open: "01:30", close: "05:00", holidays: [] };
    expect([openAt(night, at("2026-03-29T00:59:59Z")), openAt(night, at("2026-03-29T01:00:00Z"))]).toEqual([false, true]);
    const late: Calendar = { ...night, open: "00:10", close: "01:30" };
    expect([
      openAt(late, at("2026-10-25T00:45:00Z")),
      openAt(late, at("2026-10-25T01:29:00Z")),
      openAt(late, at("2026-10-25T01:30:00Z")),
    ]).toEqual([true, true, false]);
  });
  it("in a timezone that nobody knows hides nothing", () => {
    expect(openAt({ ...london, timezone: "Atlantis/Capital" }, at("2026-07-05T10:00:00Z"))).toBe(true);
    expect(nextOpening({ ...london, timezone: "Atlantis/Capital" }, at("2026-07-05T10:00:00Z"))).toBe(null);
  });
  it("says when it opens next", () => {
    const next = (when: string) => formatUtc(nextOpening(london, at(when)) ?? utc(0n));
    expect(next("2026-12-24T08:00:00Z")).toBe("2026-12-28T08:00:00.000000000Z");
    expect(next("2026-12-24T07:59:59.999999999Z")).toBe("2026-12-24T08:00:00.000000000Z");
    expect(nextOpening({ ...london, open: "08:00", days: ["mon"], holidays: mondays(2026, 4) }, at("2026-01-01T00:00:00Z"))).toBe(null);
  });
});

const mondays = (year: number, years: number): string[] =>
  Array.from({ length: years * 53 }, (_, week) => sayDay(Number(at(`${year}-01-05T00:00:00Z`) / BILLION) / 86_400 + week * 7));

/** Where clocks were changed by an hour, by half an hour, at midnight, twice within a month, never, and by a whole day. */
const ZONES = [
  "Europe/London",
  "America/New_York",
  "America/Sao_Paulo",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Asia/Beirut",
  "Asia/Tokyo",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "America/St_Johns",
];
const STEP = 300;
const FIRST = Number(at("2010-01-01T00:00:00Z") / BILLION) / STEP;
const LAST = Number(at("2027-12-31T00:00:00Z") / BILLION) / STEP;
/** Half of them within two days of a change of the wall clock, which else nearly none would meet. */
const instants = (timezone: string) => {
  const there = changes.get(timezone) ?? [];
  const anywhere = fc.integer({ min: FIRST, max: LAST }).map((step) => step * STEP);
  if (there.length === 0) return anywhere;
  const near = fc.tuple(fc.constantFrom(...there), fc.integer({ min: -576, max: 576 })).map(([change, steps]) => change + steps * STEP);
  return fc.oneof(anywhere, near);
};
const changes = new Map(ZONES.map((timezone) => [timezone, changesOf(timezone)]));
function changesOf(timezone: string): number[] {
  const DAY = 86_400;
  const lead = (second: number) => wallTime(timezone, second) - second;
  const days = Array.from({ length: Math.floor(((LAST - FIRST) * STEP) / DAY) }, (_, day) => FIRST * STEP + day * DAY);
  return days.filter((second) => lead(second) !== lead(second + DAY));
}
const zoned = fc.constantFrom(...ZONES).chain((timezone) => fc.tuple(fc.constant(timezone), instants(timezone)));

/** By looking at the wall every minute: clocks of Newfoundland were changed at a minute past midnight. */
const LOOK = 60;
function slowEdges(timezone: string, wall: number): { first: number; last: number } {
  const looks = Array.from({ length: 2 * 27 * 60 + 1 }, (_, step) => wall - 27 * 3600 + step * LOOK);
  const shown = looks.map((second) => wallTime(timezone, second));
  return {
    first: looks[shown.findIndex((time) => time >= wall)] ?? Number.NaN,
    last: (looks[shown.findLastIndex((time) => time < wall)] ?? Number.NaN) + LOOK,
  };
}

describe("the edges of a wall time", () => {
  it("are those that somebody finds who looks at the wall all the time", () =>
    fc.assert(
      fc.property(zoned, ([timezone, wall]) => {
        expect(wallEdges(timezone, wall)).toEqual(slowEdges(timezone, wall));
      }),
      { numRuns: 80, examples: [[["America/St_Johns", 1_268_525_100]]] },
    ));
});

const timeOfDay = fc
  .integer({ min: 0, max: 287 })
  .map((step) => `${String(Math.floor(step / 12)).padStart(2, "0")}:${String((step % 12) * 5).padStart(2, "0")}`);
const someDays = fc.subarray([...WEEKDAYS], { minLength: 1 });

/** Every day from a fortnight before to a week after, by its name on the wall. */
function slowSessions({ timezone, days, open, close, holidays }: Calendar, second: number): { from: number; to: number }[] {
  const today = Math.floor(wallTime(timezone, second) / 86_400);
  return [-2, -1, 0, 1, 2].flatMap((ahead) => {
    const day = today + ahead;
    const named = WEEKDAYS[(new Date(day * 86_400_000).getUTCDay() + 6) % 7];
    if (named === undefined || !days.includes(named) || holidays.includes(sayDay(day))) return [];
    const wall = (text: string, later: number) => (day + later) * 86_400 + Number(text.slice(0, 2)) * 3600 + Number(text.slice(3)) * 60;
    return [{ from: slowEdges(timezone, wall(open, 0)).first, to: slowEdges(timezone, wall(close, close > open ? 0 : 1)).last }];
  });
}

describe("a calendar and its slow twin", () => {
  it("are open at the same instants, whatever the timezone does", () =>
    fc.assert(
      fc.property(
        zoned,
        someDays,
        timeOfDay,
        timeOfDay,
        fc.constantFrom(0, 1800, 86_400),
        fc.boolean(),
        (zone, days, open, close, before, off) => {
          const [timezone, second] = zone;
          const holidays = off ? [sayDay(Math.floor(wallTime(timezone, second) / 86_400))] : [];
          const calendar: Calendar = { name: "any", timezone, days, open, close, holidays };
          const slow = slowSessions(calendar, second).some(({ from, to }) => from < to && from - before <= second && second < to);
          expect(isOpen(calendar, utc(BigInt(second) * BILLION), before)).toBe(slow);
        },
      ),
      { numRuns: 80 },
    ));
  it("open next at an instant at which it is open, and was not ten seconds before or had just closed", () =>
    fc.assert(
      fc.property(zoned, someDays, timeOfDay, timeOfDay, ([timezone, second], days, open, close) => {
        const calendar: Calendar = { name: "any", timezone, days, open, close, holidays: [] };
        const now = utc(BigInt(second) * BILLION);
        const next = nextOpening(calendar, now);
        if (next === null) throw new Error("It opens every week");
        expect(next > now).toBe(true);
        expect(openAt(calendar, next)).toBe(true);
        const between = utc(now + (next - now) / 2n);
        if (!openAt(calendar, now)) expect(openAt(calendar, between)).toBe(false);
      }),
      { numRuns: 100 },
    ));
});

describe("a maintenance window", () => {
  const once: Maintenance = {
    name: "move",
    hosts: {},
    comment: "",
    once: { from: "2026-03-01T22:00:00+01:00", to: "2026-03-01T23:00:00Z" },
  };
  it("of one time holds from its beginning to before its end", () => {
    const held = ["2026-03-01T20:59:59Z", "2026-03-01T21:00:00Z", "2026-03-01T22:59:59Z", "2026-03-01T23:00:00Z"];
    expect(held.map((when) => inMaintenance(once, at(when)))).toEqual([false, true, true, false]);
  });
  const weekly = (more: Partial<NonNullable<Maintenance["weekly"]>>): Maintenance => ({
    name: "patches",
    hosts: {},
    comment: "",
    weekly: { days: ["sat"], at: "23:00", for_s: 4 * 3600, timezone: "Europe/Berlin", ...more },
  });
  it("of every week lasts as long as it says across a change of the wall clock", () => {
    // 28 March 2026, 23:00 in Berlin is 22:00 UTC; the clocks go forward at 01:00 UTC.
    const held = ["2026-03-28T21:59:59Z", "2026-03-28T22:00:00Z", "2026-03-29T01:59:59Z", "2026-03-29T02:00:00Z"];
    expect(held.map((when) => inMaintenance(weekly({}), at(when)))).toEqual([false, true, true, false]);
  });
  it("may last for days", () => {
    const long = weekly({ for_s: 7 * 86_400, days: ["mon"], at: "00:00" });
    expect(["2026-01-05T12:00:00Z", "2026-01-11T22:59:00Z", "2026-01-12T12:00:00Z"].map((when) => inMaintenance(long, at(when)))).toEqual([
      true,
      true,
      true,
    ]);
  });
  it("in a timezone that nobody knows keeps nobody quiet", () => {
    expect(inMaintenance(weekly({ timezone: "Atlantis/Capital" }), at("2026-03-28T23:00:00Z"))).toBe(false);
  });
  it("holds when its slow twin does", () =>
    fc.assert(
      fc.property(
        zoned,
        someDays,
        timeOfDay,
        fc.constantFrom(300, 4 * 3600, 30 * 3600, 7 * 86_400),
        ([timezone, second], days, begins, for_s) => {
          const window = weekly({ days, at: begins, for_s, timezone });
          const today = Math.floor(wallTime(timezone, second) / 86_400);
          const slow = Array.from({ length: 10 }, (_, back) => today - back).some((day) => {
            const named = WEEKDAYS[(new Date(day * 86_400_000).getUTCDay() + 6) % 7];
            if (named === undefined || !days.includes(named)) return false;
            const wall = day * 86_400 + Number(begins.slice(0, 2)) * 3600 + Number(begins.slice(3)) * 60;
            const { first } = slowEdges(timezone, wall);
            return first <= second && second < first + for_s;
          });
          expect(inMaintenance(window, utc(BigInt(second) * BILLION))).toBe(slow);
        },
      ),
      { numRuns: 40 },
    ));
});
