import { expect, it } from "vitest";
import { DatabaseLines } from "./database-lines.ts";

it("tells a state that the present one comes from and one that was left", () => {
  const lines = new DatabaseLines();
  expect([lines.present, lines.wasLeft({ line: 0, atS: 90 })]).toEqual([0, false]);
  lines.goBackTo({ line: 0, atS: 40 });
  expect([30, 40, 41].map((atS) => lines.wasLeft({ line: 0, atS }))).toEqual([false, false, true]);
  expect(lines.wasLeft({ line: 1, atS: 120 })).toBe(false);
  // Back to what was left: now the line between is the one that is left.
  lines.goBackTo({ line: 0, atS: 80 });
  expect([80, 81].map((atS) => lines.wasLeft({ line: 0, atS }))).toEqual([false, true]);
  expect([lines.wasLeft({ line: 1, atS: 41 }), lines.wasLeft({ line: 2, atS: 130 })]).toEqual([true, false]);
});
