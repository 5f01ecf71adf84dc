import { describe, expect, it } from "vitest";
import { axisFor, decades, position } from "./symlog.ts";

const AXIS = { linear_ns: 1e3, max_ns: 1e9 };

describe("symlog axis", () => {
  it.each([
    [-1e9, 0],
    [-1e3, 0.5 - 0.5 / 7],
    [0, 0.5],
    [500, 0.5 + 0.25 / 7],
    [1e3, 0.5 + 0.5 / 7],
    [1e6, 0.5 + 2 / 7],
    [1e9, 1],
    [1e12, 1],
  ])("%d ns stands at %d", (value, expected) => expect(position(AXIS, value)).toBeCloseTo(expected, 12));
  it("is symmetric and never turns back", () => {
    let previous = 0.5;
    for (let value = 1; value < 1e9; value *= 1.07) {
      expect(position(AXIS, -value)).toBeCloseTo(1 - position(AXIS, value), 12);
      expect(position(AXIS, value)).toBeGreaterThan(previous);
      previous = position(AXIS, value);
    }
  });
  it("has a tick at every decade and at zero", () => {
    expect(decades({ linear_ns: 1e3, max_ns: 1e5 })).toEqual([-1e5, -1e4, -1e3, 0, 1e3, 1e4, 1e5]);
  });
  it("is chosen in whole decades, with air beyond the largest bound", () => {
    expect(axisFor([])).toEqual({ linear_ns: 1e3, max_ns: 1e6 });
    expect(axisFor([12_000, 250_000_000])).toEqual({ linear_ns: 1e3, max_ns: 1e9 });
    expect(axisFor([12_000, 900_000_000])).toEqual({ linear_ns: 1e3, max_ns: 1e10 });
    expect(axisFor([40, 12_000])).toEqual({ linear_ns: 1, max_ns: 1e5 });
  });
});
