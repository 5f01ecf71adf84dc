import type { EventNews } from "./findings/event.ts";

const keyOf = ({ host, epoch, seq, ordinal }: EventNews): string => `${host} ${epoch} ${seq} ${ordinal}`;

/** A look may find events again that an earlier one found, while a long transaction holds the mark back. Each counts once. */
export class EventsOnce {
  #seen = new Map<string, bigint>();

  fresh(events: readonly EventNews[]): EventNews[] {
    return events.filter((event) => !this.#seen.has(keyOf(event)));
  }

  /** What followed from them is written. Below the mark nothing is found again. */
  taken(events: readonly EventNews[], mark: string): void {
    const from = BigInt(mark);
    for (const event of events) this.#seen.set(keyOf(event), event.writtenXid);
    if (this.#seen.size > 0) this.#seen = new Map([...this.#seen].filter(([, xid]) => xid >= from));
  }
}
