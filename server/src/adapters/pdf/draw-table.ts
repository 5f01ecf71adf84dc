import { type Cell, type Column, type Table, textOf, toneOf } from "../../report/render/blocks.ts";
import { FAINT, PAGE, SIZE, SOFT, TONES, WIDTH } from "./look.ts";
import type { Sheet, Style } from "./sheet.ts";

const HEAD: Style = { size: SIZE.table, bold: true, color: SOFT };
const GUTTER = 8;
const PAD = 2.4;

const styleOf = (cell: Cell, { align = "left" }: Column): Style => {
  const tone = toneOf(cell);
  return { size: SIZE.table, align, color: TONES[tone], bold: tone === "bad" || tone === "doubt" || tone === "good" };
};

interface Placed {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
}

function placed(columns: readonly Column[]): Placed[] {
  let x = PAGE.left;
  return columns.map((column) => {
    const place = { column, x, width: column.width * WIDTH - GUTTER };
    x += column.width * WIDTH;
    return place;
  });
}

/** Its head stands again on every page, and no row is torn. */
export function drawTable(sheet: Sheet, { columns, rows }: Table): void {
  const places = placed(columns);
  const head = headHeight(sheet, places);
  sheet.need(head + 30);
  drawHead(sheet, places, head);
  for (const row of rows) drawRow(sheet, places, row, head);
  sheet.y += 6;
}

const headHeight = (sheet: Sheet, places: readonly Placed[]): number =>
  Math.max(...places.map(({ column, width }) => sheet.height(column.title, width, HEAD))) + PAD;

function drawHead(sheet: Sheet, places: readonly Placed[], height: number): void {
  for (const { column, x, width } of places) sheet.put(column.title, x, sheet.y, width, { ...HEAD, align: column.align ?? "left" });
  sheet.y += height;
  sheet.rule(sheet.y, SOFT, 0.7);
}

function drawRow(sheet: Sheet, places: readonly Placed[], row: readonly Cell[], head: number): void {
  const cells = places.map((place, at) => ({ ...place, text: textOf(row[at] ?? ""), style: styleOf(row[at] ?? "", place.column) }));
  const height = Math.max(...cells.map(({ text, width, style }) => sheet.height(text, width, style))) + 2 * PAD;
  if (sheet.need(height)) drawHead(sheet, places, head);
  for (const { text, x, width, style } of cells) sheet.put(text, x, sheet.y + PAD, width, style);
  sheet.y += height;
  sheet.rule(sheet.y, FAINT);
}
