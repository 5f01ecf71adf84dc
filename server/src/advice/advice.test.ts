import fc from "fast-check";
import { expect, it } from "vitest";
import { rankOf, sentences } from "./advice.ts";

it.each([
  [{ minutes: 1000, known: 1000 }, 999],
  [{ minutes: 1000, known: 999 }, 999],
  [{ minutes: 1000, known: 998 }, null],
  [{ minutes: 1001, known: 1001 }, 1000],
  [{ minutes: 1, known: 1 }, 1],
  [{ minutes: 0, known: 0 }, null],
])("of %j the place is %s", (count, rank) => expect(rankOf(count)).toBe(rank));

it("never leaves more than one minute in a thousand behind it, unknown ones included", () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(3_000), (known, unknown) => {
      const rank = rankOf({ minutes: known + unknown, known });
      if (rank !== null) expect((known + unknown - rank) * 1000).toBeLessThanOrEqual(known + unknown);
      else expect(known === 0 || unknown * 1000 > known + unknown).toBe(true);
    }),
  );
});

it("says what it rests on, and that nothing can be advised where too much is unknown", () => {
  const measured = { hosts: 2, minutes: 2880, known: 2879, worst: 1_000_000n, apart: 1_500_000n };
  expect(sentences(measured).slice(0, 3)).toEqual([
    "Wait 2 ms before a commit is told: twice the worst error of 1 ms, which 99.9 % of the minutes stay within",
    "Allow 1.5 ms between two clocks: 99.9 % of the minutes stay within it",
    "Both rest on 2880 minutes of 2 hosts, of which 1 has no bound that counts; these count as beyond every value",
  ]);
  expect(sentences({ ...measured, known: 2800, worst: null, apart: null })[0]).toContain("Nothing can be advised");
});
