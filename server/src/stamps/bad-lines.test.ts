import { describe, expect, it } from "vitest";
import { BadLines } from "./bad-lines.ts";

const wordsOf = (...lines: readonly (readonly [line: number, error: string | null])[]): string | null => {
  const bad = new BadLines();
  for (const [line, error] of lines) bad.take({ line, error });
  return bad.words;
};

describe("what is told of bad lines", () => {
  it("is nothing where all were answered, or there were none", () => {
    expect([wordsOf([1, null], [2, null]), wordsOf()]).toEqual([null, null]);
  });
  it("names the first of the file, whichever was answered first", () => {
    expect(wordsOf([9, "There is no host x"], [2, null], [3, "Cannot read the timestamp"])).toBe(
      "2 of 3 lines not answered; line 3: Cannot read the timestamp",
    );
  });
  it("says where none was answered", () => {
    expect(wordsOf([2, "There is no host x"], [3, "There is no host y"])).toBe("None of 2 lines answered; line 2: There is no host x");
  });
});
