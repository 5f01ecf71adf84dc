import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import { type Directive, directivesOf, type FurtherReading, furtherReading, onlySources } from "../discover/chrony-conf.ts";

/** chrony's configuration as its daemon would read it: one list of directives, files in place of what names them. */
export interface ChronyFiles {
  readonly path: string;
  readonly directives: readonly Directive[];
  /** Newest change of any file that was read, ns on REALTIME; 0 when none was. A file taken away leaves no trace here. */
  readonly newestChangeNs: bigint;
  /** What could not be read, in words. As long as there is any, a setting may stand where we did not look. */
  readonly unread: readonly string[];
}

const PLACES = ["/etc/chrony/chrony.conf", "/etc/chrony.conf"];
/** chrony's own limit is 10 levels; it has none on files and bytes. */
const MOST = { levels: 10, files: 64, bytes: 1024 * 1024, names: 1000, unread: 16 };

/** The configuration at `path`, else at the first of the usual places that has one; null = none there. */
export function readChronyFiles(path?: string): ChronyFiles | null {
  const places = path === undefined ? PLACES.filter((place) => existsSync(place)) : [path];
  const [place, other] = places;
  if (place === undefined) return null;
  const reader = new Reader();
  const directives = reader.file(place, 0);
  if (reader.isAbsent) return null;
  // Which of them chronyd reads was decided when it was compiled.
  const rival = other === undefined ? [] : [`${other}, which is there besides ${place}`];
  return { path: place, directives, newestChangeNs: reader.newest, unread: [...reader.unread, ...rival] };
}

/** Directives given on the daemon's command line stand in place of the file, and may name files of their own. */
export function readChronyArguments(lines: readonly string[]): ChronyFiles {
  const reader = new Reader();
  const directives = reader.follow(directivesOf(lines.join("\n")), 0);
  return { path: "its command line", directives, newestChangeNs: reader.newest, unread: reader.unread };
}

class Reader {
  readonly unread: string[] = [];
  newest = 0n;
  #files = 0;
  #bytes = 0;
  #absentRoot = false;

  /** The very first file is not there. */
  get isAbsent(): boolean {
    return this.#absentRoot;
  }

  file(path: string, level: number): Directive[] {
    const text = this.#text(path, level);
    return text === null ? [] : this.follow(directivesOf(text), level);
  }

  follow(directives: readonly Directive[], level: number): Directive[] {
    return directives.flatMap((directive) => {
      const further = furtherReading(directive);
      return further === null ? [directive] : this.#further(further, level + 1);
    });
  }

  #further(reading: FurtherReading, level: number): Directive[] {
    if (level > MOST.levels) return this.#skip(`more than ${MOST.levels} levels of includes`);
    if (reading.kind === "pattern") return this.#matches(reading.pattern).flatMap((path) => this.file(path, level));
    const texts = this.#inFolders(reading.folders, reading.suffix).map((path) => this.file(path, level));
    return reading.suffix === ".sources" ? texts.flatMap(onlySources) : texts.flat();
  }

  /** chrony.conf(5), confdir: by file name over all folders; of one name only the first folder's file. */
  #inFolders(folders: readonly string[], suffix: string): string[] {
    const byName = new Map<string, string>();
    for (const folder of folders.slice(0, 10))
      for (const name of this.#names(folder, true)) if (name.endsWith(suffix) && !byName.has(name)) byName.set(name, join(folder, name));
    return [...byName.values()].sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
  }

  /** Wildcards in the last part of a path; elsewhere they are not followed. */
  #matches(pattern: string): string[] {
    const name = basename(pattern);
    if (!/[*?[]/.test(pattern)) return [pattern];
    const folder = pattern.slice(0, pattern.length - name.length);
    if (/[*?[]/.test(folder)) return this.#skip(`${pattern}: wildcards in a folder's name are not followed`);
    return this.#names(folder, false)
      .filter((one) => matchesGlob(name, one))
      .map((one) => folder + one);
  }

  #names(folder: string, mayBeAbsent: boolean): string[] {
    try {
      const names = readdirSync(folder).sort();
      if (names.length > MOST.names) this.#skip(`${folder}: more than ${MOST.names} names`);
      return names.slice(0, MOST.names);
    } catch (error) {
      if (!mayBeAbsent || codeOf(error) !== "ENOENT") this.#skip(`${folder}: ${codeOf(error)}`);
      return [];
    }
  }

  #text(path: string, level: number): string | null {
    this.#files += 1;
    if (this.#files > MOST.files) return this.#nothing(`${path}: more than ${MOST.files} files`);
    try {
      const { text, changedNs } = readRegularFile(path, MOST.bytes - this.#bytes);
      this.#bytes += text.length;
      if (changedNs > this.newest) this.newest = changedNs;
      return text;
    } catch (error) {
      if (level === 0 && codeOf(error) === "ENOENT") this.#absentRoot = true;
      return this.#nothing(`${path}: ${codeOf(error)}`);
    }
  }

  #nothing(why: string): null {
    this.#skip(why);
    return null;
  }

  #skip(why: string): never[] {
    if (this.unread.length < MOST.unread) this.unread.push(why);
    return [];
  }
}

/** Reads without ever waiting: a pipe or device in a file's place is refused. */
function readRegularFile(path: string, most: number): { text: string; changedNs: bigint } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size, ctimeNs } = fstatSync(fd, { bigint: true });
    if (!fstatSync(fd).isFile()) throw new Error("not a regular file");
    if (size > BigInt(most)) throw new Error("too large");
    const bytes = Buffer.alloc(Number(size));
    const count = readSync(fd, bytes, 0, bytes.length, 0);
    return { text: bytes.toString("utf8", 0, count), changedNs: ctimeNs };
  } finally {
    closeSync(fd);
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

/** `*`, `?` and `[…]` as in a shell, on one name; hidden files only when the pattern says so. Linear, whatever the pattern. */
export function matchesGlob(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  let [p, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    const step = pattern[p] === "*" ? null : matchOne(pattern, p, name[n] as string);
    if (step === null) [star, mark, p] = [p, n, p + 1];
    else if (step > 0) [p, n] = [p + step, n + 1];
    else if (star >= 0) [p, mark, n] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  return /^\**$/.test(pattern.slice(p));
}

/** How many characters of the pattern match this letter; 0 = none. */
function matchOne(pattern: string, at: number, letter: string): number {
  if (pattern[at] === "?" || pattern[at] === letter) return 1;
  const set = pattern[at] === "[" ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(pattern.slice(at)) : null;
  if (set === null) return 0;
  return inSet(set[2] as string, letter) === (set[1] === "") ? set[0].length : 0;
}

function inSet(set: string, letter: string): boolean {
  const ranges = [...set.matchAll(/(.)-(.)|(.)/gs)];
  return ranges.some(([, from, to, one]) => one === letter || (from !== undefined && to !== undefined && from <= letter && letter <= to));
}
