import { describe, expect, it } from "vitest";
import { Wholeness } from "./carrier.ts";

/** `h` = a head, `.` = a line, a digit = an end that says so many lines. */
function isWhole(file: string): boolean {
  const wholeness = new Wholeness();
  for (const line of file) {
    if (line === "h") wholeness.begins();
    else if (line === ".") wholeness.holds();
    else wholeness.ends(Number(line));
  }
  return wholeness.isWhole;
}

describe("a carried file", () => {
  it.each(["h0", "h..2", "h.1h..2"])("%s is whole", (file) => expect(isWhole(file)).toBe(true));
  it.each([
    ["", "it is empty"],
    ["h..", "its end is away"],
    ["h..h.1", "the first of two was cut between two lines"],
    ["h.2h.1", "a line of the first of two is away"],
    ["h.1.", "something lies behind its end"],
    [".1", "its head is away, and a line may be"],
  ])("%s is not: %s", (file) => expect(isWhole(file)).toBe(false));
});
