import { type AsciiHash, type LeapList, leapListRefusalInWords, parseLeapList, renderLeapList } from "@truebound/time";
import { LEAP_LIST_TEXT_MAX } from "@truebound/wire";
import type { Log } from "../log.ts";

/** A file that holds a leap list; `text` is null when it cannot be read, and `trouble` says why. */
export type LeapFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly text: null; readonly trouble: string };

export interface LeapFiles {
  /** The list that came with this version. */
  shipped(): LeapFile;
  /** The one that TRUEBOUND_LEAP_FILE names; null = none is named. */
  named(): LeapFile | null;
}

export interface KeptLeapList {
  readonly list: LeapList;
  readonly path: string;
  /** In the form in which agents get it. */
  readonly text: string;
}

/** The list of a file, or what is wrong with it, in words that say where and how to mend it. */
export function readLeapFile(file: LeapFile, sha1: AsciiHash): KeptLeapList | string {
  if (file.text === null) return `Cannot read the leap list ${file.path}: ${file.trouble}`;
  const list = parseLeapList(file.text, sha1);
  if ("refused" in list) return `Cannot use the leap list ${file.path}: ${leapListRefusalInWords(list)}; fetch it anew`;
  const text = renderLeapList(list, sha1);
  return text.length > LEAP_LIST_TEXT_MAX
    ? `Cannot use the leap list ${file.path}: its data are longer than ${LEAP_LIST_TEXT_MAX} characters`
    : { list, path: file.path, text };
}

/** Of two good lists the one that reaches farther. */
export const newerOf = (a: KeptLeapList, b: KeptLeapList): KeptLeapList => (b.list.expires > a.list.expires ? b : a);

/** The leap list that agents are given. The named file is looked at again and again, so that a new one counts without a restart. */
export class LeapKeeper {
  readonly #files: LeapFiles;
  readonly #sha1: AsciiHash;
  readonly #log: Log;
  #kept: KeptLeapList;
  #trouble: string | null = null;

  private constructor(files: LeapFiles, sha1: AsciiHash, log: Log, kept: KeptLeapList) {
    this.#files = files;
    this.#sha1 = sha1;
    this.#log = log;
    this.#kept = kept;
  }

  /** At the start a list that cannot be used is the operator's to mend: the words of what is wrong. */
  static open(files: LeapFiles, sha1: AsciiHash, log: Log): LeapKeeper | string {
    const shipped = readLeapFile(files.shipped(), sha1);
    if (typeof shipped === "string") return shipped;
    const file = files.named();
    const named = file && readLeapFile(file, sha1);
    if (typeof named === "string") return `${named}, or unset TRUEBOUND_LEAP_FILE`;
    if (named && newerOf(shipped, named) !== named)
      log.warn(`The leap list ${named.path} reaches no farther than the one that came with this version, which is used`);
    return new LeapKeeper(files, sha1, log, named ? newerOf(shipped, named) : shipped);
  }

  get kept(): KeptLeapList {
    return this.#kept;
  }

  /** Takes a named file that has become newer. One that has become bad is told once; the last good list stays. */
  look(): void {
    const file = this.#files.named();
    if (file === null) return;
    const named = readLeapFile(file, this.#sha1);
    const trouble = typeof named === "string" ? named : null;
    if (trouble !== null && trouble !== this.#trouble) this.#log.warn(`${trouble}; the last good list stays in use`);
    this.#trouble = trouble;
    if (typeof named === "string" || newerOf(this.#kept, named) === this.#kept) return;
    this.#kept = named;
    this.#log.info(`Agents are given the leap list ${named.path} from now on`);
  }
}
