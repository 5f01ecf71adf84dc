import { entryHash, entryText, type LogEntry, type MismatchEntry, type ServerKeyEntry, saltOf } from "@truebound/audit";
import type { KeyChange } from "@truebound/wire";
import { grow, tilesBefore } from "../../../log-book/next-head.ts";
import type { HeadSigner, LogCrypto, SignedHead } from "../../../log-book/ports.ts";
import {
  entriesOf,
  type HostLogFacts,
  type HostPlan,
  type Mismatch,
  type Planned,
  planHost,
  statedIn,
} from "../../../log-book/sequence.ts";
import { keyIdOf } from "../../crypto/receipt-key.ts";
import { turns } from "../../turns.ts";
import { noteHostEvent } from "../host-event.ts";
import { readInstallation } from "../installation.ts";
import type { Queryable } from "../pool.ts";
import { presentReceiptKey, receiptKeyChanges } from "../receipt-key-store.ts";
import { type Block, writeBlocks } from "./block-store.ts";
import { insertHead, lastHead, lastHeadOf } from "./head-store.ts";
import { leftEntries, oldMonths, settleOldMonths, signMended } from "./left-months.ts";
import { FIRST_HOST, type HostBehind, type KnownBlock, readBehind, sha256Hex } from "./new-batches.ts";
import { tilesAt, writeTiles } from "./tile-store.ts";

const BEGIN = "begin isolation level repeatable read";
const LIMITS = "set local statement_timeout = '60s'; set local idle_in_transaction_session_timeout = '60s'";

const NOW = "select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM') as shard, utc_ns(clock_timestamp()) as now_ns";
const BEGUN = "select utc_ns(min(begun_at)) as begun_ns from log_shard";
const SECRET = "select secret from log_shard where shard = $1";
const BEGIN_SHARD = "insert into log_shard (shard, secret) values ($1, $2) on conflict do nothing";

const PENDING = "select id, entry from log_pending order by id limit $1";
const TAKEN = "delete from log_pending where id = any($1::bigint[])";

const INSERT_ENTRIES = `
  insert into log_entry (shard, leaf, kind, about, entry)
  select $1, unnest($2::bigint[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[])`;
const INSERT_RUNS = `
  insert into log_run (shard, leaf, of_host, epoch, first_seq, batches, stated, mismatch)
  select shard, leaf, of_host, epoch, first_seq, batches, stated::integer[], mismatch
  from unnest($1::text[], $2::bigint[], $3::uuid[], $4::integer[], $5::bigint[], $6::integer[], $7::text[], $8::boolean[])
    as run (shard, leaf, of_host, epoch, first_seq, batches, stated, mismatch)`;
const MOVE_HOSTS = `
  insert into log_host (host_id, epoch, seq, chain_hash)
  select host_id, epoch, seq, decode(hash, 'hex') from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::text[]) as moved (host_id, epoch, seq, hash)
  on conflict (host_id) do update set epoch = excluded.epoch, seq = excluded.seq, chain_hash = excluded.chain_hash`;

const MOST_PENDING = 5_000;

export const MISMATCH_EVENT = "evidence_mismatch";

/** What a pass did. */
export interface Sealed {
  /** The newest head of all; null = nothing was ever logged. */
  readonly head: SignedHead | null;
  readonly leaves: number;
  readonly mismatches: readonly MismatchEntry[];
}

export interface Sequencer {
  readonly crypto: LogCrypto;
  readonly signer: HeadSigner;
}

/**
 * Takes what was committed and is not logged yet, in steps. A step is one transaction: leaves, tiles, how far each host is
 * logged, and the head over it all. Whoever calls holds the sequencer's lock on this very connection.
 */
export async function sequence(client: Queryable, ports: Sequencer): Promise<Sealed> {
  let [leaves, mismatches]: [number, MismatchEntry[]] = [0, []];
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (let after: string | null = FIRST_HOST; after !== null; ) {
      const step: Step = await inSnapshot(client, () => takeStep(client, ports, after ?? FIRST_HOST));
      leaves += step.leaves;
      mismatches = [...mismatches, ...step.mismatches];
      isMore ||= step.isMore;
      after = step.next;
    }
  }
  await inSnapshot(client, async () => {
    const { now } = await presentShard(client, ports.crypto);
    await signMended(client, ports, (last) => laterThan(last, now));
  });
  return { head: await lastHead(client), leaves, mismatches };
}

interface Step {
  readonly leaves: number;
  readonly mismatches: readonly MismatchEntry[];
  readonly next: string | null;
  readonly isMore: boolean;
}

/** What hosts say of themselves and what lies in the store are read as of one instant. */
async function inSnapshot<T>(client: Queryable, work: () => Promise<T>): Promise<T> {
  await client.query(BEGIN);
  try {
    await client.query(LIMITS);
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    // A connection that is gone has rolled back by itself.
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

async function takeStep(client: Queryable, ports: Sequencer, after: string): Promise<Step> {
  const { shard, now, secret } = await presentShard(client, ports.crypto);
  const begun = (await client.query<{ begun_ns: bigint }>(BEGUN)).rows[0]?.begun_ns ?? now;
  const last = await lastHead(client);
  const changes = await keyChange(client, last, ports.signer);
  const old = changes.some(({ signature }) => signature === null) ? await oldMonths(client, ports, shard) : [];
  const announced = [...changes, ...leftEntries(old, ports.crypto)];
  // In each step: what was declared lies before all batches that came after it.
  const pending = await takePending(client);
  const isAllTaken = pending.length < MOST_PENDING;
  const behind = isAllTaken ? await readBehind(client, after, begun) : { hosts: [], next: after };
  const plans = await plansFor(behind.hosts);
  const shardHead = await lastHeadOf(client, shard);
  const from = shardHead?.head.size ?? 0;
  const written = new Leaves(shard, from);
  for (const entry of [...announced, ...pending]) written.add(entry);
  for (const { plan, block } of plans) for (const planned of plan.planned) written.plan(planned, block);
  const blocks = plans.map(({ host, plan, block }) => ({ host, before: block, now: plan.blocked && written.block(plan.blocked, block) }));
  await moveHosts(client, plans);
  await writeBlocks(client, blocks);
  const isMore = plans.some(({ plan, isAll }) => !isAll && plan.blocked === null);
  const step = { mismatches: written.mismatches, next: behind.next, isMore };
  if (written.size === 0) {
    await written.insert(client);
    return { ...step, leaves: 0 };
  }
  const hashes = await hashesOf(written.texts, from, secret, ports.crypto);
  const tiles = await tilesAt(client, shard, tilesBefore(from, hashes.length));
  const facts = {
    installation: await readInstallation(client),
    shard,
    shardHead,
    lastHead: last,
    leaves: hashes,
    timestamp: laterThan(last, now),
    tiles,
  };
  const grown = grow(facts, ports.signer, ports.crypto);
  await written.insert(client);
  await writeTiles(client, shard, grown.tiles);
  await insertHead(client, grown.head);
  await settleOldMonths(client, ports, grown.head, old);
  await noteMismatches(client, written.mismatches);
  return { ...step, leaves: hashes.length };
}

/** Heads are in order by what they say, wherever the clock of the database was set back. */
const laterThan = (last: SignedHead | null, now: bigint): bigint =>
  last === null || last.head.timestamp < now ? now : last.head.timestamp + 1n;

/** A busy fleet's minute is seconds of hashing: between two of them others come to their turn. */
async function plansFor(hosts: readonly HostBehind[]): Promise<PlannedHost[]> {
  const othersFirst = turns();
  const plans: PlannedHost[] = [];
  for (const { facts, refills, block } of hosts) {
    plans.push({
      host: facts.host,
      isAll: facts.isAll,
      block,
      plan: refills ? refillPlan(facts) : planHost(facts, sha256Hex),
    });
    await othersFirst();
  }
  return plans;
}

interface PlannedHost {
  readonly host: string;
  readonly isAll: boolean;
  /** Where the log had stopped before. */
  readonly block: KnownBlock | null;
  readonly plan: HostPlan;
}

async function hashesOf(texts: readonly string[], from: number, secret: Uint8Array, { hmac, sha256 }: LogCrypto): Promise<Uint8Array[]> {
  const othersFirst = turns();
  const hashes: Uint8Array[] = [];
  for (const text of texts) {
    hashes.push(entryHash(saltOf(secret, from + hashes.length, hmac), Buffer.from(text), sha256));
    await othersFirst();
  }
  return hashes;
}

/** What fills a hole leaves the end of the host's log where it is. */
const refillPlan = (facts: HostLogFacts): HostPlan => ({
  ...planHost({ ...facts, last: null, enrolledAt: facts.begun - 1n, isAll: false }, sha256Hex),
  last: facts.last ?? facts.present,
});

/** By the month of the database's clock. An earlier one may go on where that clock was set back: each shard grows for itself. */
export async function presentShard(client: Queryable, crypto: Pick<LogCrypto, "randomBytes">) {
  const { shard, now_ns: now } = (await client.query<{ shard: string; now_ns: bigint }>(NOW)).rows[0] as { shard: string; now_ns: bigint };
  await client.query(BEGIN_SHARD, [shard, crypto.randomBytes(32)]);
  const { secret } = (await client.query<{ secret: Buffer }>(SECRET, [shard])).rows[0] as { secret: Buffer };
  return { shard, now, secret };
}

async function takePending(client: Queryable): Promise<LogEntry[]> {
  const { rows } = await client.query<{ id: bigint; entry: LogEntry }>(PENDING, [MOST_PENDING]);
  if (rows.length > 0) await client.query(TAKEN, [rows.map(({ id }) => id)]);
  // What the sequencer says of itself nobody else can have it say.
  return rows.map(({ entry }) => entry).filter(({ kind }) => kind !== "left_month");
}

/** Whoever reads the log learns of a key before the first head that it signed, and who vouches for it. */
async function keyChange(client: Queryable, last: SignedHead | null, { publicKey }: HeadSigner): Promise<ServerKeyEntry[]> {
  const present = await presentReceiptKey(client);
  if (present !== null && Buffer.compare(present, publicKey) !== 0)
    throw new Error(
      `Cannot sign heads by key ${keyIdOf(publicKey)}: key ${keyIdOf(present)} follows it; give this server its file and start it again`,
    );
  if (last !== null && Buffer.compare(last.publicKey, publicKey) === 0) return [];
  const known = last === null ? null : Buffer.from(last.publicKey).toString("base64url");
  const changes = await receiptKeyChanges(client);
  const from = changes.findIndex(({ before }) => before === known);
  const since = from < 0 ? [] : changes.slice(from);
  const entry = { kind: "server_key", key_id: keyIdOf(publicKey), public_key: Buffer.from(publicKey).toString("base64url") } as const;
  return since.length === 0 ? [entry] : since.map(entryOfChange);
}

const entryOfChange = ({ before, public_key, since_ns, signature, proof }: KeyChange): ServerKeyEntry => ({
  kind: "server_key",
  key_id: keyIdOf(Buffer.from(public_key, "base64url")),
  public_key,
  before,
  since_ns,
  signature,
  proof,
});

async function moveHosts(client: Queryable, plans: readonly PlannedHost[]): Promise<void> {
  const ends = plans.flatMap(({ host, plan: { last } }) => (last === null ? [] : [{ host, ...last }]));
  if (ends.length === 0) return;
  await client.query(MOVE_HOSTS, [
    ends.map(({ host }) => host),
    ends.map(({ epoch }) => epoch),
    ends.map(({ seq }) => seq),
    ends.map(({ hash }) => hash),
  ]);
}

/** One event for each host: the first that did not fit, and how many entries there are. The log has each of them. */
async function noteMismatches(client: Queryable, mismatches: readonly MismatchEntry[]): Promise<void> {
  const byHost = new Map<string, MismatchEntry[]>();
  for (const entry of mismatches) byHost.set(entry.host, [...(byHost.get(entry.host) ?? []), entry]);
  for (const [host, [first, ...more]] of byHost) {
    if (first === undefined) continue;
    const { epoch, seq, why, to_seq = seq } = first;
    const detail = { why, of_epoch: epoch, from_seq: seq, to_seq };
    await noteHostEvent(client, host, MISMATCH_EVENT, more.length === 0 ? detail : { ...detail, and_more: more.length });
  }
}

interface RunRow {
  readonly shard: string;
  readonly leaf: number;
  readonly host: string;
  readonly epoch: number;
  readonly seq: number;
  readonly batches: number;
  readonly stated: readonly number[];
  readonly isMismatch: boolean;
}

/** The leaves of one step, in order, with the rows by which they are found again. */
class Leaves {
  readonly #shard: string;
  readonly #from: number;
  readonly #texts: string[] = [];
  readonly #entries: { readonly leaf: number; readonly entry: LogEntry; readonly text: string }[] = [];
  readonly #runs: RunRow[] = [];
  readonly mismatches: MismatchEntry[] = [];

  constructor(shard: string, from: number) {
    [this.#shard, this.#from] = [shard, from];
  }

  get size(): number {
    return this.#texts.length;
  }

  add(entry: LogEntry): void {
    const text = entryText(entry);
    this.#entries.push({ leaf: this.#from + this.size, entry, text });
    this.#texts.push(text);
  }

  /** What the log had stopped at has its leaf already. */
  plan(planned: Planned, block: KnownBlock | null): void {
    if (planned.kind === "mismatch") {
      const { host, epoch, seq } = planned.entry;
      const at = this.block(planned, block);
      this.#runs.push({ shard: at.shard, leaf: at.leaf, host, epoch, seq, batches: planned.batches, stated: [], isMismatch: true });
      return;
    }
    const { host, rows } = planned;
    const [first] = rows;
    if (first === undefined) return;
    const { epoch, seq } = first;
    const place = { shard: this.#shard, leaf: this.#from + this.size };
    this.#runs.push({ ...place, host, epoch, seq, batches: rows.length, stated: statedIn(rows), isMismatch: false });
    this.#texts.push(...entriesOf(host, rows).map(entryText));
  }

  /** The leaf of what does not fit: a new one, or the one that it got when the log stopped at it. */
  block({ entry, batches }: Mismatch, known: KnownBlock | null): Block {
    const text = entryText(entry);
    const { epoch, seq } = entry;
    if (known?.entry === text) return { ...known, epoch, seq, batches };
    const leaf = this.#from + this.size;
    this.mismatches.push(entry);
    this.add(entry);
    return { entry: text, shard: this.#shard, leaf, epoch, seq, batches };
  }

  get texts(): readonly string[] {
    return this.#texts;
  }

  async insert(client: Queryable): Promise<void> {
    const entries = this.#entries;
    if (entries.length > 0)
      await client.query(INSERT_ENTRIES, [
        this.#shard,
        entries.map(({ leaf }) => leaf),
        entries.map(({ entry }) => entry.kind),
        entries.map(({ entry }) => aboutOf(entry)),
        entries.map(({ text }) => text),
      ]);
    const runs = this.#runs;
    if (runs.length === 0) return;
    await client.query(INSERT_RUNS, [
      runs.map(({ shard }) => shard),
      runs.map(({ leaf }) => leaf),
      runs.map(({ host }) => host),
      runs.map(({ epoch }) => epoch),
      runs.map(({ seq }) => seq),
      runs.map(({ batches }) => batches),
      runs.map(({ stated }) => `{${stated.join(",")}}`),
      runs.map(({ isMismatch }) => isMismatch),
    ]);
  }
}

function aboutOf(entry: LogEntry): string | null {
  if ("host" in entry && typeof entry.host === "string") return entry.host;
  return "what" in entry && typeof entry.what === "string" ? entry.what : null;
}
