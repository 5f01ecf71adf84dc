import {
  type ArchiveCoding,
  type ArchivedRow,
  type ArchiveStore,
  faultOf,
  type HostRows,
  type Manifest,
  manifestName,
  writePart,
} from "../../../retention/archive.ts";
import { type Day, startOf } from "../../../retention/days.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";

export interface Archive {
  readonly store: ArchiveStore;
  readonly coding: ArchiveCoding;
}

const OF_DAY = "e.host_id = $1 and e.received_at >= at_utc_ns($2) and e.received_at < at_utc_ns($3)";

/** jsonb_populate_record makes a row of the head again; what a double cannot hold stands in it as text. */
const ROWS = (table: string) => `
  select (to_jsonb(e) - 'body' || jsonb_build_object('seq', e.seq::text, 'signed_from', e.signed_from::text,
      'first_utc_ns', e.first_utc_ns::text, 'last_utc_ns', e.last_utc_ns::text, 'received_at_ns', utc_ns(e.received_at)::text))::text as head,
    e.body, e.first_utc_ns, e.last_utc_ns
  from ${table} e where ${OF_DAY} order by e.epoch, e.seq`;

const COUNT = (table: string) => `select count(*) as rows from ${table} e where ${OF_DAY}`;

const NEXT_PART = "select coalesce(max(part), 0) + 1 as part from archive_part where day = $1";
const INSERT_PART = "insert into archive_part (day, part, file, bytes, sha256, rows) values ($1, $2, $3, $4, $5, $6)";
const INSERT_HOSTS = `
  insert into archive_host (host_id, day, part, start, length, rows, first_utc_ns, last_utc_ns, sha256)
  select unnest($1::uuid[]), $2, $3, unnest($4::bigint[]), unnest($5::integer[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]),
    unnest($9::bytea[])`;

const ARCHIVED = "select exists (select from archive_host where host_id = $1 and day = $2 and rows = $3) as archived";

/** So much is held in memory at most, and one host's day. */
const PART_BYTES = 32 * 1024 * 1024;

/** True when what the table holds of the host's day is in the archive. */
export async function isArchived(client: Queryable, table: string, host: string, day: Day): Promise<boolean> {
  const [{ rows } = { rows: 0n }] = (await client.query<{ rows: bigint }>(COUNT(table), [host, startOf(day), startOf(day + 1)])).rows;
  return (await client.query<{ archived: boolean }>(ARCHIVED, [host, day, rows])).rows[0]?.archived ?? false;
}

/** Copies the day's rows of these hosts. Each file is read back and compared before the database is told of it. */
export async function archiveHostDays(
  client: Queryable,
  archive: Archive,
  table: string,
  day: Day,
  hosts: readonly string[],
): Promise<void> {
  let part: HostRows[] = [];
  let bytes = 0;
  for (const host of hosts) {
    if (await isArchived(client, table, host, day)) continue;
    const one = await hostRows(client, table, host, day);
    part.push(one);
    bytes += one.rows.reduce((sum, { head, body }) => sum + head.length + body.length, 0);
    if (bytes < PART_BYTES) continue;
    await keepPart(client, archive, day, part);
    [part, bytes] = [[], 0];
  }
  if (part.length > 0) await keepPart(client, archive, day, part);
}

interface PlacedRow extends ArchivedRow {
  readonly first_utc_ns: bigint | null;
  readonly last_utc_ns: bigint | null;
}

/** Of those that have a place. */
function bestOf(
  rows: readonly PlacedRow[],
  column: "first_utc_ns" | "last_utc_ns",
  isBetter: (a: bigint, b: bigint) => boolean,
): bigint | null {
  const values = rows.flatMap((row) => row[column] ?? []);
  return values.length === 0 ? null : values.reduce((best, value) => (isBetter(value, best) ? value : best));
}

async function hostRows(client: Queryable, table: string, host: string, day: Day): Promise<HostRows> {
  const { rows } = await client.query<PlacedRow>(ROWS(table), [host, startOf(day), startOf(day + 1)]);
  return {
    host,
    rows: rows.map(({ head, body }) => ({ head, body })),
    firstUtc: bestOf(rows, "first_utc_ns", (a, b) => a < b),
    lastUtc: bestOf(rows, "last_utc_ns", (a, b) => a > b),
  };
}

async function keepPart(client: Queryable, { store, coding }: Archive, day: Day, hosts: readonly HostRows[]): Promise<void> {
  const number = (await client.query<{ part: number }>(NEXT_PART, [day])).rows[0]?.part ?? 1;
  const { manifest, bytes } = writePart(day, number, hosts, coding);
  await store.put(manifest.file, bytes);
  await store.put(manifestName(manifest.file), Buffer.from(`${JSON.stringify(manifest)}\n`));
  const written = JSON.parse(Buffer.from(await store.get(manifestName(manifest.file))).toString()) as Manifest;
  const fault =
    JSON.stringify(written) === JSON.stringify(manifest)
      ? faultOf({ manifest, bytes: await store.get(manifest.file) }, coding)
      : `${manifestName(manifest.file)} is not what was written`;
  if (fault !== null) throw new Error(`Cannot archive: ${fault}; nothing was removed`);
  await transactionOn(client, () => note(client, day, manifest));
}

async function note(client: Queryable, day: Day, { part, file, bytes, sha256, rows, hosts }: Manifest): Promise<void> {
  await client.query(INSERT_PART, [day, part, file, bytes, Buffer.from(sha256, "hex"), rows]);
  await client.query(INSERT_HOSTS, [
    hosts.map(({ host }) => host),
    day,
    part,
    hosts.map(({ start }) => start),
    hosts.map(({ length }) => length),
    hosts.map((host) => host.rows),
    hosts.map(({ first_utc_ns }) => first_utc_ns),
    hosts.map(({ last_utc_ns }) => last_utc_ns),
    hosts.map((host) => Buffer.from(host.sha256, "hex")),
  ]);
}
