import { daemonSlew, type HostReading, type Interval } from "@truebound/time";

/** Two readings a second apart tell the rate to some tenths of a ppm, ten seconds apart to some hundredths. */
const STRETCH = 10_000_000_000n;

/** What the daemon does to the clock's rate, over stretches long enough that the brackets of two readings do not blur it. */
export class RateWatch {
  #from: HostReading | null = null;
  #seen: Interval | null = null;

  /** The latest that is known at `reading`; a step begins a new stretch. */
  look(reading: HostReading, continuous: boolean): Interval | null {
    if (this.#from === null || !continuous) {
      this.#from = reading;
      this.#seen = null;
    } else if (reading.rawAfter - this.#from.rawAfter >= STRETCH) {
      this.#seen = daemonSlew(this.#from, reading);
      this.#from = reading;
    }
    return this.#seen;
  }
}
