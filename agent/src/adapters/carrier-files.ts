import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LineCutter, type NumberedLine } from "@truebound/wire";
import { type CarriedState, NOTHING_CARRIED } from "../carrier/carried-state.ts";
import { ConfigError } from "../config.ts";
import type { SegmentStore } from "../spool/spool.ts";
import { writeWhole } from "./identity-file.ts";

/** A file that a person named cannot be read or written. */
export class CarrierFileError extends ConfigError {
  override readonly exitCode = 1;
}

/** What a host without a road keeps beside its spool. */
export class CarrierFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  state(): CarriedState {
    const path = join(this.#folder, "carried.json");
    if (!existsSync(path)) return NOTHING_CARRIED;
    const read = parsed(readFileSync(path, "utf8")) as CarriedState | undefined;
    if (read?.version !== 1 || !Number.isSafeInteger(read.exported) || !Number.isSafeInteger(read.answered) || !Array.isArray(read.heard))
      throw new ConfigError(`Cannot read ${path}: it is torn; delete it, and everything that the spool holds is exported anew`);
    return read;
  }

  keep(state: CarriedState): void {
    writeWhole(join(this.#folder, "carried.json"), `${JSON.stringify(state)}\n`);
  }

  /** Signature of the request to be let in that was written last; null = none was. */
  joinRequest(): string | null {
    const path = join(this.#folder, "join-request");
    return existsSync(path) ? readFileSync(path, "utf8").trim() : null;
  }

  keepJoinRequest(signature: string): void {
    writeWhole(join(this.#folder, "join-request"), `${signature}\n`);
  }
}

/** The lines of a file, or of standard input for "-". */
export async function* linesOf(path: string): AsyncGenerator<NumberedLine> {
  const cutter = new LineCutter();
  for await (const piece of piecesOf(path)) yield* cutter.push(piece);
  const last = cutter.end();
  if (last !== null) yield last;
}

async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* path === "-" ? process.stdin : createReadStream(path);
  } catch (error) {
    throw new CarrierFileError(`Cannot read ${path}: ${(error as Error).message}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A spool's files as they are, while the agent goes on with them: whatever opening a spool mends, it mends here in memory alone. */
export class ReadOnlySegments implements SegmentStore {
  readonly #store: SegmentStore;
  /** What is otherwise here than on the disk; null = it is gone. */
  readonly #changed = new Map<string, Uint8Array | null>();

  constructor(store: SegmentStore) {
    this.#store = store;
  }

  list(): { name: string; bytes: number }[] {
    const kept = this.#store.list().filter(({ name }) => !this.#changed.has(name));
    const changed = [...this.#changed].flatMap(([name, bytes]) =>
      bytes === null || !name.includes(".spool") ? [] : [{ name, bytes: bytes.length }],
    );
    return [...kept, ...changed].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  has(name: string): boolean {
    return this.#changed.has(name) ? this.#changed.get(name) !== null : this.#store.has(name);
  }

  read(name: string): Uint8Array {
    return this.#changed.get(name) ?? this.#store.read(name);
  }

  append(name: string, bytes: Uint8Array): void {
    this.#changed.set(name, Buffer.concat([this.has(name) ? this.read(name) : new Uint8Array(), bytes]));
  }

  overwrite(name: string, at: number, bytes: Uint8Array): void {
    const before = this.has(name) ? this.read(name) : new Uint8Array();
    const after = new Uint8Array(Math.max(before.length, at + bytes.length));
    after.set(before);
    after.set(bytes, at);
    this.#changed.set(name, after);
  }

  truncate(name: string, bytes: number): void {
    this.#changed.set(name, this.read(name).slice(0, bytes));
  }

  remove(name: string): void {
    this.#changed.set(name, null);
  }

  setAside(name: string): void {
    this.#changed.set(name, null);
  }
}
