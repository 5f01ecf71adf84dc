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
  stop(): Promise<void>;
  kill(): Promise<void>;
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
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Built, also where this file runs from its source. */
const CHILD = fileURLToPath(new URL("../../dist/bench/serving-child.js", import.meta.url));

/** A server in a process of its own on a migrated database. Servers with one folder sign by one key. */
export async function startServing(databaseUrl: string, folder: string, options: ServingOptions = {}): Promise<Serving> {
  const { port = 0, isQuiet = false, env = {} } = options;
  const args = [databaseUrl, folder, String(port), isQuiet ? "quiet" : ""];

  const child = endWithUs(
    fork(CHILD, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [], env: { ...process.env, ...env } }),
  );
  const answer = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      child.once("message", (message) => resolve(message as T));
      child.once("exit", (code) => reject(new Error(`The server ended with code ${code}`)));
    });
  const { agentsUrl, peopleUrl } = await answer<Started>();
  return {
    agentsUrl,
    peopleUrl,
    pid: child.pid as number,
    token: (uses) => {
      const token = answer<string>();
      child.send({ uses });
      return token;
    },
    longestBlockMs: () => {
      const told = answer<number>();
      child.send({});
      return told;
    },
    stop: () => end(child),
    kill: async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    },
  };
}
