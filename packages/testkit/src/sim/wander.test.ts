import { describe, expect, it } from "vitest";
import { gainOf, type Wander } from "./wander.ts";

const HOUR = 3_600_000_000_000n;
const waves: [string, Wander, number][] = [
  ["a sine", { kind: "sine", amplitudePpb: 2000, periodS: 7200 }, 2000],
  ["a walk", { kind: "walk", withinPpb: 1500, stepPpb: 400, everyS: 16, seed: 5 }, 1500],
  ["a jump", { kind: "jump", atS: 600, byPpb: 50_000 }, 50_000],
];

describe("a frequency that moves", () => {
  it.each(waves)("%s never runs off faster than it says, and does move", (_, wander, mostPpb) => {
    const gain = gainOf(wander);
    const gains = Array.from({ length: 3601 }, (_, second) => Number(gain(BigInt(second) * 1_000_000_000n)));
    const rates = gains.slice(1).map((now, index) => now - (gains[index] as number));
    expect(gains[0]).toBe(0);
    expect(Math.max(...rates.map(Math.abs))).toBeLessThanOrEqual(mostPpb + 1);
    expect(Math.max(...rates) - Math.min(...rates)).toBeGreaterThan(mostPpb / 2);
  });
  it("comes out the same in whatever order it is asked", () => {
    const wander: Wander = { kind: "walk", withinPpb: 1500, stepPpb: 400, everyS: 16, seed: 5 };
    const [first, second] = [gainOf(wander), gainOf(wander)];
    const late = first(HOUR);
    second(HOUR / 3n);
    expect(second(HOUR)).toBe(late);
    expect(first(HOUR / 3n)).toBe(second(HOUR / 3n));
  });
});
