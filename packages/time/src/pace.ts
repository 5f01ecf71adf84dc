import { excursion } from "./sampling.ts";
import { BILLION, divCeil, drift as driftOver, maxOf, minOf, type PartsPerBillion, seconds } from "./units.ts";

/** Seconds between two polls below which a source is never asked: the monitor must not harm the public or the host's own daemon. */
export const FLOOR_SECONDS = { declared: 1, discovered: 16, pool: 64 } as const;

/** How often the clock is read and each source is polled, ns. */
export interface Pace {
  readonly reading: bigint;
  readonly poll: bigint;
}

/** What a limit has to leave room for, as far as it is known. */
export interface Room {
  /** m: the worst error right after an exchange, ns: what path, root and stamps cost, and the offset itself. */
  readonly least: bigint | null;
  /** S. */
  readonly slew: PartsPerBillion | null;
  /** How fast the bound grows between exchanges. */
  readonly drift: PartsPerBillion;
  readonly interleaved: boolean;
}

/** A source that the operator named is asked faster until it was asked so many times. */
export const STARTING_POLLS = 4;

/** Polls come at random by so much of their interval earlier or later, so that hosts do not ask in step. */
export const POLL_JITTER = 0.05;
const JITTER = { percent: 5n, of: 100n };

/** The longest that two polls of one source can be apart at a pace, ns. */
export const longestGap = (poll: bigint): bigint => divCeil(poll * (JITTER.of + JITTER.percent), JITTER.of);
/** The pace at which no two polls are further apart than that. */
const pollWithin = (gap: bigint): bigint => (gap * JITTER.of) / (JITTER.of + JITTER.percent);

/** A timer's reading of the clocks comes a little late; by more only where the host is busy, which readings then show themselves. */
export const READING_LATE = BILLION / 100n;
/** The longest that two readings are apart at a pace, ns. */
export const longestReading = (reading: bigint): bigint => reading + READING_LATE;

/** Each of window, reading and hull rounds its ends outward once, ns. */
export const ROUNDED = 3n;

/** Of so many intervals one cone has to last through, so that one lost reply does not lose the proof (6.10). */
export const spanned = (interleaved: boolean): bigint => (interleaved ? 3n : 2n);

/**
 * A pace at which a limit L can be proved, never slower than `slowest`. A slew between two readings may take a quarter of L, and no more
 * than half of what a sample leaves; then the drift between two exchanges has to fit into the rest: (L − m − x) / 2ρ, and / 3ρ where an
 * exchange is only finished by the next one, the latest poll of all. A limit that leaves nothing cannot be proved at any pace, and is
 * none to hurry for. All is rounded down. A source's own floor is above this.
 */
export function paceFor(limit: bigint | null, slowest: Pace, room: Room): Pace {
  if (limit === null) return slowest;
  const { reading, left } = roomLeft(limit, slowest, room);
  if (left <= 0n || room.drift <= 0n) return { reading, poll: slowest.poll };
  return {
    reading,
    poll: minOf(slowest.poll, maxOf(SOONEST_POLL, pollWithin((left * BILLION) / (spanned(room.interleaved) * room.drift)))),
  };
}

/** What is left of a limit for drift, ns, and how often the clock is read for that. */
function roomLeft(limit: bigint, slowest: Pace, { least, slew }: Room): { readonly reading: bigint; readonly left: bigint } {
  const reading = minOf(slowest.reading, readingFor(limit, least ?? 0n, slew) ?? slowest.reading);
  const left = least === null ? limit / 2n : limit - least - (slew === null ? 0n : excursion(slew, longestReading(reading))) - ROUNDED;
  return { reading, left };
}

/** Whether a limit can be proved at the soonest pace at which any source may be asked. */
export const canBePaced = (limit: bigint, slowest: Pace, room: Room): boolean =>
  roomLeft(limit, slowest, room).left >= driftOver(room.drift, spanned(room.interleaved) * longestGap(seconds(FLOOR_SECONDS.declared)));

/** ns between readings; null = no pace is fast enough. */
function readingFor(limit: bigint, least: bigint, slew: PartsPerBillion | null): bigint | null {
  if (slew === null) return limit <= TEN_A_SECOND_BELOW ? SOONEST_READING : BILLION;
  const share = minOf(limit / 4n, (limit - least) / 2n);
  const gap = slew > 0n && share > 0n ? (2n * share * BILLION) / slew - READING_LATE : BILLION;
  if (gap >= SOONEST_READING) return gap;
  return excursion(slew, longestReading(SOONEST_READING)) < limit ? SOONEST_READING : null;
}

const TEN_A_SECOND_BELOW = 100_000n;
/** A tenth of a second: reading the clocks more often costs more than it tells. */
export const SOONEST_READING = BILLION / 10n;
const SOONEST_POLL = seconds(0.25);
