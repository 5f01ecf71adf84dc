import {
  ChainRuns,
  type EvidenceItem,
  type EvidenceRecord,
  LastReports,
  type LeafPlace,
  type ManifestHost,
  type PlacedReport,
  type WireForms,
} from "@truebound/audit";
import type { UtcInstant } from "@truebound/time";
import type { BundleSink, HostLog, OpenedLeaf, PlacedLeaf, ReportBatch, ReportEvidence, ReportKey, ReportStatement } from "./ports.ts";

export interface EvidenceFilePorts {
  readonly evidence: ReportEvidence;
  readonly log: HostLog;
  readonly sink: Pick<BundleSink, "open" | "draft">;
  readonly wire: WireForms;
  /** For a body that was read as a whole when it came, and has not changed since; null = it takes `wire.readBatch` to tell. */
  readonly readStored: WireForms["readBatch"];
  readonly crypto: {
    sha256(data: Uint8Array | string): Uint8Array;
    verifyEd25519(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean;
  };
}

export interface EvidenceRange {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  /** Reports from before it are what a forecast rests on. */
  readonly forecastUntil: bigint;
}

/** What a host's file says; the leaves on which it rests go to `seen`. */
export interface WrittenEvidence {
  readonly items: readonly EvidenceItem[];
  readonly chains: ManifestHost["chains"];
  /** Batches that are stored and do not count: the log has no leaf of them, or of others of their delivery. */
  readonly unlogged: number;
  /** By what a forecast goes. */
  readonly reports: readonly PlacedReport[];
}

/** Batches whose leaves are looked up together. */
const MOST_AT_ONCE = 500;

/** Writes one host's signed evidence into a bundle, delivery by delivery. What no head of the log covers yet is left for the next report. */
export async function writeEvidence(
  ports: EvidenceFilePorts,
  host: string,
  range: EvidenceRange,
  seen: (leaf: LeafPlace) => void,
): Promise<WrittenEvidence> {
  const file = await ports.sink.open(`evidence/${host}.ndjson`);
  try {
    const writer = new EvidenceWriter(ports, host, await ports.evidence.keys(host), file.line, seen, range.forecastUntil);
    const statements = await placedStatements(ports, host, range);
    for await (const deliveries of inChunks(deliveriesOf(ports.evidence.batches(host, range.from, range.to))))
      await writer.take(deliveries, statements);
    await writer.rest(statements);
    const reports = writer.last.placed((body) => ports.wire.readPlan(body, host));
    return { items: writer.items, chains: writer.chains, unlogged: writer.unlogged, reports };
  } finally {
    await file.close();
  }
}

type Delivery = readonly [ReportBatch, ...ReportBatch[]];

/** Batches that came under one signature. Those at the end whose signature is not there are in no delivery. */
async function* deliveriesOf(batches: AsyncIterable<ReportBatch>): AsyncGenerator<Delivery> {
  let delivery: ReportBatch[] = [];
  for await (const batch of batches) {
    delivery.push(batch);
    if (batch.delivery === null) continue;
    yield delivery as unknown as Delivery;
    delivery = [];
  }
}

async function* inChunks(deliveries: AsyncIterable<Delivery>): AsyncGenerator<Delivery[]> {
  let chunk: Delivery[] = [];
  let batches = 0;
  for await (const delivery of deliveries) {
    chunk.push(delivery);
    batches += delivery.length;
    if (batches < MOST_AT_ONCE) continue;
    yield chunk;
    [chunk, batches] = [[], 0];
  }
  if (chunk.length > 0) yield chunk;
}

interface PlacedStatement extends ReportStatement {
  readonly leaf: PlacedLeaf;
}

/** In the order of the chain; one that the log does not know is none. */
async function placedStatements(
  { evidence, log, crypto }: EvidenceFilePorts,
  host: string,
  { from, to }: EvidenceRange,
): Promise<PlacedStatement[]> {
  const found = await evidence.statements(host, from, to);
  const digests = found.map(({ body, signature }) => hex(crypto.sha256(Buffer.concat([body, signature]))));
  const asked = found.map(({ near }, index) => ({ digest: digests[index] as string, near }));
  const leaves = await log.statementLeaves(host, asked);
  return found
    .flatMap((statement, index) => {
      const leaf = leaves.get(digests[index] as string);
      return leaf === undefined ? [] : [{ ...statement, leaf }];
    })
    .sort(({ leaf: a }, { leaf: b }) => a.epoch - b.epoch || a.seq - b.seq);
}

class EvidenceWriter {
  readonly items: EvidenceItem[] = [];
  readonly last: LastReports;
  unlogged = 0;
  readonly #runs = new ChainRuns();
  readonly #ports: EvidenceFilePorts;
  readonly #host: string;
  readonly #keys: readonly ReportKey[];
  readonly #line: (value: object) => Promise<void>;
  readonly #seen: (leaf: LeafPlace) => void;
  /** The first and last number of an unbroken run of batches that are written. */
  #run: { readonly epoch: number; readonly first: number; last: number } | null = null;
  #nextStatement = 0;

  constructor(
    ports: EvidenceFilePorts,
    host: string,
    keys: readonly ReportKey[],
    line: (value: object) => Promise<void>,
    seen: (leaf: LeafPlace) => void,
    until: bigint,
  ) {
    this.last = new LastReports(until);
    [this.#ports, this.#host, this.#keys, this.#line, this.#seen] = [ports, host, keys, line, seen];
  }

  get chains(): ManifestHost["chains"] {
    return this.#runs.chains;
  }

  async take(deliveries: readonly Delivery[], statements: readonly PlacedStatement[]): Promise<void> {
    const [first, last] = [deliveries[0]?.[0], deliveries.at(-1)?.at(-1)];
    if (first === undefined || last === undefined) return;
    const leaves = await this.#ports.log.batchLeaves(this.#host, first, last);
    for (const delivery of deliveries) {
      await this.#statementsBefore(delivery[0], statements);
      const placed = delivery.map((batch) => ({ batch, leaf: leaves.get(`${batch.epoch}/${batch.seq}`) }));
      if (!placed.every((one): one is PlacedBatch => one.leaf !== undefined)) this.unlogged += delivery.length;
      else if (this.#isWhole(delivery)) await this.#delivery(placed);
    }
  }

  async rest(statements: readonly PlacedStatement[]): Promise<void> {
    await this.#statementsBefore({ epoch: Number.POSITIVE_INFINITY, seq: 0 }, statements);
  }

  /** All that the signature is over is here, or will be. */
  #isWhole(delivery: Delivery): boolean {
    const [first, last] = [delivery[0], delivery.at(-1) as ReportBatch];
    const signedFrom = last.delivery?.signedFrom ?? Number.POSITIVE_INFINITY;
    if (delivery.some(({ epoch, seq }, index) => epoch !== first.epoch || seq !== first.seq + index)) return false;
    const isNext = this.#run?.epoch === first.epoch && this.#run.last === first.seq - 1;
    return signedFrom >= (isNext && this.#run !== null ? this.#run.first : first.seq);
  }

  async #delivery(placed: readonly PlacedBatch[]): Promise<void> {
    for (const one of placed) await this.#batch(one);
    const { epoch, seq, receivedAt, delivery } = (placed.at(-1) as PlacedBatch).batch;
    if (delivery === null) return;
    await this.#line({
      kind: "delivery",
      epoch,
      seq,
      received_at_ns: String(receivedAt),
      signed_from: delivery.signedFrom,
      signature: base64url(delivery.signature),
      signed_digest: delivery.signedDigest,
      target_uri: delivery.targetUri,
      sent: delivery.sent,
      key: base64url(this.#keyOf(epoch, seq)),
    });
  }

  async #batch({ batch, leaf }: PlacedBatch): Promise<void> {
    const { epoch, seq, hash, prevHash, receivedAt, body, whole } = batch;
    const record = whole ? this.#read(batch) : null;
    const isNext = this.#run?.epoch === epoch && this.#run.last === seq - 1;
    if (isNext && this.#run !== null) this.#run.last = seq;
    else this.#run = { epoch, first: seq, last: seq };
    this.#runs.take(epoch, seq);
    if (record === null) this.#runs.markUnreadable();
    this.items.push(record === null ? { kind: "unreadable", epoch, seq } : { kind: "batch", record });
    if (record !== null) this.last.take(record, body);
    this.#seen(leaf);
    await this.#line({
      kind: "batch",
      epoch,
      seq,
      hash,
      prev_hash: prevHash,
      received_at_ns: String(receivedAt),
      whole: record !== null,
      body: Buffer.from(body).toString("base64"),
      leaf: sayLeaf(leaf),
    });
  }

  /** Nothing of a whole batch was set aside when it came; where its bytes are still those, that need not be found out again. */
  #read(batch: ReportBatch): EvidenceRecord | null {
    const { wire, readStored } = this.#ports;
    const at = { host: this.#host, epoch: batch.epoch, seq: batch.seq };
    return (this.#isAsHashed(batch) ? readStored(batch.body, at) : null) ?? wire.readBatch(batch.body, at);
  }

  #isAsHashed({ epoch, seq, prevHash, hash, body }: ReportBatch): boolean {
    const { wire, crypto } = this.#ports;
    const contentDigest = `sha-256=:${Buffer.from(crypto.sha256(body)).toString("base64")}:`;
    return hex(crypto.sha256(wire.chainText({ agent: this.#host, epoch, seq, prev: prevHash, contentDigest }))) === hash;
  }

  async #statementsBefore(place: { readonly epoch: number; readonly seq: number }, statements: readonly PlacedStatement[]): Promise<void> {
    for (
      let next = statements[this.#nextStatement];
      next !== undefined && isBefore(next.leaf, place);
      next = statements[++this.#nextStatement]
    )
      await this.#statement(next);
    const same = statements[this.#nextStatement];
    if (same !== undefined && same.leaf.epoch === place.epoch && same.leaf.seq === place.seq) this.#nextStatement++;
  }

  /** None whose batch is here, and none that no key of the host signed. */
  async #statement({ body, signature, context, leaf }: PlacedStatement): Promise<void> {
    const { epoch, seq } = leaf;
    const { wire, crypto } = this.#ports;
    const text = wire.statementText(this.#host, body);
    // One of several signed it; of one it was made sure when the batch came.
    const key =
      this.#keys.length === 1 ? this.#keys[0] : this.#keys.find(({ publicKey }) => crypto.verifyEd25519(publicKey, text, signature));
    const record = key === undefined ? null : wire.readStatement(body, context, { host: this.#host, epoch, seq });
    if (key === undefined || record === null || !this.#runs.take(epoch, seq)) return;
    this.#run = null;
    this.items.push({ kind: "statement", record });
    this.#seen(leaf);
    await this.#line({
      kind: "statement",
      epoch,
      seq,
      body: Buffer.from(body).toString("base64"),
      signature: base64url(signature),
      key: base64url(key.publicKey),
      context,
      leaf: sayLeaf(leaf),
    });
  }

  /** The key that was in use then. */
  #keyOf(epoch: number, seq: number): Uint8Array {
    const used = this.#keys.filter(({ from }) => from !== null && (from.epoch < epoch || (from.epoch === epoch && from.seq <= seq)));
    const newest = used.reduce<ReportKey | null>((best, next) => (best === null || isBefore(best.from, next.from) ? next : best), null);
    if (newest === null)
      throw new Error(`Cannot report on host ${this.#host}: no key of it is known for batch ${epoch}/${seq}; truebound host list shows it`);
    return newest.publicKey;
  }
}

interface PlacedBatch {
  readonly batch: ReportBatch;
  readonly leaf: OpenedLeaf;
}

type Numbered = { readonly epoch: number; readonly seq: number };
const isBefore = (a: Numbered | null, b: Numbered | null): boolean =>
  a !== null && b !== null && (a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq));

const sayLeaf = ({ shard, index, salt }: OpenedLeaf) => ({ shard, index, salt: hex(salt) });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
