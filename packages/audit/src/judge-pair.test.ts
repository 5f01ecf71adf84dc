import type { Interval } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgePair } from "./judge-pair.ts";

const limit = (limit_ns: bigint) => ({ limit_ns });

it.each<[string, bigint, Interval | null, string]>([
  ["touches both ends of the limit", 400n, { lo: -400n, hi: 400n }, "inside"],
  ["passes the upper end by a nanosecond", 400n, { lo: -400n, hi: 401n }, "not_provable"],
  ["passes the lower end by a nanosecond", 400n, { lo: -401n, hi: 0n }, "not_provable"],
  ["begins at the limit", 400n, { lo: 400n, hi: 500n }, "not_provable"],
  ["begins a nanosecond above", 400n, { lo: 401n, hi: 500n }, "outside"],
  ["ends a nanosecond below", 400n, { lo: -500n, hi: -401n }, "outside"],
  ["lies beyond it on both sides", 400n, { lo: -500n, hi: 500n }, "not_provable"],
  ["is no bound", 400n, null, "not_provable"],
  ["is too far for a double", 2n ** 60n, { lo: 2n ** 60n + 1n, hi: 2n ** 61n }, "outside"],
])("a bound that %s", (_, limit_ns, bound, verdict) => expect(judgePair(limit(limit_ns), bound)).toBe(verdict));

it("takes no interval that is none", () => {
  expect(() => judgePair(limit(1n), { lo: 2n, hi: 1n })).toThrow("Cannot judge a bound of lo 2 ns above hi 1 ns");
});

describe("whatever the bound", () => {
  const far = 2n ** 62n;
  const point = fc.bigInt(-far, far);
  const bound = fc.tuple(point, point).map(([a, b]) => (a < b ? { lo: a, hi: b } : { lo: b, hi: a }));
  const most = fc.bigInt(1n, far);
  const isWithin = (value: bigint, limit_ns: bigint) => -limit_ns <= value && value <= limit_ns;

  it("what is proved is true of every value in it, and where neither is proved both are possible", () => {
    fc.assert(
      fc.property(most, bound, fc.bigInt(0n, 1000n), (limit_ns, { lo, hi }, share) => {
        const verdict = judgePair(limit(limit_ns), { lo, hi });
        const nearest = lo > 0n ? lo : hi < 0n ? hi : 0n;
        const values = [lo, hi, nearest, lo + ((hi - lo) * share) / 1000n].map((value) => isWithin(value, limit_ns));
        if (verdict === "not_provable") expect([values.includes(true), values.includes(false)]).toEqual([true, true]);
        else expect(new Set(values)).toEqual(new Set([verdict === "inside"]));
      }),
    );
  });
  it("the other way round it is the same", () => {
    fc.assert(
      fc.property(most, bound, (limit_ns, { lo, hi }) => {
        expect(judgePair(limit(limit_ns), { lo: -hi, hi: -lo })).toBe(judgePair(limit(limit_ns), { lo, hi }));
      }),
    );
  });
  it("a narrower one takes nothing back that a wider one proved", () => {
    fc.assert(
      fc.property(most, bound, fc.bigInt(0n, far), fc.bigInt(0n, far), (limit_ns, { lo, hi }, below, above) => {
        const wide = judgePair(limit(limit_ns), { lo: lo - below, hi: hi + above });
        if (wide !== "not_provable") expect(judgePair(limit(limit_ns), { lo, hi })).toBe(wide);
      }),
    );
  });
});
