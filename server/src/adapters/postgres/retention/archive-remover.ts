import type { LabelSet } from "../../../policy/choose-policy.ts";
import { manifestName } from "../../../retention/archive.ts";
import { type ArchivedFile, type Expired, type FileFate, judgeFile, lastOldDay } from "../../../retention/archive-age.ts";
import type { Day } from "../../../retention/days.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";
import type { Archive } from "./archive-writer.ts";
import { lockHolds, readRetention } from "./retention-store.ts";

const FILES = `
  select p.day, p.part, p.file, p.bytes, h.host_id as host, coalesce(o.labels, '{}') as labels, h.rows, h.first_utc_ns, h.last_utc_ns
  from archive_part p join archive_host h on (h.day, h.part) = (p.day, p.part) left join host o on o.id = h.host_id
  where not p.going and p.day = $1 and ($2::integer is null or p.part = $2) order by p.part, h.start`;

const OLD_DAYS = "select distinct day from archive_part where not going and day <= $1 order by day";

const NOTE = `
  insert into archive_removal (day, part, file, bytes, rows, sha256, hosts, archived_at)
  select day, part, file, bytes, rows, sha256, $3::jsonb, archived_at from archive_part where day = $1 and part = $2`;
const FORGET_HOSTS = "delete from archive_host where day = $1 and part = $2";
const MARK = "update archive_part set going = true where day = $1 and part = $2";

const GOING = "select day, part, file from archive_part where going order by day, part";
const FORGET = "delete from archive_part where day = $1 and part = $2";

interface FileRow {
  day: Day;
  part: number;
  file: string;
  bytes: bigint;
  host: string;
  labels: LabelSet;
  rows: bigint;
  first_utc_ns: bigint | null;
  last_utc_ns: bigint | null;
}

async function filesOf(client: Queryable, day: Day, part: number | null): Promise<ArchivedFile[]> {
  const { rows } = await client.query<FileRow>(FILES, [day, part]);
  const files = new Map<number, FileRow[]>();
  for (const row of rows) files.set(row.part, [...(files.get(row.part) ?? []), row]);
  return [...files.values()].map(toFile);
}

function toFile(rows: readonly FileRow[]): ArchivedFile {
  const { day, part, file, bytes } = rows[0] as FileRow;
  const hosts = rows.map(({ host, labels, rows: count, first_utc_ns: from, last_utc_ns: to }) => ({
    host,
    labels,
    rows: Number(count),
    measured: from === null || to === null ? null : { from, to },
  }));
  return { day, part, file, bytes: Number(bytes), hosts };
}

export interface JudgedFile {
  readonly file: ArchivedFile;
  readonly fate: FileFate;
}

/** The files of which something is past its age, and what is to become of each. Changes nothing. */
export async function oldFiles(client: Queryable, now: bigint): Promise<JudgedFile[]> {
  const judged: JudgedFile[] = [];
  for (const day of await oldDaysOf(client, now)) {
    const facts = { now, ...(await readRetention(client)) };
    for (const file of await filesOf(client, day, null)) judged.push({ file, fate: judgeFile(file, facts) });
  }
  return judged.filter(({ fate }) => fate.kind !== "young");
}

async function oldDaysOf(client: Queryable, now: bigint): Promise<Day[]> {
  const last = lastOldDay({ now, ...(await readRetention(client)) });
  if (last === null) return [];
  return (await client.query<{ day: Day }>(OLD_DAYS, [last])).rows.map(({ day }) => day);
}

/**
 * Removes the files that are past their age. First the database says that a file is gone and why, and nobody reads from it any
 * more; then the file goes; then its row. Cut off in between, the next pass goes on. Returns what went.
 */
export async function removeArchived(client: Queryable, { store }: Archive, now: bigint): Promise<ArchivedFile[]> {
  const went: ArchivedFile[] = [];
  await removeGoing(client, store);
  for (const { file } of await oldFiles(client, now)) {
    if (!(await condemn(client, file, now))) continue;
    await removeGoing(client, store);
    went.push(file);
  }
  return went;
}

/** Judged anew under the lock of the holds: one that was added meanwhile keeps the file. */
const condemn = (client: Queryable, { day, part }: ArchivedFile, now: bigint): Promise<boolean> =>
  transactionOn(client, async () => {
    await lockHolds(client);
    const [file] = await filesOf(client, day, part);
    const fate = file && judgeFile(file, { now, ...(await readRetention(client)) });
    if (fate?.kind !== "goes") return false;
    await note(client, day, part, fate.hosts);
    return true;
  });

async function note(client: Queryable, day: Day, part: number, hosts: readonly Expired[]): Promise<void> {
  await client.query(NOTE, [day, part, JSON.stringify(hosts)]);
  await client.query(FORGET_HOSTS, [day, part]);
  await client.query(MARK, [day, part]);
}

async function removeGoing(client: Queryable, store: Archive["store"]): Promise<void> {
  const { rows } = await client.query<{ day: Day; part: number; file: string }>(GOING);
  for (const { day, part, file } of rows) {
    await store.remove(file);
    await store.remove(manifestName(file));
    await client.query(FORGET, [day, part]);
  }
}
