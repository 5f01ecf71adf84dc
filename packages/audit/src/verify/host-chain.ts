import { canonicalJson, type Json } from "../canonical-json.ts";
import type { EvidenceItem } from "../evidence/host-evidence.ts";
import { ChainRuns } from "../report/chain-runs.ts";
import { LastReports } from "../report/last-reports.ts";
import type { LeafPlace, ManifestDeclared, ManifestHost } from "../report-manifest.ts";
import { isLater } from "./declared-leaves.ts";
import { bytes, count, type Fields, fieldsOf, flag, isObject, ns, object, text } from "./fields.ts";
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
  readonly last: LastReports;
  readonly #ports: VerifyPorts;
  readonly #proofs: LogProofs;
  readonly #host: ManifestHost;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #idText: string;
  readonly #declaredBehind: (place: LeafPlace) => ManifestDeclared | null;
  readonly #chains = new ChainRuns();
  /** The last ones of an unbroken run. */
  #run: ChainBatch[] = [];
  #unsignedFrom: number | null = null;

  /** @param until of UTC: reports from before it are what a forecast rests on */
  constructor(
    ports: VerifyPorts,
    proofs: LogProofs,
    host: ManifestHost,
    declaredBehind: (place: LeafPlace) => ManifestDeclared | null,
    until: bigint,
  ) {
    this.#declaredBehind = declaredBehind;
    this.last = new LastReports(until);
    this.#ports = ports;
    this.#proofs = proofs;
    this.#host = host;
    this.#idText = canonicalJson(host.id);
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
    const [found, said] = [this.#chains.chains, chains].map((all) => all as unknown as Json[]) as [Json[], Json[]];
    if (canonicalJson(found) === canonicalJson(said)) return;
    const at = found.findIndex((one, index) => canonicalJson(one) !== canonicalJson(said[index] ?? null));
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
    const received = ns(fields, "received_at_ns");
    const declared = this.#declaredBehind(this.#checkLeaf(fields, "batch", this.#entryText(epoch, seq, hash, received)));
    if (declared !== null && isLater(received, declared))
      throw this.#fault("declared_late", `It was received after ${declared.at}, and ${declared.what} of then lies behind it`, epoch, seq);
    this.#run.push({ seq, prev, hash, body });
    if (this.#run.length > MOST_IN_DELIVERY) this.#run.shift();
    this.#unsignedFrom ??= seq;
    this.#read(fields, body, epoch, seq);
  }

  #read(fields: Fields, body: Uint8Array, epoch: number, seq: number): void {
    if (!flag(fields, "whole")) {
      this.items.push({ kind: "unreadable", epoch, seq });
      this.#chains.markUnreadable();
      return;
    }
    const record = this.#ports.wire.readBatch(body, { host: this.#host.id, epoch, seq });
    if (record === null) throw this.#fault("unreadable", "It is said to be whole, and cannot be read", epoch, seq);
    this.items.push({ kind: "batch", record });
    this.last.take(record, body);
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
    this.#checkLeaf(fields, "statement", canonicalJson({ kind: "statement", host: id, epoch, seq, digest }));
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

  /** Canonical, as there is one for each batch: `hash` is one that was computed, and `receivedAt` digits. */
  #entryText(epoch: number, seq: number, hash: string, receivedAt: string): string {
    return `{"epoch":${epoch},"hash":"${hash}","host":${this.#idText},"kind":"batch","received_at_ns":"${receivedAt}","seq":${seq}}`;
  }

  #checkLeaf(fields: Fields, kind: string, entry: string): LeafPlace {
    const leaf = object(fields, "leaf");
    const place = { shard: text(leaf, "shard"), index: count(leaf, "index") };
    this.#proofs.checkLeafText(place, bytes(leaf, "salt", this.#ports.crypto.fromHex, 16), entry, kind, fields.at);
    return place;
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
function firstMissing(found: Json | undefined, said: Json | undefined) {
  const [a, b] = [found, said].map((one) => (isObject(one) ? one : {})) as [Chain, Chain];
  if (typeof a.epoch !== "number" || a.epoch !== b.epoch) return { epoch: null, seq: null };
  const [here, there] = [a, b].map(({ lost }) => (Array.isArray(lost) ? lost.flat() : []).map(Number)) as [number[], number[]];
  const at = here.findIndex((seq, index) => seq !== there[index]);
  const parted = at >= 0 ? [here[at], there[at]] : [there[here.length]];
  const numbers = parted.filter((seq): seq is number => seq !== undefined && Number.isSafeInteger(seq));
  return { epoch: a.epoch, seq: numbers.length === 0 ? null : Math.min(...numbers) };
}

type Chain = Readonly<{ epoch?: unknown; lost?: unknown }>;

const digestHeader = (base64: string): string => `sha-256=:${base64}:`;

function both(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
