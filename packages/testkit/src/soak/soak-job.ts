import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { end, endWithUs } from "../bench/children.ts";
import type { Tally, Told } from "./soak-agent.ts";

/** Agents that report under faults, in a process of their own: what they cost is not the server's. */
export interface SoakJob {
  readonly url: string;
  /** Join token for as many agents. */
  readonly token: string;
  readonly agents: number;
  readonly everyMs: number;
  readonly seed: number;
}

export interface SoakEnd {
  readonly told: readonly Told[];
  readonly tally: Tally;
}

export type SoakWord = "report" | "rest" | "end";
export type SoakMessage = { readonly resting: true } | { readonly ended: SoakEnd } | { readonly failed: string };

const CHILD = fileURLToPath(new URL("../../dist/soak/soak-child.js", import.meta.url));

export interface SoakLoad {
  /** They begin, or go on, to report. */
  report(): void;
  /** They report no more until they are told to, everything is delivered, and no connection is left. */
  rest(): Promise<void>;
  end(): Promise<SoakEnd>;
}

/** Resolves when all agents are enrolled, and rest. */
export async function startSoakLoad(job: SoakJob): Promise<SoakLoad> {
  const child = endWithUs(fork(CHILD, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] }));
  const answer = (): Promise<SoakMessage> =>
    new Promise((resolve, reject) => {
      const over = (code: number | null) => reject(new Error(`The agents ended with code ${code}`));
      child.once("exit", over);
      child.once("message", (message: SoakMessage) => {
        child.removeListener("exit", over);
        if ("failed" in message) reject(new Error(message.failed));
        else resolve(message);
      });
    });
  const say = (word: SoakWord): void => void child.send(word);
  child.send(job);
  await answer();
  return {
    report: () => say("report"),
    rest: async () => {
      say("rest");
      await answer();
    },
    end: async () => {
      say("end");
      const message = await answer();
      await end(child);
      if (!("ended" in message)) throw new Error("The agents did not say what they know");
      return message.ended;
    },
  };
}
