import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  type AuditScope,
  appendLeaves,
  type BundleFiles,
  canonicalJson,
  type DeclaredExemption,
  entryHash,
  entryText,
  headText,
  type Json,
  type LogEntry,
  NO_HEAD_BEFORE,
  rootOf,
  type Tile,
  tileKey,
  tilesFrom,
  type VerifyCrypto,
} from "@truebound/audit";
import { parseUtc, type UtcInstant, utc } from "@truebound/time";
import {
  type Batch,
  chainText,
  encodeDelivery,
  genesisText,
  type KeyChange,
  keyChangeText,
  signatureBase,
  statementOf,
  statementText,
} from "@truebound/wire";
import { keyIdOf } from "../adapters/crypto/receipt-key.ts";
import { verifyCrypto } from "../adapters/crypto/verify-crypto.ts";
import type { ChainDocument } from "../traceability/chain.ts";
import { dateOf } from "./declared.ts";
import type {
  BundleSink,
  DeclaredLeaf,
  HostLeaf,
  MadeReport,
  OpenedLeaf,
  ReportBatch,
  ReportHost,
  ReportLog,
  ReportStatement,
  SignedHead,
} from "./ports.ts";

import type { ReportPorts } from "./report-ports.ts";

import { storedReader } from "./stored-record.ts";

import { wireForms } from "./wire-forms.ts";

const hashOf = (data: Uint8Array | string): Buffer => createHash("sha256").update(data).digest();
export const sha256Hex = (data: Uint8Array | string): string => hashOf(data).toString("hex");

export interface Key {
  readonly publicKey: Uint8Array;
  readonly keyId: string;
  sign(text: string): Uint8Array;
}

export function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return keyWith(privateKey, publicKey);
}

function keyWith(privateKey: KeyObject, publicKey: KeyObject): Key {
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x as string, "base64url");
  return { publicKey: raw, keyId: keyIdOf(raw), sign: (text) => sign(null, Buffer.from(text), privateKey) };
}

const BEGUN = 1_772_500_000_000_000_000n;

interface MemoryShard {
  readonly tiles: Map<string, Tile>;
  readonly leaves: (OpenedLeaf & { readonly entry: LogEntry })[];
  head: SignedHead | null;
}

/** A log in memory, by the rules of packages/audit/src/log. */
export class MemoryLog implements ReportLog {
  shard = "2026-03";
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
    const [least, last] = [BEGUN + BigInt(size), BigInt(this.#last?.timestamp_ns ?? 0)];
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

/** A host that signs what it is told to say. */
export class MemoryHost {
  readonly key = newKey();
  readonly facts: ReportHost;
  readonly batches: ReportBatch[] = [];
  readonly statements: ReportStatement[] = [];
  readonly #log: MemoryLog;
  #prev: string;

  constructor(id: string, name: string, log: MemoryLog) {
    this.facts = { id, name, labels: { site: "fra" }, enrolledAt: utc(1_772_000_000_000_000_000n), retiredAt: null };
    this.#log = log;
    this.#prev = sha256Hex(genesisText(id, 1));
    log.append({ kind: "enrol", host: id, name, public_key: Buffer.from(this.key.publicKey).toString("base64url") });
  }

  /** One delivery. */
  report(batches: readonly Batch[], write: (batch: Batch) => string = JSON.stringify): void {
    const bodies = batches.map((batch) => Buffer.from(write(batch)));
    const first = this.batches.length + 1;
    const before = this.#prev;
    const rows = bodies.map((body, index) => this.#chained(first + index, body));
    const signed = signatureBase({
      method: "POST",
      targetUri: "http://127.0.0.1:8125/api/v1/batches",
      contentDigest: digestHeader(encodeDelivery({ batches: bodies, live: null })),
      agent: this.facts.id,
      epoch: 1,
      seq: first,
      prev: before,
      head: this.#prev,
      sent: "boot 1",
    });
    const delivery = {
      signedFrom: first,
      signature: this.key.sign(signed),
      signedDigest: null,
      targetUri: "http://127.0.0.1:8125/api/v1/batches",
      sent: "boot 1",
    };
    this.batches.push(...rows.map((row, index) => ({ ...row, delivery: index === rows.length - 1 ? delivery : null })));
  }

  #chained(seq: number, body: Buffer): Omit<ReportBatch, "delivery"> {
    const prevHash = this.#prev;
    const hash = sha256Hex(chainText({ agent: this.facts.id, epoch: 1, seq, prev: prevHash, contentDigest: digestHeader(body) }));
    const receivedAt = 1_772_500_000_000_000_000n + BigInt(seq);
    this.#log.append({ kind: "batch", host: this.facts.id, epoch: 1, seq, hash, received_at_ns: String(receivedAt) });
    this.#prev = hash;
    // As it is judged when it comes.
    const whole = wire.readBatch(body, { host: this.facts.id, epoch: 1, seq }) !== null;
    return { kind: "batch", epoch: 1, seq, hash, prevHash, receivedAt, body, whole };
  }

  /** Its batches from one number to another are gone; what it signed of their spans stays. */
  condense(from: number, to: number): void {
    for (const { seq, body } of this.batches.filter((one) => one.seq >= from && one.seq <= to)) {
      const batch = JSON.parse(Buffer.from(body).toString()) as Batch;
      const statement = statementOf(batch, sha256Hex);
      if (statement === null) continue;
      const signature = this.key.sign(statementText(this.facts.id, statement));
      this.#log.append({ kind: "statement", host: this.facts.id, epoch: 1, seq, digest: sha256Hex(Buffer.concat([statement, signature])) });
      const { assumptions, boot_id, software, trusting } = batch;
      const ordered = Object.fromEntries(Object.entries(assumptions).sort(([a], [b]) => (a < b ? -1 : 1)));
      this.statements.push({
        kind: "statement",
        body: statement,
        signature,
        context: JSON.stringify({ assumptions: ordered, boot_id, software, trusting }),
        near: { epoch: 1, seq },
      });
    }
    this.batches.splice(0, this.batches.length, ...this.batches.filter((one) => one.seq < from || one.seq > to));
  }
}

const digestHeader = (bytes: Uint8Array): string => `sha-256=:${hashOf(bytes).toString("base64")}:`;

/** A bundle in memory. */
export class MemoryBundle implements BundleSink, BundleFiles {
  readonly place = "memory";
  readonly files = new Map<string, Uint8Array>();

  async write(name: string, bytes: Uint8Array | string): Promise<void> {
    this.files.set(name, Buffer.from(bytes));
  }

  async open(name: string) {
    const lines: string[] = [];
    return {
      line: async (value: object) => void lines.push(`${JSON.stringify(value)}\n`),
      close: async () => void this.files.set(name, Buffer.from(lines.join(""))),
    };
  }

  finish = async () => undefined;
  read = async (name: string) => this.files.get(name) ?? null;
  async *lines(name: string) {
    for (const line of (this.files.get(name) ?? Buffer.alloc(0)).toString().split("\n")) if (line !== "") yield line;
  }
  list = async (folder: string) =>
    [...this.files.keys()].flatMap((name) => {
      const at = name.lastIndexOf("/");
      return name.slice(0, Math.max(0, at)) === folder ? [name.slice(at + 1)] : [];
    });

  text = (name: string): string => Buffer.from(this.files.get(name) as Uint8Array).toString();
  copy(): MemoryBundle {
    const other = new MemoryBundle();
    for (const [name, bytes] of this.files) other.files.set(name, bytes);
    return other;
  }
}

export const crypto = {
  sha256: (data: Uint8Array | string): Uint8Array => hashOf(data),
  verifyEd25519: verifyCrypto.verifyEd25519,
};
export const checks: VerifyCrypto = verifyCrypto;
const open = (bytes: Uint8Array) => ({ kind: "open", bytes }) as const;
export const wire = wireForms(open, sha256Hex);

export const LIMIT: Readonly<Record<string, unknown>> = {
  id: "test-100us",
  kind: "utc",
  title: "100 µs",
  limit_ns: ["-100000", "100000"],
  traceability: "expected",
  horizon_ns: "30000000000",
  status: "in_force",
};

export interface World {
  readonly log: MemoryLog;
  readonly key: Key;
  readonly hosts: readonly MemoryHost[];
  readonly made: MadeReport[];
  now: bigint;
  ports(sink: BundleSink): ReportPorts;
}

export function worldOf(count: number): World {
  const key = newKey();
  const log = new MemoryLog(key);
  const hosts = Array.from(
    { length: count },
    (_, index) => new MemoryHost(`0000000${index}-0000-4000-8000-000000000000`, `host-${index}`, log),
  );
  log.declareFirst(declaredEntries({ profiles: [LIMIT] }));
  const made: MadeReport[] = [];
  const world: World = { log, key, hosts, made, now: 1_800_000_000_000_000_000n, ports: (sink) => portsOf(world, sink) };
  return world;
}

export interface Declared {
  readonly profiles?: readonly Readonly<Record<string, unknown>>[];
  readonly scopes?: readonly { readonly scope: AuditScope; readonly from: bigint }[];
  readonly calendars?: readonly { readonly name: string; readonly calendar: object | null; readonly from: bigint }[];
  readonly exemptions?: readonly DeclaredExemption[];
  readonly documents?: readonly ChainDocument[];
}

const declaredEntry = (kind: "rule" | "scope" | "profile", what: string, body: object | null, at: bigint): LogEntry => ({
  kind,
  what,
  sha256: body && sha256Hex(canonicalJson(body as Json)),
  body: body as Json,
  at_ns: String(at),
});

/** As `truebound apply` and `exemption add` write it into the log. */
export function declaredEntries({ profiles = [], scopes = [], calendars = [], exemptions = [], documents = [] }: Declared): LogEntry[] {
  return [
    ...documents.map(
      ({ reviewed_at: _at, reviewed_by: _by, ...body }): LogEntry => ({
        kind: "document",
        what: `document ${body.id}`,
        sha256: sha256Hex(canonicalJson(body as unknown as Json)),
        body: body as unknown as Json,
      }),
    ),
    ...profiles.map(({ id, ...body }) => declaredEntry("profile", `profile ${String(id)}`, body, 0n)),
    ...scopes.map(({ scope: { name, ...body }, from }) => declaredEntry("scope", `scope ${name}`, body, from)),
    ...calendars.map(({ name, calendar, from }) => declaredEntry("rule", `calendar ${name}`, calendar, from)),
    ...exemptions.flatMap((one): LogEntry[] => {
      const { withdrawn_at: _at, withdrawn_by: _by, withdrawn_reason: _reason, ...said } = one;
      const entry = { kind: "exemption", what: `exemption ${one.id}` } as const;
      const declared = { ...entry, sha256: sha256Hex(canonicalJson(said as Json)), body: said as Json };
      return [declared, ...(one.withdrawn_at === undefined ? [] : [{ ...entry, sha256: null, body: { ...one } as Json }])];
    }),
  ];
}

/** Before any evidence came; reports that were made before are of another history. */
export function declareIn(world: World, declared: Declared): void {
  if (world.log.declareFirst(declaredEntries(declared))) world.made.length = 0;
}

let reports = 0;

const portsOf = (world: World, sink: BundleSink): ReportPorts => ({
  evidence: {
    hosts: async () => world.hosts.map(({ facts }) => facts),
    keys: async (id) =>
      world.hosts.filter(({ facts }) => facts.id === id).map(({ key: { publicKey } }) => ({ publicKey, from: { epoch: 1, seq: 1 } })),
    async *batches(id) {
      yield* world.hosts.find(({ facts }) => facts.id === id)?.batches ?? [];
    },
    statements: async (id) => world.hosts.find(({ facts }) => facts.id === id)?.statements ?? [],
    removals: async () => "",
  },
  log: world.log,
  sink,
  wire,
  readStored: storedReader(open),
  crypto,
  book: {
    now: async () => utc(world.now) as UtcInstant,
    installation: async () => "test",
    last: async () => world.made.at(-1) ?? null,
    add: async (report) => void world.made.push(report),
  },
  scopes: {
    scopes: async () => [],
    exemptions: async () => [],
    inventory: async () => null,
    schedule: async () => null,
    documents: async () => [],
    allDocuments: async () => [],
  },
  profiles: async () => [LIMIT],
  changedProfiles: async () => new Map(),
  leaps: [{ from: 1_483_228_800_000_000_000n, taiMinusUtc: 37 }],
  signer: world.log.key,
  render: async (manifest, sha256) => [
    { name: "report.csv", bytes: Buffer.from(`sha256,${sha256}\n`) },
    { name: "report.pdf", bytes: Buffer.from(`%PDF ${sha256} ${manifest.length}`) },
  ],
  rest: async () => undefined,
  newId: () => `report-${++reports}`,
  software: "truebound/test",
});
