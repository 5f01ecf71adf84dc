import { type ChildProcess, spawn } from "node:child_process";
import type { Glance } from "@truebound/time";
import type { Application, Arrival, Silence, StampClock } from "../stamp-test/ports.ts";

const LONGEST_LINE = 4096;
const MOST_WAITING = 10_000;
const LAST_WORDS = 2048;
const LINE_FEED = 0x0a;
/** For each of: end of its input, SIGTERM. Then it is killed. */
const PATIENCE_MS = 2000;

type Heard = Arrival | Silence;

/** The application as a child, by pipes. The clock is read as soon as bytes are here, before anything is made of them. */
export class StampedChild implements Application {
  readonly #child: ChildProcess;
  readonly #unasked: "refused" | "wanted";
  readonly #waiting: Arrival[] = [];
  #part = Buffer.alloc(0);
  #stderr = "";
  #trouble: Silence | null = null;
  #hearer: ((heard: Heard) => void) | null = null;
  #mayHear = true;

  constructor([program, ...args]: readonly [string, ...string[]], clock: StampClock, unasked: "refused" | "wanted") {
    this.#unasked = unasked;
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stdout?.on("data", (bytes: Buffer) => this.#take(bytes, clock.look()));
    this.#child.stderr?.on("data", (bytes: Buffer) => {
      this.#stderr = (this.#stderr + bytes.toString()).slice(-LAST_WORDS);
    });
    // A child that is gone takes no question: that it ended is said by "close".
    this.#child.stdin?.on("error", () => undefined);
    this.#child.on("error", (error) => this.#fail({ kind: "not_started", why: error.message }));
    this.#child.on("close", (code, signal) =>
      this.#fail({ kind: "ended", how: signal === null ? `exit code ${code}` : signal, stderr: this.#stderr }),
    );
  }

  ask(timeoutMs: number): Promise<Heard> {
    const early = this.#unasked === "refused" ? this.#waiting.shift() : undefined;
    if (early !== undefined) this.#fail({ kind: "unasked", line: early.line });
    if (this.#trouble !== null) return Promise.resolve(this.#trouble);
    const heard = this.#next(timeoutMs);
    this.#child.stdin?.write("\n");
    return heard;
  }

  hear(timeoutMs: number): Promise<Heard> {
    const arrival = this.#waiting.shift();
    if (arrival !== undefined) return Promise.resolve(arrival);
    return this.#trouble === null ? this.#next(timeoutMs) : Promise.resolve(this.#trouble);
  }

  /** Ends the application: it may end by itself first. Resolves once it has. */
  async close(): Promise<void> {
    this.#mayHear = false;
    this.#child.stdin?.end();
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (await this.#gone()) return;
      this.#child.kill(signal);
    }
    await this.#gone();
  }

  #gone(): Promise<boolean> {
    const child = this.#child;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE_MS);
      child.once("exit", () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #next(timeoutMs: number): Promise<Heard> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer({ kind: "silent", ms: timeoutMs }), timeoutMs);
      this.#hearer = (heard) => {
        clearTimeout(timer);
        this.#hearer = null;
        resolve(heard);
      };
    });
  }

  #answer(heard: Heard): void {
    this.#hearer?.(heard);
  }

  #take(bytes: Buffer, look: Glance): void {
    if (!this.#mayHear || this.#trouble !== null) return;
    this.#part = Buffer.concat([this.#part, bytes]);
    for (let end = this.#part.indexOf(LINE_FEED); end !== -1; end = this.#part.indexOf(LINE_FEED)) {
      this.#hear({ line: this.#part.subarray(0, end).toString().replace(/\r$/, ""), look });
      this.#part = this.#part.subarray(end + 1);
    }
    if (this.#part.length > LONGEST_LINE) this.#fail({ kind: "endless_line", bytes: LONGEST_LINE });
    const most = this.#unasked === "refused" ? MOST_WAITING / 100 : MOST_WAITING;
    if (this.#waiting.length > most) this.#fail({ kind: "flooded", lines: most });
  }

  #hear(arrival: Arrival): void {
    if (this.#hearer === null) this.#waiting.push(arrival);
    else this.#answer(arrival);
  }

  /** The first trouble stays; nothing is read any more. */
  #fail(trouble: Silence): void {
    this.#trouble ??= trouble;
    this.#child.stdout?.pause();
    this.#answer(this.#trouble);
  }
}
