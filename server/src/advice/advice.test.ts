import { utc } from "@truebound/time";
import fc from "fast-check";
import { expect, it } from "vitest";
import { knownIn, rankOf, sentences } from "./advice.ts";

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
  const measured = { hosts: 2, minutes: 2880, known: 2879, worst: 1_000_000n, apart: 1_500_000n, knownAt: null };
  expect(sentences(measured).slice(0, 3)).toEqual([
    "Wait 2 ms before a commit is told: twice the worst error of 1 ms, which 99.9 % of the minutes stay within",
    "Allow 1.5 ms between two clocks: 99.9 % of the minutes stay within it",
    "Both rest on 2880 minutes of 2 hosts, of which 1 has no bound that counts; these count as beyond every value",
  ]);
  const unknown = { ...measured, known: 2800, worst: null, apart: null };
  expect(sentences(unknown).slice(0, 2)).toEqual([
    expect.stringContaining("Nothing can be advised"),
    "It takes 80000 minutes, and there are 2880 of all hosts together; waiting does not help, since the period ends before that",
  ]);
  expect(sentences({ ...unknown, hosts: 1, minutes: 240, known: 239, knownAt: { inMinutes: 760, at: utc(0n) } })[1]).toBe(
    "It takes 1000 minutes, and there are 240: known in 760 minutes at the latest, at 1970-01-01T00:00:00.000000000Z, if each of them has a bound",
  );
  expect(sentences({ ...measured, apart: null, knownAt: { inMinutes: 1, at: utc(0n) } })[1]).toContain(
    "all of them are known at once: known in 1 minute",
  );
});

const FOREVER = { longest: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY };
it.each([
  ["one host whose first minute has no bound", [{ minutes: 240, known: 239 }], FOREVER, 760],
  [
    "two hosts, of which one lacks a minute",
    [
      { minutes: 240, known: 240 },
      { minutes: 240, known: 239 },
    ],
    FOREVER,
    260,
  ],
  ["nothing that is missing", [{ minutes: 1000, known: 999 }], FOREVER, 0],
  [
    "a host that has been there for longer than the period, until that leaves it behind",
    [{ minutes: 600, known: 590 }],
    { ...FOREVER, longest: 600 },
    600,
  ],
  ["a period that is over", [{ minutes: 240, known: 239 }], { ...FOREVER, left: 0 }, null],
  ["a period that ends one minute too early", [{ minutes: 240, known: 239 }], { ...FOREVER, left: 759 }, null],
  ["nobody", [], FOREVER, null],
  [
    "two hosts, of which one was retired",
    [
      { minutes: 1000, known: 900, isOver: true },
      { minutes: 1000, known: 1000 },
    ],
    FOREVER,
    98_000,
  ],
  ["hosts that were retired", [{ minutes: 1000, known: 900, isOver: true }], FOREVER, null],
])("of %s the advice is known in so many minutes", (_, counts, growing, wanted) => expect(knownIn(counts, growing)).toBe(wanted));

it("is known then, and not a minute earlier, if all that comes is known", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3_000), fc.nat(3)), { minLength: 1, maxLength: 4 }), (drawn) => {
      const counts = drawn.map(([known, unknown]) => ({ minutes: known + unknown, known }));
      const wait = knownIn(counts, FOREVER) as number;
      const sum = (more: number) => ({
        minutes: counts.reduce((all, one) => all + one.minutes + more, 0),
        known: counts.reduce((all, one) => all + one.known + more, 0),
      });
      expect(rankOf(sum(wait))).not.toBeNull();
      if (wait > 0) expect(rankOf(sum(wait - 1))).toBeNull();
    }),
  );
});
