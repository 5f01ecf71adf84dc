import { describe, expect, it } from "vitest";
import { fixedAndEach } from "./fixed-and-each.ts";

describe("what is paid once and what for each", () => {
  it("is told apart where every run is as both say", () => {
    const runs = [10, 200, 3_000].map((count) => ({ count, cost: 700 + 3 * count }));
    const { fixed, each } = fixedAndEach(runs);
    expect(fixed).toBeCloseTo(700, 6);
    expect(each).toBeCloseTo(3, 9);
  });

  it("is what errs least where they do not", () => {
    const costs = [12, 9, 22, 19];
    const { fixed, each } = fixedAndEach(costs.map((cost, at) => ({ count: at < 2 ? 1 : 11, cost })));
    expect([fixed, each]).toEqual([9.5, 1]);
  });

  it("is not known of one size", () => {
    expect(fixedAndEach([{ count: 5, cost: 1 }]).each).toBeNaN();
  });
});
