/** A heap whose root has the least cost; what has ended is taken off when it comes up. */
export class LeastHeap<T extends { readonly to: bigint }> {
  readonly #items: T[] = [];
  readonly #cost: (item: T) => bigint;

  constructor(cost: (item: T) => bigint) {
    this.#cost = cost;
  }

  push(item: T): void {
    const items = this.#items;
    let place = items.push(item) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#costAt(parent) <= this.#costAt(place)) break;
      this.#swap(parent, place);
      place = parent;
    }
  }

  /** The least of what ends at `t` or later; null = there is none. */
  leastFrom(t: bigint): T | null {
    while (this.#items[0] !== undefined && this.#items[0].to < t) this.#takeRoot();
    return this.#items[0] ?? null;
  }

  /** The least of what goes on after `t`. */
  leastAfter(t: bigint): T | null {
    while (this.#items[0] !== undefined && this.#items[0].to <= t) this.#takeRoot();
    return this.#items[0] ?? null;
  }

  #takeRoot(): void {
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return;
    this.#items[0] = last;
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      let least = place;
      if (left < this.#items.length && this.#costAt(left) < this.#costAt(least)) least = left;
      if (right < this.#items.length && this.#costAt(right) < this.#costAt(least)) least = right;
      if (least === place) return;
      this.#swap(place, least);
      place = least;
    }
  }

  #costAt(place: number): bigint {
    return this.#cost(this.#items[place] as T);
  }

  #swap(a: number, b: number): void {
    const held = this.#items[a] as T;
    this.#items[a] = this.#items[b] as T;
    this.#items[b] = held;
  }
}
