import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { end, endWithUs } from "./children.ts";

export interface Serving {
  readonly agentsUrl: string;
  readonly peopleUrl: string;
  readonly pid: number;
  /** A join token for so many agents. */
  token(uses: number): Promise<string>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

interface Started {
  readonly agentsUrl: string;
  readonly peopleUrl: string;
}

const CHILD = fileURLToPath(new URL("./serving-child.js", import.meta.url));

/** A server in a process of its own on a migrated database. */
export async function startServing(databaseUrl: string, folder: string): Promise<Serving> {
  const child = endWithUs(fork(CHILD, [databaseUrl, folder], { stdio: ["ignore", "inherit", "inherit", "ipc"] }));
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
    stop: () => end(child),
    kill: async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    },
  };
}
