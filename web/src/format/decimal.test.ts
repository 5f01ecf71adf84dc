import fc from "fast-check";
import { expect, it } from "vitest";
import { comparable } from "./decimal.ts";

it("compares decimal strings as their integers compare, however large they are", () => {
  const near = fc.bigInt(-(2n ** 70n), 2n ** 70n);
  fc.assert(
    fc.property(near, fc.oneof(near, fc.bigInt(-2n, 2n)), (a, b) => {
      const [x, y] = [comparable(String(a)), comparable(String(a + b))];
      expect([x < y, x > y, -x < y]).toEqual([a < a + b, a > a + b, -a < a + b]);
    }),
  );
});
