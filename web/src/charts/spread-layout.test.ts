import { expect, it } from "vitest";
import { axisOver, spreadOf } from "./spread-layout.ts";
import { percent } from "./symlog.ts";

const bound = (lo: number, hi: number) => ({ lo_ns: String(lo), hi_ns: String(hi) });
const offsets = { hosts: 9, hull: bound(-4e6, 2e6), p05: bound(-3e6, -1e3), p50: bound(-5e3, 5e3), p95: bound(1e3, 1e6) };

it("places the median within the middle nine tenths, and those within the hull", () => {
  const axis = axisOver([offsets.hull]);
  const { hull, most, median } = spreadOf(axis, offsets);
  expect(hull).toEqual({ from: percent(axis, -4e6), to: percent(axis, 2e6) });
  expect(most).toEqual({ from: percent(axis, -3e6), to: percent(axis, 1e6) });
  expect(
    [hull.from, most.from, median.from, 50, median.to, most.to, hull.to].every((x, at, all) => at === 0 || x > (all[at - 1] ?? 0)),
  ).toBe(true);
});

it("finds room for every end, and has an axis where nothing is known", () => {
  expect(axisOver([bound(-2, 9e8), null]).max_ns).toBeGreaterThan(9e8);
  expect(axisOver([null, undefined]).max_ns).toBeGreaterThan(0);
});
