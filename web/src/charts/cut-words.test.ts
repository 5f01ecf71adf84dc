import { expect, it } from "vitest";
import { cutWords } from "./cut-words.ts";

const point = (lo_ns: string, hi_ns: string) => ({ t: "2026-11-23T14:50:00Z", lo_ns, hi_ns, mid_ns: "0", status: "proven" as const });
const points = [point("-90000", "50"), point("-100", "100"), point("-80001", "70000")];

it("says how much is cut off and how far it reaches, rounded outward", () => {
  expect(cutWords(points, [{ index: 2, isAbove: true, isBelow: true }])).toBe(
    "1 point reaches beyond this picture, down to −80.1 µs and up to +70 µs.",
  );
  const below = { isAbove: false, isBelow: true };
  expect(
    cutWords(points, [
      { index: 0, ...below },
      { index: 2, ...below },
    ]),
  ).toBe("2 points reach beyond this picture, down to −90 µs.");
});
