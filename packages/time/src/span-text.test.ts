import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactSpan, readSpan } from "./span-text.ts";

const spaced = (text: string): string => text.replaceAll("\u00a0", " ");

it.each([
  [0n, "0 s"],
  [1n, "1 ns"],
  [1_500n, "1.5 µs"],
  [148_220n, "148.22 µs"],
  [12_700_000_000n, "12.7 s"],
  [60_000_000_000n, "1 min"],
  ["394000000001", "6 min 34.000000001 s"],
  [90_061_000_000_000n, "1 d 1 h 1 min 1 s"],
  [86_400_000_000_000_000n, "1,000 d"],
  [-100_000n, "−100 µs"],
] as const)("says %s ns as %s, and rounds nothing", (ns, text) => {
  expect(spaced(exactSpan(ns))).toBe(text);
});

describe("a span as people type it", () => {
  it.each([
    ["100us", 100_000n],
    ["100 us", 100_000n],
    [" 100 \u00b5s ", 100_000n],
    ["100\u03bcs", 100_000n],
    ["0.1ms", 100_000n],
    ["0.000000001 s", 1n],
    ["1.500 us", 1_500n],
    ["7ns", 7n],
  ])("%j is %d ns", (text, ns) => expect(readSpan(text)).toBe(ns));
  it.each(["", "100", "us", "1.5ns", "0.0001us", "-1us", "1e3us", "1 m", "100 micro", "1,5ms"])("%j is none", (text) =>
    expect(readSpan(text)).toBeNull(),
  );
  it("is read as it was said, below a minute", () => {
    const below = fc.bigInt({ min: 0n, max: 59_999_999_999n });
    fc.assert(fc.property(below, (ns) => readSpan(exactSpan(ns)) === ns));
  });
});
