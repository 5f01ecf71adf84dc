import { expect, it } from "vitest";
import { strongest, utcFirst } from "./cycle-order.ts";

it("begins at UTC and keeps the way round", () => {
  expect(utcFirst(["a", "b", "UTC", "c"])).toEqual(["UTC", "c", "a", "b"]);
  expect(utcFirst(["a", "b"])).toEqual(["a", "b"]);
});

it("takes the measurement that says most on the way round", () => {
  const [ours, theirs] = [
    { from: "a", to: "b", lo_ns: "-9000", hi_ns: "500", age_s: 1 },
    { from: "b", to: "a", lo_ns: "-300", hi_ns: "9500", age_s: 2 },
  ];
  expect(strongest([ours, theirs], "a")).toBe(theirs);
  expect(strongest([theirs, ours], "b")).toBe(ours);
  expect(strongest([], "a")).toBeNull();
});
