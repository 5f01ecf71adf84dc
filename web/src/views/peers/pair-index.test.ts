import { expect, it } from "vitest";
import { pairIndex } from "./pair-index.ts";

it("finds a pair from either end, and no bound where there is none", () => {
  const pair = { a: "x", b: "k", lo_ns: "-1", hi_ns: "2", worst_ns: "2" };
  const pairOf = pairIndex([pair]);
  expect(pairOf("x", "k")).toBe(pair);
  expect(pairOf("k", "x")).toBe(pair);
  expect(pairOf("k", "y")).toBeNull();
});
