import { utc } from "@truebound/time";
import { expect, it } from "vitest";
import { placeKey, type Thing } from "./document.ts";
import { calendarsOf, doubtPastHours } from "./past-hours.ts";

const scope = (key: string, calendar: string | null): Thing => ({ kind: "scope", key, body: { calendar } });
const form = (timezone: string, from: bigint) => ({
  calendar: { name: "lse", timezone, days: ["mon" as const], open: "08:00", close: "16:30", holidays: [] },
  from: utc(from),
});
const THINGS = [scope("desk", "lse"), scope("always", null)];
const PLACES = new Map(THINGS.map((thing, index) => [placeKey(thing), { line: index + 7, column: 3 }]));
const doubted = (...forms: { calendar: ReturnType<typeof form>["calendar"] | null; from: ReturnType<typeof utc> }[]) =>
  doubtPastHours(THINGS, PLACES, new Map([["lse", forms]]));

it("asks of those calendars that scopes name", () => {
  expect(calendarsOf([...THINGS, scope("other", "lse"), { kind: "rule", key: "r", body: { calendar: "nyse" } }])).toEqual(["lse"]);
});

it("names what a scope's calendar was by, from when and until when, and what to do", () => {
  const at = { line: 7, column: 3 };
  const words = (when: string) =>
    `scope desk: calendar lse was by timezone "Mars/Olympus" ${when}, of which this machine has no rules: no report of that time can be made here. Ask for a later period, or make it on a machine whose Node has that timezone`;
  expect(doubted(form("Mars/Olympus", 0n), form("Europe/London", 10n ** 18n))).toEqual([
    { at, words: words("at all times before 2001-09-09T01:46:40.000000000Z") },
  ]);
  expect(doubted(form("UTC", 0n), form("Mars/Olympus", 10n ** 18n))).toEqual([
    { at, words: words("from 2001-09-09T01:46:40.000000000Z until this file is applied") },
  ]);
});

it("says nothing of hours that are known, or of a time without any", () => {
  expect(doubted(form("Europe/London", 0n), { calendar: null, from: utc(5n) })).toEqual([]);
});
