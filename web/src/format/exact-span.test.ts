import { expect, it } from "vitest";
import { exactSpan } from "./exact-span.ts";

it.each([
  [0n, "0 s"],
  [1n, "1 ns"],
  [1_500n, "1.5 µs"],
  [148_220n, "148.22 µs"],
  [12_700_000_000n, "12.7 s"],
  [60_000_000_000n, "1 min"],
  ["394000000001", "6 min 34.000000001 s"],
  [90_061_000_000_000n, "1 d 1 h 1 min 1 s"],
  [-100_000n, "−100 µs"],
] as const)("says %s ns as %s, and rounds nothing", (ns, text) => {
  expect(exactSpan(ns).replaceAll("\u00a0", " ")).toBe(text);
});
