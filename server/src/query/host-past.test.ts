import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Far, groupsOf, placesToLook } from "./host-past.ts";

const S = 1_000_000_000n;
const NONE = { far: [], silences: [] };
const minuteAt = (from: bigint, offset: bigint): Far => ({ from, to: from + 60n * S, lo: offset, hi: offset });

describe("where stamps are looked for", () => {
  it("is beside them, for a clock that was always near UTC", () => {
    const [[{ from, to } = { from: 0n, to: 0n }] = [], ...others] = placesToLook(NONE, 1000n * S, 1010n * S);
    expect([from < 1000n * S, to > 1010n * S, to - from < 120n * S, others]).toEqual([true, true, true, []]);
  });
  it("is where a clock that was years off showed them, and not where it showed others", () => {
    const years = 315_360_000n * S;
    const far = [minuteAt(5000n * S, years), minuteAt(90_000n * S, years)];
    const found = placesToLook({ far, silences: [] }, 5030n * S - years, 5030n * S - years).flat();
    expect(found.filter(({ from, to }) => from <= 5030n * S && 5030n * S <= to)).toHaveLength(1);
    expect(found.filter(({ to }) => to > 80_000n * S)).toEqual([]);
  });
  it("is at both ends of a silence from which they can be reached, as far as the fastest clock runs in it", () => {
    const silence = { before: minuteAt(0n, 0n), after: minuteAt(3600n * S, 0n) };
    const looked = (second: bigint) => placesToLook({ far: [], silences: [silence] }, second * S, second * S).length === 2;
    expect([1800n, 4000n, 4400n, 6000n].map(looked)).toEqual([true, true, true, false]);
    const [, ends] = placesToLook({ far: [], silences: [silence] }, 1800n * S, 1800n * S);
    expect(ends).toEqual([
      { from: 0n, to: 60n * S },
      { from: 3600n * S, to: 3660n * S },
    ]);
  });
});

describe("stamps that share what is read for them", () => {
  it("are neighbours, in order, none twice and none left out, and no group is long", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 10_000n * S), { maxLength: 60 }), (some) => {
        const stamps = some.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const groups = groupsOf(stamps);
        expect(groups.flat()).toEqual(stamps);
        for (const group of groups) expect((group.at(-1) as bigint) - (group[0] as bigint) <= 3600n * S).toBe(true);
      }),
    );
  });
});
