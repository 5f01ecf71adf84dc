export interface BurstPorts {
  /** Asks every source that may be asked now. Resolves when all of them have answered or failed; never rejects. */
  readonly ask: () => Promise<void>;
  /** Reads the clock and reports. */
  readonly report: () => void;
}

/** Requests of the server to measure anew: one at a time, the latest stands. */
export class Bursts {
  readonly #ports: BurstPorts;
  #wanted: string | null = null;
  #answered: string | null = null;

  constructor(ports: BurstPorts) {
    this.#ports = ports;
  }

  /** The latest request that reports from now on answer, for as long as the server asks it. */
  get answered(): string | null {
    return this.#answered;
  }

  /** The word of a receipt; null = it wants nothing. */
  offer(word: string | null): void {
    if (word === this.#wanted) return;
    this.#wanted = word;
    this.#answered = null;
    if (word !== null) void this.#measure(word);
  }

  async #measure(word: string): Promise<void> {
    await this.#ports.ask();
    if (this.#wanted !== word) return;
    this.#answered = word;
    this.#ports.report();
  }
}
