import type { Tone } from "../../report/render/blocks.ts";

/** A4 in points, and what stands where on it. */
export const PAGE: Readonly<Record<"width" | "height" | "left" | "right" | "top" | "bottom", number>> = {
  width: 595.28,
  height: 841.89,
  left: 46,
  right: 46,
  top: 64,
  bottom: 58,
};
export const WIDTH = PAGE.width - PAGE.left - PAGE.right;
export const FLOOR = PAGE.height - PAGE.bottom;

export const SIZE = { title: 20, part: 14, heading: 9.5, verdict: 12.5, figure: 10.5, text: 8.2, table: 7.4, small: 6.8 } as const;

export const INK = "#1b2430";
export const SOFT = "#56606e";
export const FAINT = "#d5dae0";
export const CARD = "#f4f5f7";
export const TONES: Readonly<Record<Tone, string>> = {
  plain: INK,
  good: "#1d6b4f",
  bad: "#a81e2c",
  doubt: "#8a5a00",
  none: SOFT,
  quiet: SOFT,
};

/** Colour, top and height of 26 points: told apart without colour too. */
export const SHAPES: Readonly<Record<string, readonly [string, number, number]>> = {
  VIOLATION: ["#a81e2c", 0, 26],
  CONFLICT: ["#7a4fa3", 5, 21],
  UNPROVEN: ["#e0a63c", 12, 14],
  NO_EVIDENCE: ["#8b95a3", 23.5, 2.5],
  COMPLIANT: ["#7fb8a0", 5, 21],
};
export const EXEMPT = "#7a4fa3";
