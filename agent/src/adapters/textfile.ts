import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Log } from "../log/log-line.ts";

const EVERY_MS = 15_000;

/** Metrics as a file for node_exporter's textfile collector: whole or not at all, and gone when the agent ends. */
export class Textfile {
  readonly #path: string;
  readonly #page: () => Promise<string>;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #failing = false;

  constructor(path: string, page: () => Promise<string>, log: Log) {
    this.#path = path;
    this.#page = page;
    this.#log = log;
  }

  async start(): Promise<void> {
    await this.#write();
    if (this.#ended) return;
    this.#timer = setTimeout(() => void this.start(), EVERY_MS);
    this.#timer.unref();
  }

  /** What this host said last is no state of it once nobody measures. */
  close(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    try {
      for (const path of [this.#path, this.#draft]) rmSync(path, { force: true });
    } catch (error) {
      this.#log("warn", `cannot remove ${this.#path} (TRUEBOUND_TEXTFILE): ${(error as Error).message}; what it says is of the past`);
    }
  }

  /** Its name ends in no .prom, so that nobody reads it before it is whole. */
  get #draft(): string {
    return `${this.#path}.new`;
  }

  async #write(): Promise<void> {
    try {
      const text = await this.#page();
      if (this.#ended) return;
      writeFileSync(this.#draft, text);
      // node_exporter runs as another user, whatever the umask here.
      chmodSync(this.#draft, 0o644);
      renameSync(this.#draft, this.#path);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#log("warn", `cannot write ${this.#path} (TRUEBOUND_TEXTFILE): ${(error as Error).message}; tried again each 15 s`);
      this.#failing = true;
    }
  }
}
