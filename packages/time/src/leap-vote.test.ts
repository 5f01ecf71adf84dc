import { describe, expect, it } from "vitest";
import { SHIPPED } from "./leap-list.fixture.ts";
import { calendarOf } from "./leap-list.ts";
import { compareWithList, indicatedLeap, type LeapVoter, leapAhead, leapNear, mixedTimescales, mustLeave } from "./leap-vote.ts";
import { parseUtc } from "./rfc3339.ts";
import type { Timescale } from "./smear.ts";
import { BILLION, type UtcInstant } from "./units.ts";

const at = (text: string) => parseUtc(text) as UtcInstant;
const voters = (leaps: readonly number[], timescale: Timescale = "utc"): LeapVoter[] =>
  leaps.map((leap, index) => ({ id: `${index}`, leap, timescale }));
const calendar = calendarOf(SHIPPED);
const point = (text: string) => ({ lo: at(text) as bigint, hi: at(text) as bigint });

describe("the leap indicators of truechimers", () => {
  const eve = at("2016-12-31T12:00:00Z");
  it.each([
    [[1, 1, 1, 0], 1],
    [[2, 2, 0], -1],
    [[0, 0, 1], 0],
    [[1, 1, 0, 0], null],
    [[1, 2, 0], null],
    [[], null],
  ] as const)("%j say %s", (leaps, said) => expect(indicatedLeap(voters(leaps), eve)).toBe(said));
  it("count on a month's last day only, whichever month it is", () => {
    expect(indicatedLeap(voters([1, 1, 1]), at("2016-12-30T23:59:59Z"))).toBeNull();
    expect(indicatedLeap(voters([1, 1, 1]), at("2026-02-28T00:00:00Z"))).toBe(1);
  });
  it("do not count where the server smears: it hides the leap", () => {
    expect(indicatedLeap([...voters([1, 1]), ...voters([0, 0, 0], "smear24")], eve)).toBe(1);
  });
  it("are compared with a list that reaches that far", () => {
    expect([1, 0, -1, null].map((said) => compareWithList(said as 1 | 0 | -1 | null, eve, calendar))).toEqual([
      "agree",
      "disagree",
      "disagree",
      "not_judged",
    ]);
    expect(compareWithList(1, at("2026-12-31T01:00:00Z"), calendar)).toBe("disagree");
    expect(compareWithList(1, at("2027-06-30T01:00:00Z"), calendar)).toBe("not_judged");
    expect(compareWithList(1, eve, { leaps: [], expires: null })).toBe("not_judged");
  });
});

describe("timescales near a leap", () => {
  const sources = [
    { id: "a", timescale: "utc" as const },
    { id: "b", timescale: "smear24" as const },
    { id: "c", timescale: "utc" as const },
  ];
  it("are named when they differ", () => {
    expect(mixedTimescales(sources, point("2017-01-01T10:00:00Z"), calendar.leaps)).toEqual([
      { timescale: "smear24", ids: ["b"] },
      { timescale: "utc", ids: ["a", "c"] },
    ]);
    expect(mixedTimescales(sources, point("2017-01-02T10:00:00Z"), calendar.leaps)).toBeNull();
    expect(mixedTimescales([sources[0] as (typeof sources)[0]], point("2017-01-01T10:00:00Z"), calendar.leaps)).toBeNull();
  });
  it("must be known there", () => {
    const near = ["2016-12-30T23:59:59Z", "2016-12-31T00:00:00Z", "2017-01-02T00:00:00Z", "2017-01-02T00:00:01Z"].map(point);
    expect(near.map((now) => mustLeave("unknown", now, calendar.leaps))).toEqual([false, true, true, false]);
    expect(near.some((now) => mustLeave("utc", now, calendar.leaps))).toBe(false);
  });
  it("a leap that comes is told a day ahead, and no longer once it is past", () => {
    const said = ["2016-12-30T23:59:59Z", "2016-12-31T00:00:00Z", "2016-12-31T23:59:59Z", "2017-01-01T00:00:00Z"].map(
      (text) => leapAhead(point(text), calendar.leaps)?.step ?? null,
    );
    expect(said).toEqual([null, 1, 1, null]);
    expect(leapNear({ lo: at("2016-12-30T00:00:00Z") - BILLION, hi: at("2017-01-05T00:00:00Z") }, calendar.leaps)?.step).toBe(1);
  });
});
