import fc from "fast-check";
import { expect, it } from "vitest";
import { StabbingIndex } from "./stabbing-index.ts";

it("finds just those stretches that hold a value, their ends included", () => {
  const stretch = fc.tuple(fc.bigInt(-50n, 50n), fc.bigInt(0n, 30n)).map(([from, length]) => ({ from, to: from + length }));
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 30 }), fc.bigInt(-60n, 90n), (stretches, value) => {
      const found = new StabbingIndex(stretches).at(value);
      expect(new Set(found)).toEqual(new Set(stretches.filter(({ from, to }) => from <= value && value <= to)));
    }),
  );
});
