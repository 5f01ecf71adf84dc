import { HOUR_NS } from "./audit-row.ts";

/** What time it may be, as two know it that do not depend on each other. */
export interface TimeFacts {
  readonly database: bigint;
  /** The median of what hosts have proved of UTC; null = no host has. */
  readonly fleet: bigint | null;
}

export interface RetentionTime {
  /** At which ages are judged: never later than the fleet proves, but for an hour. */
  readonly now: bigint;
  /** By so much the database's clock is ahead of what the fleet proves; null = no host proves anything. */
  readonly ahead: bigint | null;
  /** More than an hour of it: so much is kept longer. */
  readonly isHeldBack: boolean;
}

/** The database's clock may jump ahead, and what it lets go is gone: so it is believed for an hour at most. */
export function retentionTime({ database, fleet }: TimeFacts): RetentionTime {
  if (fleet === null) return { now: database, ahead: null, isHeldBack: false };
  const most = fleet + HOUR_NS;
  const isHeldBack = database > most;
  return { now: isHeldBack ? most : database, ahead: database - fleet, isHeldBack };
}
