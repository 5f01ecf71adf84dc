import { FRESH_POLLS, type HostReading, type RawInstant } from "@truebound/time";

/** When the ruler last seemed to jump. */
export class JumpMemory {
  #at: RawInstant | null = null;

  /**
   * What a jump is to the one before: the sources notice one after the other, within a poll; one that they notice again, a
   * poll later, is none: the ruler runs away. `slowest`: the longest interval between two polls, ns.
   */
  since({ rawAfter }: Pick<HostReading, "rawAfter">, slowest: bigint): "first" | "same" | "again" {
    const age = this.#at === null ? null : rawAfter - this.#at;
    if (age === null || age > (FRESH_POLLS + 1n) * slowest) return "first";
    return 8n * age < 7n * slowest ? "same" : "again";
  }

  jumped(reading: Pick<HostReading, "rawAfter">, slowest: bigint): void {
    if (this.since(reading, slowest) === "first") this.#at = reading.rawAfter;
  }
}
