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
