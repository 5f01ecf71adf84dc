import type { Bounded, Now } from "./answer.ts";

/** Ordered by `physical`, then by `logical`. */
export interface HybridStamp {
  /** ns since 1970: never after UTC at the moment of stamping, where every clock's bound holds. */
  readonly physical: bigint;
  readonly logical: number;
}

export type Received =
  | { readonly kind: "taken"; readonly stamp: HybridStamp }
  /** It lies `aheadNs` beyond the latest that UTC can be here: its clock, or the bound of one of us, is false. Nothing was changed. */
  | { readonly kind: "refused"; readonly aheadNs: bigint }
  /** No hybrid clock makes such a stamp: its count is no whole number that can be counted on from. Nothing was changed. */
  | { readonly kind: "malformed" }
  | { readonly kind: "unknown"; readonly now: Now };

export interface Clock {
  now(): Now;
  proved(): Bounded | null;
}

export const compareStamps = (a: HybridStamp, b: HybridStamp): -1 | 0 | 1 => {
  if (a.physical !== b.physical) return a.physical < b.physical ? -1 : 1;
  return a.logical === b.logical ? 0 : a.logical < b.logical ? -1 : 1;
};

/**
 * A hybrid logical clock (Kulkarni et al., 2014) on intervals. Its physical part is the *earliest* that UTC can be, so that a stamp of a
 * host whose bound holds is never after UTC; whatever arrives later than the *latest* that UTC can be here is proved to be false, and
 * needs no limit that somebody guessed. One false clock so cannot carry all others away with it.
 */
export class HybridClock {
  readonly #clock: Clock;
  #last: HybridStamp = { physical: 0n, logical: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A stamp after all that were given or taken before; null where the time is not known. */
  stamp(): HybridStamp | null {
    const now = this.#clock.proved();
    return now === null ? null : this.#follow(now.earliest, this.#last);
  }

  /** Takes a stamp that came with a message: what is stamped from now on is after it. */
  receive(remote: HybridStamp): Received {
    if (!isStamp(remote)) return { kind: "malformed" };
    const now = this.#clock.proved();
    if (now === null) return { kind: "unknown", now: this.#clock.now() };
    if (remote.physical > now.latest) return { kind: "refused", aheadNs: remote.physical - now.latest };
    const later = compareStamps(remote, this.#last) > 0 ? remote : this.#last;
    return { kind: "taken", stamp: this.#follow(now.earliest, later) };
  }

  #follow(earliest: bigint, last: HybridStamp): HybridStamp {
    this.#last = earliest > last.physical ? { physical: earliest, logical: 0 } : next(last);
    return this.#last;
  }
}

/** Beyond what a number counts exactly two stamps would be one: a full count carries into the next nanosecond. */
const next = ({ physical, logical }: HybridStamp): HybridStamp =>
  logical < Number.MAX_SAFE_INTEGER ? { physical, logical: logical + 1 } : { physical: physical + 1n, logical: 0 };

/** What comes from elsewhere has whatever was sent. */
const isStamp = ({ physical, logical }: HybridStamp): boolean =>
  typeof physical === "bigint" && Number.isSafeInteger(logical) && logical >= 0;
