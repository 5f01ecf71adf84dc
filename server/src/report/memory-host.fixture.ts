import { utc } from "@truebound/time";
import { type Batch, chainText, encodeDelivery, genesisText, signatureBase, statementOf, statementText } from "@truebound/wire";
import { hashOf, newKey, sha256Hex, wire } from "./memory-crypto.fixture.ts";
import type { MemoryLog } from "./memory-log.fixture.ts";
import type { ReportBatch, ReportHost, ReportStatement } from "./ports.ts";

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
