import { readdirSync } from "node:fs";
import type pg from "pg";
import { watchLoopDelay } from "../adapters/loop-delay.ts";
import type { GroupOutcome } from "../ingest/group-commit.ts";
import type { Counters } from "../metrics/families.ts";
import type { Sample } from "../metrics/fleet-samples.ts";
import { processSamples } from "../metrics/process-samples.ts";

export interface ProcessParts {
  readonly pool: pg.Pool;
  /** Batches that wait for a transaction. */
  readonly ingestWaiting: () => number;
  readonly reportJobs: () => readonly { readonly state: string }[];
}

/** What this process says of itself, until it is stopped. */
export function joinProcess({ pool, ingestWaiting, reportJobs }: ProcessParts): { samples(): Sample[]; stop(): Promise<void> } {
  const delay = watchLoopDelay();
  return {
    samples: () =>
      processSamples({
        residentBytes: process.memoryUsage.rss(),
        openFiles: openFiles(),
        loopDelay: delay.last(),
        pool: { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount },
        ingestWaiting: ingestWaiting(),
        reportJobs: reportJobs().map(({ state }) => state),
      }),
    stop: delay.stop,
  };
}

/** One less than are seen: the folder is open while it is read. */
function openFiles(): number | null {
  try {
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return null; // elsewhere than Linux
  }
}

/** Counts the transactions in which deliveries are stored. */
export const countCommits =
  (counters: Counters) =>
  ({ batches, seconds, isCommitted }: GroupOutcome): void => {
    counters.add("commits", { outcome: isCommitted ? "committed" : "failed" });
    counters.add("commitSeconds", {}, seconds);
    counters.add("commitBatches", {}, batches);
  };
