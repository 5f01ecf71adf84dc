import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Episode } from "./audit-case.ts";
import type { SelfReport } from "./profile.ts";
import { sayGround, selfReportGrounds } from "./self-report.ts";

const NONE: SelfReport = { often: null, multiple_of_limit: null, lasting_ns: null, verified: false };
const limit_ns = [-100n, 100n] as const;
const episode = (from: bigint, more: Partial<Episode> = {}): Episode => ({ from, to: from + 1n, peakProven: 101n, ...more });
const placesOf = (rules: Partial<SelfReport>, episodes: readonly Episode[], limit: readonly [bigint, bigint] = limit_ns) =>
  selfReportGrounds({ limit_ns: limit, self_report: { ...NONE, ...rules } }, episodes).map(({ rule, episodes: places }) => [rule, places]);

describe("a breach is told", () => {
  it("never where the profile has no rule", () => {
    expect(selfReportGrounds({ limit_ns, self_report: null }, [episode(0n)])).toEqual([]);
    expect(placesOf({}, [episode(0n)])).toEqual([]);
  });
  it("for a peak beyond so many times the limit, and not at it", () => {
    const peaks = [200n, 201n].map((peakProven, at) => episode(BigInt(at), { peakProven }));
    expect(placesOf({ multiple_of_limit: 2 }, peaks)).toEqual([["multiple_of_limit", [1]]]);
    expect(placesOf({ multiple_of_limit: 2 }, peaks, [-50n, 100n])).toEqual([["multiple_of_limit", [1]]]);
  });
  it("for one that lasts as long", () => {
    expect(placesOf({ lasting_ns: 10n }, [episode(0n, { to: 9n }), episode(20n, { to: 30n })])).toEqual([["lasting", [1]]]);
  });
  it("for ten within a day, and not for ten of which the last begins a day after the first", () => {
    const DAY = 86_400_000_000_000n;
    const often = { count: 10, window_ns: DAY };
    const ten = Array.from({ length: 10 }, (_, place) => episode(BigInt(place) * 1000n));
    const all = ten.map((_, place) => place);
    expect(placesOf({ often }, ten)).toEqual([["often", all]]);
    expect(placesOf({ often }, [...ten.slice(0, 9), episode(DAY)])).toEqual([]);
    expect(placesOf({ often }, [...ten.slice(0, 9), episode(DAY - 1n)])).toEqual([["often", all]]);
    expect(placesOf({ often }, ten.slice(0, 9))).toEqual([]);
  });
  it("for each rule by itself, in words", () => {
    const self_report = { ...NONE, often: { count: 2, window_ns: 9n }, multiple_of_limit: 1, lasting_ns: 5n };
    const grounds = selfReportGrounds({ limit_ns, self_report }, [episode(0n), episode(5n, { to: 10n, peakProven: 100n })]);
    expect(grounds.map(sayGround)).toEqual([
      "2 episodes of those that are 2 or more within 9 ns",
      "1 episode beyond 100 ns for certain",
      "1 episode of 5 ns or longer",
    ]);
  });
  it("for those that some window of the length holds with enough others, whatever their times", () => {
    const starts = fc.array(fc.bigInt(0n, 60n), { maxLength: 12 }).map((all) => all.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    fc.assert(
      fc.property(starts, fc.integer({ min: 1, max: 5 }), fc.bigInt(1n, 30n), (times, count, window_ns) => {
        // Every window that can be laid, one by one.
        const windows = Array.from({ length: 100 }, (_, at) => BigInt(at - 35));
        const within = (from: bigint) => times.flatMap((time, place) => (from <= time && time < from + window_ns ? [place] : []));
        const slow = new Set(
          windows
            .map(within)
            .filter((places) => places.length >= count)
            .flat(),
        );
        const fast = placesOf(
          { often: { count, window_ns } },
          times.map((time) => episode(time)),
        );
        expect(fast).toEqual(slow.size === 0 ? [] : [["often", [...slow].sort((a, b) => a - b)]]);
      }),
    );
  });
});
