/** Judged each second: what was not judged for a minute no longer tells of now. */
const FRESH_MS = 60_000;

/** Whether somebody judges the fleet, as far as this page can tell. */
export interface Judging {
  readonly evaluated_at: string | null;
  /** Monotonic: the answer that said this first, and the latest one. */
  readonly since_ms: number;
  readonly answered_ms: number;
  /** Nobody judges, or has not for so long that what is open may have changed. */
  readonly isLate: boolean;
}

/**
 * One answer more. Where two answers soon after each other say different instants, somebody judges, whatever any clock says;
 * else the age by the server's clock counts (`age_ms`, null = not known), and that an instant stands still.
 */
export function judging(before: Judging | null, evaluated_at: string | null, answered_ms: number, age_ms: number | null): Judging {
  const first = { evaluated_at, since_ms: answered_ms, answered_ms };
  if (evaluated_at === null) return { ...first, isLate: true };
  if (before === null || before.evaluated_at === null) return { ...first, isLate: isOld(age_ms) };
  if (before.evaluated_at === evaluated_at)
    return { ...before, answered_ms, isLate: before.isLate || answered_ms - before.since_ms > FRESH_MS };
  return { ...first, isLate: answered_ms - before.answered_ms > FRESH_MS && isOld(age_ms) };
}

const isOld = (age_ms: number | null): boolean => age_ms !== null && age_ms > FRESH_MS;
