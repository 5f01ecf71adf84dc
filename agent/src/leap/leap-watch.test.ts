import { BILLION, parseUtc, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { type LeapScene, leapNews, leapOfStep, lookForLeaps } from "./leap-watch.ts";

const MIDNIGHT = parseUtc("2029-01-01T00:00:00Z") ?? utc(0n);
const leaps = [{ utc_ns: MIDNIGHT, step: 1 as const }];
const source = (id: string, over: Partial<LeapScene["sources"][0]> = {}) => ({
  id,
  leap: 1,
  timescale: "utc" as const,
  agrees: true,
  ...over,
});
const scene = (secondsBefore: number, sources: LeapScene["sources"], list = leaps): LeapScene => {
  const now = MIDNIGHT - BigInt(secondsBefore) * BILLION;
  return { utc: { lo: now - 1000n, hi: now + 1000n }, sources, calendar: { leaps: list, expires: utc(MIDNIGHT + BILLION) } };
};
const kinds = (...args: Parameters<typeof scene>) => lookForLeaps(scene(...args)).map(({ kind }) => kind);
const three = [source("a"), source("b"), source("c")];

describe("what is seen of a leap", () => {
  it("nothing two days before, nor without an estimate of UTC", () => {
    expect(kinds(172_800, three)).toEqual([]);
    expect(lookForLeaps({ ...scene(60, three), utc: null })).toEqual([]);
  });
  it("that one is near, by the list, with how many sources are undeclared", () => {
    const [first] = lookForLeaps(scene(60, [...three, source("d", { timescale: "unknown" })]));
    expect(first).toEqual({
      kind: "leap_pending",
      detail: { leap: "inserted", at: "2029-01-01T00:00:00.000000000Z", by: "leap_list", sources_of_unknown_timescale: 1 },
    });
  });
  it("that one is near by the indicators alone, which disagrees with a list that does not have it", () => {
    expect(kinds(60, three, [])).toEqual(["leap_pending", "leap_indicator_disagrees"]);
    expect(lookForLeaps(scene(60, three, []))[0]?.detail).toEqual({ leap: "inserted", by: "leap_indicators" });
  });
  it("one lying indicator changes nothing", () => {
    expect(kinds(60, [source("a", { leap: 0 }), ...three], leaps)).toEqual(["leap_pending"]);
    expect(kinds(60, [source("a"), source("b", { leap: 0 }), source("c", { leap: 0 })], [])).toEqual([]);
    expect(kinds(60, [source("a", { agrees: false }), source("b", { agrees: false }), source("c", { leap: 0 })], [])).toEqual([]);
  });
  it("that the sources keep different timescales", () => {
    const seen = lookForLeaps(scene(-3600, [...three, source("d", { timescale: "smearFB", leap: 0 })]));
    expect(seen).toEqual([{ kind: "mixed_timescales", detail: { smearfb: "d", utc: "a, b, c" } }]);
  });
  it("is news once", () => {
    const [before, after] = [lookForLeaps(scene(60, three)), lookForLeaps(scene(59, three))];
    expect([leapNews([], before).length, leapNews(before, after).length]).toEqual([1, 0]);
  });
});

describe("a step of REALTIME", () => {
  it.each([
    [-BILLION, 0n, true],
    [-BILLION - 9_000_000n, 0n, true],
    [-BILLION - 11_000_000n, 0n, false],
    [BILLION, 0n, false],
    [-BILLION, -3600n * BILLION, false],
    [-BILLION, 3600n * BILLION, false],
  ])("of %s ns, %s ns from the leap, is it: %s", (step, away, expected) => {
    const after = MIDNIGHT + away - BILLION / 2n;
    expect(leapOfStep(step, after - BILLION / 2n, after, leaps) !== null).toBe(expected);
  });
  it("ahead over a deleted second is one", () =>
    expect(leapOfStep(BILLION, MIDNIGHT - 2n * BILLION, MIDNIGHT, [{ utc_ns: MIDNIGHT, step: -1 }])?.step).toBe(-1));
});
