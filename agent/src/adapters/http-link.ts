import { Agent as ConnectionPool, request } from "node:http";
import { BATCH_PATH, SIGNATURE_LABEL, type SignedRequest, signatureBase, signatureInput } from "@truebound/wire";
import type { HttpAnswer, ServerLink, Signer } from "../report/ports.ts";

const TIMEOUT_MS = 20_000;
const LONGEST_ANSWER = 1024 * 1024;

/** HTTP to the server on this machine. Batches are signed for the very URL that is dialled. */
export class HttpLink implements ServerLink {
  readonly #base: URL;
  readonly #signer: Signer;
  readonly #pool = new ConnectionPool({ keepAlive: true, maxSockets: 2 });

  constructor(base: URL, signer: Signer) {
    this.#base = base;
    this.#signer = signer;
  }

  post(path: string, body: unknown): Promise<HttpAnswer> {
    return this.#send(path, Buffer.from(JSON.stringify(body)), { "content-type": "application/json" });
  }

  postBatch(described: Omit<SignedRequest, "method" | "targetUri">, body: Uint8Array): Promise<HttpAnswer> {
    const signed: SignedRequest = { ...described, method: "POST", targetUri: new URL(BATCH_PATH, this.#base).href };
    const signature = Buffer.from(this.#signer.sign(signatureBase(signed))).toString("base64");
    return this.#send(BATCH_PATH, body, {
      "content-type": "application/json",
      "content-digest": signed.contentDigest,
      "truebound-agent": signed.agent,
      "truebound-epoch": String(signed.epoch),
      "truebound-seq": String(signed.seq),
      "truebound-prev": signed.prev,
      "truebound-sent": signed.sent,
      "signature-input": signatureInput(signed.agent),
      signature: `${SIGNATURE_LABEL}=:${signature}:`,
    });
  }

  close(): void {
    this.#pool.destroy();
  }

  #send(path: string, body: Uint8Array, headers: Record<string, string>): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      const fail = (reason: string) => resolve({ kind: "no_answer", reason });
      const outgoing = request(
        new URL(path, this.#base),
        { method: "POST", headers: { ...headers, "content-length": String(body.length) }, agent: this.#pool, timeout: TIMEOUT_MS },
        (incoming) => {
          const chunks: Buffer[] = [];
          let length = 0;
          incoming.on("data", (chunk: Buffer) => {
            length += chunk.length;
            if (length > LONGEST_ANSWER) incoming.destroy(new Error("the server's answer is longer than 1 MiB"));
            else chunks.push(chunk);
          });
          incoming.on("error", (error) => fail(error.message));
          incoming.on("end", () => resolve(answerOf(incoming.statusCode ?? 0, incoming.headers["retry-after"], Buffer.concat(chunks))));
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer from ${this.#base.host} within ${TIMEOUT_MS / 1000} s`)));
      outgoing.on("error", (error) => fail(error.message));
      outgoing.end(body);
    });
  }
}

/** Retry-After counts only in seconds: a date would be read by a clock that may be wrong. */
function answerOf(status: number, retryAfter: string | undefined, body: Buffer): HttpAnswer {
  const seconds = retryAfter !== undefined && /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) : null;
  return { kind: "answer", status, body: parse(body), retryAfterSeconds: seconds };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null; // not JSON: the status alone must do
  }
}
