import { runScenario, type Scenario, SeededRandom, type SimSource } from "@truebound/testkit";
import { contains, worstError } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { times } from "./scale.ts";

const SEEDS = times(3, 100);
const MS = 1_000_000;
const LIMIT = 10n * BigInt(MS);
const SETTLED_S = 40;

/** Five sources under F = 2, the last k of which lie by more than any interval is wide: each by itself, or all alike. */
function scene(liars: number, together: boolean, seed: number): Scenario {
  const random = new SeededRandom(seed * 100 + liars * 10 + (together ? 1 : 0));
  const sign = random.next() < 0.5 ? 1 : -1;
  const lie = (index: number) => sign * (together ? 400 : 200 + 300 * index) * MS;
  const source = (index: number): SimSource => ({
    address: `198.51.100.${index + 1}:123`,
    thereMs: random.between(0.1, 10),
    backMs: random.between(0.1, 10),
    jitterMs: random.between(0, 2),
    loss: random.next() < 0.3 ? 0.1 : 0,
    interleaves: random.next() < 0.5,
    errorNs: index >= 5 - liars ? lie(index) : 0,
  });
  return {
    name: `${liars} of five lie`,
    seconds: 90,
    seed,
    pollS: 4,
    policy: { faults: 2 },
    clock: { driftPpb: Math.round(random.between(-150_000, 150_000)), aheadNs: random.between(-60, 60) * MS },
    sources: Array.from({ length: 5 }, (_, index) => source(index)),
  };
}

const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
const lies = (count: number) => Array.from({ length: count }, (_, index) => `198.51.100.${5 - index}:123`).sort();

type Rows = ReturnType<typeof runScenario>["rows"];

/** Where packets are lost a source may fall silent for a while: then the budget is reduced, and another status says so. */
function settledOf(rows: Rows): Rows {
  const settled = rows.slice(-SETTLED_S).filter(({ bound }) => bound.votes === 5);
  expect(settled.length).toBeGreaterThan(5);
  return settled;
}

describe("R6 five sources, F = 2", () => {
  it.each([
    [0, false],
    [1, false],
    [2, false],
    [2, true],
  ])("%d liars, together: %s: proven, the truth inside, the liars named, and nothing called compliant that is not", (liars, together) => {
    for (const seed of seeds) {
      const { rows, missed } = runScenario(scene(liars, together, seed));
      expect(missed).toEqual([]);
      const compliant = rows.filter(({ offset }) => offset !== null && worstError(offset) <= LIMIT);
      expect(compliant.filter(({ reading }) => (reading.injected as bigint) > LIMIT || (reading.injected as bigint) < -LIMIT)).toEqual([]);
      const settled = settledOf(rows);
      expect(new Set(settled.map(({ status }) => status))).toEqual(new Set(["proven"]));
      for (const { bound } of settled)
        expect(bound.out.map(({ id, reason }) => `${id} ${reason}`).sort()).toEqual(lies(liars).map((id) => `${id} falseticker`));
    }
  });

  it.each([3, 4, 5])("%d liars that do not agree: no majority, and no bound that they make", (liars) => {
    for (const seed of seeds) {
      const { rows, missed } = runScenario(scene(liars, false, seed));
      const settled = settledOf(rows);
      expect(new Set(settled.map(({ status }) => status))).toEqual(new Set(["no_majority"]));
      expect(settled.every(({ offset, reading }) => offset === null || contains(offset, reading.injected as bigint))).toBe(true);
      expect(missed.filter(({ status }) => status === "proven")).toEqual([]);
    }
  });

  it.each([3, 4, 5])("%d that collude are beyond the promise, and the record says on whom it rests", (liars) => {
    for (const seed of seeds) {
      const { bound, status } = settledOf(runScenario(scene(liars, true, seed)).rows).at(-1) as Rows[number];
      expect([status, bound.faults, bound.need, bound.votes]).toEqual(["proven", 2, 3, 5]);
      expect(bound.agree.toSorted()).toEqual(lies(liars));
      expect(bound.out).toHaveLength(5 - liars);
      expect(bound.regions.length).toBeGreaterThan(0);
    }
  });
});
