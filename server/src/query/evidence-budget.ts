/**
 * How much one question reads. Rows are cheap to send and dear to read: a batch of five thousand deflates to 35 kB. A host that
 * reports every second stays below all of these in two hours.
 */
export const MOST_READINGS = 50_000;
export const MOST_TEXT_BYTES = 32 * 1024 * 1024;
/** As they are kept, deflated. */
export const MOST_STORED_BYTES = 16 * 1024 * 1024;

/** Taking a batch apart costs so many times what parsing it does; what one question may take apart can be remembered. */
const SALVAGE_WEIGHT = 8;

/** Counted while reading, so that it ends after the batch that exceeds it. */
export class EvidenceBudget {
  #text = MOST_TEXT_BYTES;
  #readings = MOST_READINGS;

  get isSpent(): boolean {
    return this.#text < 0 || this.#readings < 0;
  }

  takeText(bytes: number, isWhole: boolean): void {
    this.#text -= isWhole ? bytes : bytes * SALVAGE_WEIGHT;
  }

  takeReadings(count: number): void {
    this.#readings -= count;
  }
}
