import {
  type ArchiveCoding,
  type ArchivedRow,
  type ArchiveStore,
  ArchiveUnreachable,
  faultOf,
  type HostRows,
  type Manifest,
  manifestName,
  writePart,
} from "../../../retention/archive.ts";
import { type Day, startOf } from "../../../retention/days.ts";
import { isOutage, type Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";

export interface Archive {
  readonly store: ArchiveStore;
  readonly coding: ArchiveCoding;
}

const OF_DAY = "e.host_id = $1 and e.received_at >= at_utc_ns($2) and e.received_at < at_utc_ns($3)";

/** So much is held in memory at most, and one row. */
const PART_BYTES = 32 * 1024 * 1024;
const PART_ROWS = 20_000;

/**
 * As much as one file takes of the rows after a place in their order. jsonb_populate_record makes a row of the head again; what a
 * double cannot hold stands in it as text.
 */
const SLICE = (table: string) => `
  select (to_jsonb(e) - 'body' - 'size_before' || jsonb_build_object('seq', e.seq::text, 'signed_from', e.signed_from::text,
      'first_utc_ns', e.first_utc_ns::text, 'last_utc_ns', e.last_utc_ns::text, 'received_at_ns', utc_ns(e.received_at)::text))::text as head,
    e.body, e.epoch, e.seq, utc_ns(e.received_at) as received_at_ns, e.first_utc_ns, e.last_utc_ns
  from (
    select next.*, sum(octet_length(body)) over (order by epoch, seq, received_at) - octet_length(body) as size_before
    from (
      select * from ${table} e
      where ${OF_DAY} and ($4::integer is null or (e.epoch, e.seq, e.received_at) > ($4, $5::bigint, at_utc_ns($6)))
      order by e.epoch, e.seq, e.received_at limit ${PART_ROWS}) next
  ) e
  where e.size_before < ${PART_BYTES} order by e.epoch, e.seq, e.received_at`;

const COUNT = (table: string) => `select count(*) as rows from ${table} e where ${OF_DAY}`;

const NEXT_PART = "select coalesce(max(part), 0) + 1 as part from archive_part where day = $1";
const INSERT_PART = "insert into archive_part (day, part, file, bytes, sha256, rows) values ($1, $2, $3, $4, $5, $6)";
const INSERT_HOSTS = `
  insert into archive_host (host_id, day, part, start, length, rows, first_utc_ns, last_utc_ns, sha256, day_rows)
  select unnest($1::uuid[]), $2, $3, unnest($4::bigint[]), unnest($5::integer[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]),
    unnest($9::bytea[]), $10`;

/** The files of a day that is split are noted all at once. Fewer rows are left where a removal was cut off. */
const ARCHIVED = "select exists (select from archive_host where host_id = $1 and day = $2 and coalesce(day_rows, rows) >= $3) as archived";

async function countRows(client: Queryable, table: string, host: string, day: Day): Promise<bigint> {
  const { rows } = await client.query<{ rows: bigint }>(COUNT(table), [host, startOf(day), startOf(day + 1)]);
  return rows[0]?.rows ?? 0n;
}

/** True when what the table holds of the host's day is in the archive. */
export async function isArchived(client: Queryable, table: string, host: string, day: Day): Promise<boolean> {
  const rows = await countRows(client, table, host, day);
  return (await client.query<{ archived: boolean }>(ARCHIVED, [host, day, rows])).rows[0]?.archived ?? false;
}

/**
 * Copies the day's rows of these hosts. Each file is read back and compared before the database is told of it. What cannot be
 * copied keeps nobody else's from it, and is returned; only an archive that does not answer ends it.
 */
export async function archiveHostDays(client: Queryable, archive: Archive, table: string, day: Day, hosts: readonly string[]) {
  const troubles: unknown[] = [];
  const shared = new SharedFile(client, archive, day, troubles);
  for (const host of hosts) {
    if (troubles.length >= MOST_TROUBLES) break;
    await orTrouble(troubles, async () => {
      if (await isArchived(client, table, host, day)) return;
      const slice = await readSlice(client, table, host, day, null);
      const isWhole = BigInt(slice.rows.length) >= (await countRows(client, table, host, day));
      if (isWhole) await shared.add(slice);
      else await keepSplit(client, archive, table, day, slice);
    });
  }
  await shared.end();
  return troubles;
}

/** With so many it is not the hosts: a full disk, say. The next pass tries again. */
const MOST_TROUBLES = 20;

async function orTrouble(troubles: unknown[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ArchiveUnreachable || isOutage(error)) throw error;
    troubles.push(error);
  }
}

/** Gathers hosts until a file is full. One that cannot be written is tried anew host by host: so only the bad one stays behind. */
class SharedFile {
  readonly #client: Queryable;
  readonly #archive: Archive;
  readonly #day: Day;
  readonly #troubles: unknown[];
  #hosts: HostRows[] = [];
  #bytes = 0;

  constructor(client: Queryable, archive: Archive, day: Day, troubles: unknown[]) {
    this.#client = client;
    this.#archive = archive;
    this.#day = day;
    this.#troubles = troubles;
  }

  async add(host: HostRows): Promise<void> {
    this.#hosts.push(host);
    this.#bytes += host.rows.reduce((sum, { head, body }) => sum + head.length + body.length, 0);
    if (this.#bytes >= PART_BYTES) await this.end();
  }

  async end(): Promise<void> {
    const hosts = this.#hosts;
    [this.#hosts, this.#bytes] = [[], 0];
    if (hosts.length === 0) return;
    const failed: unknown[] = [];
    await orTrouble(failed, () => this.#keep(hosts));
    if (failed.length === 0) return;
    if (hosts.length === 1) this.#troubles.push(...failed);
    else await this.#keepEach(hosts);
  }

  async #keepEach(hosts: readonly HostRows[]): Promise<void> {
    for (const one of hosts) {
      if (this.#troubles.length >= MOST_TROUBLES) return;
      await orTrouble(this.#troubles, () => this.#keep([one]));
    }
  }

  async #keep(hosts: readonly HostRows[]): Promise<void> {
    const manifest = await writeFile(this.#client, this.#archive, this.#day, hosts, 0);
    await transactionOn(this.#client, () => note(this.#client, this.#day, manifest, null));
  }
}

/** Noted only once all of it is written: half a day of a host is not in the archive. */
async function keepSplit(client: Queryable, archive: Archive, table: string, day: Day, first: Slice): Promise<void> {
  const manifests: Manifest[] = [];
  for (let slice = first; slice.rows.length > 0; slice = await readSlice(client, table, slice.host, day, slice.last))
    manifests.push(await writeFile(client, archive, day, [slice], manifests.length));
  const rows = manifests.reduce((sum, manifest) => sum + manifest.rows, 0);
  await transactionOn(client, async () => {
    for (const manifest of manifests) await note(client, day, manifest, rows);
  });
}

interface PlacedRow extends ArchivedRow {
  readonly epoch: number;
  readonly seq: bigint;
  readonly received_at_ns: bigint;
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

interface Slice extends HostRows {
  /** Where the next one goes on. */
  readonly last: PlacedRow | null;
}

async function readSlice(client: Queryable, table: string, host: string, day: Day, after: PlacedRow | null): Promise<Slice> {
  const place = [after?.epoch ?? null, after?.seq ?? null, after?.received_at_ns ?? null];
  const { rows } = await client.query<PlacedRow>(SLICE(table), [host, startOf(day), startOf(day + 1), ...place]);
  return {
    host,
    rows: rows.map(({ head, body }) => ({ head, body })),
    firstUtc: bestOf(rows, "first_utc_ns", (a, b) => a < b),
    lastUtc: bestOf(rows, "last_utc_ns", (a, b) => a > b),
    last: rows.at(-1) ?? null,
  };
}

/** `ahead`: so many files of the day are written that the database knows nothing of yet. */
async function writeFile(
  client: Queryable,
  { store, coding }: Archive,
  day: Day,
  hosts: readonly HostRows[],
  ahead: number,
): Promise<Manifest> {
  const next = (await client.query<{ part: number }>(NEXT_PART, [day])).rows[0]?.part ?? 1;
  const { manifest, bytes } = writePart(day, next + ahead, hosts, coding);
  await store.put(manifest.file, bytes);
  await store.put(manifestName(manifest.file), Buffer.from(`${JSON.stringify(manifest)}\n`));
  const written = JSON.parse(Buffer.from(await store.get(manifestName(manifest.file))).toString()) as Manifest;
  const fault =
    JSON.stringify(written) === JSON.stringify(manifest)
      ? faultOf({ manifest, bytes: await store.get(manifest.file) }, coding)
      : `${manifestName(manifest.file)} is not what was written`;
  if (fault !== null) throw new Error(`Cannot archive: ${fault}; nothing was removed`);
  return manifest;
}

async function note(
  client: Queryable,
  day: Day,
  { part, file, bytes, sha256, rows, hosts }: Manifest,
  dayRows: number | null,
): Promise<void> {
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
    dayRows,
  ]);
}
