import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import { isSignedReply } from "@truebound/agent";
import {
  BATCH_PATH,
  type Batch,
  type Challenge,
  chainText,
  type EnrolReply,
  encodeDelivery,
  enrolText,
  GOODBYE_PATH,
  genesisText,
  packColumn,
  parseJoinToken,
  postSignatureBase,
  postSignatureInput,
  signatureBase,
  signatureInput,
} from "@truebound/wire";

/** An agent as the server sees one: it enrols and sends batches that the test made up. */
export const BOOT_ID = "3f0f8a0e-0000-4000-8000-000000000001";

export interface Row {
  readonly realtime: bigint;
  readonly lo: bigint | null;
  readonly hi: bigint | null;
  readonly since?: readonly [bigint, bigint] | null;
  readonly status?: Batch["bounds"]["status"][number];
  readonly reason?: Batch["bounds"]["reason"][number];
  /** On RAW and BOOTTIME; by default REALTIME less a constant. */
  readonly raw?: bigint;
  readonly gap?: bigint;
  readonly tight?: readonly [bigint, bigint];
  /** As `since` where nothing is said. */
  readonly throughout?: readonly [bigint, bigint] | null;
}

export const BOOTED = 1_700_000_000_000_000_000n;

export function batchOf(agent: string, rows: readonly Row[], more: Partial<Batch> = {}): Batch {
  const raw = rows.map((row) => row.raw ?? row.realtime - BOOTED);
  const since = rows.map((row) =>
    row.since === undefined ? (row.lo === null || row.hi === null ? null : ([row.lo, row.hi] as const)) : row.since,
  );
  const throughout = rows.map((row, index) => (row.throughout === undefined ? since[index] : row.throughout));
  return {
    version: 2,
    agent,
    boot_id: BOOT_ID,
    software: "test/1",
    sealed_boottime_ns: "1",
    sealed_realtime_ns: "1",
    assumptions: {
      rho_ppb: 200_000,
      oscillator_ppb: null,
      drift_basis: "assumed",
      sigma_ppb: null,
      faults: 1,
      slew_ppm: 500,
      slew_basis: "chrony",
      stamp_mode: "simulated",
    },
    trusting: [],
    policy_version: 0,
    sources: [source("a.example:123"), source("b.example:123"), source("c.example:123")],
    bounds: {
      raw_ns: packColumn(raw),
      realtime_ns: packColumn(rows.map((row) => row.realtime)),
      boottime_ns: packColumn(raw),
      status: rows.map((row) => row.status ?? (row.lo === null ? "unknown" : "proven")),
      reason: rows.map((row) => row.reason ?? (row.lo === null ? "never_measured" : null)),
      lo_ns: packColumn(rows.map((row) => row.lo)),
      hi_ns: packColumn(rows.map((row) => row.hi)),
      since_lo_ns: packColumn(since.map((pair) => pair?.[0] ?? null)),
      since_hi_ns: packColumn(since.map((pair) => pair?.[1] ?? null)),
      tight_lo_ns: packColumn(rows.map((row) => row.tight?.[0] ?? null)),
      tight_hi_ns: packColumn(rows.map((row) => row.tight?.[1] ?? null)),
      throughout_lo_ns: packColumn(throughout.map((pair) => pair?.[0] ?? null)),
      throughout_hi_ns: packColumn(throughout.map((pair) => pair?.[1] ?? null)),
      gap_ns: packColumn(rows.map((row) => row.gap ?? null)),
      votes: rows.map(() => 3),
      need: rows.map(() => 2),
      agree: rows.map(() => [0, 1, 2]),
    },
    terms: null,
    frequency: { oscillator: null, daemon_slew: null },
    spans: {
      from_raw_ns: packColumn([]),
      from_realtime_ns: packColumn([]),
      to_raw_ns: packColumn([]),
      to_realtime_ns: packColumn([]),
      lo_ns: packColumn([]),
      hi_ns: packColumn([]),
      readings: [],
      status: [],
    },
    exchanges: {
      source: [],
      t1_raw_ns: packColumn([]),
      t2_less_t1_ns: packColumn([]),
      t3_less_t2_ns: packColumn([]),
      t4_less_t1_ns: packColumn([]),
      root_delay_raw: [],
      root_dispersion_raw: [],
      precision_server: [],
      precision_client: [],
      cap_ns: packColumn([]),
      slack_ns: [],
      stamp_mode: [],
      reply: [],
    },
    events: [],
    ...more,
  };
}

export const source = (id: string, more: Partial<Batch["sources"][number]> = {}): Batch["sources"][number] => ({
  id,
  address: "192.0.2.1",
  origin: "declared",
  state: "agrees",
  stratum: 2,
  refid: 0xc0000207,
  leap: 0,
  lo_ns: "-1000",
  hi_ns: "1000",
  delay_ns: "2000",
  polls: 10,
  replies: 10,
  refusals: {},
  local_reference: false,
  ...more,
});

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
  readonly body: any;
  readonly bytes: Buffer;
  readonly headers: IncomingHttpHeaders;
}

/** What a test may do wrong. */
export interface Tampering {
  readonly seq?: number;
  readonly epoch?: number;
  readonly prev?: string;
  readonly agent?: string;
  readonly key?: KeyObject;
  readonly sent?: string;
  /** Changes the body after it was signed. */
  readonly body?: (body: Buffer) => Buffer;
  /** Changes the headers after they were signed. */
  readonly headers?: (headers: Record<string, string>) => Record<string, string>;
}

export class FakeAgent {
  localAddress = "127.0.0.1";
  readonly url: string;
  readonly key: KeyObject;
  readonly publicKey: string;
  id = "";
  epoch = 0;
  seq = 1;
  prev = "";
  /** Raw, base64url; by it every answer to a batch must be signed, refusals too. */
  receiptKey = "";
  /** ns of BOOTTIME at sending. */
  boottime = 1_000_000_000n;

  constructor(url: string) {
    this.url = url;
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    this.key = privateKey;
    this.publicKey = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64url");
  }

  async enrolRequest(joinToken: string | null, name = "host", labels: Record<string, string> = {}) {
    const shown = joinToken === null ? {} : { token: parseJoinToken(joinToken)?.secret ?? joinToken };
    const { challenge } = (await call("POST", `${this.url}/api/v1/enroll/challenge`, {}, "", this.localAddress)).body as Challenge;
    const part = { ...shown, challenge, public_key: this.publicKey, name };
    const signature = sign(
      null,
      Buffer.from(enrolText({ ...part, version: 1, signature: "", labels, boot_id: BOOT_ID, software: "test/1" } as never)),
      this.key,
    ).toString("base64url");
    return { version: 1, ...part, signature, labels, boot_id: BOOT_ID, software: "test/1" };
  }

  async enrol(token: string | null, name = "host", labels: Record<string, string> = {}): Promise<Answer> {
    const request = await this.enrolRequest(token, name, labels);
    const answer = await call(
      "POST",
      `${this.url}/api/v1/enroll`,
      { "content-type": "application/json" },
      JSON.stringify(request),
      this.localAddress,
    );
    if (answer.status === 200) this.take(answer.body as EnrolReply);
    return answer;
  }

  take({ agent, epoch, genesis, receipt_key }: EnrolReply): void {
    this.receiptKey = receipt_key;
    this.id = agent;
    this.epoch = epoch;
    this.seq = 1;
    this.prev = genesis;
  }

  /** The same host once more, at another address: its key, and its state as it is now. */
  copy(localAddress: string): FakeAgent {
    return Object.assign(new FakeAgent(this.url), this, { localAddress });
  }

  beginEpoch(): void {
    this.epoch += 1;
    this.seq = 1;
    this.prev = sha256(genesisText(this.id, this.epoch));
  }

  /** Sends and, when the server stored it, moves on. */
  async send(content: Batch | Buffer | string, wrong: Tampering = {}): Promise<Answer> {
    const { headers, hash, body } = this.signed(contentOf(content), wrong);
    const answer = await call("POST", `${this.url}${BATCH_PATH}`, headers, wrong.body?.(body) ?? body, this.localAddress);
    if (this.receiptKey !== "") requireSigned(answer, this.receiptKey, headers.signature ?? null);
    if (answer.status === 200 && answer.body.verdict === "stored" && wrong.seq === undefined) {
      this.seq += 1;
      this.prev = hash;
    }
    return answer;
  }

  /** What an agent says beside its batches. */
  postSigned(path: string, content: object, key: KeyObject = this.key): Promise<Answer> {
    return this.postBytes(path, Buffer.from(JSON.stringify(content)), key);
  }

  async postBytes(path: string, body: Buffer, key: KeyObject = this.key): Promise<Answer> {
    const contentDigest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
    const base = postSignatureBase({ method: "POST", targetUri: `${this.url}${path}`, contentDigest, agent: this.id });
    const headers = {
      "content-digest": contentDigest,
      "truebound-agent": this.id,
      "signature-input": postSignatureInput(this.id),
      signature: `truebound=:${sign(null, Buffer.from(base), key).toString("base64")}:`,
    };
    const answer = await call("POST", `${this.url}${path}`, headers, body, this.localAddress);
    requireSigned(answer, this.receiptKey, headers.signature);
    return answer;
  }

  /** Says that it goes, after the batch that it sent last. */
  sayGoodbye(last = this.seq - 1, epoch = this.epoch): Promise<Answer> {
    return this.postSigned(GOODBYE_PATH, { version: 1, agent: this.id, epoch, last_seq: last });
  }

  /** Several in one delivery. Moves on when the server stored them. */
  async sendAll(contents: readonly (Batch | Buffer | string)[], live: Batch | Buffer | null = null): Promise<Answer> {
    const { headers, hash, body } = this.signedAll(contents.map(contentOf), live === null ? null : contentOf(live));
    const answer = await call("POST", `${this.url}${BATCH_PATH}`, headers, body, this.localAddress);
    if (this.receiptKey !== "") requireSigned(answer, this.receiptKey, headers.signature ?? null);
    if (answer.status !== 200) return answer;
    this.seq += contents.length;
    this.prev = hash;
    return answer;
  }

  signed(content: Buffer, wrong: Tampering = {}): Signed {
    return this.signedAll([content], null, wrong);
  }

  signedAll(contents: readonly Buffer[], live: Buffer | null, wrong: Tampering = {}): Signed {
    const body = Buffer.from(encodeDelivery({ batches: contents, live }));
    const place = {
      agent: wrong.agent ?? this.id,
      epoch: wrong.epoch ?? this.epoch,
      seq: wrong.seq ?? this.seq,
      prev: wrong.prev ?? this.prev,
    };
    const head = contents.reduce(
      (prev, content, index) => sha256(chainText({ ...place, seq: place.seq + index, prev, contentDigest: digestOf(content) })),
      place.prev,
    );
    const request = {
      method: "POST" as const,
      targetUri: `${this.url}${BATCH_PATH}`,
      contentDigest: digestOf(body),
      ...place,
      head,
      sent: wrong.sent ?? `${BOOT_ID} ${this.boottime}`,
    };
    const signature = sign(null, Buffer.from(signatureBase(request)), wrong.key ?? this.key).toString("base64");
    const headers = {
      "content-type": "application/vnd.truebound.batches",
      "content-digest": request.contentDigest,
      "truebound-agent": request.agent,
      "truebound-epoch": String(request.epoch),
      "truebound-seq": String(request.seq),
      "truebound-prev": request.prev,
      "truebound-head": request.head,
      "truebound-sent": request.sent,
      "signature-input": signatureInput(request.agent),
      signature: `truebound=:${signature}:`,
    };
    return { headers: wrong.headers?.(headers) ?? headers, hash: head, body };
  }
}

/** A request that can be sent, as often as one likes. */
export interface Signed {
  readonly headers: Record<string, string>;
  /** Of the last batch. */
  readonly hash: string;
  readonly body: Buffer;
}

const contentOf = (content: Batch | Buffer | string): Buffer =>
  Buffer.isBuffer(content) ? content : Buffer.from(typeof content === "string" ? content : JSON.stringify(content));

const digestOf = (bytes: Uint8Array): string => `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;

function requireSigned({ status, bytes, headers }: Answer, receiptKey: string, requestSignature: string | null): void {
  const header = (name: string) => headers[name] as string | undefined;
  if (!isSignedReply({ status, body: bytes, header }, receiptKey, requestSignature))
    throw new Error(`The server's answer ${status} is not signed by its receipt key for this request`);
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

export const post = (url: string, body: Buffer | string, headers: Record<string, string>): Promise<Answer> =>
  call("POST", url, headers, body);
export const get = (url: string, headers: Record<string, string> = {}): Promise<Answer> => call("GET", url, headers);

export function call(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: Buffer | string = "",
  localAddress = "127.0.0.1",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = method === "GET" ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const sent = request(url, { method, headers: { ...length, ...headers }, agent: false, localAddress }, (res) => {
      const parts: Buffer[] = [];
      res.on("data", (part: Buffer) => parts.push(part));
      res.on("error", reject);
      res.on("end", () =>
        resolve({
          status: res.statusCode ?? 0,
          body: parse(Buffer.concat(parts).toString(), String(res.headers["content-type"])),
          bytes: Buffer.concat(parts),
          headers: res.headers,
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const parse = (text: string, type: string): unknown => (/json/.test(type) ? JSON.parse(text) : text);
