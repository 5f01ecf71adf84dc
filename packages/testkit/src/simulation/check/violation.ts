import type { Run } from "../run.ts";

/** A promise that a world did not keep, in words that say what, whose and when. */
export interface Violation {
  /** The check's name. */
  readonly check: string;
  readonly what: string;
}

export type Check = (run: Run) => Violation[];

export const said = (check: string, lines: readonly string[]): Violation[] => lines.map((what) => ({ check, what }));

/** Of many of one kind the first few tell enough. */
export const MOST_SAID = 5;
