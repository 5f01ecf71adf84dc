import type pg from "pg";
import type { Log } from "../../../log.ts";
import type { Sample } from "../../../metrics/fleet-samples.ts";
import { isOutage } from "../pool.ts";
import { LEFT_MONTHS } from "./left-months.ts";
import { readScrub, type ScrubStep, scrubStep } from "./scrub-store.ts";

export interface ScrubKeeper {
  /** To be called every few seconds: the steps that are due. */
  look(): Promise<void>;
  samples(): Sample[];
}

const DIFFERENCES = `
  select count(*)::integer as count from (
    select place from log_difference where acknowledged_at is null union select 'shard ' || shard from (${LEFT_MONTHS}) month) place`;
/** More of them come to their turn with the next look. */
const MOST_STEPS = 100;

/** Reads what is in the log again, all of it within a day; any number of servers share one round. */
export function scrubKeeper(pool: pg.Pool, log: Log): ScrubKeeper {
  let seen: { readonly ageSeconds: number; readonly atMs: number; readonly differences: number } | null = null;
  let hasFailed = false;
  const work = async () => {
    for (let step = 0; step < MOST_STEPS; step++) {
      const done = await scrubStep(pool);
      if (done === null) break;
      tell(done, log);
    }
    const { ageSeconds } = await readScrub(pool);
    const differences = (await pool.query<{ count: number }>(DIFFERENCES)).rows[0]?.count ?? 0;
    seen = { ageSeconds, atMs: performance.now(), differences };
  };
  return {
    look: async () => {
      try {
        await work();
        hasFailed = false;
      } catch (error) {
        if (!hasFailed && !isOutage(error))
          log.error(`Cannot read the log again: ${error instanceof Error ? error.message : String(error)}`);
        hasFailed = true;
      }
    },
    samples: () =>
      seen === null
        ? []
        : [
            { family: "logScrubAge" as const, labels: {}, value: seen.ageSeconds + (performance.now() - seen.atMs) / 1000 },
            { family: "logDifferences" as const, labels: {}, value: seen.differences },
          ],
  };
}

function tell({ findings: [first, ...more] }: ScrubStep, log: Log): void {
  if (first === undefined) return;
  const others = more.length === 0 ? "" : `, and ${more.length} more`;
  log.error(`What was logged was changed since: ${first.place}: ${first.words}${others}; truebound log show says what to do`);
}
