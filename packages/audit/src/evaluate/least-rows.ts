/** Of those within a window, at first. */
const ROOM = 256;

/** Of rows that are given in order: at `at` the value was `value`, and it opens by rho in each ns on. */
export class LeastRows {
  readonly #rho: number;
  #rows = new Int32Array(ROOM);
  #at = new Float64Array(ROOM);
  #value = new Float64Array(ROOM);
  #head = 0;
  #end = 0;

  constructor(rho: number) {
    this.#rho = rho;
  }

  /** The row whose cone is the narrowest, from the newest row on; -1 = there is none. */
  get least(): number {
    return this.#head < this.#end ? (this.#rows[this.#head] as number) : -1;
  }

  /** How far that cone is open at an instant; infinitely where there is none. */
  openAt(at: number): number {
    if (this.#head === this.#end) return Number.POSITIVE_INFINITY;
    return (this.#value[this.#head] as number) + this.#rho * (at - (this.#at[this.#head] as number));
  }

  /** Differences are small, so that nothing of a long time is rounded away. */
  push(at: number, value: number, row: number): void {
    while (this.#end > this.#head) {
      const last = this.#end - 1;
      if ((this.#value[last] as number) - value < this.#rho * ((this.#at[last] as number) - at)) break;
      this.#end = last;
    }
    if (this.#end === this.#rows.length) this.#makeRoom();
    this.#at[this.#end] = at;
    this.#value[this.#end] = value;
    this.#rows[this.#end] = row;
    this.#end++;
  }

  /** What was dropped gives its room; where little was, there is twice as much. */
  #makeRoom(): void {
    const kept = this.#end - this.#head;
    const room = 2 * kept > this.#rows.length ? 2 * this.#rows.length : this.#rows.length;
    const [rows, at, value] = [new Int32Array(room), new Float64Array(room), new Float64Array(room)];
    rows.set(this.#rows.subarray(this.#head, this.#end));
    at.set(this.#at.subarray(this.#head, this.#end));
    value.set(this.#value.subarray(this.#head, this.#end));
    [this.#rows, this.#at, this.#value, this.#head, this.#end] = [rows, at, value, 0, kept];
  }

  dropBefore(at: number): void {
    while (this.#head < this.#end && (this.#at[this.#head] as number) < at) this.#head++;
  }

  dropUpTo(at: number): void {
    while (this.#head < this.#end && (this.#at[this.#head] as number) <= at) this.#head++;
  }
}
