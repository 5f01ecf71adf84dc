/** How long to wait before a child that ended is started again; null = not at all. */
export interface Ending {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly ranMs: number;
  /** Short runs in a row before this one. */
  readonly failures: number;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** A run of this length was no failure to start. */
export const SETTLED_MS = 60_000;
/** Usage and configuration: the same command would end the same way. */
const HOPELESS = new Set([2, 78]);

export function restartDelay({ exitCode, ranMs, failures }: Ending): number | null {
  if (exitCode !== null && HOPELESS.has(exitCode)) return null;
  return ranMs >= SETTLED_MS ? FIRST_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
}
