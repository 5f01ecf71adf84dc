import {
  appendLeaves,
  entryHash,
  entryText,
  headText,
  type LogEntry,
  NO_HEAD_BEFORE,
  rootOf,
  type Tile,
  tileKey,
  tilesFrom,
} from "@truebound/audit";
import { parseUtc } from "@truebound/time";
import { type KeyChange, keyChangeText } from "@truebound/wire";
import { dateOf } from "./declared.ts";
import { hashOf, type Key, sha256Hex } from "./memory-crypto.fixture.ts";
import type { DeclaredLeaf, HostLeaf, OpenedLeaf, ReportLog, SignedHead } from "./ports.ts";

const BEGUN = 1_772_500_000_000_000_000n;

interface MemoryShard {
  readonly tiles: Map<string, Tile>;
  readonly leaves: (OpenedLeaf & { readonly entry: LogEntry })[];
  head: SignedHead | null;
}

/** A log in memory, by the rules of packages/audit/src/log. */
export class MemoryLog implements ReportLog {
  shard = "2026-03";
  /** ns of UTC that no head of it is older than. */
  begun = BEGUN;
  #key: Key;
  #changes: KeyChange[] = [];
  readonly #shards = new Map<string, MemoryShard>();
  #last: SignedHead | null = null;

  constructor(key: Key) {
    this.#key = key;
  }

  get key(): Key {
    return this.#key;
  }

  keyChanges = async () => this.#changes;

  /** As `truebound log rotate-key` does; `isLost` = the key before does not vouch for it, and it signs all shards anew. */
  rotate(next: Key, isLost = false): void {
    const [before, public_key] = [this.#key, next].map(({ publicKey }) => Buffer.from(publicKey).toString("base64url")) as [string, string];
    const said = { installation: "test", before, public_key, since_ns: this.#last?.timestamp_ns ?? String(BEGUN) };
    const text = keyChangeText({ ...said, isLost });
    const signature = isLost ? null : Buffer.from(this.#key.sign(text)).toString("base64url");
    const change = { ...said, signature, proof: Buffer.from(next.sign(text)).toString("base64url") };
    this.#changes = isLost ? [change] : [...this.#changes, change];
    this.#key = next;
    if (isLost) for (const shard of this.#shards.keys()) this.#sign(shard);
  }

  /** What is appended from now on lies in another shard. */
  beginMonth(shard: string): void {
    this.shard = shard;
  }

  #of(shard: string): MemoryShard {
    const known = this.#shards.get(shard) ?? { tiles: new Map(), leaves: [], head: null };
    this.#shards.set(shard, known);
    return known;
  }

  append(entry: LogEntry): void {
    const { leaves, tiles } = this.#of(this.shard);
    const index = leaves.length;
    const salt = hashOf(`salt ${index}`).subarray(0, 16);
    const hash = entryHash(salt, Buffer.from(entryText(entry)), hashOf);
    for (const tile of appendLeaves(index, [hash], tilesFrom(tiles.values()), hashOf)) tiles.set(tileKey(tile), tile);
    leaves.push({ shard: this.shard, index, salt, entry });
  }

  seal = async (): Promise<SignedHead> => this.#sign(this.shard);

  #sign(shard: string): SignedHead {
    const own = this.#of(shard);
    const size = own.leaves.length;
    const root = Buffer.from(rootOf(size, tilesFrom(own.tiles.values()), hashOf)).toString("hex");
    const previous = this.#last === null ? NO_HEAD_BEFORE : sha256Hex(this.#textOf(this.#last));
    const head = { shard, size, root, timestamp_ns: this.#later(size), previous };
    this.#last = own.head = { ...head, signature: this.#key.sign(this.#textOf(head)), key_id: this.#key.keyId };
    return own.head;
  }

  #later(size: number): string {
    const [least, last] = [this.begun + BigInt(size), BigInt(this.#last?.timestamp_ns ?? 0)];
    return String(least > last ? least : last + 1n);
  }

  #textOf = ({ shard, size, root, timestamp_ns, previous }: Omit<SignedHead, "signature" | "key_id">): string =>
    headText({ installation: "test", shard, size, root, timestamp: BigInt(timestamp_ns), previous });

  head = async (shard: string) => this.#of(shard).head;
  tile = async (shard: string, place: { level: number; tile: number }) => this.#of(shard).tiles.get(tileKey(place))?.hashes ?? null;
  #anchors: { readonly head: SignedHead; readonly imprint: string; readonly response: Uint8Array }[] = [];
  /** The newest head, stamped by an authority that answers so. */
  stamp(reply: (sha256: Uint8Array) => Uint8Array): void {
    if (this.#last === null) throw new Error("Cannot stamp a log without a head: seal it first");
    const sha256 = hashOf(this.#textOf(this.#last));
    this.#anchors.push({ head: this.#last, imprint: sha256.toString("hex"), response: reply(sha256) });
  }
  anchor = async (shard: string, size: number) => this.#anchors.findLast(({ head }) => head.shard === shard && head.size <= size) ?? null;
  deletionLeaves = async (hosts: readonly string[]): Promise<HostLeaf[]> =>
    this.#logged().flatMap((leaf) =>
      leaf.entry.kind === "deletion" && (leaf.entry.host === undefined || hosts.includes(String(leaf.entry.host)))
        ? [{ ...leaf, entry: leaf.entry as unknown as Record<string, unknown> }]
        : [],
    );
  anchorPeriodNs = async () => null;

  declaredLeaves = async (whats: readonly string[]): Promise<DeclaredLeaf[]> =>
    this.#logged().flatMap((leaf) => {
      const entry = leaf.entry as unknown as Record<string, unknown>;
      return typeof entry.what === "string" && whats.includes(entry.what) ? [{ ...leaf, entry, at: dateOf(entry, parseUtc) ?? 0n }] : [];
    });

  entriesOf = (kinds: readonly string[]): LogEntry[] => this.#logged().flatMap(({ entry }) => (kinds.includes(entry.kind) ? [entry] : []));

  /** As if it had been declared before any evidence came: another history, of which no head is signed yet. False = all is there. */
  declareFirst(entries: readonly LogEntry[]): boolean {
    const [first = this.shard] = this.#shards.keys();
    const all = this.#of(first).leaves.map(({ entry }) => entry);
    const known = new Set(all.map(entryText));
    const more = entries.filter((entry) => !known.has(entryText(entry)));
    if (more.length === 0) return false;
    const [at, shard] = [all.findIndex(({ kind }) => kind === "batch"), this.shard];
    this.#shards.set(first, { tiles: new Map(), leaves: [], head: null });
    [this.#last, this.shard] = [null, first];
    for (const entry of at < 0 ? [...all, ...more] : all.toSpliced(at, 0, ...more)) this.append(entry);
    this.shard = shard;
    return true;
  }

  #logged = () => [...this.#shards.values()].flatMap(({ leaves, head }) => leaves.slice(0, head?.size ?? 0));

  async batchLeaves(host: string) {
    const found = this.#logged().filter(({ entry }) => entry.kind === "batch" && entry.host === host);
    return new Map(found.map((leaf) => [`${(leaf.entry as { epoch: number }).epoch}/${(leaf.entry as { seq: number }).seq}`, leaf]));
  }

  async statementLeaves(host: string, asked: readonly { readonly digest: string }[]) {
    const digests = asked.map(({ digest }) => digest);
    const found = this.#logged().flatMap((leaf) =>
      leaf.entry.kind === "statement" && leaf.entry.host === host && digests.includes(leaf.entry.digest)
        ? [[leaf.entry.digest, { ...leaf, epoch: leaf.entry.epoch, seq: leaf.entry.seq }] as const]
        : [],
    );
    return new Map(found);
  }

  async stop(): Promise<null> {
    return null;
  }

  async hostLeaves(host: string): Promise<HostLeaf[]> {
    return this.#logged().flatMap((leaf) =>
      (leaf.entry.kind === "enrol" || leaf.entry.kind === "key") && leaf.entry.host === host
        ? [{ ...leaf, entry: leaf.entry as unknown as Record<string, unknown> }]
        : [],
    );
  }
}
