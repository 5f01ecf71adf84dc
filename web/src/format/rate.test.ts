import { expect, it } from "vitest";
import { frequencyText } from "./rate.ts";

it("says which way the oscillator errs only where the whole range does, and rounds outward", () => {
  expect(frequencyText([29_921, 31_078])).toBe("+29.92 to +31.08 ppm fast");
  expect(frequencyText([-31_078, -29_921])).toBe("−31.08 to −29.92 ppm slow");
  expect(frequencyText([-5, 1_204])).toBe("−0.01 to +1.21 ppm");
});
