import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { SEGMENT_BYTES } from "@truebound/client";
import { end, endWithUs } from "../bench/children.ts";
import { type Reader, WRITER } from "./readers.ts";

/** What a reader saw of a writer that was killed, stopped and stepped, and of a file that was cut off, while it read. */
export interface RaceTally {
  readonly reads: number;
  readonly bounded: number;
  readonly unknown: number;
  /** Records that were taken, and are of two writes. */
  readonly torn: number;
  /** Intervals that exclude UTC. */
  readonly missed: number;
  /** The oldest record that still gave a bound, ns. */
  readonly longestNs: number;
  /** Different records that were seen. */
  readonly records: number;
  readonly kills: number;
  readonly stops: number;
  /** How often somebody else cut the file off, to less than a segment. */
  readonly cuts: number;
}

/** UTC is the axis plus this, ns: about the year 2027. */
const K = 1_800_000_000_000_000_000n;
/** For how long a record counts. A writer that is stopped is stopped for longer now and then. */
export const VALID_NS = 150_000_000;
const LONGEST_STOP_MS = 300;
const LONGEST_RUN_MS = 300;
const CUT_SHARE = 0.25;

const run = promisify(execFile);

/** So many reads that give a bound, against a writer that writes as fast as it can, and is killed or stopped, or its file cut off, at random moments. */
export async function raceReader({ command, axis }: Reader, reads: number): Promise<RaceTally> {
  const folder = mkdtempSync(join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "truebound-race-"));
  const segment = join(folder, "segment");
  const chaos = await Chaos.begin(segment, () => prepareWriter(segment, axis));
  try {
    const [program, ...args] = command;
    const { stdout } = await run(program, [...args, "race", segment, String(reads), String(K), axis], { timeout: 3_600_000 });
    const { longest_ns, ...counts } = JSON.parse(stdout) as Omit<RaceTally, "longestNs" | "kills" | "stops" | "cuts"> & {
      longest_ns: number;
    };
    return { ...counts, longestNs: longest_ns, kills: chaos.kills, stops: chaos.stops, cuts: chaos.cuts };
  } finally {
    await chaos.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A writer that waits to be told to begin, so that one that is killed has a successor at once. */
export interface Writer {
  readonly child: ChildProcess;
  /** Resolves once it has written a record. */
  begin(): Promise<void>;
}

/** A writer of records every `pauseMs`, which count for `validNs`. */
export async function prepareWriter(segment: string, axis: Reader["axis"] | "host", validNs = VALID_NS, pauseMs = 0): Promise<Writer> {
  const args = [WRITER, segment, axis, String(K), String(validNs), String(pauseMs)];
  const child = endWithUs(spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] }));
  await said(child);
  return {
    child,
    begin: async () => {
      const written = said(child);
      child.stdin?.write("begin\n");
      await written;
    },
  };
}

/** Resolves with its next word, or its end. */
const said = ({ stdout }: ChildProcess): Promise<unknown> =>
  stdout === null ? Promise.resolve() : Promise.race([once(stdout, "data"), once(stdout, "close")]);

/** Kills, or stops, what it started, or cuts its file off, again and again. */
class Chaos {
  readonly #segment: string;
  readonly #prepare: () => Promise<Writer>;
  #writer: Writer;
  #next: Promise<void>;
  #spare: Writer | null = null;
  #isOver = false;
  readonly #loop: Promise<void>;
  kills = 0;
  stops = 0;
  cuts = 0;

  static async begin(segment: string, prepare: () => Promise<Writer>): Promise<Chaos> {
    const writer = await prepare();
    await writer.begin();
    return new Chaos(segment, writer, prepare);
  }

  private constructor(segment: string, writer: Writer, prepare: () => Promise<Writer>) {
    this.#segment = segment;
    this.#prepare = prepare;
    this.#writer = writer;
    this.#next = this.#prepareNext();
    this.#loop = this.#rage();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#loop;
    await this.#next;
    await end(this.#writer.child);
    if (this.#spare !== null) await end(this.#spare.child);
  }

  async #prepareNext(): Promise<void> {
    this.#spare = await this.#prepare();
  }

  async #rage(): Promise<void> {
    while (!this.#isOver) {
      await pause(Math.random() * LONGEST_RUN_MS);
      if (Math.random() < CUT_SHARE) this.#cut();
      // Whoever is killed has a successor at once: readers are to meet writers, and not their absence.
      else await (this.#spare !== null && Math.random() < 0.5 ? this.#kill(this.#spare) : this.#stop());
    }
  }

  async #kill(next: Writer): Promise<void> {
    const { child } = this.#writer;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    this.kills += 1;
    this.#writer = next;
    this.#spare = null;
    await next.begin();
    this.#next = this.#prepareNext();
  }

  /** As a stranger would: no agent ever does. Of a file of no bytes not one page is left to whoever maps it. */
  #cut(): void {
    truncateSync(this.#segment, Math.random() < 0.5 ? 0 : Math.trunc(Math.random() * SEGMENT_BYTES));
    this.cuts += 1;
  }

  async #stop(): Promise<void> {
    this.#writer.child.kill("SIGSTOP");
    await pause(Math.random() * LONGEST_STOP_MS);
    this.#writer.child.kill("SIGCONT");
    this.stops += 1;
  }
}
