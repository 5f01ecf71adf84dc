import type { Constraints } from "./exchange.ts";
import { fuse } from "./fusion.ts";
import { FRESH_POLLS, type PublishedBound, type SourceFacts } from "./host-bound.ts";
import { type Interval, midpoint, touches, widen } from "./interval.ts";
import { hasBentLately } from "./refutation.ts";
import { absolute, drift, maxOf, type Nanoseconds, ns, type PartsPerBillion, type RawInstant } from "./units.ts";
import { castVotes, groupDependent } from "./votes.ts";

/**
 * The ruler itself can jump: a virtual machine that was moved or stood still under kvm-clock, or was restored from a
 * checkpoint, shows no gap on any of its clocks, because all of them hang on the same counter. Only outside references tell:
 * what they say of UTC − RAW is then disjoint from what was proved, all of them at once, and agreeing with each other. A step
 * of REALTIME cannot be taken for it: REALTIME has no part in UTC − RAW.
 */
export type Saying = Pick<SourceFacts, "identity" | "poll" | "bentAt"> & {
  /** t4 of its last accepted exchange. */
  readonly lastExchange: RawInstant;
  /** What its newest exchange alone says of UTC − RAW now. */
  readonly newest: Interval;
};

/** Of the sources that have said anything. */
export const sayingsOf = (sources: readonly SourceFacts[]): Saying[] =>
  sources.flatMap(({ identity, poll, lastExchange, newest, bentAt }) =>
    lastExchange === null || newest === null ? [] : [{ identity, poll, lastExchange, newest, bentAt }],
  );

export interface JumpFacts {
  readonly now: RawInstant;
  readonly rho: PartsPerBillion;
  /** F in force. */
  readonly faults: number;
  /** What was last proved. */
  readonly last: PublishedBound;
  readonly sayings: readonly Saying[];
}

export interface RulerJump {
  /** By how much UTC − RAW grew, from middle to middle: positive = the ruler missed that much time. */
  readonly by: Nanoseconds;
  /** Votes that were heard, and how many of them had to agree on the new place. */
  readonly votes: number;
  readonly need: number;
}

/** What one exchange alone says of UTC − RAW at `now`: M2 at its own instants, then M3 on each side. */
export function saysAlone({ lower, upper }: Constraints, rho: PartsPerBillion, now: RawInstant): Interval | null {
  const lo = lower.value - drift(rho, absolute(now - lower.at));
  const hi = upper.value + drift(rho, absolute(now - upper.at));
  return lo <= hi ? { lo, hi } : null;
}

/** How many poll intervals of the slowest source an agreement is remembered: every source has spoken again by then. */
const REMEMBERED_POLLS = FRESH_POLLS + 1n;

/**
 * Remembers which sources agreed with what was proved, and tells when as many of them as prove a bound have moved away
 * from it together. A source that never agreed has no say in it: a liar, or a camp that outvotes a trusted source, is a
 * disagreement between sources and no news of the ruler. More than F votes must deny what was proved, for F of them may
 * lie, and their exchanges must no longer fit a line: those that do show a ruler which runs too fast or too slow, and then
 * it is rho that falls.
 */
export class RulerWatch {
  readonly #agreedAt = new Map<string, RawInstant>();

  /** Notes who agrees with what is proved now. */
  agree(facts: JumpFacts): void {
    const proved = held(facts);
    for (const { identity, newest } of facts.sayings) if (touches(newest, proved)) this.#agreedAt.set(identity.id, facts.now);
  }

  /** The jump that the sources show, or `null`. */
  jump(facts: JumpFacts): RulerJump | null {
    const { now, faults, sayings } = facts;
    const proved = held(facts);
    const fresh = sayings.filter(({ lastExchange, poll }) => now - lastExchange <= FRESH_POLLS * poll);
    const deny = fresh.filter((saying) => hasBentLately(saying, now) && !touches(saying.newest, proved));
    // As good as always: so many votes there cannot be among them, whoever shares one.
    if (deny.length <= faults) return null;
    const heard = castVotes(fresh.map(voter));
    const need = Math.max(1, heard.length - faults);
    const known = fresh.filter((saying) => this.#agreedLately(saying.identity.id, fresh, now));
    if (
      countVotes(
        deny.filter((saying) => known.includes(saying)),
        sayings,
      ) <= faults
    )
      return null;
    const votes = castVotes(known.map(voter)).flatMap(({ interval }) => (interval === null ? [] : [interval]));
    if (votes.length < need) return null;
    const place = fuse(votes, votes.length - need).hull;
    if (place === null || touches(place, proved)) return null;
    return { by: ns(midpoint(place) - midpoint(proved)), votes: heard.length, need };
  }

  /** After a disruption nothing that was agreed on counts. */
  forget(): void {
    this.#agreedAt.clear();
  }

  #agreedLately(id: string, fresh: readonly Saying[], now: RawInstant): boolean {
    const at = this.#agreedAt.get(id);
    const slowest = fresh.reduce((longest, { poll }) => maxOf(longest, poll), 0n);
    return at !== undefined && now - at <= REMEMBERED_POLLS * slowest;
  }
}

/** How many of the votes that `all` make up have a member in `some`. */
const countVotes = (some: readonly Saying[], all: readonly Saying[]): number =>
  groupDependent(all.map(({ identity }) => identity)).filter((members) => some.some(({ identity }) => members.includes(identity.id)))
    .length;

const held = ({ last, rho, now }: JumpFacts): Interval => widen(last.interval, rho, absolute(now - last.at));
const voter = ({ identity, newest }: Saying) => ({ identity, interval: newest });
