import { describe, expect, it } from "vitest";
import { axisLabels } from "./symlog-labels.ts";

const texts = (width_px: number, max_ns = 1e9): string[] => axisLabels({ linear_ns: 1e3, max_ns }, width_px).map(({ text }) => text);

describe("labels of the symlog axis", () => {
  it("names every decade where there is room", () => {
    expect(texts(1400)).toHaveLength(15);
    expect(texts(1400).slice(7)).toEqual(["0", "+1 µs", "+10 µs", "+100 µs", "+1 ms", "+10 ms", "+100 ms", "+1 s"]);
  });
  it("falls back to whole units rather than to odd decades", () => {
    expect(texts(600)).toEqual(["−1 s", "−1 ms", "−1 µs", "0", "+1 µs", "+1 ms", "+1 s"]);
    expect(texts(260)).toEqual(["−1 s", "−1 ms", "0", "+1 ms", "+1 s"]);
  });
  it("always keeps zero, and labels in pairs", () => {
    for (let width_px = 40; width_px < 1500; width_px += 37)
      for (const max_ns of [1e6, 1e7, 1e9, 1e10]) {
        const shown = texts(width_px, max_ns);
        expect(shown).toContain("0");
        expect(shown.length % 2).toBe(1);
      }
  });
});
