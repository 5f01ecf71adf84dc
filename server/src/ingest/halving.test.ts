import fc from "fast-check";
import { expect, it } from "vitest";
import { halving } from "./halving.ts";

const FAULT = new Error("a fault of an item");
const run = async (items: readonly boolean[]) => {
  let calls = 0;
  const work = async (some: readonly number[]) => {
    calls += 1;
    if (some.some((index) => items[index])) throw FAULT;
    return some.map((index) => `done ${index}`);
  };
  const results = await halving([...items.keys()], { work, isFault: (error) => error === FAULT, alone: "alone" });
  return { results, calls };
};

it("gives each item what it would get by itself, in few calls", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 200 }), async (items) => {
      const { results, calls } = await run(items);
      expect(results).toEqual(items.map((isFaulty, index) => (isFaulty ? "alone" : `done ${index}`)));
      const faults = items.filter(Boolean).length;
      expect(calls).toBeLessThanOrEqual(1 + 2 * faults * Math.ceil(Math.log2(Math.max(2, items.length))));
    }),
  ));

it("fails as a whole where no item is at fault", async () => {
  const down = new Error("the database is away");
  const work = () => Promise.reject(down);
  await expect(halving([1, 2, 3], { work, isFault: (error) => error === FAULT, alone: 0 })).rejects.toBe(down);
});
