import { type LoadJob, runLoadJob } from "../load/load-job.ts";
import type { LoadResult } from "../load/load-run.ts";
import { withServer } from "./ingest.ts";

/** A record is a batch of half a minute: eight sources, every sixteen seconds. */
const RECORDS_A_DAY = 2_880;
const EXCHANGES = 15;
const BATCHES = 60;

export interface DrainResult {
  readonly load: LoadResult;
  /** What the whole day of a thousand agents would take at this rate, minutes. */
  readonly dayMinutes: number;
}

/** A thousand agents come back after `hours` without a server, each with how it stands now in front of its backlog. */
export async function measureDrain(agents: number, hours: number, log: (text: string) => void): Promise<DrainResult> {
  const deliveries = Math.ceil((RECORDS_A_DAY * hours) / 24 / BATCHES);
  return withServer(log, async ({ server }) => {
    const job: LoadJob = {
      url: server.agentsUrl,
      token: await server.token(agents),
      agents,
      deliveries,
      batches: BATCHES,
      exchanges: EXCHANGES,
      every: 2,
      fromS: 1_795_600_000,
      withLive: true,
      namePrefix: "back-",
      seed: 4,
      connections: 32,
      rate: null,
      secondsMax: 1_200,
    };
    log(`${agents} agents seal ${agents * deliveries * BATCHES} records`);
    const load = await runLoadJob(job, () => log("they are back"));
    return { load, dayMinutes: (1_000 * RECORDS_A_DAY) / (load.batches / load.seconds) / 60 };
  });
}

export interface OverloadResult {
  readonly peak: LoadResult;
  readonly over: LoadResult;
  readonly after: LoadResult;
}

/** As much as it takes, then five times as many who want in at once, then as before. */
export async function measureOverload(seconds: number, log: (text: string) => void): Promise<OverloadResult> {
  return withServer(log, async ({ server }) => {
    const job = async (prefix: string, more: Partial<LoadJob>): Promise<LoadResult> => {
      const agents = more.agents ?? 400;
      log(`${prefix}: ${agents} agents seal`);
      return runLoadJob({
        url: server.agentsUrl,
        token: await server.token(agents),
        agents,
        deliveries: Math.ceil((1_500 * seconds) / agents) + 1,
        batches: 1,
        exchanges: EXCHANGES,
        every: 2,
        fromS: 1_795_600_000,
        withLive: false,
        namePrefix: `${prefix}-`,
        seed: 11,
        connections: 48,
        rate: null,
        secondsMax: seconds,
        ...more,
      });
    };
    const peak = await job("peak", {});
    const over = await job("over", { agents: 4_000, connections: 2_000, deliveries: 12 });
    const after = await job("after", {});
    return { peak, over, after };
  });
}
