import {
  greaterSlew,
  type HostReading,
  type PartsPerBillion,
  ppb,
  type Steering,
  slewAhead,
  slewAllowance,
  UNKNOWN_SLEW,
} from "@truebound/time";
import type { Assumptions } from "@truebound/wire";

/** S, the slew allowance, as whoever steers the clock and the kernel say it, until something moves the clock faster. */
export class SlewWatch {
  readonly #steering: () => Steering;
  #broken = false;
  /** The greatest S of the rows that wait to be reported, ppb. */
  #seen: PartsPerBillion = ppb(0n);

  constructor(steering: () => Steering) {
    this.#steering = steering;
  }

  get broken(): boolean {
    return this.#broken;
  }

  get basis(): Assumptions["slew_basis"] {
    return this.#broken ? "unknown" : this.#steering().kind;
  }

  allowance(reading: HostReading | null): PartsPerBillion {
    return this.#broken || reading === null ? UNKNOWN_SLEW : slewAllowance(this.#steering(), reading.kernel ?? null);
  }

  /** S from a reading on. */
  ahead(reading: HostReading): PartsPerBillion {
    return slewAhead(this.#broken ? { kind: "unknown" } : this.#steering(), this.allowance(reading));
  }

  between(before: HostReading, after: HostReading): PartsPerBillion {
    return greaterSlew(this.allowance(before), this.allowance(after));
  }

  /** The clock was moved faster than S allows: whoever steers it is not who we think, and the fastest that there is counts. */
  break(): void {
    this.#broken = true;
  }

  recorded(slew: PartsPerBillion): void {
    this.#seen = greaterSlew(this.#seen, slew);
  }

  reported(): void {
    this.#seen = ppb(0n);
  }

  /** S of all that waits and of now, ppm, rounded up. */
  ppm(reading: HostReading | null): number {
    return Number((greaterSlew(this.#seen, this.allowance(reading)) + 999n) / 1000n);
  }
}
