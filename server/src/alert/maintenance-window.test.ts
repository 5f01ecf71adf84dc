import { parseUtc, type UtcInstant } from "@truebound/time";
import type { Maintenance, MaintenanceRequest } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { coveredWords, covers, endedWindow, nextTimes, windowState, wishedWindow } from "./maintenance-window.ts";

const at = (text: string): UtcInstant => parseUtc(text) as UtcInstant;
const NOW = at("2026-11-28T07:00:00Z");
const wish = (more: Partial<MaintenanceRequest> = {}): MaintenanceRequest => ({
  labels: {},
  to: "2026-11-28T08:00:00Z",
  who: "ada",
  comment: "kernel",
  ...more,
});
const once = (from: string, to: string): Maintenance => ({ name: "w", hosts: {}, comment: "c", once: { from, to } });
const WEEKLY: Maintenance = {
  name: "w",
  hosts: {},
  comment: "c",
  weekly: { days: ["sun"], at: "02:00", for_s: 3600, timezone: "Europe/Berlin" },
};

describe("a window that somebody asks for", () => {
  it("begins now where it says nothing, or what has passed", () => {
    for (const from of [undefined, "2026-11-28T01:00:00Z"])
      expect(wishedWindow(wish(from === undefined ? {} : { from }), NOW)).toEqual({
        hosts: {},
        comment: "kernel",
        once: { from: "2026-11-28T07:00:00.000000000Z", to: "2026-11-28T08:00:00.000000000Z" },
      });
  });
  it("keeps its hosts by labels and by names, and its times in UTC", () => {
    expect(
      wishedWindow(wish({ labels: { rack: "r1" }, names: ["db-1"], from: "2026-11-28T10:00:00+02:00", to: "2026-11-28T09:30:00Z" }), NOW),
    ).toEqual({
      hosts: { labels: { rack: "r1" } },
      names: ["db-1"],
      comment: "kernel",
      once: { from: "2026-11-28T08:00:00.000000000Z", to: "2026-11-28T09:30:00.000000000Z" },
    });
  });
  it.each([
    [{ to: "2026-11-28T07:00:00Z" }, /over already/],
    [{ from: "2026-11-28T09:00:00Z" }, /after its beginning/],
    [{ to: "2027-02-26T07:00:01Z" }, /longer than 90 days/],
    [{ from: "2027-12-01T00:00:00Z", to: "2027-12-02T00:00:00Z" }, /more than a year/],
    [{ to: "tomorrow" }, /Cannot read its times/],
    [{ to: "2026-11-28T08:00:00" }, /Cannot read its times/],
  ])("is refused: %j", (more, why) => {
    expect(wishedWindow(wish(more), NOW)).toMatch(why);
  });
});

describe("a window of every week that somebody asks for", () => {
  const weekly = { days: ["sun" as const, "mon" as const, "sun" as const], at: "02:00", for_s: 3600, timezone: "Europe/Berlin" };
  const { to: _, ...bare } = wish();
  it("keeps its days in the order of the week, each once", () => {
    expect(wishedWindow({ ...bare, weekly }, NOW)).toEqual({ hosts: {}, comment: "kernel", weekly: { ...weekly, days: ["mon", "sun"] } });
  });
  it.each([
    [{ weekly: { ...weekly, timezone: "Berlin" } }, /no timezone "Berlin": write its IANA name/],
    [{ weekly, to: "2026-11-28T08:00:00Z" }, /either these, or its days/],
    [{ weekly, from: "2026-11-28T08:00:00Z" }, /either these, or its days/],
    [{}, /either its end, or on which days/],
  ])("is refused: %j", (more, why) => expect(wishedWindow({ ...bare, ...more }, NOW)).toMatch(why));
});

describe("the next times of a window of every week", () => {
  const times = (more: Partial<NonNullable<Maintenance["weekly"]>>, now: string) =>
    nextTimes({ days: ["sun"], at: "02:00", for_s: 3600, timezone: "Europe/Berlin", ...more }, at(now), 2).map(({ from, to }) =>
      [from, to].map((one) => one.replace(":00.000000000Z", "Z")),
    );
  it("are in order, and begin with one that is running", () => {
    expect(times({}, "2026-11-29T01:30:00Z")).toEqual([
      ["2026-11-29T01:00Z", "2026-11-29T02:00Z"],
      ["2026-12-06T01:00Z", "2026-12-06T02:00Z"],
    ]);
    expect(times({}, "2026-11-29T02:00:00Z")[0]).toEqual(["2026-12-06T01:00Z", "2026-12-06T02:00Z"]);
  });
  it("follow the wall clock: they begin at the first of two, last in elapsed time, and begin with what is leapt over", () => {
    expect(times({}, "2026-10-24T12:00:00Z")).toEqual([
      ["2026-10-25T00:00Z", "2026-10-25T01:00Z"],
      ["2026-11-01T01:00Z", "2026-11-01T02:00Z"],
    ]);
    expect(times({ at: "02:30" }, "2026-03-28T12:00:00Z")[0]).toEqual(["2026-03-29T01:00Z", "2026-03-29T02:00Z"]);
  });
  it("may reach over several days, and are none where the timezone is not known", () => {
    expect(times({ for_s: 3 * 86_400 }, "2026-12-01T12:00:00Z")[0]).toEqual(["2026-11-29T01:00Z", "2026-12-02T01:00Z"]);
    expect(times({ timezone: "Europe/Nowhere" }, "2026-12-01T12:00:00Z")).toEqual([]);
  });
});

describe("a window", () => {
  it("is coming, running and past, and of every week never past", () => {
    const window = once("2026-11-28T07:00:00Z", "2026-11-28T08:00:00Z");
    const states = ["2026-11-28T06:59:59Z", "2026-11-28T07:00:00Z", "2026-11-28T08:00:00Z"].map((now) => windowState(window, at(now)));
    expect(states).toEqual(["coming", "running", "past"]);
    expect(["2026-11-29T01:30:00Z", "2026-11-29T02:30:00Z"].map((now) => windowState(WEEKLY, at(now)))).toEqual(["running", "coming"]);
  });
  it("that is ended now stays to be seen where it had begun, and is none where it had not", () => {
    expect(endedWindow(once("2026-11-28T06:00:00Z", "2026-11-28T08:00:00Z"), NOW)?.once?.to).toBe("2026-11-28T07:00:00.000000000Z");
    expect(endedWindow(once("2026-11-28T07:30:00Z", "2026-11-28T08:00:00Z"), NOW)).toBeNull();
    const past = once("2026-11-28T05:00:00Z", "2026-11-28T06:00:00Z");
    expect(endedWindow(past, NOW)).toEqual(past);
  });
  it("covers hosts by name or id, of those with its labels alone", () => {
    const host = { id: "h-1", name: "db-1", labels: { rack: "r1" } };
    const cases = [{ names: ["db-1"] }, { names: ["h-1"] }, { names: ["db-2"] }, {}];
    expect(cases.map((names) => covers({ hosts: { labels: { rack: "r1" } }, ...names }, host, []))).toEqual([true, true, false, true]);
    expect(covers({ hosts: { labels: { rack: "r2" } }, names: ["db-1"] }, host, [])).toBe(false);
  });
  it("says its hosts in words, of many names the first", () => {
    expect(coveredWords({ hosts: {} })).toBe("all hosts");
    expect(coveredWords({ hosts: { labels: { rack: "r1" } }, names: ["a"] })).toBe("a, of hosts with rack=r1");
    expect(coveredWords({ hosts: {}, names: ["a", "b", "c", "d", "e", "f", "g"] })).toBe("a, b, c, d, e and 2 more");
  });
});
