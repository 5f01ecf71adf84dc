import { BILLION, type Drift, fastest, type PartsPerBillion, worstError } from "@truebound/time";
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

/**
 * A pace at which a limit L can be proved, never slower than the policy's. A slew between two readings may take a quarter of
 * L; then the drift between two exchanges has to fit into what is left, so that one lost reply does not lose the proof:
 * (L − m − x) / 2ρ, and / 3ρ where an exchange is only finished by the next one (compliance 6.10). A limit that leaves
 * nothing cannot be proved at any pace, and is none to hurry for.
 */
export function paceFor(policy: Wanted, room: Room): Pace {
  const { limit_ns, reading_interval_s, probe_interval_s } = policy;
  if (limit_ns === null) return { readingS: reading_interval_s, probeS: probe_interval_s };
  const readingS = Math.min(reading_interval_s, readingFor(limit_ns, room.slew) ?? reading_interval_s);
  const strays = room.slew === null ? 0 : (Number(room.slew) * readingS) / 2;
  const left = room.least === null ? limit_ns / 2 : limit_ns - Number(room.least) - strays;
  const probeS = left / ((room.interleaved ? 3 : 2) * Number(fastest(room.drift)));
  return { readingS, probeS: left <= 0 ? probe_interval_s : Math.min(probe_interval_s, Math.max(SOONEST_PROBE_S, probeS)) };
}

/** Seconds between readings; null = no pace is fast enough. ns / ppb = s. */
function readingFor(limitNs: number, slew: PartsPerBillion | null): number | null {
  if (slew === null) return limitNs <= TEN_A_SECOND_BELOW_NS ? SOONEST_READING_S : 1;
  const quarter = limitNs / (2 * Number(slew));
  return quarter >= SOONEST_READING_S ? quarter : 4 * quarter > SOONEST_READING_S ? SOONEST_READING_S : null;
}

const TEN_A_SECOND_BELOW_NS = 100_000;
const SOONEST_READING_S = 0.1;
/** Sources have floors of their own above this. */
const SOONEST_PROBE_S = 0.25;

/** A change by less than this is not worth a change of pace. */
const WORTH = 0.1;
const REMEMBERED = 300n * BILLION;
/** One change of pace is no greater than this, either way. */
const MOST_CHANGE = 2;

/** Follows what exchanges leave of the limit, and changes the pace where that changes it much. */
export class PaceKeeper {
  /** Of what is remembered only what no later exchange betters: the first is the least of all. */
  #recent: { readonly at: bigint; readonly worst: bigint }[] = [];
  #pace: Pace | null = null;

  /** Takes in the row after an exchange. */
  learn({ reading, offset }: BoundRow): void {
    if (offset === null) return;
    const [at, worst] = [reading.rawAfter, worstError(offset)];
    while ((this.#recent.at(-1)?.worst ?? -1n) >= worst) this.#recent.pop();
    this.#recent.push({ at, worst });
    while (at - (this.#recent[0]?.at ?? at) > REMEMBERED) this.#recent.shift();
  }

  pace(policy: Wanted, room: Omit<Room, "least">): Pace {
    const next = paceFor(policy, { ...room, least: this.#recent[0]?.worst ?? null });
    if (this.#pace === null) this.#pace = next;
    else if (differs(this.#pace.probeS, next.probeS) || differs(this.#pace.readingS, next.readingS))
      this.#pace = { ...next, probeS: near(this.#pace.probeS, next.probeS) };
    return this.#pace;
  }
}

const near = (from: number, to: number): number => Math.min(from * MOST_CHANGE, Math.max(from / MOST_CHANGE, to));
const differs = (a: number, b: number): boolean => Math.abs(a - b) > WORTH * a;
