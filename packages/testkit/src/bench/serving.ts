import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { end, endWithUs } from "./children.ts";

export interface Serving {
  readonly agentsUrl: string;
  readonly peopleUrl: string;
  readonly pid: number;
  /** A join token for so many agents. */
  token(uses: number): Promise<string>;
  /** The longest that its event loop was held since this was asked last. */
  longestBlockMs(): Promise<number>;
  /** How late its timers ran since either of these was asked last, ms. */
  loopDelayMs(): Promise<LoopDelayMs>;
  /** What lives on its heap and beside it, after a collection; only where it was started with `exposesGc`. */
  heapMib(): Promise<number>;
  /** Writes what lives on its heap to a file of that name, for Chromium's tools; memory is no longer to be measured after it. */
  heapSnapshot(file: string): Promise<string>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface LoopDelayMs {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What its process is asked over IPC, one question at a time, and what it says. */
export type ServingQuestion =
  | { readonly ask: "token"; readonly uses: number }
  | { readonly ask: "delay" }
  | { readonly ask: "heap" }
  | { readonly ask: "snapshot"; readonly file: string };
export interface ServingAnswer {
  readonly token: string;
  readonly delay: LoopDelayMs;
  readonly heap: number;
  readonly snapshot: string;
}

interface Started {
  readonly agentsUrl: string;
  readonly peopleUrl: string;
}

export interface ServingOptions {
  /** Of the agents' listener; 0 = any free one. */
  readonly port?: number;
  /** What goes wrong on purpose need not be told. */
  readonly isQuiet?: boolean;
  /** It can be asked for a collection. */
  readonly exposesGc?: boolean;
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Built, also where this file runs from its source. */
const CHILD = fileURLToPath(new URL("../../dist/bench/serving-child.js", import.meta.url));

/** A server in a process of its own on a migrated database. Servers with one folder sign by one key. */
export async function startServing(databaseUrl: string, folder: string, options: ServingOptions = {}): Promise<Serving> {
  const { port = 0, isQuiet = false, exposesGc = false, env = {} } = options;
  const args = [databaseUrl, folder, String(port), isQuiet ? "quiet" : ""];

  const child = endWithUs(
    fork(CHILD, args, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execArgv: exposesGc ? ["--expose-gc"] : [],
      env: { ...process.env, ...env },
    }),
  );
  const answer = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const over = (code: number | null) => reject(new Error(`The server ended with code ${code}`));
      child.once("exit", over);
      child.once("message", ({ said }: { said: T }) => {
        child.removeListener("exit", over);
        resolve(said);
      });
    });
  let before: Promise<unknown> = Promise.resolve();
  /** An answer has no name: the next question waits for it. */
  const ask = <Q extends ServingQuestion>(question: Q): Promise<ServingAnswer[Q["ask"]]> => {
    const told = before.then(() => {
      const said = answer<ServingAnswer[Q["ask"]]>();
      child.send(question);
      return said;
    });
    before = told.catch(() => undefined);
    return told;
  };
  const { agentsUrl, peopleUrl } = await answer<Started>();
  return {
    agentsUrl,
    peopleUrl,
    pid: child.pid as number,
    token: (uses) => ask({ ask: "token", uses }),
    longestBlockMs: async () => (await ask({ ask: "delay" })).max,
    loopDelayMs: () => ask({ ask: "delay" }),
    heapMib: () => ask({ ask: "heap" }),
    heapSnapshot: (file) => ask({ ask: "snapshot", file }),
    stop: () => end(child),
    kill: async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    },
  };
}
