import { cutName } from "./cut-name.ts";
import { hatchPattern } from "./hatch-pattern.ts";
import type { HeatLayout } from "./heat-layout.ts";
import { shade } from "./shade.ts";

export interface HeatRow {
  readonly name: string;
  readonly mark: "flagged" | "suspect" | null;
}

export interface HeatPicture {
  readonly rows: readonly HeatRow[];
  /** From 0 to 1; null = there is no bound. */
  readonly heatOf: (row: number, column: number) => number | null;
}

interface HeatInks {
  readonly ramp: readonly string[];
  readonly ink: string;
  readonly surface: string;
  readonly flagged: string;
  readonly suspect: string;
  readonly unknown: CanvasPattern | string;
  readonly font: string;
}

const RAMP = [0, 1, 2, 3, 4, 5];
const NAME_PX = 12.5;
const MARK_PX = 9;
const MARK_LEAST_PX = 5;

export function heatInks(element: Element): HeatInks {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ramp: RAMP.map((stop) => read(`heat-${stop}`)),
    ink: read("ink"),
    surface: read("surface"),
    flagged: read("clash"),
    suspect: read("doubt"),
    unknown: hatchPattern(read("surface"), read("gap-line")),
    font: style.fontFamily,
  };
}

/** The whole matrix. What has no bound is hatched, so that it never passes for a small difference. */
export function paintHeat(pen: CanvasRenderingContext2D, layout: HeatLayout, picture: HeatPicture, inks: HeatInks): void {
  pen.clearRect(0, 0, layout.size.width, layout.size.height);
  paintCells(pen, layout, picture, inks);
  for (const [index, row] of picture.rows.entries()) {
    if (row.mark !== null) paintLane(pen, layout, index, row.mark, inks);
    paintRowHead(pen, layout, index, row, inks);
    paintColumnHead(pen, layout, index, row, inks);
  }
}

function paintCells(pen: CanvasRenderingContext2D, { count, cell, left, top }: HeatLayout, { heatOf }: HeatPicture, inks: HeatInks): void {
  const gap = cell >= 8 ? 1 : 0;
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++) {
      if (row === column) continue;
      const share = heatOf(row, column);
      pen.fillStyle = share === null ? inks.unknown : shade(inks.ramp, share);
      pen.fillRect(left + column * cell, top + row * cell, cell - gap, cell - gap);
    }
}

/** Row and column of an accused host between lines: solid where it is flagged, dashed where it is suspect. */
function paintLane(pen: CanvasRenderingContext2D, layout: HeatLayout, index: number, mark: "flagged" | "suspect", inks: HeatInks): void {
  const { cell, left, top, count } = layout;
  const length = cell * count;
  pen.save();
  pen.strokeStyle = inks[mark];
  pen.lineWidth = cell >= 8 ? 1.8 : 1;
  pen.setLineDash(mark === "suspect" ? [4, 3] : []);
  for (const edge of [index * cell, (index + 1) * cell]) {
    line(pen, left, top + edge - 0.5, left + length, top + edge - 0.5);
    line(pen, left + edge - 0.5, top, left + edge - 0.5, top + length);
  }
  pen.restore();
}

function line(pen: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}

function paintRowHead(pen: CanvasRenderingContext2D, layout: HeatLayout, index: number, row: HeatRow, inks: HeatInks): void {
  const middle = layout.top + (index + 0.5) * layout.cell;
  paintHead(pen, layout, row, inks, () => pen.translate(layout.left - 2, middle));
}

function paintColumnHead(pen: CanvasRenderingContext2D, layout: HeatLayout, index: number, row: HeatRow, inks: HeatInks): void {
  const middle = layout.left + (index + 0.5) * layout.cell;
  paintHead(pen, layout, row, inks, () => {
    pen.translate(middle, layout.top - 2);
    pen.rotate(Math.PI / 2);
  });
}

/** Mark and name of a member, ending where the cells begin. */
function paintHead(pen: CanvasRenderingContext2D, layout: HeatLayout, { name, mark }: HeatRow, inks: HeatInks, place: () => void): void {
  pen.save();
  place();
  if (mark !== null) paintMark(pen, mark, markSize(layout), inks);
  if (layout.isNamed) {
    pen.font = `${mark === null ? 400 : 650} ${NAME_PX}px ${inks.font}`;
    pen.fillStyle = mark === null ? inks.ink : inks[mark];
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    const room = layout.left - MARK_PX - 8;
    pen.fillText(
      cutName(name, (text) => pen.measureText(text).width <= room),
      -MARK_PX - 5,
      0.5,
    );
  }
  pen.restore();
}

/** Marks of neighbours stay apart as long as they can be told from each other at all. */
const markSize = ({ cell }: HeatLayout): number => Math.min(MARK_PX, Math.max(MARK_LEAST_PX, cell));

/** The shapes of the page's marks: a filled square with a cross, an empty diamond. */
function paintMark(pen: CanvasRenderingContext2D, mark: "flagged" | "suspect", size: number, inks: HeatInks): void {
  const half = size / 2;
  pen.translate(-half - 1, 0);
  pen.lineWidth = size >= MARK_PX ? 1.6 : 1.2;
  if (mark === "flagged") {
    pen.fillStyle = inks.flagged;
    pen.fillRect(-half, -half, size, size);
    pen.strokeStyle = inks.surface;
    line(pen, -half / 2, -half / 2, half / 2, half / 2);
    line(pen, half / 2, -half / 2, -half / 2, half / 2);
  } else {
    pen.strokeStyle = inks.suspect;
    pen.stroke(new Path2D(`M0 ${-half}L${half} 0 0 ${half} ${-half} 0z`));
  }
  pen.translate(half + 1, 0);
}
