import { hull, type Interval, maxOf } from "@truebound/time";
import type { BoundRow } from "./bound-row.ts";

/** One reading, as the stretch since the last recorded row sees it. */
export interface StretchLook {
  /** The bound at the reading, with what a leap may have done since the reading before; null = none. */
  readonly at: Interval | null;
  /** The bound at every instant since the reading before; null = not known. */
  readonly between: Interval | null;
  /** RAW distance from the reading before, ns; null = there was none. */
  readonly apart: bigint | null;
}

/** Gathers what is known of the time since the last recorded row: at its readings, and between them. */
export class Stretch {
  /** `undefined` = it begins with the next reading. */
  #since: Interval | null | undefined;
  #throughout: Interval | null | undefined;
  #gap: bigint | null = null;

  look({ at, between, apart }: StretchLook): Pick<BoundRow, "since" | "throughout" | "gap"> {
    this.#since = joined(this.#since, at);
    this.#throughout = joined(this.#throughout, between);
    this.#gap = apart === null ? null : maxOf(this.#gap ?? 0n, apart);
    return { since: this.#since, throughout: this.#throughout, gap: this.#gap };
  }

  /** A row was recorded: the next stretch begins behind it. */
  restart(): void {
    this.#since = undefined;
    this.#throughout = undefined;
    this.#gap = null;
  }

  /** Something of it is lost: nobody may bridge it. */
  breakOff(): void {
    this.#since = null;
    this.#throughout = null;
  }
}

/** What is once unknown stays unknown. */
const joined = (all: Interval | null | undefined, next: Interval | null): Interval | null =>
  all === undefined ? next : all && next && hull(all, next);
