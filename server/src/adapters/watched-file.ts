import { readFileSync, statSync } from "node:fs";
import type { Log } from "../log.ts";
import { messageOf, StartupError } from "./embedded-postgres/startup-error.ts";

/** Ten thousand hosts or keys fit. */
const BYTES_MAX = 64 * 1024 * 1024;

/**
 * What a file says, read anew when it has changed. At the start it must be right; later a file that is not, or is gone for a
 * moment while it is replaced, leaves what was read before in force, and that is said once.
 */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #setting: string;
  readonly #read: (text: string) => T | string;
  readonly #log: Log;
  #value: T;
  #seen: string;
  #complaint: string | null = null;

  /** `read` gives what is wrong as a text. */
  constructor(path: string, setting: string, read: (text: string) => T | string, log: Log) {
    this.#path = path;
    this.#setting = setting;
    this.#read = read;
    this.#log = log;
    this.#seen = attempt(() => stampOf(path), `${path} (${setting})`);
    const value = attempt(() => read(textOf(path)), `${path} (${setting})`);
    if (typeof value === "string") throw new StartupError(`Cannot use ${path} (${setting}): ${value}`, 78);
    this.#value = value;
  }

  get value(): T {
    try {
      const stamp = stampOf(this.#path);
      if (stamp === this.#seen) return this.#value;
      this.#seen = stamp;
      const value = this.#read(textOf(this.#path));
      if (typeof value === "string") this.#complain(value);
      else this.#take(value);
    } catch (error) {
      this.#complain(messageOf(error));
    }
    return this.#value;
  }

  #take(value: T): void {
    this.#value = value;
    this.#complaint = null;
    this.#log.info(`Read ${this.#path} (${this.#setting}) anew`);
  }

  #complain(why: string): void {
    if (why === this.#complaint) return;
    this.#complaint = why;
    this.#log.warn(`Cannot use ${this.#path} (${this.#setting}) as it is now: ${why}; what it said before stays in force`);
  }
}

function stampOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${size} ${ino}`;
}

function textOf(path: string): string {
  const { size } = statSync(path);
  if (size > BYTES_MAX) throw new Error(`it is longer than ${BYTES_MAX} bytes`);
  return readFileSync(path, "utf8");
}

function attempt<T>(work: () => T, what: string): T {
  try {
    return work();
  } catch (cause) {
    throw new StartupError(`Cannot read ${what}: ${messageOf(cause)}`, 78, { cause });
  }
}
