/** FNV-1a of the UTF-16 units, then mixed; 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** What one draws for another by the hashes of both: 32 bits, the greater the better. The two do not draw the same of each other. */
export const lotOf = (drawer: number, drawn: number): number => mix(drawer ^ ((drawn << 13) | (drawn >>> 19)));

/** The end of MurmurHash3: each bit of the input changes half of those of the answer. Signed, so that it stays a small integer. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

const LEAST = -0x8000_0000;

/** What lots are drawn for. `id` decides between equal ones, so that no order of a list does. */
export interface Ticket {
  readonly id: string;
  readonly hash: number;
}

export interface Drawn<T extends Ticket> {
  readonly ticket: T;
  readonly lot: number;
}

export const isBetter = <T extends Ticket>(a: Drawn<T>, b: Drawn<T>): boolean =>
  a.lot > b.lot || (a.lot === b.lot && a.ticket.id < b.ticket.id);

/** Tickets that come and go, and the best of them for whoever draws. */
export class Urn<T extends Ticket> {
  readonly #tickets: T[] = [];
  /** In the order of the tickets: looked through alone they are read several times as fast. */
  readonly #hashes: number[] = [];
  readonly #places = new Map<T, number>();

  get size(): number {
    return this.#tickets.length;
  }

  add(ticket: T): void {
    this.#places.set(ticket, this.#tickets.length);
    this.#tickets.push(ticket);
    this.#hashes.push(ticket.hash);
  }

  has(ticket: T): boolean {
    return this.#places.has(ticket);
  }

  /** The last takes its place. */
  remove(ticket: T): void {
    const place = this.#places.get(ticket);
    if (place === undefined) return;
    this.#places.delete(ticket);
    const [last, hash] = [this.#tickets.pop() as T, this.#hashes.pop() as number];
    if (last === ticket) return;
    this.#tickets[place] = last;
    this.#hashes[place] = hash;
    this.#places.set(last, place);
  }

  /** The `most` best, best first; a drawer never draws itself. */
  best(drawer: Ticket, most: number, mayTake: (ticket: T) => boolean = () => true): Drawn<T>[] {
    const best: Drawn<T>[] = [];
    const [hashes, tickets, by] = [this.#hashes, this.#tickets, drawer.hash];
    let least = LEAST;
    for (let place = 0; place < hashes.length; place++) {
      const lot = lotOf(by, hashes[place] as number);
      if (lot < least) continue;
      const ticket = tickets[place] as T;
      if (ticket.id === drawer.id || !mayTake(ticket)) continue;
      insert(best, { ticket, lot }, most);
      if (best.length === most) least = (best[most - 1] as Drawn<T>).lot;
    }
    return best;
  }
}

/** From the end, where most belong. */
function insert<T extends Ticket>(best: Drawn<T>[], one: Drawn<T>, most: number): void {
  let place = best.length;
  for (; place > 0 && isBetter(one, best[place - 1] as Drawn<T>); place--) if (place < most) best[place] = best[place - 1] as Drawn<T>;
  if (place < most) best[place] = one;
}
