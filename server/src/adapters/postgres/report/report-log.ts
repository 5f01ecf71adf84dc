import { entryHash, entryText, HASH_BYTES, headText, type LeafPlace, saltOf, TILE, type TilePlace, tileKey } from "@truebound/audit";
import { parseUtc } from "@truebound/time";
import type pg from "pg";
import type { HeadSigner, SignedHead as LoggedHead } from "../../../log-book/ports.ts";
import { statementEntry } from "../../../log-book/sequence.ts";
import { dateOf } from "../../../report/declared.ts";
import type {
  AskedStatement,
  DeclaredLeaf,
  HostLeaf,
  HostLog,
  OpenedLeaf,
  PlacedLeaf,
  ReportLog,
  SignedHead,
} from "../../../report/ports.ts";
import { keyIdOf } from "../../crypto/receipt-key.ts";
import { headsAfter } from "../log/head-store.ts";
import { logCrypto } from "../log/log-crypto.ts";
import { seal } from "../log/log-store.ts";
import { readTiles } from "../log/tile-store.ts";
import { answeredWithin, type Queryable } from "../pool.ts";
import { receiptKeyChanges, sinceLoss } from "../receipt-key-store.ts";

const SECRETS = "select shard, secret from log_shard";
const RUNS = `
  select shard, leaf, epoch, first_seq, batches, stated from log_run
  where of_host = $1 and not mismatch and (epoch, first_seq) <= ($4, $5::bigint) and (epoch, first_seq + batches - 1) >= ($2, $3::bigint)
  order by epoch, first_seq`;
const STATED = `
  select shard, leaf, epoch, first_seq, batches, stated from log_run
  where of_host = $1 and not mismatch and cardinality(stated) > 0 and (epoch, first_seq + batches - 1) >= ($2, $3::bigint) order by epoch, first_seq`;
const STOP = `
  select epoch, seq, entry::jsonb ->> 'why' as why, utc_ns(since) as since from log_block where host_id = $1 and through_epoch is null`;
const HOST_ENTRIES = "select shard, leaf, entry from log_entry where about = $1 and kind in ('enrol', 'key') order by shard, leaf";
const DELETIONS = `
  select shard, leaf, entry from log_entry where kind = 'deletion' and shard >= $2 and exists (select from log_tile t where t.shard = log_entry.shard)
    and coalesce(entry::jsonb ->> 'host' = any($1::text[]), true) order by shard, leaf`;

/** Of each the dates of its rows, for entries of a time when they had none: the last entry is of the last row. */
const DECLARED = `
  select shard, leaf, entry, about,
    row_number() over (partition by about order by shard desc, leaf desc) as from_last
  from log_entry where about = any($1::text[]) and kind in ('scope', 'profile', 'exemption', 'rule', 'document') order by shard, leaf`;
const ROW_DATE = `
  select utc_ns(at) as at_ns from (
    select at, id, 'scope ' || name as what from audit_scope union all select at, id, kind || ' ' || name from audit_version) said
  where what = $1 order by id desc offset $2 limit 1`;

const ANCHOR = `
  select a.head, a.response from log_anchor a join log_head h on h.number = a.head
  where h.shard = $1 and h.size <= $2 order by a.head desc limit 1`;
/** Of each month, how many leaves lay under a head that was signed by then. */
const SEALED = "select distinct on (shard) shard, size, number from log_head where number <= $1 order by shard, number desc";
/** Heads are stamped each hour (docs/log.md); that it was done of late says that it is done. */
const IS_ANCHORED = "select exists (select from log_anchor where asked_at > clock_timestamp() - interval '3 hours') as is";
const ANCHOR_PERIOD_NS = "3600000000000";

interface AnchorRow {
  head: bigint;
  response: Buffer;
}

interface StopRow {
  epoch: number;
  seq: bigint;
  why: string;
  since: bigint;
}

interface EntryRow {
  shard: string;
  leaf: bigint;
  entry: string;
}

interface RunRow {
  shard: string;
  leaf: bigint;
  epoch: number;
  first_seq: bigint;
  batches: number;
  stated: number[];
}

/** The log as it lies in the database. */
export function reportLog(pool: pg.Pool, signer: HeadSigner): ReportLog {
  const tiles = new TileReader(pool);
  const salts = new Salts(pool);
  let sealed: SealedHeads = new Map();
  /** What came into the log while a report is made is for the next one. */
  const isSealed = ({ shard, index }: LeafPlace): boolean => index < (sealed.get(shard)?.size ?? 0);
  return {
    ...hostLog({ pool, tiles, salts }, isSealed),
    keyChanges: async () => sinceLoss(await receiptKeyChanges(pool)),
    seal: async () => {
      const { head } = await seal(pool, signer);
      if (head === null) throw new Error("Cannot make a report: nothing was ever logged, so no evidence can be proved");
      sealed = await sealedBy(pool, head.number);
      return sayHead(head);
    },
    head: async (shard) => {
      const number = sealed.get(shard)?.number;
      const [head] = number === undefined ? [] : await headsAfter(pool, number - 1, 1);
      return head === undefined ? null : sayHead(head);
    },
    deletionLeaves: async (hosts, month) =>
      (await opened((await pool.query<EntryRow>(DELETIONS, [hosts, month])).rows, salts)).filter(isSealed),
    declaredLeaves: async (whats) => (await declaredLeaves(pool, whats, salts)).filter(isSealed),
    tile: (shard, place) => tiles.read(shard, place),
    anchor: async (shard, size) => {
      const [row] = (await pool.query<AnchorRow>(ANCHOR, [shard, size])).rows;
      const head = row === undefined ? null : (await headsAfter(pool, Number(row.head) - 1, 1))[0];
      if (row === undefined || head === undefined || head === null) return null;
      return {
        head: sayHead(head),
        imprint: Buffer.from(logCrypto.sha256(Buffer.from(headText(head.head)))).toString("hex"),
        response: row.response,
      };
    },
    anchorPeriodNs: async () => ((await pool.query<{ is: boolean }>(IS_ANCHORED)).rows[0]?.is === true ? ANCHOR_PERIOD_NS : null),
  };
}

function hostLog({ pool, ...others }: LeafReaders<pg.Pool>, isSealed: (leaf: LeafPlace) => boolean): HostLog {
  const readers = { ...others, pool: answeredWithin(pool) };
  return {
    batchLeaves: async (host, from, to) => {
      const { rows } = await readers.pool.query<RunRow>(RUNS, [host, from.epoch, from.seq, to.epoch, to.seq]);
      const leaves = new Map<string, OpenedLeaf>();
      for (const run of rows)
        for (const one of await batchesOf(run, readers.salts)) if (isSealed(one)) leaves.set(`${one.epoch}/${one.seq}`, one);
      return leaves;
    },
    statementLeaves: async (host, asked) =>
      new Map([...(await statementLeaves(readers, host, asked))].filter(([, leaf]) => isSealed(leaf))),
    hostLeaves: async (host) =>
      (await opened((await readers.pool.query<EntryRow>(HOST_ENTRIES, [host])).rows, readers.salts)).filter(isSealed),
    stop: async (host) => {
      const [row] = (await readers.pool.query<StopRow>(STOP, [host])).rows;
      return row === undefined ? null : { ...row, seq: Number(row.seq) };
    },
  };
}

const NUMBER = "select number from log_head where shard = $1 and size = $2 and timestamp_ns = $3 order by number desc limit 1";

/** The log as it was when a head was signed, for who reads hosts beside the one that had it sealed. */
export async function hostLogAt(pool: pg.Pool, { shard, size, timestamp_ns }: SignedHead): Promise<HostLog> {
  const [head] = (await pool.query<{ number: bigint }>(NUMBER, [shard, size, timestamp_ns])).rows;
  if (head === undefined) throw new Error(`Cannot read the log of ${shard} at ${size} leaves: it has no such head`);
  const sealed = await sealedBy(pool, Number(head.number));
  return hostLog(
    { pool, tiles: new TileReader(pool), salts: new Salts(pool) },
    ({ shard, index }) => index < (sealed.get(shard)?.size ?? 0),
  );
}

type SealedHeads = ReadonlyMap<string, { readonly number: number; readonly size: number }>;

async function sealedBy(pool: pg.Pool, number: number): Promise<SealedHeads> {
  const { rows } = await pool.query<{ shard: string; size: bigint; number: bigint }>(SEALED, [number]);
  return new Map(rows.map((row) => [row.shard, { number: Number(row.number), size: Number(row.size) }]));
}

export const sayHead = ({ head, publicKey, signature }: LoggedHead): SignedHead => ({
  shard: head.shard,
  size: head.size,
  root: head.root,
  timestamp_ns: String(head.timestamp),
  previous: head.previous,
  signature,
  key_id: keyIdOf(publicKey),
});

const opened = (rows: readonly EntryRow[], salts: Salts): Promise<HostLeaf[]> =>
  Promise.all(
    rows.map(async ({ shard, leaf, entry }) => ({
      shard,
      index: Number(leaf),
      salt: await salts.of(shard, Number(leaf)),
      entry: JSON.parse(entry) as Record<string, unknown>,
    })),
  );

interface DeclaredRow extends EntryRow {
  about: string;
  from_last: bigint;
}

async function declaredLeaves(pool: pg.Pool, whats: readonly string[], salts: Salts): Promise<DeclaredLeaf[]> {
  const { rows } = await pool.query<DeclaredRow>(DECLARED, [whats]);
  const leaves = await opened(rows, salts);
  return Promise.all(
    leaves.map(async (leaf, at) => ({ ...leaf, at: dateOf(leaf.entry, parseUtc) ?? (await rowDate(pool, rows[at] as DeclaredRow)) })),
  );
}

async function rowDate(pool: pg.Pool, { about, from_last }: DeclaredRow): Promise<bigint> {
  const [row] = (await pool.query<{ at_ns: bigint }>(ROW_DATE, [about, from_last - 1n])).rows;
  if (row === undefined) throw new Error(`Cannot make a report: nobody knows when ${about} was declared; set it anew with truebound apply`);
  return row.at_ns;
}

async function batchesOf({ shard, leaf, epoch, first_seq, batches }: RunRow, salts: Salts): Promise<PlacedLeaf[]> {
  const saltAt = await salts.in(shard);
  return Array.from({ length: batches }, (_, at) => {
    const index = Number(leaf) + at;
    return { shard, index, salt: saltAt(index), epoch, seq: Number(first_seq) + at };
  });
}

interface LeafReaders<Pool = Queryable> {
  readonly pool: Pool;
  readonly tiles: TileReader;
  readonly salts: Salts;
}

/** Which leaf is whose is not kept: both are in the order of the chain, and a leaf's hash tells whether it is the one. */
async function statementLeaves(
  { pool, tiles, salts }: LeafReaders,
  host: string,
  asked: readonly AskedStatement[],
): Promise<Map<string, PlacedLeaf>> {
  const found = new Map<string, PlacedLeaf>();
  const [first] = asked;
  if (first === undefined) return found;
  const { rows } = await pool.query<RunRow>(STATED, [host, first.near.epoch, first.near.seq]);
  const places = rows.flatMap(statedIn);
  let next = 0;
  for (const { digest, near } of asked) {
    while (isBefore(places[next], near)) next++;
    for (let at = next; at < places.length && at < next + MOST_TRIED; at++) {
      const { shard, index, epoch, seq } = places[at] as StatedPlace;
      const salt = await salts.of(shard, index);
      const hash = entryHash(salt, Buffer.from(entryText(statementEntry(host, { epoch, seq }, digest))), logCrypto.sha256);
      if (!(await tiles.holds(shard, index, hash))) continue;
      found.set(digest, { shard, index, salt, epoch, seq });
      next = at + 1;
      break;
    }
  }
  return found;
}

/** Between two statements of a row lie batches that had to stay, or whose own row is another one. */
const MOST_TRIED = 2_000;

interface StatedPlace {
  readonly shard: string;
  readonly index: number;
  readonly epoch: number;
  readonly seq: number;
}

const statedIn = ({ shard, leaf, epoch, first_seq, batches, stated }: RunRow): StatedPlace[] =>
  stated.map((row, at) => ({ shard, index: Number(leaf) + batches + at, epoch, seq: Number(first_seq) + row }));

const isBefore = (place: StatedPlace | undefined, near: AskedStatement["near"]): boolean =>
  place !== undefined && (place.epoch < near.epoch || (place.epoch === near.epoch && place.seq < near.seq));

/** A salt is made of its shard's secret; all secrets are asked for at once, and again for a shard that is not among them. */
class Salts {
  readonly #pool: pg.Pool;
  #secrets: ReadonlyMap<string, Uint8Array> = new Map();
  /** Whoever asks meanwhile waits for the same answer: a query for each of many leaves would take all connections. */
  #asked: Promise<void> | null = null;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async of(shard: string, index: number): Promise<Uint8Array> {
    return (await this.in(shard))(index);
  }

  /** For many leaves of one shard. */
  async in(shard: string): Promise<(index: number) => Uint8Array> {
    if (!this.#secrets.has(shard)) {
      this.#asked ??= this.#ask();
      await this.#asked;
    }
    const secret = this.#secrets.get(shard);
    if (secret === undefined) throw new Error(`Cannot open a leaf of ${shard}: the log has no such month`);
    return (index) => saltOf(secret, index, logCrypto.hmac);
  }

  async #ask(): Promise<void> {
    try {
      const { rows } = await this.#pool.query<{ shard: string; secret: Buffer }>(SECRETS);
      this.#secrets = new Map(rows.map(({ shard, secret }) => [shard, secret]));
    } finally {
      this.#asked = null;
    }
  }
}

/** The last tiles that were asked for: neighbours in the log are asked one after the other. */
class TileReader {
  readonly #pool: pg.Pool;
  readonly #kept = new Map<string, Uint8Array>();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async read(shard: string, place: TilePlace): Promise<Uint8Array | null> {
    return (await readTiles(this.#pool, shard, [place]))[0]?.hashes ?? null;
  }

  async holds(shard: string, index: number, hash: Uint8Array): Promise<boolean> {
    const hashes = await this.#leafTile(shard, Math.floor(index / TILE));
    const at = (index % TILE) * HASH_BYTES;
    return hashes !== null && Buffer.compare(hashes.subarray(at, at + HASH_BYTES), hash) === 0;
  }

  async #leafTile(shard: string, tile: number): Promise<Uint8Array | null> {
    const key = `${shard}/${tileKey({ level: 0, tile })}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const read = await this.read(shard, { level: 0, tile });
    if (this.#kept.size >= MOST_TILES) this.#kept.clear();
    if (read !== null) this.#kept.set(key, read);
    return read;
  }
}

const MOST_TILES = 256;
