import type { Place } from "../spool/place.ts";
import type { Stretch } from "../spool/spool.ts";

/**
 * What a chain lost for good, in batches that were sealed. Kept beside the spool, for a start knows of an epoch only what is left
 * of it: whoever is killed before the loss is at the server declares it again.
 */
export interface Losses {
  /** The latest epoch that something of those before it was to go on in. */
  readonly epoch: number;
  /** So many numbers were to; once the losses are counted, so many did. */
  readonly count: number;
  /** Lost since the enrolment. */
  readonly total: number;
  /** How much of that the server has been told. */
  readonly told: number;
  /** Of the total, how many may be at the server, or may never have been on the disk as a whole; absent = none. */
  readonly doubtful?: number;
  /** Of the latest epochs before: the newest batch that the server had. Of those before the first of these nothing is known. */
  readonly ends?: readonly Place[];
  /** It has not said since where they ended before this epoch began: it may have been set back in between. */
  readonly unsettled?: true;
}

export const NO_LOSSES: Losses = { epoch: 0, count: 0, total: 0, told: 0 };

/** An epoch is to begin with so many numbers. */
export const expecting = (losses: Losses, epoch: number, count: number): Losses => ({ ...losses, epoch, count });

/**
 * Counts what did not go on. To be asked once the epoch is begun, and before anything new is sealed in it.
 * @param carried the number of the newest batch of this epoch
 */
export function counted(losses: Losses, epoch: number, carried: number): Losses {
  const lost = losses.epoch === epoch ? Math.max(0, losses.count - carried) : 0;
  return lost === 0 ? losses : { ...losses, count: losses.count - lost, total: losses.total + lost };
}

const MOST_ENDS = 8;

/** The last epoch ends here: what is before it is at the server. */
export function ending(losses: Losses, end: Place): Losses {
  const before = (losses.ends ?? []).filter(({ epoch }) => epoch < end.epoch);
  return { ...losses, ends: [...before, ...(end.seq < 1 ? [] : [end])].slice(-MOST_ENDS), unsettled: true };
}

/** What went on up to this epoch the server has under former numbers, and its chain ends there. */
export function endingAsBefore(losses: Losses, end: Place, upTo: number): Losses {
  const since = (losses.ends ?? []).filter(({ epoch }) => epoch > upTo);
  const { ends = [], ...rest } = ending(losses, end);
  return { ...rest, ends: [...ends, ...since].slice(-MOST_ENDS) };
}

/**
 * The server says where its chain ended before this epoch began: what it had of former epochs, and has no more, nobody has.
 * @param before its newest batch then
 */
export function settled(losses: Losses, before: Place): Losses {
  const cut = cutAt(losses, before, Number.POSITIVE_INFINITY);
  if (cut.total === losses.total && losses.unsettled === undefined) return losses;
  const { unsettled: _, ...rest } = cut;
  return rest;
}

/**
 * The same of an epoch before the present one, which is filled again. Told only where that one had an end here too: else the end of
 * the one before may count what went on in it.
 */
export function settledBefore(losses: Losses, begun: number, before: Place): Losses {
  if (!(losses.ends ?? []).some(({ epoch }) => epoch === begun)) return losses;
  const cut = cutAt(losses, before, begun);
  return cut.total === losses.total ? losses : cut;
}

/** Of the epochs before that one, what lies beyond where the server's chain ended counts as lost. */
function cutAt(losses: Losses, before: Place, begun: number): Losses {
  const known = losses.ends ?? [];
  const ends = known.map(({ epoch, seq }) => ({ epoch, seq: epoch < begun ? Math.min(seq, reachedIn(epoch, before)) : seq }));
  const lost = numbersOf(known) - numbersOf(ends);
  return { ...losses, ends: ends.filter(({ seq }) => seq > 0), total: losses.total + lost };
}

const numbersOf = (ends: readonly Place[]): number => ends.reduce((sum, { seq }) => sum + seq, 0);

/** How far into this epoch a chain went that ended there. */
function reachedIn(epoch: number, end: Place): number {
  if (end.epoch < epoch) return 0;
  return end.epoch > epoch ? Number.POSITIVE_INFINITY : end.seq;
}

/**
 * Counts numbers whose batches may have been on the disk and cannot be read: never less than may be lost. Those that went on
 * from an epoch before are not among them: `counted` knows how many there were to be.
 */
export function doubting(losses: Losses, doubt: Stretch | null): Losses {
  if (doubt === null) return losses;
  const { epoch, first, last } = doubt;
  const more = last + 1 - (epoch === losses.epoch ? Math.max(first, losses.count + 1) : first);
  return more <= 0 ? losses : { ...losses, total: losses.total + more, doubtful: (losses.doubtful ?? 0) + more };
}
