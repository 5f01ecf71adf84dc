import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { finished } from "node:stream/promises";
import type { BundleFiles } from "@truebound/audit";
import type { WholeSink } from "../report/report-command.ts";

/** A bundle as a folder. Until it is whole it lies beside its place, and whoever is cancelled leaves nothing. */
export function bundleFolder(path: string): WholeSink {
  const place = resolve(path);
  if (existsSync(place)) throw new Error(`Cannot write a report to ${place}: it is there already; name a folder that is not`);
  const draft = `${place}.partial`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const at = (name: string): string => {
    const full = join(draft, name);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  return {
    place,
    write: async (name, bytes) => writeFileSync(at(name), bytes, { flush: true }),
    open: async (name) => openLines(at(name)),
    finish: async () => renameSync(draft, place),
    discard: async () => {
      for (const folder of [draft, place]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function openLines(path: string) {
  const stream = createWriteStream(path, { flush: true });
  const broken = new Promise<never>((_, reject) => stream.on("error", reject));
  broken.catch(() => {}); // whoever writes next, or closes, is told
  return {
    line: async (value: object) => {
      if (stream.write(`${JSON.stringify(value)}\n`)) return;
      await Promise.race([new Promise<void>((drained) => stream.once("drain", () => drained())), broken]);
    },
    close: async () => {
      stream.end();
      await finished(stream);
    },
  };
}

/** What lies in a folder that anybody may have written. */
export function bundleFiles(path: string): BundleFiles {
  const place = resolve(path);
  return {
    read: async (name) => (existsSync(join(place, name)) ? readFile(join(place, name)) : null),
    lines: (name) => linesOf(join(place, name)),
    list: async (folder) => {
      const full = join(place, folder);
      return existsSync(full)
        ? readdirSync(full, { withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map(({ name }) => name)
        : [];
    },
  };
}

const CHUNK_BYTES = 1024 * 1024;
const LINE_END = 0x0a;

/** Only 0x0A ends a line. What comes after the last one is a line too. */
async function* linesOf(path: string): AsyncGenerator<string> {
  if (!existsSync(path)) return;
  let rest: Buffer = Buffer.alloc(0);
  for await (const read of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const chunk = rest.length === 0 ? (read as Buffer) : Buffer.concat([rest, read as Buffer]);
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      yield chunk.toString("utf8", from, end);
      from = end + 1;
    }
    rest = chunk.subarray(from);
  }
  if (rest.length > 0) yield rest.toString("utf8");
}
