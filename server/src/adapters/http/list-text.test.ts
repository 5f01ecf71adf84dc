import fc from "fast-check";
import { expect, it } from "vitest";
import { listText } from "./list-text.ts";

it("is what JSON.stringify says, the first time and the next", () =>
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), fc.option(fc.string()), (items, next) => {
      expect([listText({ items, next }), listText({ items, next })]).toEqual(Array(2).fill(JSON.stringify({ items, next })));
    }),
  ));
