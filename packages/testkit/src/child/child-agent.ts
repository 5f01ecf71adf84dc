import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { RunningTime } from "../sim/sim-clock.ts";

export interface ChildOptions {
  /** The rung to take. */
  readonly mode: string;
  readonly sources: readonly { readonly address: string; readonly port: number }[];
  readonly probeIntervalS: number;
  readonly readingIntervalS: number;
}

/** What the child prints: an event, or a row of the bound. Integers of ns as text. */
export type ChildLine =
  | { readonly event: string; readonly detail: Readonly<Record<string, string | number | boolean | null>> }
  | {
      readonly status: string;
      readonly reason: string | null;
      readonly realtime: string;
      readonly monotonic: string;
      /** How long the whole reading took. */
      readonly took: string;
      readonly lo: string | null;
      readonly hi: string | null;
      readonly replies: number;
      readonly troubles: Readonly<Record<string, number>>;
    };

export type ChildEvent = Extract<ChildLine, { event: string }>;
export type ChildRow = Exclude<ChildLine, { event: string }>;

/** A real agent in a process of its own. It ends with `stop`. */
export interface ChildAgent {
  readonly process: ChildProcess;
  readonly rows: ChildRow[];
  readonly events: ChildEvent[];
  stop(): void;
}

/** `script` is the built print-rows.js. */
export function startChildAgent(script: string, options: ChildOptions, env: NodeJS.ProcessEnv = process.env): ChildAgent {
  const child = spawn(process.execPath, [script, JSON.stringify(options)], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [rows, events]: [ChildRow[], ChildEvent[]] = [[], []];
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as ChildLine;
    if ("event" in line) events.push(line);
    else rows.push(line);
  });
  return {
    process: child,
    rows,
    events,
    stop: () => {
      child.kill("SIGCONT");
      child.kill("SIGTERM");
    },
  };
}

/**
 * True when a row's bound holds the child's true offset, by a truth on this machine's MONOTONIC, which both processes read
 * alike. MONOTONIC is read up to `took` after REALTIME, so the truth itself is known only that well.
 */
export function holdsTruth({ realtime, monotonic, took, lo, hi }: ChildRow, truth: RunningTime): boolean {
  if (lo === null || hi === null) return true;
  const latest = truth.startUtc + BigInt(monotonic) - truth.startsAt - BigInt(realtime);
  return BigInt(lo) <= latest && latest - BigInt(took) <= BigInt(hi);
}
