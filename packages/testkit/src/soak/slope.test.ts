import { describe, expect, it } from "vitest";
import { SeededRandom } from "../sim/random.ts";
import { judgeSlope, type Point, slopeOf } from "./slope.ts";

const series = (seconds: number, perHour: number, noise: (second: number) => number): Point[] =>
  Array.from({ length: seconds }, (_, atS) => ({ atS, value: 100 + (perHour * atS) / 3_600 + noise(atS) }));

describe("the slope of what a process takes up", () => {
  it("is exact on a line, and nothing of fewer points than blocks", () => {
    const slope = slopeOf(series(1_200, 7, () => 0));
    expect(slope?.perHour).toBeCloseTo(7, 6);
    expect(slope?.within).toBeCloseTo(0, 6);
    expect(slopeOf(series(11, 7, () => 0))).toBeNull();
  });
  it("is within its uncertainty in 95 of 100 noisy runs, also where each second is like the one before", () => {
    const random = new SeededRandom(50);
    let hits = 0;
    for (let run = 0; run < 400; run++) {
      let drifting = 0;
      const noise = () => (drifting = 0.8 * drifting + random.between(-1, 1));
      const slope = slopeOf(series(1_200, 0.5, noise));
      if (slope !== null && Math.abs(slope.perHour - 0.5) <= slope.within) hits += 1;
    }
    expect(hits).toBeGreaterThan(360);
    expect(hits).toBeLessThan(400);
  });
  it("is undecided where the run is too short to tell, and else on one side of the limit", () => {
    expect(judgeSlope(null, 1)).toBe("undecided");
    expect(judgeSlope({ perHour: 0.2, within: 5 }, 1)).toBe("undecided");
    expect(judgeSlope({ perHour: 0.2, within: 0.5 }, 1)).toBe("holds");
    expect(judgeSlope({ perHour: -9, within: 5 }, 1)).toBe("holds");
    expect(judgeSlope({ perHour: 1.4, within: 0.5 }, 1)).toBe("undecided");
    expect(judgeSlope({ perHour: 9, within: 5 }, 1)).toBe("broken");
  });
});
