import { expect, it } from "vitest";
import { rowsInView } from "./row-window.ts";

const view = { count: 10_000, row_px: 50, height_px: 1_000 };

it("draws those in sight and a few beside them", () => {
  expect(rowsInView({ ...view, top_px: 400 })).toEqual({ first: 0, last: 32 });
  expect(rowsInView({ ...view, top_px: -50_000 })).toEqual({ first: 980, last: 1040 });
});
it("never goes beyond either end", () => {
  expect(rowsInView({ ...view, top_px: -10_000_000 })).toEqual({ first: 10_000, last: 10_000 });
  expect(rowsInView({ ...view, count: 3, top_px: 0 })).toEqual({ first: 0, last: 3 });
  expect(rowsInView({ ...view, top_px: 100_000 })).toEqual({ first: 0, last: 1 });
});
