import type { LeapTable } from "./leap-table.ts";

const NS = 1e9;
/** Of an instant from the base; two bounds more leave it an integer that a double holds. */
const FARTHEST = 2 ** 52;
const WIDEST = 2 ** 50;

/**
 * Instants of UTC as doubles, exactly: as distances from a base that lies within 52 days of all of them. BigInts of a host's month
 * cost more to make and to collect than all that is done with them. `isFar`: something did not fit, and nothing of it may be used.
 */
export class Near {
  readonly base: bigint;
  isFar = false;

  constructor(base: bigint) {
    this.base = base;
  }

  /** How far the base of a column of instants lies from this one. */
  column({ base }: { readonly base: bigint }): number {
    return this.exact(Number(base - this.base));
  }

  /** Of what is added to, or held against, another such number: a double that was rounded is none. */
  exact(value: number): number {
    if (!Number.isSafeInteger(value)) this.isFar = true;
    return value;
  }

  /** Of an instant by its distance. */
  reached(distance: number): number {
    return this.#within(distance, FARTHEST);
  }

  /** Of an offset. */
  held(value: number): number {
    return this.#within(value, WIDEST);
  }

  #within(value: number, most: number): number {
    if (value < -most || value > most) this.isFar = true;
    return value;
  }

  /** Of a limit to what is near: one that is far is as good as infinite. */
  edge = (at: bigint): number => Number(at - this.base);

  back = (distance: number): bigint => this.base + BigInt(distance);
}

/** As `toAxis`: from an instant of UTC to the leap-free one, both from the base. */
export function nearAxis(near: Near, leaps: LeapTable): (at: number) => number {
  const [edges, added] = [leaps.map(({ from }) => near.edge(from)), leaps.map(({ taiMinusUtc }) => taiMinusUtc * NS)];
  return (at) => {
    let row = edges.length - 1;
    while (row > 0 && (edges[row] as number) > at) row--;
    return at + (added[row] as number);
  };
}
