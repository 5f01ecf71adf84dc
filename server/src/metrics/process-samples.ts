import type { Sample } from "./fleet-samples.ts";

/** What a process can say of itself at an instant. */
export interface ProcessFigures {
  readonly residentBytes: number;
  /** Null = the system does not say. */
  readonly openFiles: number | null;
  /** Null = no window is over yet. */
  readonly loopDelay: LoopDelay | null;
  readonly pool: { readonly total: number; readonly idle: number; readonly waiting: number };
  readonly ingestWaiting: number;
  /** The state of each report that it was asked for and remembers. */
  readonly reportJobs: readonly string[];
}

/** How late timers ran in a window that is over, seconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function processSamples({ residentBytes, openFiles, loopDelay, pool, ingestWaiting, reportJobs }: ProcessFigures): Sample[] {
  const late = Object.entries(loopDelay ?? {});
  return [
    { family: "residentMemory", labels: {}, value: residentBytes },
    ...(openFiles === null ? [] : [{ family: "openFiles" as const, labels: {}, value: openFiles }]),
    ...late.map(([stat, value]) => ({ family: "loopDelay" as const, labels: { stat }, value })),
    { family: "databaseConnections", labels: { state: "busy" }, value: pool.total - pool.idle },
    { family: "databaseConnections", labels: { state: "idle" }, value: pool.idle },
    { family: "databaseWaiting", labels: {}, value: pool.waiting },
    { family: "ingestWaiting", labels: {}, value: ingestWaiting },
    ...[...countsOf(reportJobs)].map(([state, value]) => ({ family: "reportJobs" as const, labels: { state }, value })),
  ];
}

function countsOf(states: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
