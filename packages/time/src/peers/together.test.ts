import { describe, expect, it } from "vitest";
import { together } from "./together.ts";

const grouped = (...items: string[]) => together(items, (item) => [...item]);

describe("items that share members", () => {
  it("are together, directly or through one another, in their order", () => {
    expect(grouped("ab", "cd", "e", "bf", "gd", "fc", "hi")).toEqual([["ab", "cd", "bf", "gd", "fc"], ["e"], ["hi"]]);
  });
  it("are apart where they share none, and so is what has no member", () => {
    expect(grouped("ab", "", "cd")).toEqual([["ab"], [""], ["cd"]]);
    expect(grouped()).toEqual([]);
  });
});
