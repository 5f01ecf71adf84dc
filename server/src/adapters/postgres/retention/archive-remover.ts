import type { LabelSet } from "../../../policy/choose-policy.ts";
import { manifestName } from "../../../retention/archive.ts";
import { type ArchivedFile, type Expired, type FileFate, isPastArchive, judgeFile, lastOldDay } from "../../../retention/archive-age.ts";
import { type Day, sayDay } from "../../../retention/days.ts";
import type { RetentionFacts } from "../../../retention/fate.ts";
import { chooseRule } from "../../../retention/rules.ts";
import { appendDeletion } from "../log/log-queue.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";
import type { Archive } from "./archive-writer.ts";
import { lockHolds, readRetention } from "./retention-store.ts";

const FILES = `
  select p.day, p.part, p.file, p.bytes, h.host_id as host, coalesce(o.labels, '{}') as labels, h.rows, h.first_utc_ns, h.last_utc_ns
  from archive_part p join archive_host h on (h.day, h.part) = (p.day, p.part) left join host o on o.id = h.host_id
  where not p.going and p.day = $1 and p.part = $2 order by h.start`;

/** Each with the labels of one host: those of a file go at one age, so where that one is young no other is looked at. */
const OLD_PARTS = `
  select p.day, p.part, coalesce(o.labels, '{}') as labels from archive_part p
  cross join lateral (select host_id from archive_host h where (h.day, h.part) = (p.day, p.part) order by h.start limit 1) first
  left join host o on o.id = first.host_id
  where not p.going and p.day <= $1 order by p.day, p.part`;

const NOTE = `
  insert into archive_removal (day, part, file, bytes, rows, sha256, hosts, archived_at)
  select day, part, file, bytes, rows, sha256, $3::jsonb, archived_at from archive_part where day = $1 and part = $2
  returning file, rows, encode(sha256, 'hex') as sha256`;
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

/** Null = it is gone. */
async function fileOf(client: Queryable, day: Day, part: number): Promise<ArchivedFile | null> {
  const { rows } = await client.query<FileRow>(FILES, [day, part]);
  const [first] = rows;
  if (first === undefined) return null;
  const { file, bytes } = first;
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
  const facts = { now, ...(await readRetention(client)) };
  const judged: JudgedFile[] = [];
  for (const { day, part } of await oldParts(client, facts)) {
    const file = await fileOf(client, day, part);
    if (file !== null) judged.push({ file, fate: judgeFile(file, facts) });
  }
  return judged.filter(({ fate }) => fate.kind !== "young");
}

async function oldParts(client: Queryable, facts: RetentionFacts): Promise<{ readonly day: Day; readonly part: number }[]> {
  const last = lastOldDay(facts);
  if (last === null) return [];
  const { rows } = await client.query<{ day: Day; part: number; labels: LabelSet }>(OLD_PARTS, [last]);
  return rows.filter(({ day, labels }) => isPastArchive(chooseRule(labels, facts.rules), day, facts.now));
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
    const file = await fileOf(client, day, part);
    const fate = file && judgeFile(file, { now, ...(await readRetention(client)) });
    if (fate?.kind !== "goes") return false;
    await note(client, day, part, fate.hosts);
    return true;
  });

async function note(client: Queryable, day: Day, part: number, hosts: readonly Expired[]): Promise<void> {
  const { rows } = await client.query<{ file: string; rows: bigint; sha256: string }>(NOTE, [day, part, JSON.stringify(hosts)]);
  for (const { file, rows: count, sha256 } of rows)
    await appendDeletion(client, {
      what: "archive",
      from: sayDay(day),
      to: sayDay(day),
      count: Number(count),
      file,
      sha256,
    });
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
