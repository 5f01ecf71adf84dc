import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { end, endWithUs } from "../bench/children.ts";
import type { LoadPlan, LoadResult } from "./load-run.ts";

/** A load, in a process of its own: what it costs is not the server's. */
export interface LoadJob extends LoadPlan {
  /** Join token for as many agents. */
  readonly token: string;
  readonly agents: number;
  /** Deliveries that each agent sends, one after the other. */
  readonly deliveries: number;
  /** Batches in each. */
  readonly batches: number;
  /** Exchanges in each batch, and seconds between two of one host. */
  readonly exchanges: number;
  readonly every: number;
  /** Peers that each host measures; absent = there is no mesh. */
  readonly peers?: number;
  /** UTC of every agent's first exchange, whole seconds. */
  readonly fromS: number;
  /** In front of a backlog how the host stands now. */
  readonly withLive: boolean;
  readonly namePrefix: string;
  readonly seed: number;
}

export type LoadMessage = { readonly ready: { readonly bytes: number } } | { readonly result: LoadResult } | { readonly failed: string };

const CHILD = fileURLToPath(new URL("./load-child.js", import.meta.url));

/** `ready` is called when all is enrolled, sealed and signed, and resolves when the load may begin. */
export async function runLoadJob(job: LoadJob, ready: (bytes: number) => Promise<void> | void = () => undefined): Promise<LoadResult> {
  const child = endWithUs(fork(CHILD, { stdio: ["ignore", "inherit", "inherit", "ipc"] }));
  try {
    return await new Promise<LoadResult>((resolve, reject) => {
      child.on("message", (message: LoadMessage) => {
        if ("result" in message) resolve(message.result);
        else if ("failed" in message) reject(new Error(message.failed));
        else void Promise.resolve(ready(message.ready.bytes)).then(() => child.send("go"), reject);
      });
      child.once("exit", (code) => reject(new Error(`The load ended with code ${code}`)));
      child.send(job);
    });
  } finally {
    await end(child);
  }
}
