import { describe, expect, it } from "vitest";
import { cellAt, heatLayout, stepFrom } from "./heat-layout.ts";

describe("the matrix", () => {
  it.each([
    [2, 390],
    [12, 360],
    [100, 360],
    [100, 1200],
  ])("of %d members fits into %d px", (count, width) => {
    const layout = heatLayout(count, width, 140);
    expect(layout.size.width).toBeLessThanOrEqual(width);
    expect(layout.cell).toBeGreaterThanOrEqual(3);
  });
  it("names its rows only where names can be read", () => {
    expect(heatLayout(12, 360, 140).isNamed).toBe(true);
    expect(heatLayout(100, 360, 140).isNamed).toBe(false);
  });
  it("finds the cell under a point", () => {
    const layout = heatLayout(3, 200, 40);
    const at = (row: number, column: number) =>
      cellAt(layout, layout.left + (column + 0.5) * layout.cell, layout.top + (row + 0.5) * layout.cell);
    expect(at(0, 2)).toEqual({ row: 0, column: 2 });
    expect(at(2, 0)).toEqual({ row: 2, column: 0 });
    expect(at(3, 0)).toBeNull();
    expect(cellAt(layout, 1, 1)).toBeNull();
  });
  it("is walked by arrows, held at its edges", () => {
    expect(stepFrom({ row: 1, column: 1 }, "ArrowUp", 3)).toEqual({ row: 0, column: 1 });
    expect(stepFrom({ row: 0, column: 2 }, "ArrowRight", 3)).toEqual({ row: 0, column: 2 });
    expect(stepFrom({ row: 2, column: 2 }, "Home", 3)).toEqual({ row: 2, column: 0 });
    expect(stepFrom({ row: 1, column: 1 }, "x", 3)).toBeNull();
  });
});
