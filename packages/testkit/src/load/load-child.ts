import { LoadAgent } from "./load-agent.ts";
import type { LoadJob, LoadMessage } from "./load-job.ts";
import { runLoad, type Stream } from "./load-run.ts";
import { SyntheticHost } from "./synthetic-batch.ts";

/** Takes one job over IPC, makes everything ready, waits for the word, runs, and tells what came of it. */
const tell = (message: LoadMessage): void => void process.send?.(message);
const ENROLLING = 8;

async function work(job: LoadJob): Promise<void> {
  const agents = Array.from({ length: job.agents }, () => new LoadAgent());
  await enrolAll(job, agents);
  const streams = agents.map((agent, index) => streamOf(job, agent, index));
  tell({ ready: { bytes: streams.flat().reduce((sum, { request }) => sum + request.length, 0) } });
  await new Promise<void>((resolve) => process.once("message", () => resolve()));
  tell({ result: await runLoad(streams, job) });
}

async function enrolAll({ url, token, namePrefix }: LoadJob, agents: readonly LoadAgent[]): Promise<void> {
  let next = 0;
  const enrolSome = async () => {
    for (let index = next++; index < agents.length; index = next++) await agents[index]?.enrol(url, token, `${namePrefix}${index}`);
  };
  await Promise.all(Array.from({ length: ENROLLING }, enrolSome));
}

function streamOf(job: LoadJob, agent: LoadAgent, index: number): Stream {
  const from = BigInt(job.fromS) * 1_000_000_000n;
  const host = new SyntheticHost(agent.id, job, from, job.seed + index);
  return Array.from({ length: job.deliveries }, (_, delivery) => {
    const batches = Array.from({ length: job.batches }, () => host.next());
    const isLast = delivery === job.deliveries - 1;
    return agent.deliver(job.url, batches, job.withLive && !isLast ? (batches.at(-1) ?? null) : null);
  });
}

process.once("message", (job: LoadJob) => {
  work(job).catch((error: unknown) => tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }));
});
