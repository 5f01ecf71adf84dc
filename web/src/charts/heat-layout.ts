/** Where the cells of a matrix lie, in CSS px. Names stand beside rows and above columns while there is room to read them. */
export interface HeatLayout {
  readonly count: number;
  readonly cell: number;
  /** Left of the first column, and above the first row. */
  readonly left: number;
  readonly top: number;
  readonly size: { readonly width: number; readonly height: number };
  readonly isNamed: boolean;
}

const CELL_MOST = 42;
const CELL_NAMED = 13;
const GUTTER = 16;
const NAME_SHARE = 0.3;
const EDGE = 4;

export function heatLayout(count: number, width: number, name_px: number): HeatLayout {
  const name = Math.min(name_px, width * NAME_SHARE);
  const cellBeside = (left: number): number => Math.floor(Math.min(CELL_MOST, (width - left - EDGE) / Math.max(1, count)));
  const isNamed = cellBeside(GUTTER + name) >= CELL_NAMED;
  const left = Math.ceil(GUTTER + (isNamed ? name : 0));
  const cell = Math.max(2, cellBeside(left));
  return { count, cell, left, top: left, size: { width: left + cell * count + EDGE, height: left + cell * count + EDGE }, isNamed };
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The cell under a point; null beside the matrix. */
export function cellAt({ count, cell, left, top }: HeatLayout, x: number, y: number): Cell | null {
  const [row, column] = [Math.floor((y - top) / cell), Math.floor((x - left) / cell)];
  const isInside = row >= 0 && column >= 0 && row < count && column < count;
  return isInside ? { row, column } : null;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Where a key leads; null = it is no key of the matrix. */
export function stepFrom({ row, column }: Cell, key: string, count: number): Cell | null {
  if (key === "Home") return { row, column: 0 };
  if (key === "End") return { row, column: count - 1 };
  const step = STEPS[key];
  if (step === undefined) return null;
  const held = (value: number): number => Math.min(count - 1, Math.max(0, value));
  return { row: held(row + step[0]), column: held(column + step[1]) };
}
