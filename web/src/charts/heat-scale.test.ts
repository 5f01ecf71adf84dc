import { expect, it } from "vitest";
import { heat, heatScale, heatTicks } from "./heat-scale.ts";

it("spans whole decades around what it shows", () => {
  expect(heatScale([3_000, 412_000])).toEqual({ linear_ns: 1_000, max_ns: 1_000_000 });
  expect(heatScale([40_000])).toEqual({ linear_ns: 10_000, max_ns: 100_000 });
  expect(heatScale([0, 0])).toEqual({ linear_ns: 1, max_ns: 10 });
  expect(heatTicks({ linear_ns: 1_000, max_ns: 1_000_000 })).toEqual([0, 1_000, 10_000, 100_000, 1_000_000]);
});

it("grows from nothing to the end, and never beyond", () => {
  const scale = { linear_ns: 1_000, max_ns: 1_000_000 };
  expect(heat(scale, 0)).toBe(0);
  expect(heat(scale, 1_000)).toBe(0.25);
  expect(heat(scale, 10_000)).toBe(0.5);
  expect(heat(scale, 1e12)).toBe(1);
  const shades = [0, 10, 999, 1_001, 50_000, 999_999].map((value) => heat(scale, value));
  expect(shades).toEqual(shades.toSorted((a, b) => a - b));
});
