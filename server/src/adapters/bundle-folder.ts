import { randomUUID } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { finished } from "node:stream/promises";
import type { BundleFiles } from "@truebound/audit";
import type { LeftBehind } from "../report/left-behind.ts";
import type { WholeSink } from "../report/report-command.ts";
import { ReportTrouble } from "../report/request.ts";

const PARTIAL = ".partial";

/** Beside a bundle that is whole. */
const UNBOOKED = "unbooked.json";
/** In one that is not: what is noted of it, for whoever clears it. */
const BEGUN = ".begun";

/** A bundle as a folder. Until it is whole it lies beside its place, and whoever is cancelled leaves nothing. */
export function bundleFolder(path: string, about = ""): WholeSink {
  const place = resolve(path);
  if (place.endsWith(PARTIAL)) throw new ReportTrouble(`Cannot write a report to ${place}: what ends so is cleared; name another folder`);
  if (existsSync(place)) throw new ReportTrouble(`Cannot write a report to ${place}: it is there already; name a folder that is not`);
  // Whoever begins to write there too takes it for what a killed one left, and clears it: so none writes into another one's folder.
  const partial = `${place}${PARTIAL}`;
  rmSync(partial, { recursive: true, force: true });
  const draft = join(partial, randomUUID());
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, BEGUN), about);
  const isOurs = (): boolean => existsSync(join(draft, BEGUN));
  let isWhole = false;
  const at = (name: string): string => {
    const full = join(draft, name);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  return {
    place,
    draft,
    write: async (name, bytes) => writeFileSync(at(name), bytes, { flush: true }),
    open: async (name) => openLines(join(draft, name)),
    finish: async (unbooked) => {
      if (!isOurs()) throw new ReportTrouble(`Cannot write a report to ${place}: another one is being written there; name another folder`);
      rmSync(join(draft, BEGUN));
      writeFileSync(join(partial, UNBOOKED), unbooked, { flush: true });
      renameSync(draft, place);
      isWhole = true;
    },
    booked: async () => {
      try {
        settleUnbooked(place);
      } catch {
        // The next start finds that the book has it.
      }
    },
    discard: async () => {
      rmSync(draft, { recursive: true, force: true });
      if (isWhole) rmSync(join(partial, UNBOOKED), { force: true });
      leave(partial);
      if (isWhole) rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Unless another one writes there. */
function leave(partial: string): void {
  if (existsSync(partial) && readdirSync(partial).length === 0) rmSync(partial, { recursive: true });
}

/** What lay beside a bundle that is whole is of no more use. */
export function settleUnbooked(place: string): void {
  rmSync(join(`${place}${PARTIAL}`, UNBOOKED), { force: true });
  leave(`${place}${PARTIAL}`);
}

/** What makers left that were killed; all but what is whole is taken away. To be called while nobody makes a report in the folder. */
export function clearUnfinished(folder: string): LeftBehind {
  const cleared: { name: string; about: string }[] = [];
  const unbooked: { place: string; text: string }[] = [];
  try {
    const left = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
    for (const { name } of left.filter((entry) => entry.isDirectory() && entry.name.endsWith(PARTIAL))) {
      const [partial, place] = [join(folder, name), join(folder, name.slice(0, -PARTIAL.length))];
      if (existsSync(place) && existsSync(join(partial, UNBOOKED))) {
        unbooked.push({ place, text: readFileSync(join(partial, UNBOOKED), "utf8") });
        continue;
      }
      const about = aboutOf(partial);
      rmSync(partial, { recursive: true, force: true });
      cleared.push({ name, about });
    }
    return { cleared, unbooked, trouble: null };
  } catch (error) {
    return { cleared, unbooked, trouble: error instanceof Error ? error.message : String(error) };
  }
}

/** What was noted when it was begun. */
function aboutOf(partial: string): string {
  const noted = readdirSync(partial)
    .map((draft) => join(partial, draft, BEGUN))
    .find(existsSync);
  return noted === undefined ? "" : readFileSync(noted, "utf8");
}

/** There, or beside what is there: a report whose maker was killed before anybody remembered it keeps no other one from being made. */
export function bundleFolderNear(path: string): WholeSink {
  let free = path;
  for (let number = 2; existsSync(free); number++) free = `${path}-${number}`;
  return bundleFolder(free);
}

/** So much text is handed on at a time: a write for each line costs more than the line. */
const TOGETHER = 128 * 1024;

/** A file of a bundle that is being written. */
export function openLines(path: string) {
  mkdirSync(dirname(path), { recursive: true });
  const stream = createWriteStream(path, { flush: true });
  const broken = new Promise<never>((_, reject) => stream.on("error", reject));
  broken.catch(() => {}); // whoever writes next, or closes, is told
  let text = "";
  const write = async (): Promise<void> => {
    const whole = text;
    text = "";
    if (stream.write(whole)) return;
    await Promise.race([new Promise<void>((drained) => stream.once("drain", () => drained())), broken]);
  };
  return {
    line: async (value: object) => {
      text += `${JSON.stringify(value)}\n`;
      if (text.length >= TOGETHER) await write();
    },
    close: async () => {
      stream.end(text);
      await finished(stream);
    },
  };
}

/** Into a bundle that is whole: each file is there as it was, or all of it. */
export async function writeBeside(path: string, files: readonly (readonly [name: string, bytes: Uint8Array | string])[]): Promise<void> {
  for (const [name, bytes] of files) {
    const draft = join(path, `${name}.partial`);
    writeFileSync(draft, bytes, { flush: true });
    renameSync(draft, join(path, name));
  }
}
/** Why a path is no bundle that could be verified at all; null = it may be one. */
export const whyNoBundle = (path: string): string | null =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? null
    : `Cannot verify ${path}: there is no such folder; name the bundle, the folder that manifest.json lies in`;

/** What lies in a folder that anybody may have written. */
export function bundleFiles(path: string): BundleFiles {
  const place = resolve(path);
  return {
    read: async (name) => readWhole(place, name),
    lines: (name) => linesOf(join(place, name)),
    list: async (folder) => {
      const full = join(place, folder);
      return statSync(full, { throwIfNoEntry: false })?.isDirectory()
        ? readdirSync(full, { withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map(({ name }) => name)
        : [];
    },
  };
}

/** A pipe never ends, nor does a device, and a link may lead to one: none of them is a file of a bundle. */
const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** What is read as a whole must fit into memory, and into a text of this language. */
const MOST_FILE_BYTES = 500_000_000;

async function readWhole(place: string, name: string): Promise<Uint8Array | null> {
  const path = join(place, name);
  if (!isFile(path)) return null;
  if (statSync(path).size > MOST_FILE_BYTES) throw new Error(`${name} is of more than ${MOST_FILE_BYTES} bytes`);
  return readFile(path);
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 1024 * 1024;
/** No bundle has longer ones. */
const MOST_LINE_BYTES = 16 * 1024 * 1024;

/** Ended by 0x0A alone, and in UTF-8: what else some readers take for an end of a line would make two bundles of one. */
async function* linesOf(path: string): AsyncGenerator<string> {
  if (!isFile(path)) return;
  const tooLong = () => new Error(`${basename(path)} has a line of more than ${MOST_LINE_BYTES} bytes`);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest: Buffer = Buffer.alloc(0);
  for await (const read of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    const chunk = rest.length === 0 ? read : Buffer.concat([rest, read]);
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      if (end - from > MOST_LINE_BYTES) throw tooLong();
      yield decoder.decode(chunk.subarray(from, end));
      from = end + 1;
    }
    rest = chunk.subarray(from);
    if (rest.length > MOST_LINE_BYTES) throw tooLong();
  }
  if (rest.length > 0) throw new Error(`${basename(path)} does not end where a line does: its end is missing`);
}
