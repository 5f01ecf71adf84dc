import { expect, it } from "vitest";
import { RING, ringBows, ringNodes } from "./ring-layout.ts";

it.each([2, 3, 4, 7, 12])("of %d nodes stays in the picture, and joins each to the next", (count) => {
  const nodes = ringNodes(count);
  for (const { x, y, name } of nodes)
    for (const point of [{ x, y }, name]) {
      expect(point.x).toBeGreaterThan(0);
      expect(point.x).toBeLessThan(RING.width);
      expect(point.y).toBeGreaterThan(10);
      expect(point.y).toBeLessThan(RING.height - 4);
    }
  const bows = ringBows(count);
  for (const [index, { path }] of bows.entries()) {
    const end = nodes[(index + 1) % count];
    expect(path.endsWith(` ${end?.x.toFixed(1)} ${end?.y.toFixed(1)}`)).toBe(true);
  }
});

it("keeps the two bows between two nodes apart", () => {
  const [there, back] = ringBows(2);
  expect(Math.abs((there?.middle.x ?? 0) - (back?.middle.x ?? 0))).toBeGreaterThan(RING.radius);
});
