import { expect, it } from "vitest";
import { axisNumber } from "./unit.ts";

it.each([
  [0, "0"],
  [-0, "0"],
  [0.30000000000000004, "+0.3"],
  [-20, "−20"],
  [1.5, "+1.5"],
])("%d on an axis reads %s", (value, text) => expect(axisNumber(value)).toBe(text));
