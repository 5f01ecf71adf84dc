/** Of rows that are given in order: at `at` the value was `value`, and it opens by rho in each ns on. */
export class LeastRows {
  readonly #rho: number;
  readonly #rows: Int32Array;
  readonly #at: Float64Array;
  readonly #value: Float64Array;
  #head = 0;
  #end = 0;

  constructor(most: number, rho: number) {
    [this.#rho, this.#rows, this.#at, this.#value] = [rho, new Int32Array(most), new Float64Array(most), new Float64Array(most)];
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
    [this.#at[this.#end], this.#value[this.#end], this.#rows[this.#end]] = [at, value, row];
    this.#end++;
  }

  dropBefore(at: number): void {
    while (this.#head < this.#end && (this.#at[this.#head] as number) < at) this.#head++;
  }

  dropUpTo(at: number): void {
    while (this.#head < this.#end && (this.#at[this.#head] as number) <= at) this.#head++;
  }
}
