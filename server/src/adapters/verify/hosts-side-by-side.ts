import { existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { type HostOutcome, hostsInTurn, type SignedEvidence, type VerifyHosts } from "@truebound/audit";
import type { ThreadData } from "./host-thread.ts";

/** Below it a thread costs more than it saves. */
const WORTH_A_THREAD_BYTES = 8 * 1024 * 1024;
/** Evidence is read, judged and dropped: with little room for what is young much of it would be copied first. */
const YOUNG_MB = 64;

/** A thread for each processor; what is found is told in the order of the hosts, as one thread tells it. */
export const hostsSideBySide =
  (place: string, worthBytes = WORTH_A_THREAD_BYTES): VerifyHosts =>
  (evidence, ports) => {
    const worth = Math.ceil(sizeOf(place, evidence) / worthBytes);
    const threads = Math.min(availableParallelism(), evidence.manifest.hosts.length, worth);
    return threads < 2 ? hostsInTurn(evidence, ports) : onThreads(threads, { place, ...evidence });
  };

const sizeOf = (place: string, { manifest }: SignedEvidence): number =>
  manifest.hosts
    .map(({ id }) => join(place, "evidence", `${id}.ndjson`))
    .reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);

async function* onThreads(count: number, data: ThreadData): AsyncGenerator<HostOutcome> {
  const threads = Array.from({ length: count }, () => threadWith(data));
  const found = new Map<number, HostOutcome>();
  try {
    const hosts = data.manifest.hosts.length;
    let asked = 0;
    const working = new Set<Promise<void>>();
    const give = (thread: Worker): void => {
      if (asked === hosts) return;
      const index = asked++;
      const done: Promise<void> = outcomeOf(thread, index).then((outcome) => {
        found.set(index, outcome);
        working.delete(done);
        give(thread);
      });
      working.add(done);
    };
    threads.forEach(give);
    for (let index = 0; index < hosts; index++) {
      while (!found.has(index)) await Promise.race(working);
      yield found.get(index) as HostOutcome;
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

const threadWith = (data: ThreadData): Worker =>
  new Worker(new URL("./host-thread.js", import.meta.url), {
    workerData: data,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });

/** Rejects where the thread itself fails: that is no finding. */
function outcomeOf(thread: Worker, index: number): Promise<HostOutcome> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      thread.off("message", answered).off("error", failed);
      act();
    };
    const answered = (outcome: HostOutcome): void => settle(() => resolve(outcome));
    const failed = (error: unknown): void => settle(() => reject(error));
    thread.on("message", answered).on("error", failed);
    thread.postMessage(index);
  });
}
