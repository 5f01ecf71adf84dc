import { readOptions } from "@truebound/wire";
import type { ArchivedFile, FileFate } from "../retention/archive-age.ts";
import { sayDay } from "../retention/days.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import type { Told } from "./admin.ts";

/** What `truebound archive …` asks for. */
export interface ArchiveRequest {
  readonly dryRun: boolean;
  readonly json: boolean;
}

export const ARCHIVE_USAGE = `usage: truebound archive remove-old [--dry-run] [--json]
  Removes the files of the archive in which everything is past the archive days of its rule (truebound evidence set
  --archive-days), and nothing is under a hold. Servers do the same each hour. --dry-run says which files would go, and which
  ones holds keep, and changes nothing. What was removed of whom, when and by which age, is kept in archive_removal for good.
  --dry-run                changes nothing (off)
  --json                   as JSON (off)
${ADMIN_SETTINGS}
  TRUEBOUND_ARCHIVE_DIR or TRUEBOUND_ARCHIVE_BUCKET, with what goes with it: as the servers have it (docs/archive.md)
example: truebound archive remove-old --dry-run`;

export function parseArchive([what, ...rest]: readonly string[]): ArchiveRequest | string {
  if (what !== "remove-old")
    return `Cannot ${what === undefined ? "guess what to do" : `do ${JSON.stringify(what)}`} with the archive: say remove-old`;
  const read = readOptions(rest, { "dry-run": "flag", json: "flag" });
  if (typeof read === "string") return read;
  if (read.words[0] !== undefined) return `Cannot take ${JSON.stringify(read.words[0])}: remove-old takes no words`;
  return { dryRun: read.values["dry-run"] ?? false, json: read.values.json ?? false };
}

export interface ArchiveStorePorts {
  /** What is past its age, by the database's clock as far as the fleet proves it. */
  oldFiles(): Promise<readonly { readonly file: ArchivedFile; readonly fate: FileFate }[]>;
  /** Null = a server is at it just now. */
  removeOld(): Promise<readonly ArchivedFile[] | null>;
}

export async function administerArchive(ports: ArchiveStorePorts, { dryRun, json }: ArchiveRequest): Promise<Told> {
  const old = await ports.oldFiles();
  if (dryRun) return tell(old, "would go", json);
  const gone = await ports.removeOld();
  if (gone === null) return { code: 1, out: "", err: "Cannot remove anything now: a server is at it; try again in a while\n" };
  const went = gone.map((file) => ({
    file,
    fate: old.find((one) => one.file.file === file.file)?.fate ?? ({ kind: "goes", hosts: [] } as const),
  }));
  return tell([...went, ...old.filter(({ fate }) => fate.kind === "held")], "went", json);
}

type Judged = { readonly file: ArchivedFile; readonly fate: FileFate };

function tell(files: readonly Judged[], word: string, json: boolean): Told {
  const goes = files.filter(({ fate }) => fate.kind === "goes").length;
  const err = `${goes === 1 ? "One file" : `${goes} files`} of the archive ${word}; holds keep ${files.length - goes}\n`;
  if (!json) return { code: 0, out: files.map((one) => lineOf(one, word)).join(""), err };
  return { code: 0, out: `${JSON.stringify({ items: files.map(itemOf), next: null }, null, 2)}\n`, err: "" };
}

const lineOf = ({ file: { file, bytes, hosts }, fate }: Judged, word: string): string =>
  `${file}  ${bytes} bytes of ${hosts.length === 1 ? "one host" : `${hosts.length} hosts`}  ${fate.kind === "held" ? `stays: hold ${fate.holds.join(", ")}` : word}\n`;

const itemOf = ({ file: { day, file, bytes, hosts }, fate }: Judged) => ({
  file,
  day: sayDay(day),
  bytes,
  hosts: hosts.map(({ host, rows }) => ({ host, rows })),
  fate: fate.kind,
  holds: fate.kind === "held" ? fate.holds : [],
});
