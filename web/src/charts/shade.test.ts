import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { shade } from "./shade.ts";

it("mixes neighbouring stops and holds the ends", () => {
  const stops = ["#000000", "#640000", "#64c800"];
  expect(shade(stops, 0)).toBe("rgb(0 0 0)");
  expect(shade(stops, 0.25)).toBe("rgb(50 0 0)");
  expect(shade(stops, 0.75)).toBe("rgb(100 100 0)");
  expect(shade(stops, 7)).toBe("rgb(100 200 0)");
});

/** Relative luminance (WCAG 2). */
function luminance(colour: string): number {
  const linear = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

it("runs through the page's stops in one direction of lightness, light and dark", () => {
  const css = readFileSync(new URL("../style/tokens.css", import.meta.url), "utf8");
  const all = [...css.matchAll(/--heat-\d: (#[0-9a-f]{6});/g)].map((match) => luminance(match[1] ?? ""));
  expect(all).toHaveLength(12);
  const [light, dark] = [all.slice(0, 6), all.slice(6)];
  expect(light).toEqual(light.toSorted((a, b) => b - a));
  expect(dark).toEqual(dark.toSorted((a, b) => a - b));
});
