import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { constants, deflateSync } from "node:zlib";
import {
  BATCH_DICTIONARY,
  BATCH_PATH,
  type Batch,
  type Challenge,
  chainText,
  type EnrolReply,
  encodeDelivery,
  enrolText,
  MESH_DICTIONARY,
  parseJoinToken,
  signatureBase,
  signatureInput,
} from "@truebound/wire";

/** A whole HTTP request, ready to be written, and what it carries. */
export interface ReadyDelivery {
  readonly agent: LoadAgent;
  readonly request: Buffer;
  readonly batches: number;
  readonly exchanges: number;
  /** Its Signature header: a reply is to this request or to none. */
  readonly signature: string;
}

const BOOT = "3f0f8a0e-5b1c-4d7e-9a6f-000000000001";

/** An agent as the server sees it: a key of its own, a chain, real signatures. What it says is made up elsewhere. */
export class LoadAgent {
  readonly #key: KeyObject;
  readonly #publicKey: string;
  id = "";
  receiptKey = "";
  epoch = 0;
  seq = 1;
  prev = "";

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    this.#key = privateKey;
    this.#publicKey = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64url");
  }

  async enrol(url: string, joinToken: string, name: string, labels: Record<string, string> = {}): Promise<void> {
    const token = parseJoinToken(joinToken)?.secret ?? joinToken;
    const { challenge } = (await post(`${url}/api/v1/enroll/challenge`, {})) as Challenge;
    const part = { token, challenge, public_key: this.#publicKey, name };
    const signature = sign(null, Buffer.from(enrolText(part)), this.#key).toString("base64url");
    const request = { version: 1, ...part, signature, labels, boot_id: BOOT, software: "load/1" };
    const reply = (await post(`${url}/api/v1/enroll`, request)) as EnrolReply;
    [this.id, this.epoch, this.prev, this.receiptKey] = [reply.agent, reply.epoch, reply.genesis, reply.receipt_key];
  }

  /** Seals these batches, signs them as one delivery, and goes on behind them. */
  deliver(url: string, batches: readonly Batch[], live: Batch | null = null): ReadyDelivery {
    const contents = batches.map(contentOf);
    const body = Buffer.from(encodeDelivery({ batches: contents, live: live && contentOf(live) }));
    const { epoch, seq, prev } = this;
    for (const content of contents) {
      const link = { agent: this.id, epoch, seq: this.seq, prev: this.prev, contentDigest: digestOf(content) };
      this.prev = createHash("sha256").update(chainText(link)).digest("hex");
      this.seq += 1;
    }
    const { host, href } = new URL(BATCH_PATH, url);
    const sent = `${BOOT} ${batches.at(-1)?.sealed_boottime_ns}`;
    const contentDigest = digestOf(body);
    const base = { method: "POST" as const, targetUri: href, contentDigest, agent: this.id, epoch, seq, prev, head: this.prev, sent };
    const signature = `truebound=:${sign(null, Buffer.from(signatureBase(base)), this.#key).toString("base64")}:`;
    const head = [
      `POST ${BATCH_PATH} HTTP/1.1`,
      `host: ${host}`,
      "content-type: application/vnd.truebound.batches",
      `content-length: ${body.length}`,
      `content-digest: ${contentDigest}`,
      `truebound-agent: ${this.id}`,
      `truebound-epoch: ${epoch}`,
      `truebound-seq: ${seq}`,
      `truebound-prev: ${prev}`,
      `truebound-head: ${this.prev}`,
      `truebound-sent: ${sent}`,
      `signature-input: ${signatureInput(this.id)}`,
      `signature: ${signature}`,
    ].join("\r\n");
    return {
      agent: this,
      request: Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]),
      batches: batches.length,
      exchanges: batches.reduce((sum, { exchanges }) => sum + exchanges.source.length, 0),
      signature,
    };
  }
}

/** As an agent deflates its own. */
const deflating = (dictionary: string) => ({ level: 9, strategy: constants.Z_FILTERED, dictionary: Buffer.from(dictionary) });
const [PLAIN, OF_MESH] = [deflating(BATCH_DICTIONARY), deflating(MESH_DICTIONARY)];
const contentOf = (batch: Batch): Buffer => deflateSync(JSON.stringify(batch), batch.mesh === undefined ? PLAIN : OF_MESH);
const digestOf = (bytes: Uint8Array): string => `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(`Cannot enrol at ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
