import type { EvidenceItem } from "../evidence/host-evidence.ts";
import { ChainRuns } from "../report/chain-runs.ts";
import type { ManifestHost } from "../report-manifest.ts";
import { bytes, count, type Fields, fieldsOf, ns, object, text } from "./fields.ts";
import type { LogProofs } from "./log-proofs.ts";
import { BundleFault, type VerifyPorts } from "./ports.ts";

interface ChainBatch {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  readonly body: Uint8Array;
}

/** No delivery holds more. */
const MOST_IN_DELIVERY = 500;

/** One host's file, line by line: its chain, its signatures, its place in the log; and what it says of the clock. */
export class HostChain {
  readonly items: EvidenceItem[] = [];
  readonly #ports: VerifyPorts;
  readonly #proofs: LogProofs;
  readonly #host: ManifestHost;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #chains = new ChainRuns();
  /** The last ones of an unbroken run. */
  #run: ChainBatch[] = [];
  #unsignedFrom: number | null = null;

  constructor(ports: VerifyPorts, proofs: LogProofs, host: ManifestHost) {
    this.#ports = ports;
    this.#proofs = proofs;
    this.#host = host;
    this.#keys = this.#checkedKeys();
  }

  /** Those that the log knows as this host's. */
  #checkedKeys(): Map<string, Uint8Array> {
    const { id, name, leaf, keys } = this.#host;
    const enrolment = this.#proofs.hostLeaf(leaf, id);
    if (enrolment.kind !== "enrol" || enrolment.name !== name) throw this.#fault("host_leaf", "Its leaf is no enrolment of that name");
    return new Map(
      keys.map(({ public_key, leaf }) => {
        const { kind, public_key: logged } = this.#proofs.hostLeaf(leaf, id);
        if ((kind !== "enrol" && kind !== "key") || logged !== public_key)
          throw this.#fault("host_key", `Leaf ${leaf.index} of ${leaf.shard} does not know key ${public_key} as one of this host`);
        const key = this.#ports.crypto.fromBase64url(public_key);
        if (key === null) throw this.#fault("host_key", `${public_key} is no key`);
        return [public_key, key];
      }),
    );
  }

  take(line: string): void {
    const fields = fieldsOf(line, "evidence", { host: this.#host.id });
    const [epoch, seq] = [count(fields, "epoch"), count(fields, "seq")];
    const placed: Fields = { ...fields, at: { host: this.#host.id, epoch, seq } };
    const kind = text(fields, "kind");
    if (kind === "batch") this.#takeBatch(placed, epoch, seq);
    else if (kind === "delivery") this.#takeDelivery(placed, epoch, seq);
    else if (kind === "statement") this.#takeStatement(placed, epoch, seq);
    else throw this.#fault("malformed", `A line is of kind ${JSON.stringify(kind)}`);
  }

  end(): void {
    this.#breakRun();
    const { chains } = this.#host;
    const [found, said] = [this.#chains.chains, chains].map((all) => all.map(inOrder)) as [unknown[][], unknown[][]];
    const at = found.findIndex((one, index) => JSON.stringify(one) !== JSON.stringify(said[index]));
    if (at < 0 && found.length === said.length) return;
    const { epoch, seq } = firstMissing(found[at], said[at]);
    throw this.#fault("lost_evidence", "The first, last and missing numbers of its batches are not those of the manifest", epoch, seq);
  }

  #takeBatch(fields: Fields, epoch: number, seq: number): void {
    const { crypto, wire } = this.#ports;
    const { id } = this.#host;
    const body = bytes(fields, "body", crypto.fromBase64);
    const [hash, prev] = [text(fields, "hash"), text(fields, "prev_hash")];
    if (this.#chains.epoch !== epoch) this.#breakRun();
    const isNext = this.#place(epoch, seq);
    if (!isNext) this.#breakRun();
    const before = isNext ? this.#run.at(-1)?.hash : seq === 1 ? this.#hexOf(wire.genesisText(id, epoch)) : undefined;
    if (before !== undefined && before !== prev) throw this.#fault("chain", "It does not follow the batch before it", epoch, seq);
    const contentDigest = digestHeader(crypto.base64(crypto.sha256(body)));
    if (this.#hexOf(wire.chainText({ agent: id, epoch, seq, prev, contentDigest })) !== hash)
      throw this.#fault("body", "Its bytes are not those that were hashed", epoch, seq);
    this.#checkLeaf(fields, { kind: "batch", host: id, epoch, seq, hash, received_at_ns: ns(fields, "received_at_ns") });
    this.#run.push({ seq, prev, hash, body });
    if (this.#run.length > MOST_IN_DELIVERY) this.#run.shift();
    this.#unsignedFrom ??= seq;
    this.#read(fields, body, epoch, seq);
  }

  #read(fields: Fields, body: Uint8Array, epoch: number, seq: number): void {
    if (fields.line.whole !== true) {
      this.items.push({ kind: "unreadable", epoch, seq });
      this.#chains.markUnreadable();
      return;
    }
    const record = this.#ports.wire.readBatch(body, { host: this.#host.id, epoch, seq });
    if (record === null) throw this.#fault("unreadable", "It is said to be whole, and cannot be read", epoch, seq);
    this.items.push({ kind: "batch", record });
  }

  #takeDelivery(fields: Fields, epoch: number, seq: number): void {
    const { wire } = this.#ports;
    const from = count(fields, "signed_from");
    const newest = this.#run.at(-1)?.seq ?? 0;
    const covered = this.#run.slice(Math.max(0, this.#run.length - (newest - from + 1)));
    const [first, last] = [covered[0], covered.at(-1)];
    if (first?.seq !== from || last?.seq !== seq || this.#chains.epoch !== epoch)
      throw this.#fault("delivery", `The batches ${from} to ${seq} that it covers are not all there`, epoch, seq);
    const signed = wire.signatureBase({
      method: "POST",
      targetUri: text(fields, "target_uri"),
      contentDigest: digestHeader(this.#digestOf(fields, covered)),
      agent: this.#host.id,
      epoch,
      seq: from,
      prev: first.prev,
      head: last.hash,
      sent: text(fields, "sent"),
    });
    if (!this.#isSigned(fields, signed))
      throw this.#fault("delivery_signature", `The batches ${from} to ${seq} are not signed by a key of this host`, epoch, seq);
    if (this.#unsignedFrom !== null && from <= this.#unsignedFrom) this.#unsignedFrom = null;
  }

  #digestOf(fields: Fields, covered: readonly ChainBatch[]): string {
    const { crypto, wire } = this.#ports;
    if (fields.line.signed_digest !== null) return text(fields, "signed_digest");
    return crypto.base64(crypto.sha256(wire.encodeDelivery({ batches: covered.map(({ body }) => body), live: null })));
  }

  #takeStatement(fields: Fields, epoch: number, seq: number): void {
    const { crypto, wire } = this.#ports;
    const { id } = this.#host;
    const body = bytes(fields, "body", crypto.fromBase64);
    const signature = bytes(fields, "signature", crypto.fromBase64url, 64);
    this.#breakRun();
    this.#place(epoch, seq);
    if (!this.#isSigned(fields, wire.statementText(id, body)))
      throw this.#fault("statement_signature", "It is not signed by a key of this host", epoch, seq);
    const digest = crypto.hex(crypto.sha256(both(body, signature)));
    this.#checkLeaf(fields, { kind: "statement", host: id, epoch, seq, digest });
    const record = wire.readStatement(body, text(fields, "context"), { host: id, epoch, seq });
    if (record === null) throw this.#fault("unreadable", "It is no statement of this context", epoch, seq);
    this.items.push({ kind: "statement", record });
  }

  /** Notes the number, and what is missing before it; true = it comes right after a batch that is here. */
  #place(epoch: number, seq: number): boolean {
    if (!this.#chains.take(epoch, seq)) throw this.#fault("order", "It comes after a later one", epoch, seq);
    return this.#run.at(-1)?.seq === seq - 1;
  }

  #breakRun(): void {
    if (this.#unsignedFrom !== null)
      throw this.#fault("delivery", "It and those after it are in no signed delivery", this.#chains.epoch, this.#unsignedFrom);
    this.#run = [];
  }

  #checkLeaf(fields: Fields, entry: Readonly<Record<string, unknown>>): void {
    const leaf = object(fields, "leaf");
    const place = { shard: text(leaf, "shard"), index: count(leaf, "index") };
    this.#proofs.checkLeaf(place, bytes(leaf, "salt", this.#ports.crypto.fromHex, 16), entry, fields.at);
  }

  #isSigned(fields: Fields, signed: string): boolean {
    const { crypto } = this.#ports;
    const key = this.#keys.get(text(fields, "key"));
    return key !== undefined && crypto.verifyEd25519(key, signed, bytes(fields, "signature", crypto.fromBase64url, 64));
  }

  #hexOf(signed: string): string {
    return this.#ports.crypto.hex(this.#ports.crypto.sha256(signed));
  }

  #fault(rule: string, detail: string, epoch: number | null = null, seq: number | null = null): BundleFault {
    return new BundleFault("evidence", rule, detail, { host: this.#host.id, epoch, seq });
  }
}

/** Where two lists of what is missing in an epoch part; null where that cannot be said. */
function firstMissing(found: readonly unknown[] = [], said: readonly unknown[] = []) {
  const [epoch] = found;
  if (typeof epoch !== "number" || epoch !== said[0]) return { epoch: null, seq: null };
  const [here, there] = [found, said].map((one) => (Array.isArray(one[3]) ? one[3].flat() : []).map(Number)) as [number[], number[]];
  const at = here.findIndex((seq, index) => seq !== there[index]);
  const parted = at >= 0 ? [here[at], there[at]] : [there[here.length]];
  const numbers = parted.filter((seq): seq is number => seq !== undefined && Number.isSafeInteger(seq));
  return { epoch, seq: numbers.length === 0 ? null : Math.min(...numbers) };
}

const digestHeader = (base64: string): string => `sha-256=:${base64}:`;

const inOrder = ({ epoch, first_seq, last_seq, lost, unreadable }: ManifestHost["chains"][number]) => [
  epoch,
  first_seq,
  last_seq,
  lost,
  unreadable,
];

function both(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
