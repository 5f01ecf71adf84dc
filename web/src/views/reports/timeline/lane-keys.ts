import type { LaneRun } from "../../../charts/verdict-lane.ts";

/** Where a key leads from a column: to the next run or the one before, the first or the last. Undefined = the key means nothing here. */
export function stepped(runs: readonly LaneRun[], at: number | null, key: string): number | undefined {
  const here = runs.findIndex(({ from, to }) => at !== null && at >= from && at < to);
  const last = runs.length - 1;
  const to: Readonly<Record<string, number>> = {
    ArrowRight: Math.min(last, here + 1),
    ArrowUp: Math.min(last, here + 1),
    ArrowLeft: Math.max(0, here - 1),
    ArrowDown: Math.max(0, here - 1),
    Home: 0,
    End: last,
  };
  return Object.hasOwn(to, key) ? runs[to[key] ?? 0]?.from : undefined;
}
