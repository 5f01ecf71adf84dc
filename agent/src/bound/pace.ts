import {
  BILLION,
  canBePaced,
  type Drift,
  fastest,
  minOf,
  type PartsPerBillion,
  paceFor as paceInNs,
  seconds,
  worstError,
} from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { BoundRow } from "./bound-row.ts";

/** How often to read the clock and to probe each source, s. */
export interface Pace {
  readonly readingS: number;
  readonly probeS: number;
}

/** What a limit has to leave room for, as far as it is known. */
export interface Room {
  /** m: the worst error right after an exchange, ns: what path, root and stamps cost, and the offset itself. */
  readonly least: bigint | null;
  /** S, ppb. */
  readonly slew: PartsPerBillion | null;
  readonly drift: Drift;
  readonly interleaved: boolean;
}

type Wanted = Pick<Policy, "limit_ns" | "reading_interval_s" | "probe_interval_s">;

/** The pace at which a policy's limit can be proved, by the arithmetic of every plan. */
export function paceFor(policy: Wanted, { drift, ...room }: Room): Pace {
  const { reading, poll } = paceInNs(limitOf(policy), slowestOf(policy), { ...room, drift: fastest(drift) });
  return { readingS: Number(reading) / 1e9, probeS: Number(poll) / 1e9 };
}

const limitOf = ({ limit_ns }: Wanted): bigint | null => (limit_ns === null ? null : BigInt(limit_ns));
const slowestOf = ({ reading_interval_s, probe_interval_s }: Wanted) => ({
  reading: seconds(reading_interval_s),
  poll: seconds(probe_interval_s),
});

/**
 * The worst of which the limit can be proved, so that it is proved of each such; where it can of none, the best. Null = none is known.
 * What is worse than one that cannot be proved cannot be either, so that few of many are tried.
 */
function leastToPaceBy(worst: readonly bigint[], policy: Wanted, { drift, ...room }: Omit<Room, "least">): bigint | null {
  const limit = limitOf(policy);
  let [most, tooMuch, best]: [bigint | null, bigint | null, bigint | null] = [null, null, null];
  for (const least of worst) {
    best = best === null ? least : minOf(best, least);
    if (limit === null || (most !== null && least <= most) || (tooMuch !== null && least >= tooMuch)) continue;
    if (canBePaced(limit, slowestOf(policy), { ...room, least, drift: fastest(drift) })) most = least;
    else tooMuch = least;
  }
  return most ?? best;
}

/** A change by less than this is not worth a change of pace. */
const WORTH = 0.1;
const REMEMBERED = 300n * BILLION;
/** One change of pace is no greater than this, either way. */
const MOST_CHANGE = 2;

/** Follows what exchanges leave of the limit, and changes the pace where that changes it much. */
export class PaceKeeper {
  readonly #recent: { readonly at: bigint; readonly worst: bigint }[] = [];
  #pace: Pace | null = null;

  /** Takes in the row after an exchange. */
  learn({ reading, offset }: BoundRow): void {
    if (offset === null) return;
    const at = reading.rawAfter;
    this.#recent.push({ at, worst: worstError(offset) });
    while (at - (this.#recent[0]?.at ?? at) > REMEMBERED) this.#recent.shift();
  }

  pace(policy: Wanted, room: Omit<Room, "least">): Pace {
    const worst = this.#recent.map((one) => one.worst);
    const next = paceFor(policy, { ...room, least: leastToPaceBy(worst, policy, room) });
    if (this.#pace === null) this.#pace = next;
    else if (differs(this.#pace.probeS, next.probeS) || differs(this.#pace.readingS, next.readingS))
      this.#pace = { ...next, probeS: near(this.#pace.probeS, next.probeS) };
    return this.#pace;
  }
}

const near = (from: number, to: number): number => Math.min(from * MOST_CHANGE, Math.max(from / MOST_CHANGE, to));
const differs = (a: number, b: number): boolean => Math.abs(a - b) > WORTH * a;
