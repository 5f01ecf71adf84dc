import type { Look } from "../format/status-look.ts";
import type { StripRow } from "./strip-layout.ts";
import { decades, position, type SymlogAxis } from "./symlog.ts";

export interface StripInks {
  readonly looks: Readonly<Record<Look, string>>;
  readonly grid: string;
  readonly zero: string;
  readonly limit: string;
}

const TOKENS: Readonly<Record<Look, string>> = {
  proven: "bound",
  "proven-off": "off",
  holdover: "holdover",
  unverified: "doubt",
  conflict: "clash",
  unknown: "unknown",
  silent: "unknown",
};

export function stripInks(element: Element): StripInks {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const looks = Object.fromEntries(Object.entries(TOKENS).map(([look, token]) => [look, read(token)])) as Record<Look, string>;
  return { looks, grid: read("grid-unit"), zero: read("zero"), limit: read("ink") };
}

interface StripSize {
  readonly width: number;
  readonly height: number;
}

/** However narrow a bound is, it stays visible. */
const LEAST_PX = 1.5;

export function paintStrip(
  pen: CanvasRenderingContext2D,
  { width, height }: StripSize,
  axis: SymlogAxis,
  rows: readonly StripRow[],
  inks: StripInks,
): void {
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = inks.grid;
  for (const value of decades(axis)) pen.fillRect(position(axis, value) * width, 0, 1, height);
  const tall = height / Math.max(1, rows.length);
  for (const [index, row] of rows.entries()) {
    const left = position(axis, row.lo_ns) * width;
    const wide = Math.max(LEAST_PX, position(axis, row.hi_ns) * width - left);
    pen.fillStyle = inks.looks[row.look];
    // What a silent host said last is paler than what is known now.
    pen.globalAlpha = row.look === "silent" ? 0.45 : 0.85;
    pen.fillRect(left, index * tall, wide, tall > 4 ? tall - 1 : tall);
  }
  pen.globalAlpha = 1;
  pen.fillStyle = inks.limit;
  for (const [index, { limit_ns }] of rows.entries())
    for (const end of limit_ns === null ? [] : [-limit_ns, limit_ns])
      pen.fillRect(position(axis, end) * width - LEAST_PX / 2, index * tall, LEAST_PX, tall);
  pen.fillStyle = inks.zero;
  pen.fillRect(width / 2 - 0.5, 0, 1, height);
}
