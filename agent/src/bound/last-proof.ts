import {
  BILLION,
  carryInterval,
  changeOfAxis,
  type Drift,
  grow,
  type Interval,
  LEAP_MARGIN,
  type LeapCalendar,
  type PublishedBound,
  type RawInstant,
  unlistedLeapBefore,
  utc,
  utcOf,
} from "@truebound/time";

/** What was last proved, on leap-free − RAW, and what has become of it since. */
export class LastProof {
  #proof: PublishedBound | null = null;

  get proof(): PublishedBound | null {
    return this.#proof;
  }

  keep(proof: PublishedBound | null): void {
    this.#proof = proof;
  }

  forget(): void {
    this.#proof = null;
  }

  /** The same object while nothing but drift can have touched it; a second wider once a leap of which no list tells may have come. */
  at(now: RawInstant, drift: Drift, calendar: LeapCalendar): PublishedBound | null {
    if (this.#proof === null) return null;
    const { interval, at } = this.#proof;
    const range = (bound: Interval, on: bigint) => utcOf({ lo: on + bound.lo, hi: on + bound.hi }, calendar.leaps);
    const then = range(interval, at);
    const present = range(carryInterval(interval, drift, now - at), now);
    const crossed = unlistedLeapBefore(utc(present.hi + LEAP_MARGIN), calendar) !== unlistedLeapBefore(utc(then.lo), calendar);
    return crossed ? { ...this.#proof, interval: grow(interval, BILLION), tight: null } : this.#proof;
  }

  /** Another leap list has another axis: the proof moves with it, or is void beside a leap. */
  learnLeaps(before: LeapCalendar, after: LeapCalendar): void {
    if (this.#proof === null) return;
    const by = changeOfAxis(utc(this.#proof.at + this.#proof.interval.lo), before.leaps, after.leaps);
    this.#proof = by === null ? null : moveBy(this.#proof, by);
  }
}

const shifted = ({ lo, hi }: Interval, by: bigint): Interval => ({ lo: lo + by, hi: hi + by });

const moveBy = (proof: PublishedBound, by: bigint): PublishedBound => ({
  ...proof,
  interval: shifted(proof.interval, by),
  tight: proof.tight && { ...proof.tight, interval: shifted(proof.tight.interval, by) },
});
