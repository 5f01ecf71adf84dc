import type { StampRow } from "@truebound/wire";

/** Which lines of a file had no answer. Unknown is an answer: only what could not be asked is bad. */
export class BadLines {
  #lines = 0;
  #bad = 0;
  /** The one with the lowest number, whichever was answered first. */
  #first: Pick<StampRow, "line" | "error"> | null = null;

  take({ line, error }: Pick<StampRow, "line" | "error">): void {
    this.#lines += 1;
    if (error === null) return;
    this.#bad += 1;
    if (this.#first === null || line < this.#first.line) this.#first = { line, error };
  }

  /** Null = each line had its answer. */
  get words(): string | null {
    if (this.#first === null) return null;
    const { line, error } = this.#first;
    const how = this.#bad === this.#lines ? `None of ${this.#lines} lines` : `${this.#bad} of ${this.#lines} lines not`;
    return `${how} answered; line ${line}: ${error}`;
  }
}
