import { expect, it } from "vitest";
import { instantsLayout } from "./instants-layout.ts";

it("puts stretches on one axis, to scale", () => {
  const base = 1_740_830_400_000_000_000n;
  const layout = instantsLayout([[{ from: base, to: base + 25n }], [{ from: base + 50n, to: base + 100n }]]);
  expect(layout).toMatchObject({ first: base, last: base + 100n });
  expect(layout?.rows).toEqual([[{ left: 6, width: 22 }], [{ left: 50, width: 44 }]]);
});

it("draws an instant, and nothing where there is nothing", () => {
  expect(instantsLayout([[{ from: 5n, to: 5n }], []])?.rows).toEqual([[{ left: 6, width: 0 }], []]);
  expect(instantsLayout([[], []])).toBeNull();
});
