import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Log } from "../../log.ts";
import { childLine } from "./child-line.ts";
import { restartDelay, SETTLED_MS } from "./restart.ts";

export interface ChildProgram {
  /** Stands before each of its lines. */
  readonly name: string;
  /** For Node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Told of each process that is started. */
  readonly started: (pid: number) => void;
}

const STOP_MS = 8_000;

/** A program that we keep running beside us, until `stop`. */
export class Child {
  readonly #program: ChildProgram;
  #process: ChildProcess | null = null;
  #restart: NodeJS.Timeout | undefined;
  #failures = 0;
  #stopping = false;

  constructor(program: ChildProgram) {
    this.#program = program;
    this.#start();
  }

  /** Asks it to end, and ends it when it does not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#process;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    clearTimeout(force);
  }

  kill(): void {
    this.#stopping = true;
    this.#process?.kill("SIGKILL");
  }

  #start(): void {
    const { name, args, env, started, log } = this.#program;
    const begun = performance.now();
    // A session of its own: Ctrl-C reaches us alone, and we stop it in good order.
    const child = spawn(process.execPath, args, { env: { ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) passThrough(stream, name, log);
    if (child.pid !== undefined) started(child.pid);
    child.once("error", (error) => this.#program.log.error(`Cannot run ${name}: ${error.message}`));
    child.once("exit", (code) => this.#ended(code, performance.now() - begun));
  }

  #ended(exitCode: number | null, ranMs: number): void {
    this.#process = null;
    if (this.#stopping) return;
    if (ranMs >= SETTLED_MS) this.#failures = 0;
    const delay = restartDelay({ exitCode, ranMs, failures: this.#failures });
    this.#failures += 1;
    const how = exitCode === null ? "was killed" : `ended with code ${exitCode}`;
    const { name, log } = this.#program;
    if (delay === null) {
      log.error(`The ${name} ${how} and is not started again`);
      return;
    }
    log.warn(`The ${name} ${how}; it is started again in ${Math.round(delay / 1000)} s`);
    this.#restart = setTimeout(() => this.#start(), delay);
  }
}

/** Its lines become lines of ours, so that all of them have a time and one form. */
function passThrough(stream: Readable, name: string, log: Log): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
    const { level, text } = childLine(line);
    log[level](`[${name}] ${text}`);
  });
}
