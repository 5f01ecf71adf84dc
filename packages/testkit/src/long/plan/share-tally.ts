import { absolute, maxOf } from "@truebound/time";
import { type Batch, type BigColumn, unpackColumn } from "@truebound/wire";
import type { Share } from "./cell.ts";

/** How much of the time an agent's own record proves a limit: live by what it said at each row, and afterwards by its minute spans. */
export class ShareTally {
  readonly #limit: bigint;
  readonly #from: bigint;
  readonly #live = { proved: 0n, tried: 0n, worst: null as bigint | null };
  readonly #report = { proved: 0n, tried: 0n, worst: null as bigint | null };
  #before: bigint | null = null;

  /** @param from on RAW: what lies before is the start, and no part of it */
  constructor(limit: bigint, from: bigint) {
    this.#limit = limit;
    this.#from = from;
  }

  take({ bounds, spans }: Batch): void {
    for (const [at, lo, hi] of rowsOf(bounds.raw_ns, bounds.throughout_lo_ns, bounds.throughout_hi_ns)) {
      if (at === null || at === undefined) continue;
      if (this.#before !== null && this.#before >= this.#from) count(this.#live, this.#limit, at - this.#before, worstOf(lo, hi));
      this.#before = at;
    }
    for (const [from, to, lo, hi] of rowsOf(spans.from_raw_ns, spans.to_raw_ns, spans.lo_ns, spans.hi_ns))
      if (from && to && from >= this.#from) count(this.#report, this.#limit, to - from, worstOf(lo, hi));
  }

  get live(): Share {
    return { ...this.#live };
  }

  get report(): Share {
    return { ...this.#report };
  }
}

type Cell = bigint | null | undefined;

function rowsOf(first: BigColumn, ...more: readonly BigColumn[]): Cell[][] {
  const columns = [first, ...more].map(unpackColumn);
  return (columns[0] ?? []).map((_, index) => columns.map((column) => column[index]));
}

const worstOf = (lo: Cell, hi: Cell): bigint | null =>
  lo === null || hi === null || lo === undefined || hi === undefined ? null : maxOf(absolute(lo), absolute(hi));

/** Time of which nothing is known is time that is not proved. */
function count(share: { proved: bigint; tried: bigint; worst: bigint | null }, limit: bigint, time: bigint, worst: bigint | null): void {
  share.tried += time;
  if (worst === null) return;
  share.worst = maxOf(share.worst ?? 0n, worst);
  if (worst <= limit) share.proved += time;
}
