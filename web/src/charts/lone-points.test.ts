import { expect, it } from "vitest";
import { loneIn } from "./lone-points.ts";

it.each([
  [[1], [0]],
  [[1, 2], []],
  [
    [1, null, 2, 3, null, 4],
    [0, 5],
  ],
  [[null, 1, null], [1]],
  [[null, null], []],
])("of %j these stand alone: %j", (values, lone) => expect(loneIn(values.map((y, x) => ({ x, y })))).toEqual(lone));
