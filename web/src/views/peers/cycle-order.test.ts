import { expect, it } from "vitest";
import { utcFirst } from "./cycle-order.ts";

it("begins at UTC and keeps the way round", () => {
  expect(utcFirst(["a", "b", "UTC", "c"])).toEqual(["UTC", "c", "a", "b"]);
  expect(utcFirst(["a", "b"])).toEqual(["a", "b"]);
});
