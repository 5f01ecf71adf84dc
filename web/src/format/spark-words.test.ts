import { describe, expect, it } from "vitest";
import { sparkWords } from "./spark-words.ts";

describe("a spark in words", () => {
  it.each([
    [[2_000, 2_000], null, "worst error over the last 6 h: 2 µs"],
    [
      [2_000, null, 5_000_001, 1_000_001],
      "1000000",
      "worst error over the last 6 h: 2 µs to 5.01 ms, limit ±1 ms, beyond it for up to 3 h, unknown for 1 h 30 min",
    ],
    [[null, null], "1000000", "worst error over the last 6 h: unknown"],
  ])("of %j says %j", (errors, limit, words) => expect(sparkWords(errors, limit, 6)).toBe(words));
});
