import { createHash } from "node:crypto";

/** Something that happened, by true time. */
export interface Entry {
  /** ns since the start. */
  readonly at: bigint;
  /** To whom: a host, the server, the disk of a host. */
  readonly who: string;
  readonly what: string;
  readonly detail: string;
}

/** All that happened in one world, in order. Two runs of one seed have the same digest. */
export class History {
  readonly #entries: Entry[] = [];
  readonly #hash = createHash("sha256");
  readonly #now: () => bigint;

  constructor(now: () => bigint) {
    this.#now = now;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  note(who: string, what: string, detail = ""): void {
    const entry = { at: this.#now(), who, what, detail };
    this.#entries.push(entry);
    this.#hash.update(`${lineOf(entry)}\n`);
  }

  /** Of all lines so far, in hex. */
  get digest(): string {
    return this.#hash.copy().digest("hex");
  }
}

/** As people read it: `  123.456789012 s  host-1   delivery answered  200`. */
export function lineOf({ at, who, what, detail }: Entry): string {
  const seconds = `${at / 1_000_000_000n}.${String(at % 1_000_000_000n).padStart(9, "0")}`;
  return `${seconds.padStart(16)} s  ${who.padEnd(9)} ${what}${detail === "" ? "" : `  ${detail}`}`;
}

const isOfReports = ({ what, detail }: Entry): boolean =>
  (what === "warn" && detail.startsWith("cannot report")) || (what === "info" && detail === "the server takes reports again");

/** What this host's log says last of its reports is that it is refused, and how a person ends that. */
export const isToldTheWayOut = ({ entries }: Pick<History, "entries">, host: string): boolean =>
  entries.findLast((entry) => entry.who === host && isOfReports(entry))?.detail.includes("run truebound-agent unenroll, then enroll") ??
  false;
