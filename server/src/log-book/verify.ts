import {
  GrowingRoot,
  HASH_BYTES,
  type LogHead,
  NO_HEAD_BEFORE,
  type ServerKeyEntry,
  type Sha256,
  sameBytes,
  TILE,
  type Tile,
  tileRoot,
} from "@truebound/audit";
import { keyChangesOf, keyText, wayTo } from "./key-way.ts";
import { headHash, isSigned } from "./next-head.ts";
import { hex, type LogCrypto, type SignedHead } from "./ports.ts";
import { type Found, type Leaf, leavesOf, Reread } from "./reread.ts";
import type { StoredRow } from "./sequence.ts";
import { type KeptLeaf, type SpentMonth, whyUnproved } from "./spent-month.ts";

/** Leaves of one host's batches, as they are found again. */
export interface Run {
  readonly leaf: number;
  readonly host: string;
  readonly epoch: number;
  readonly firstSeq: number;
  readonly batches: number;
  readonly stated: readonly number[];
}

/** A row of the database that stands for leaves: entries as their canonical text, batches by their numbers. */
export type Stretch =
  | { readonly kind: "entry"; readonly leaf: number; readonly text: string }
  | { readonly kind: "run"; readonly run: Run };

/** A whole log as it lies in the database, read in order. */
export interface StoredLog {
  heads(): AsyncIterable<SignedHead>;
  shards(): Promise<readonly string[]>;
  tiles(shard: string, level: number): AsyncIterable<Tile>;
  stretches(shard: string): AsyncIterable<Stretch>;
  /** What is there of a run's batches, each read and hashed again; `isSound` = its bytes fit its hash and its place. */
  rows(run: Run): Promise<readonly (StoredRow & { readonly isSound: boolean })[]>;
  /** Digests of statements that are kept in the place of a run's batches, and of some beside them. */
  statements(run: Run): Promise<readonly string[]>;
  /** Statements that are kept in the place of batches that were logged. */
  keptStatements(): Promise<number>;
  /** The hash of a leaf at a place of a shard, from its text. */
  leafHash(shard: string, leaf: number, text: string): Promise<Uint8Array>;
  /** What entries say of the keys that sign. */
  keys(): Promise<readonly ServerKeyEntry[]>;
  /** Months of which the last head is left alone. */
  spent(): Promise<readonly SpentMonth[]>;
  /** In the order of the leaves. */
  paths(shard: string): Promise<readonly KeptLeaf[]>;
  /** Batches that entries say were deleted, those that wait to be logged among them. */
  deleted(): Promise<number>;
  /** Batches up to where their hosts' logs end. */
  storedBatches(): Promise<number>;
}

export interface Verified {
  readonly heads: number;
  readonly leaves: number;
  /** Batches that were read again, and those that are no longer there. */
  readonly batches: number;
  readonly gone: number;
  /** Statements that are kept in the place of batches, each in its leaf. */
  readonly statements: number;
  readonly mismatches: number;
  /** What holds, and whoever relied on it must know. */
  readonly notes: readonly string[];
  /** What does not hold, the first first. */
  readonly faults: readonly string[];
}

/** A head that somebody else kept, and the name of where. */
export interface Witnessed {
  readonly where: string;
  readonly head: SignedHead;
}

const MOST_FAULTS = 20;

/** Reads the whole log and all evidence of it again, and holds it against its own heads and those of a witness. */
export async function verifyLog(log: StoredLog, witnessed: readonly Witnessed[], crypto: LogCrypto): Promise<Verified> {
  const audit = new LogAudit(log, crypto);
  const heads = await audit.heads();
  audit.witness(witnessed);
  for (const shard of await log.shards())
    await audit.shard(
      shard,
      [...heads, ...witnessed].filter((one) => one.head.head.shard === shard),
    );
  await audit.totals();
  return audit.found(heads.length);
}

type Claim = Witnessed;

class LogAudit {
  readonly #log: StoredLog;
  readonly #crypto: LogCrypto;
  readonly #reread: Reread;
  /** Of the chain of heads, of leaves, and of roots: in this order, so that the first thing said is where to look. */
  readonly #faults = { heads: [] as string[], leaves: [] as string[], roots: [] as string[] };
  readonly #notes: string[] = [];
  /** By which its heads are signed, base64url. */
  readonly #keys = new Set<string>();
  #spent: ReadonlyMap<string, SpentMonth> = new Map();
  #own = new Map<string, LogHead>();
  #installation: string | null = null;
  #leaves = 0;
  #batches = 0;
  #gone = 0;
  #statements = 0;
  /** The first leaf of a statement that is not there, or is not what was logged. */
  #unopened: string | null = null;
  #mismatches = 0;
  /** Of these, those of batches that are there. */
  #unfit = 0;

  constructor(log: StoredLog, crypto: LogCrypto) {
    this.#log = log;
    this.#crypto = crypto;
    this.#reread = new Reread(log);
  }

  found(heads: number): Verified {
    const [leaves, batches, gone, statements] = [this.#leaves, this.#batches, this.#gone, this.#statements];
    const faults = Object.values(this.#faults).flat();
    return { heads, leaves, batches, gone, statements, mismatches: this.#mismatches, notes: this.#notes, faults };
  }

  #fault(what: string, kind: "heads" | "leaves" | "roots" = "heads"): void {
    const known = this.#faults[kind];
    if (known.length < MOST_FAULTS) known.push(what);
  }

  /** Numbers without a gap, each naming the one before, signed by keys that the log itself names, and no shard ever shorter. */
  async heads(): Promise<Claim[]> {
    const entries = await this.#log.keys();
    this.#spent = new Map((await this.#log.spent()).map((one) => [one.shard, one]));
    const sizes = new Map<string, number>();
    const all: Claim[] = [];
    let before: SignedHead | null = null;
    for await (const one of this.#log.heads()) {
      const { number, head } = one;
      const where = `head ${number}`;
      const isLeft = this.#isLeftOf(one, before);
      if (!isLeft && number !== (before?.number ?? 0) + 1) this.#fault(`${where}: the heads before it are not all there`);
      if (!isLeft && before !== null && head.previous !== headHash(before.head, this.#crypto))
        this.#fault(`${where}: it does not follow head ${before.number}`);
      if (!isLeft && before === null && /[^0]/.test(head.previous)) this.#fault(`${where}: it names one before it, and is the first`);
      if (!isSigned(one, this.#crypto)) this.#fault(`${where}: its signature does not hold`);
      this.#key(where, one, before, entries);
      if (head.size < (sizes.get(head.shard) ?? 0)) this.#fault(`${where}: shard ${head.shard} got shorter`);
      sizes.set(head.shard, head.size);
      this.#installation = head.installation;
      all.push({ where, head: one });
      before = one;
    }
    this.#own = new Map([...sizes].map(([shard]) => [shard, all.findLast(({ head }) => head.head.shard === shard)?.head.head as LogHead]));
    return all;
  }

  /** The last head of a month of which the others went: the entry of that says which came before them, and which this is. */
  #isLeftOf({ number, head }: SignedHead, before: SignedHead | null): boolean {
    const spent = this.#spent.get(head.shard);
    return (
      spent !== undefined &&
      spent.to === number &&
      spent.from === (before?.number ?? 0) + 1 &&
      spent.before === (before === null ? NO_HEAD_BEFORE : headHash(before.head, this.#crypto)) &&
      spent.head === headHash(head, this.#crypto)
    );
  }

  /** Of such a month each entry is under its last head, and so is what somebody else kept of it, as far as that can be told still. */
  async #left(shard: string, spent: SpentMonth, claims: readonly Claim[]): Promise<void> {
    const own = this.#own.get(shard);
    if (own === undefined) return this.#fault(`shard ${shard}: its last head is missing`, "roots");
    const entries = await this.#entriesLeft(shard, own);
    if (entries !== spent.entries)
      this.#fault(`shard ${shard}: ${entries} entries are left of it, and retention left ${spent.entries}`, "leaves");
    for (const { where, head } of claims)
      if (head.head.size === own.size && head.head.root !== own.root)
        this.#fault(`${where}: it signs another root of shard ${shard}`, "roots");
      else if (head.head.size < own.size) this.#notes.push(`${where}: its month is gone, so that its root cannot be computed any more`);
    this.#gone += spent.batches;
    this.#notes.push(`shard ${shard}: retention left its last head, over ${spent.leaves} leaves, and ${entries} entries`);
  }

  async #entriesLeft(shard: string, own: LogHead): Promise<number> {
    const paths = new Map((await this.#log.paths(shard)).map((one) => [one.leaf, one]));
    let entries = 0;
    for await (const one of this.#log.stretches(shard)) {
      if (one.kind === "run") this.#fault(`shard ${shard}, leaf ${one.run.leaf}: it has a row, and its month is gone`, "leaves");
      else {
        const why = await whyUnproved(this.#log, own, { text: one.text, kept: paths.get(one.leaf) ?? null }, this.#crypto);
        if (why !== null) this.#fault(`shard ${shard}, leaf ${one.leaf}: ${why}`, "leaves");
        if (one.text.includes('"kind":"mismatch"')) this.#mismatches += 1;
        entries += 1;
      }
    }
    this.#leaves += entries;
    return entries;
  }

  /** Some entry names it; and where it is not the one before, that one vouches for it. */
  #key(where: string, one: SignedHead, last: SignedHead | null, entries: readonly ServerKeyEntry[]): void {
    const [key, known] = [keyText(one), last === null ? null : keyText(last)];
    this.#keys.add(key);
    if (!entries.some(({ public_key }) => public_key === key)) this.#fault(`${where}: no entry of the log names its key`);
    else if (known !== null && known !== key) {
      const way = wayTo(key, known, keyChangesOf(entries, one.head.installation), this.#crypto);
      if (way === null) this.#fault(`${where}: nobody vouches for its key`);
      else if (way === "lost")
        this.#notes.push(
          `${where}: trust in its key begins anew, for the key before was lost; whoever knew that one must be told the new one`,
        );
    }
  }

  witness(witnessed: readonly Witnessed[]): void {
    for (const { where, head } of witnessed) {
      if (!isSigned(head, this.#crypto)) this.#fault(`${where}: its signature does not hold; the witness file was changed`);
      if (head.head.installation !== this.#installation) this.#fault(`${where}: it is of another installation (${head.head.installation})`);
      if (!this.#keys.has(keyText(head))) this.#fault(`${where}: its key signed no head of this log`);
      const own = this.#own.get(head.head.shard);
      if (own === undefined || own.size < head.head.size)
        this.#fault(`${where}: it has ${head.head.size} leaves of shard ${head.head.shard}, and the log has ${own?.size ?? 0}`);
    }
  }

  /** Leaf by leaf, with the root held against every head on the way. */
  async shard(shard: string, claims: readonly Claim[]): Promise<void> {
    const spent = this.#spent.get(shard);
    if (spent !== undefined && (await this.#hasNoTile(shard))) return this.#left(shard, spent, claims);
    const due = [...claims].sort((a, b) => a.head.head.size - b.head.head.size);
    const growing = new GrowingRoot(this.#crypto.sha256);
    const levels = new Levels(this.#crypto.sha256);
    const leaves = new Ahead(leavesOf(this.#log.stretches(shard)));
    for await (const { tile, hashes } of this.#log.tiles(shard, 0)) {
      if (tile * TILE !== growing.size) this.#fault(`shard ${shard}, leaf ${growing.size}: its tile is missing`, "leaves");
      for (let at = 0; at < hashes.length; at += HASH_BYTES) {
        await this.#leaf(shard, growing.size, hashes.subarray(at, at + HASH_BYTES), leaves);
        growing.add(hashes.subarray(at, at + HASH_BYTES));
        while (due[0]?.head.head.size === growing.size) this.#root(shard, growing, due.shift() as Claim);
      }
      levels.add(hashes);
    }
    for (const { where, head } of due)
      this.#fault(`${where}: shard ${shard} has ${growing.size} leaves, and it signs ${head.head.size}`, "roots");
    const own = this.#own.get(shard)?.size ?? 0;
    if (growing.size > own) this.#fault(`shard ${shard}, leaf ${own}: no head covers it`, "leaves");
    const rest = await leaves.peek();
    if (rest !== null) this.#fault(`shard ${shard}, leaf ${rest.leaf}: it has a row and no hash`, "leaves");
    this.#leaves += growing.size;
    await this.#upper(shard, levels);
  }

  async #hasNoTile(shard: string): Promise<boolean> {
    for await (const _ of this.#log.tiles(shard, 0)) return false;
    return true;
  }

  #root(shard: string, growing: GrowingRoot, { where, head }: Claim): void {
    const root = hex(growing.root());
    if (root !== head.head.root)
      this.#fault(`${where}: the ${growing.size} leaves of shard ${shard} have the root ${root}, and it signs ${head.head.root}`, "roots");
  }

  async #leaf(shard: string, leaf: number, hash: Uint8Array, leaves: Ahead): Promise<void> {
    const next = await leaves.peek();
    const where = `shard ${shard}, leaf ${leaf}`;
    if (next !== null && next.leaf < leaf) {
      this.#fault(`shard ${shard}, leaf ${next.leaf}: it has two rows`, "leaves");
      leaves.take();
      return this.#leaf(shard, leaf, hash, leaves);
    }
    if (next === null || next.leaf > leaf) return this.#fault(`${where}: it has a hash and no row`, "leaves");
    leaves.take();
    this.#count(next, where, await this.#reread.compare(shard, next, hash));
  }

  #count(leaf: Leaf, where: string, { kind, words }: Found): void {
    if (leaf.kind === "entry") {
      if (leaf.text.includes('"kind":"mismatch"')) this.#mismatches += 1;
      if (/"kind":"mismatch".*"why":"(?!missing)/.test(leaf.text)) this.#unfit += 1;
    } else if (!leaf.isStatement) {
      if (kind === "gone") this.#gone += 1;
      else this.#batches += 1;
    } else if (kind === "kept") this.#statements += 1;
    else if (kind === "gone") this.#unopened ??= `${where}: ${words}`;
    if (kind === "different") this.#fault(`${where}: ${words}`, "leaves");
  }

  async #upper(shard: string, levels: Levels): Promise<void> {
    for (const [level, wanted] of levels.all()) {
      let at = 0;
      for await (const { tile, hashes } of this.#log.tiles(shard, level)) {
        const right = wanted.subarray(tile * TILE * HASH_BYTES, tile * TILE * HASH_BYTES + hashes.length);
        if (!sameBytes(hashes, right)) this.#fault(`shard ${shard}: tile ${tile} of level ${level} is not made of those below it`, "roots");
        at += hashes.length;
      }
      if (at !== wanted.length)
        this.#fault(`shard ${shard}: level ${level} has ${at / HASH_BYTES} hashes in place of ${wanted.length / HASH_BYTES}`, "roots");
    }
  }

  /** Whatever was logged is there, or an entry says that it was deleted; and nothing lies between that was not logged. */
  async totals(): Promise<void> {
    const kept = await this.#log.keptStatements();
    if (kept > this.#statements)
      this.#fault(
        `${kept - this.#statements} statements are kept that are not what was logged; the first leaf that none of them opens: ${this.#unopened ?? "none, each has one of its own"}`,
        "leaves",
      );
    const [deleted, stored] = [await this.#log.deleted(), await this.#log.storedBatches()];
    if (this.#gone > deleted)
      this.#fault(`${this.#gone - deleted} batches are gone of which no entry says that they were deleted`, "leaves");
    if (stored > this.#batches + this.#unfit)
      this.#fault(
        `${stored - this.#batches - this.#unfit} batches lie in the evidence that were never logged, before others that were`,
        "leaves",
      );
  }
}

/** What comes next can be looked at before it is taken: where a row is missing, the ones after it still fit. */
class Ahead {
  readonly #leaves: AsyncGenerator<Leaf>;
  #next: Leaf | null = null;

  constructor(leaves: AsyncGenerator<Leaf>) {
    this.#leaves = leaves;
  }

  async peek(): Promise<Leaf | null> {
    this.#next ??= await this.#pull();
    return this.#next;
  }

  take(): void {
    this.#next = null;
  }

  async #pull(): Promise<Leaf | null> {
    const { done, value } = await this.#leaves.next();
    return done ? null : value;
  }
}

/** The levels above the leaves as they must be: a hash for each full tile. */
class Levels {
  readonly #sha256: Sha256;
  readonly #roots: Uint8Array[][] = [];

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  add(hashes: Uint8Array, level = 1): void {
    if (hashes.length !== TILE * HASH_BYTES) return;
    const roots = this.#roots[level] ?? [];
    this.#roots[level] = roots;
    roots.push(tileRoot(hashes, this.#sha256));
    if (roots.length % TILE === 0) this.add(Buffer.concat(roots.slice(-TILE)), level + 1);
  }

  all(): [number, Uint8Array][] {
    return this.#roots.flatMap((roots, level): [number, Uint8Array][] => [[level, Buffer.concat(roots)]]);
  }
}
