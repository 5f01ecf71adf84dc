/** The latest entries, no older than so long by their own instants and no more than so many; how many the latter cost is known. */
export class Ring<T> {
  readonly #most: number;
  readonly #ageNs: bigint;
  #kept: { readonly at: bigint; readonly entry: T }[] = [];
  /** When each of those that found no room was made. */
  #pushedOut: bigint[] = [];

  constructor(most: number, ageNs: bigint) {
    this.#most = most;
    this.#ageNs = ageNs;
  }

  /** @param at ns of a clock that does not go back; where it did, what was kept is on another one. */
  add(at: bigint, entry: T): void {
    if (at < (this.#kept.at(-1)?.at ?? at)) this.clear();
    this.#kept.push({ at, entry });
    const isOld = (one: bigint) => at - one > this.#ageNs;
    const fresh = this.#kept.findIndex((one) => !isOld(one.at));
    if (fresh > 0) this.#kept.splice(0, fresh);
    if (this.#kept.length > this.#most) this.#pushedOut.push(...this.#kept.splice(0, this.#kept.length - this.#most).map((one) => one.at));
    const young = this.#pushedOut.findIndex((one) => !isOld(one));
    this.#pushedOut = young === -1 ? [] : this.#pushedOut.slice(Math.max(young, this.#pushedOut.length - this.#most));
  }

  clear(): void {
    this.#kept = [];
    this.#pushedOut = [];
  }

  get entries(): readonly T[] {
    return this.#kept.map(({ entry }) => entry);
  }

  get last(): T | undefined {
    return this.#kept.at(-1)?.entry;
  }

  /** Of the same time, as far as it is counted. */
  get missing(): number {
    return this.#pushedOut.length;
  }
}
