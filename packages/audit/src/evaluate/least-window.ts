interface Entry {
  readonly at: bigint;
  readonly cost: bigint;
}

/**
 * The least of the costs in a window that only moves on: entries that a later one undercuts are never the least again, so that
 * each is put in once and taken out once.
 */
export class LeastWindow {
  #entries: Entry[] = [];
  #head = 0;

  get least(): Entry | undefined {
    return this.#entries[this.#head];
  }

  push(at: bigint, cost: bigint): void {
    const entries = this.#entries;
    while (entries.length > this.#head && (entries[entries.length - 1] as Entry).cost >= cost) entries.pop();
    entries.push({ at, cost });
  }

  dropBefore(at: bigint): void {
    while (this.#head < this.#entries.length && (this.#entries[this.#head] as Entry).at < at) this.#head += 1;
    this.#shrink();
  }

  dropUpTo(at: bigint): void {
    while (this.#head < this.#entries.length && (this.#entries[this.#head] as Entry).at <= at) this.#head += 1;
    this.#shrink();
  }

  #shrink(): void {
    if (this.#head < 1024 || this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
