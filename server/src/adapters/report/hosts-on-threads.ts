import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { BILLION } from "@truebound/time";
import { type AskedHost, type ReadHost, type ReadHosts, type ReadingTerms, readInTurn } from "../../report/read-host.ts";
import type { ThreadData } from "./host-thread.ts";

/** Of time of one host: below it a thread costs more than it saves, and deriving holds nobody up for long. */
const WORTH_A_THREAD_NS = 6n * 3_600n * BILLION;
/** Evidence is read, judged and dropped: with little room for what is young much of it would be copied first. */
const YOUNG_MB = 64;
/** How many hosts may be read for each thread before those that stand before them are: so much waits in memory. */
const AHEAD = 4;

/** A thread gives up its queries at once, and its host at the next record. */
const END_MS = 10_000;

/** Built, also where this file runs from its source. */
const THREAD = new URL("../../../dist/adapters/report/host-thread.js", import.meta.url);

export interface ThreadLimits {
  readonly most?: number;
  readonly worthNs?: bigint;
  /** What reads a host: as host-thread.ts does. */
  readonly thread?: URL;
  /** So long whoever gives a report up waits for its threads to end. */
  readonly endMs?: number;
}

/** A thread for each processor, each with connections of its own, so that the event loop of whoever asks is held by none of it. */
export const hostsOnThreads =
  (
    databaseUrl: string,
    { most = availableParallelism(), worthNs = WORTH_A_THREAD_NS, thread = THREAD, endMs = END_MS }: ThreadLimits = {},
  ): ReadHosts =>
  (ports, terms, hosts, signal) => {
    const { draft } = ports.sink;
    const threads = threadsFor(terms, hosts.length, most, worthNs);
    return draft === undefined || threads === 0
      ? readInTurn(ports, terms, hosts, signal)
      : onThreads(() => threadWith(thread, { databaseUrl, draft, terms }), { count: threads, endMs }, hosts, signal);
  };

function threadsFor({ period: { from, to } }: ReadingTerms, hosts: number, most: number, worthNs: bigint): number {
  const worth = (BigInt(hosts) * (to - from)) / worthNs;
  return Math.min(most, hosts, Number(worth));
}

async function* onThreads(
  begin: () => Worker,
  { count, endMs }: { readonly count: number; readonly endMs: number },
  hosts: readonly AskedHost[],
  signal: AbortSignal,
): AsyncGenerator<ReadHost> {
  signal.throwIfAborted();
  const givenUp = whenAborted(signal);
  const threads = Array.from({ length: count }, begin);
  const idle = [...threads];
  const reading = new Map<number, Promise<ReadHost>>();
  let asked = 0;
  const giveOut = (told: number): void => {
    while (idle.length > 0 && asked < hosts.length && asked < told + AHEAD * count) {
      const [thread, index] = [idle.pop() as Worker, asked++];
      const read = readBy(thread, hosts[index] as AskedHost);
      reading.set(index, read);
      read.then(
        () => {
          idle.push(thread);
          giveOut(told);
        },
        () => {}, // told when its turn comes
      );
    }
  };
  try {
    for (let index = 0; index < hosts.length; index++) {
      giveOut(index);
      yield await Promise.race([turnOf(index), givenUp.promise]);
      reading.delete(index);
    }
  } finally {
    givenUp.forget();
    await Promise.all(threads.map((thread) => endOf(thread, endMs)));
  }

  /** Whichever thread fails first ends all of it: that of a later host as well. */
  async function turnOf(index: number): Promise<ReadHost> {
    const failed = new Promise<never>((_, reject) => {
      for (const one of reading.values()) one.catch(reject);
    });
    return Promise.race([reading.get(index) as Promise<ReadHost>, failed]);
  }
}

function whenAborted(signal: AbortSignal): { readonly promise: Promise<never>; forget(): void } {
  let abort = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
  });
  promise.catch(() => {}); // it may come between two hosts
  return { promise, forget: () => signal.removeEventListener("abort", abort) };
}

/** What it fails by is told to whoever asked it for a host, or asks it next. */
const threadWith = (thread: URL, data: ThreadData): Worker =>
  new Worker(thread, {
    workerData: data,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  }).on("error", () => {});

/**
 * It ends by itself: Node 20 aborts the whole process where a thread is terminated while it inflates. One that does not within so long
 * is left to itself, and keeps the process from nothing.
 */
function endOf(thread: Worker, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (thread.threadId === -1) return resolve();
    const left = setTimeout(() => {
      thread.unref();
      resolve();
    }, withinMs);
    thread.once("exit", () => {
      clearTimeout(left);
      resolve();
    });
    thread.postMessage(null);
  });
}

function readBy(thread: Worker, host: AskedHost): Promise<ReadHost> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      thread.off("message", answered).off("error", failed).off("exit", ended);
      act();
    };
    const answered = (read: ReadHost): void => settle(() => resolve(read));
    const failed = (error: unknown): void => settle(() => reject(error));
    const ended = (): void => failed(new Error("A thread of the report ended before it had read its host; make the report again"));
    if (thread.threadId === -1) return ended();
    thread.on("message", answered).on("error", failed).on("exit", ended);
    thread.postMessage(host);
  });
}
