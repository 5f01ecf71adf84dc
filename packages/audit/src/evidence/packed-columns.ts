/** Integers of any size: a base, and how far from it each row lies, in doubles that hold that exactly. NaN = not known. */
export interface Column {
  readonly base: bigint;
  /** Its rows begin at `from`. */
  readonly cells: Float64Array;
  readonly from: number;
  readonly rows: number;
}

const READINGS = ["raw", "realtime", "lo", "hi", "low", "high"] as const;
const SPANS = ["fromRaw", "fromRealtime", "toRaw", "toRealtime", "lo", "hi"] as const;

/** None of them is of a simulated clock. `low` and `high` are `throughout`, known only where the bound (`lo`, `hi`) is. */
export interface ReadingColumns extends Readonly<Record<(typeof READINGS)[number], Column>> {
  readonly status: readonly string[];
}

export interface SpanColumns extends Readonly<Record<(typeof SPANS)[number], Column>> {
  readonly status: readonly string[];
}

export interface RecordColumns {
  readonly readings: ReadingColumns;
  readonly spans: SpanColumns;
}

/** So many cells of records are made at a time, 512 KiB; they go when all of these records are gone. */
const BLOCK_CELLS = 65_536;

/** The same room, as doubles and as integers of 64 bits. */
class Block {
  readonly cells: Float64Array;
  readonly bases: BigInt64Array;
  used = 0;

  constructor(cells: number) {
    const bytes = new ArrayBuffer(8 * cells);
    [this.cells, this.bases] = [new Float64Array(bytes), new BigInt64Array(bytes)];
  }

  get left(): number {
    return this.cells.length - this.used;
  }
}

let block = new Block(0);

function blockWith(room: number): Block {
  if (block.left < room) block = new Block(Math.max(BLOCK_CELLS, room));
  return block;
}

/** What a column's base has to be. */
export const isOf64Bits = (base: bigint): boolean => BigInt.asIntN(64, base) === base;

/** Columns of a record beside each other in one block: a host's month of them as objects costs more to collect than to read. */
export class PackedColumns implements RecordColumns {
  readonly #block: Block;
  readonly #from: number;
  readonly #readings: readonly string[];
  readonly #spans: readonly string[];

  constructor({ readings, spans }: RecordColumns) {
    [this.#readings, this.#spans] = [readings.status, spans.status];
    const room = READINGS.length * (1 + readings.status.length) + SPANS.length * (1 + spans.status.length);
    this.#block = blockWith(room);
    this.#from = this.#block.used;
    this.#block.used += room;
    let at = this.#from + READINGS.length + SPANS.length;
    for (let index = 0; index < READINGS.length; index++)
      at = this.#put(index, readings[READINGS[index] as (typeof READINGS)[number]], at, readings.status.length);
    for (let index = 0; index < SPANS.length; index++)
      at = this.#put(READINGS.length + index, spans[SPANS[index] as (typeof SPANS)[number]], at, spans.status.length);
  }

  /** Where the next one begins. */
  #put(index: number, { base, cells, from, rows }: Column, at: number, said: number): number {
    if (!isOf64Bits(base)) throw new RangeError(`Cannot pack a column of base ${base}: 64 bits do not hold it`);
    if (rows !== said) throw new RangeError(`Cannot pack a column of ${rows} rows beside ${said} statuses`);
    this.#block.bases[this.#from + index] = base;
    for (let row = 0; row < rows; row++) this.#block.cells[at + row] = cells[from + row] as number;
    return at + rows;
  }

  get readings(): ReadingColumns {
    const rows = this.#readings.length;
    const column = (index: number): Column => this.#column(index, this.#from + READINGS.length + SPANS.length + index * rows, rows);
    return { status: this.#readings, raw: column(0), realtime: column(1), lo: column(2), hi: column(3), low: column(4), high: column(5) };
  }

  get spans(): SpanColumns {
    const rows = this.#spans.length;
    const begin = this.#from + READINGS.length + SPANS.length + READINGS.length * this.#readings.length;
    const column = (index: number): Column => this.#column(READINGS.length + index, begin + index * rows, rows);
    return {
      status: this.#spans,
      fromRaw: column(0),
      fromRealtime: column(1),
      toRaw: column(2),
      toRealtime: column(3),
      lo: column(4),
      hi: column(5),
    };
  }

  #column(index: number, from: number, rows: number): Column {
    return { base: this.#block.bases[this.#from + index] as bigint, cells: this.#block.cells, from, rows };
  }
}
