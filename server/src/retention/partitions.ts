import type { Day } from "./days.ts";

/** What the database has, and what day it is by its own clock. */
export interface PartitionFacts {
  readonly today: Day;
  readonly made: readonly Day[];
  /** Days of which the DEFAULT partition holds rows. */
  readonly strays: readonly Day[];
}

export interface ToMake {
  readonly day: Day;
  /** Rows of that day lie in the DEFAULT partition and have to come over. */
  readonly moves: boolean;
}

const DAYS_AHEAD = 7;
/** Rows of an older day stay in DEFAULT, and go from there one by one: its partition would be dropped as soon as made. */
const DAYS_BACK = 400;
/** One pass makes no more, so that it ends. */
const MOST_AT_ONCE = 40;

/** Today first: that is where rows arrive. Then what lies ahead, then the days of strays, the newest first. */
export function daysToMake({ today, made, strays }: PartitionFacts): ToMake[] {
  const ahead = Array.from({ length: DAYS_AHEAD + 1 }, (_, index) => today + index);
  const stray = strays.filter((day) => day >= today - DAYS_BACK && day < today).sort((a, b) => b - a);
  return [...ahead, ...stray]
    .filter((day) => !made.includes(day))
    .slice(0, MOST_AT_ONCE)
    .map((day) => ({ day, moves: strays.includes(day) }));
}
