import type { NextKey, Signer } from "@truebound/agent";
import type { OpenedDisk, SimDisk } from "./disk.ts";
import { type SeededKey, seededKey } from "./seeded-key.ts";

export const IDENTITY_FILE = "identity.json";
/** Holds the words of which the key is made. */
export const KEY_FILE = "key";
const NEXT_FILE = "key.next";
const FORMER_FILE = "key.former";

/** The key in use, as it is on the medium. */
export const keyOf = ({ files }: Pick<SimDisk, "files">): SeededKey => seededKey(wordsIn(files, KEY_FILE));

const wordsIn = (files: ReadonlyMap<string, Uint8Array>, name: string): string => Buffer.from(files.get(name) ?? "").toString("utf8");

/** The keys of an agent in its folder, step by step as its own adapter changes them: a process can be killed between any two. */
export class KeyFiles {
  readonly #medium: SimDisk;
  readonly #disk: OpenedDisk;
  readonly #newWords: () => string;

  /** @param newWords other ones each time */
  constructor(medium: SimDisk, disk: OpenedDisk, newWords: () => string) {
    [this.#medium, this.#disk, this.#newWords] = [medium, disk, newWords];
  }

  next(): NextKey {
    return {
      isThere: () => this.#disk.has(NEXT_FILE),
      signer: () => {
        if (!this.#disk.has(NEXT_FILE)) this.#disk.replace(NEXT_FILE, this.#newWords());
        return seededKey(this.#wordsIn(NEXT_FILE));
      },
      take: () => {
        this.#disk.replace(FORMER_FILE, [...new Set([this.#wordsIn(KEY_FILE), ...this.#formerWords])].join("\n"));
        this.#disk.rename(NEXT_FILE, KEY_FILE);
      },
    };
  }

  former(): readonly Signer[] {
    return this.#formerWords.map(seededKey);
  }

  dropFormer(): void {
    if (this.#disk.has(FORMER_FILE)) this.#disk.remove(FORMER_FILE);
  }

  get #formerWords(): readonly string[] {
    return this.#wordsIn(FORMER_FILE)
      .split("\n")
      .filter((words) => words !== "");
  }

  #wordsIn(name: string): string {
    return wordsIn(this.#medium.files, name);
  }
}
