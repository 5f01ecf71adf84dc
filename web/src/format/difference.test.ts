import { describe, expect, it } from "vitest";
import { differenceWords, excessText } from "./difference.ts";

const words = (lo: number, hi: number): string => differenceWords("db-2", "db-1", { lo_ns: String(lo), hi_ns: String(hi) });

describe("a difference in words", () => {
  it.each([
    [-3_000, 40_000, "db-2 is between 3 µs behind and 40 µs ahead of db-1"],
    [3_000, 40_000, "db-2 is 3 µs to 40 µs ahead of db-1"],
    [-40_000, -3_000, "db-2 is 3 µs to 40 µs behind db-1"],
    [0, 40_000, "db-2 is at most 40 µs ahead of db-1"],
    [-40_000, 0, "db-2 is at most 40 µs behind db-1"],
    [0, 0, "db-2 reads the same as db-1"],
  ])("%d to %d ns: %s", (lo, hi, text) => expect(words(lo, hi)).toBe(text));
  it("never looks tighter than it is", () => {
    expect(words(-1_234_567, 7_654_321)).toBe("db-2 is between 1.24 ms behind and 7.66 ms ahead of db-1");
    expect(words(1_239_999, 7_654_321)).toBe("db-2 is 1.23 ms to 7.66 ms ahead of db-1");
    expect(words(-250_610_001, -250_000_001)).toBe("db-2 is 250 ms to 250.62 ms behind db-1");
  });
  it("never says a greater contradiction than there is", () => expect(excessText("-48249999")).toBe("48.2 ms"));
});
