import { PAIR_PROFILES } from "@truebound/audit";
import { utc } from "@truebound/time";
import type { Status } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import type { StampPlace } from "../query/stamp-place.ts";
import { insideOf, isHeld, judge, type NamedLimit, PLAIN_LIMIT, type StampLimit, type StampQuestion, stampLimit } from "./stamp-limit.ts";

const LAW: NamedLimit = {
  id: "law",
  kind: "utc",
  limit_ns: [-100n, 50n],
  valid_from: "2026-03-02",
  valid_to: null,
};

describe("the limit of a file", () => {
  it.each([
    [{ limit: "100us" }, { min: -100_000n, max: 100_000n, profile: null }],
    [{ limit: "100 µs" }, { min: -100_000n, max: 100_000n }],
    [{ limit: "0.1ms" }, { min: -100_000n, max: 100_000n }],
    [{ limit: "1s" }, { min: -1_000_000_000n, max: 1_000_000_000n }],
    [{ profile: "law" }, { min: -100n, max: 50n, profile: "law", countsUnverified: false }],
    [{}, null],
  ])("of %j", (wish, limit) => {
    const found = stampLimit(wish, [LAW, ...PAIR_PROFILES]);
    if (limit === null) expect(found).toBeNull();
    else expect(found).toMatchObject(limit);
  });
  it.each([
    [{ limit: "100" }, "a number with its unit, such as 100us, 100 µs or 0.1ms"],
    [{ limit: "9999999999999s" }, "longer than 30 years"],
    [{ profile: "lwa" }, "did you mean law?"],
    [{ profile: "pci-dss-10-6" }, "a rule without a number; name a limit such as 100us"],
    [{ profile: "cockroachdb" }, "difference between two clocks"],
    [{ profile: "law", limit: "1ms" }, "name one"],
  ])("of %j is refused: %s", (wish, words) =>
    expect(stampLimit(wish, [LAW, ...PAIR_PROFILES])).toMatchObject({ refused: "bad_request", detail: expect.stringContaining(words) }),
  );
  it("holds from its first day on", () => {
    const limit = stampLimit({ profile: "law" }, [LAW]) as StampLimit;
    const day = utc(1_772_409_600_000_000_000n);
    expect(isHeld(limit, { ...placeOf(0n, 0n), places: [{ from: day, to: day }] })).toBe(true);
    expect(isHeld(limit, { ...placeOf(0n, 0n), places: [{ from: day - 1n, to: day }] })).toBe(false);
  });
});

const STAMP = 1_000_000n;
/** A place in which the divergence of STAMP is from `lo` to `hi`. */
const placeOf = (lo: bigint, hi: bigint, status: Status = "proven", isBlind = false): StampPlace => ({
  places: [{ from: STAMP - hi, to: STAMP - lo }],
  status,
  reason: null,
  isBlind,
  afterLast: 0n,
  readings: [],
});

describe("whether a clock was within its limit", () => {
  const limit = { ...PLAIN_LIMIT, min: -100n, max: 50n };
  it.each([
    ["all of it within, ends included", placeOf(-100n, 50n), "yes"],
    ["all of it beyond", placeOf(51n, 60n), "no"],
    ["all of it below", placeOf(-200n, -101n), "no"],
    ["some of it at the limit", placeOf(50n, 60n), "not_provable"],
    ["more than all of it", placeOf(-101n, 51n), "not_provable"],
    ["in holdover", placeOf(0n, 1n, "holdover"), "yes"],
    ["one source alone", placeOf(0n, 1n, "unverified"), "not_provable"],
    ["sources that contradict each other", placeOf(51n, 60n, "conflict"), "not_provable"],
    ["a stretch that nobody watched", placeOf(0n, 1n, "proven", true), "not_provable"],
    ["nowhere", { ...placeOf(0n, 1n), places: [] }, "not_provable"],
  ])("%s", (_, place, inside) => expect(insideOf(place, STAMP, limit)).toBe(inside));
  it("is proved of both places of a stamp that was shown twice, or of neither", () => {
    const both = (a: StampPlace, b: StampPlace): StampPlace => ({ ...a, places: [...a.places, ...b.places] });
    expect(insideOf(both(placeOf(0n, 1n), placeOf(40n, 50n)), STAMP, limit)).toBe("yes");
    expect(insideOf(both(placeOf(60n, 61n), placeOf(-300n, -200n)), STAMP, limit)).toBe("no");
    expect(insideOf(both(placeOf(0n, 1n), placeOf(60n, 61n)), STAMP, limit)).toBe("not_provable");
  });
  it("counts one source alone where the profile says so", () =>
    expect(insideOf(placeOf(0n, 1n, "unverified"), STAMP, { ...limit, countsUnverified: true })).toBe("yes"));
  it("counts the bound after the last reading up to the horizon", () => {
    const after = (ns: bigint): StampPlace => ({ ...placeOf(0n, 1n, "holdover"), afterLast: ns });
    expect([insideOf(after(30n), STAMP, { ...limit, horizon: 30n }), insideOf(after(31n), STAMP, { ...limit, horizon: 30n })]).toEqual([
      "yes",
      "not_provable",
    ]);
  });
});

describe("a stamp of a profile that demands documents", () => {
  const limit: StampLimit = { ...PLAIN_LIMIT, min: -100n, max: 50n, requiresTraceability: true };
  const question: StampQuestion = { scope: null, limit, limitOf: () => limit };
  it.each([
    [true, "yes", null],
    [false, "not_provable", "not_traceable"],
  ])("is judged if its clock is traceable: %s", async (isTraceable, inside, reason) => {
    const judged = await judge(question, {}, { place: placeOf(0n, 1n), stamp: STAMP }, async () => isTraceable);
    expect(judged).toMatchObject({ inside, reason });
  });
});
