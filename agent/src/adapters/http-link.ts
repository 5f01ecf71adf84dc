import type { Agent as ConnectionPool, IncomingMessage } from "node:http";
import { BATCH_PATH, KNOWN_KEY_HEADER, type SignedRequest } from "@truebound/wire";
import { deliveryHeaders } from "../report/delivery-request.ts";
import { answerOf } from "../report/http-answer.ts";
import type { HttpAnswer, ServerLink, Signer } from "../report/ports.ts";
import { DEFAULT_LIMITS, type ExchangeLimits, limitExchange } from "./exchange-limits.ts";
import { HTTP } from "./node-builtins.ts";
import { followedKey, isSignedReply, keyIdOf, type RawReply } from "./reply-check.ts";
import { type DialRules, SecurePool } from "./secure-dial.ts";
import { signedPostHeaders } from "./signed-post.ts";

const LONGEST_ANSWER = 1024 * 1024;

/** How the server is known; both may be learned while the agent runs. */
export interface ServerTrust extends DialRules {
  /** Raw public key by which its replies are signed, base64url; null = not known yet. */
  readonly receiptKey: () => string | null;
  /** The server signs by another key now, for which the known one vouches. Absent = no other key is taken. */
  readonly onFollowed?: (receiptKey: string) => void;
  /** Aborted when the agent ends. */
  readonly ending?: AbortSignal;
}

/**
 * HTTP to the server: plain on this machine, TLS to anywhere else. Batches are signed for the very URL that is dialled, and
 * a reply that is not signed for this very request counts as none.
 */
export class HttpLink implements ServerLink {
  readonly #base: URL;
  readonly #signer: Signer;
  readonly #trust: ServerTrust;
  readonly #pool: ConnectionPool;
  readonly #limits: ExchangeLimits;
  /** Who did not answer an agent that ends is not asked again. */
  #gaveUp: string | null = null;

  constructor(base: URL, signer: Signer, trust: ServerTrust, limits: ExchangeLimits = DEFAULT_LIMITS) {
    this.#base = base;
    this.#signer = signer;
    this.#trust = trust;
    this.#limits = limits;
    this.#pool = base.protocol === "https:" ? new SecurePool(trust) : new HTTP.Agent({ keepAlive: true, maxSockets: 2 });
  }

  post(path: string, body: unknown): Promise<HttpAnswer> {
    return this.#send(path, Buffer.from(JSON.stringify(body)), { "content-type": "application/json" });
  }

  postSigned(path: string, agent: string, body: unknown): Promise<HttpAnswer> {
    const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    return this.#send(path, bytes, {
      "content-type": body instanceof Uint8Array ? "application/octet-stream" : "application/json",
      ...signedPostHeaders(new URL(path, this.#base), agent, bytes, this.#signer),
    });
  }

  postBatches(described: Omit<SignedRequest, "method" | "targetUri">, body: Uint8Array): Promise<HttpAnswer> {
    return this.#send(BATCH_PATH, body, deliveryHeaders(described, this.#base, this.#signer));
  }

  close(): void {
    this.#pool.destroy();
  }

  /** Only what answers a signed request can be told from what somebody else says. */
  #isGenuine(reply: RawReply, requestSignature: string | undefined): boolean {
    const key = this.#trust.receiptKey();
    if (key === null || requestSignature === undefined || isSignedReply(reply, key, requestSignature)) return true;
    const next = this.#trust.onFollowed === undefined ? null : followedKey(reply, key, requestSignature);
    if (next !== null) this.#trust.onFollowed?.(next);
    return next !== null;
  }

  #knownKey(): Record<string, string> {
    const key = this.#trust.receiptKey();
    return key === null ? {} : { [KNOWN_KEY_HEADER]: keyIdOf(key) };
  }

  #send(path: string, body: Uint8Array, headers: Record<string, string>): Promise<HttpAnswer> {
    if (this.#gaveUp !== null) return Promise.resolve({ kind: "no_answer", reason: this.#gaveUp });
    const { hostname: host, port, protocol, host: dialled } = this.#base;
    return new Promise((resolve) => {
      const fail = (reason: string) => resolve({ kind: "no_answer", reason });
      const outgoing = HTTP.request(
        {
          // The pool has made TLS of it already.
          protocol: "http:",
          host: host.replace(/^\[|\]$/g, ""),
          port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
          path,
          method: "POST",
          headers: { host: dialled, ...this.#knownKey(), ...headers, "content-length": String(body.length) },
          agent: this.#pool,
          // From the dialling on.
          timeout: this.#limits.silenceMs,
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let length = 0;
          incoming.on("data", (chunk: Buffer) => {
            length += chunk.length;
            if (length > LONGEST_ANSWER) incoming.destroy(new Error("the server's answer is longer than 1 MiB"));
            else chunks.push(chunk);
          });
          incoming.on("error", (error) => fail(error.message));
          incoming.on("end", () => {
            const reply = { status: incoming.statusCode ?? 0, header: headerOf(incoming), body: Buffer.concat(chunks) };
            if (this.#isGenuine(reply, headers.signature)) resolve(answerOf(reply.status, reply.header("retry-after"), reply.body));
            else fail(`HTTP ${reply.status}, but not signed by this server's receipt key for this request`);
          });
        },
      );
      // Before it is destroyed: of an answer that has begun, Node would only say that it was aborted.
      limitExchange(outgoing, this.#limits, this.#base.host, this.#trust.ending, (why) => {
        if (this.#trust.ending?.aborted) this.#gaveUp = why;
        fail(why);
        outgoing.destroy();
      });
      outgoing.on("error", (error) => fail(error.message));
      outgoing.end(body);
    });
  }
}

const headerOf =
  ({ headers }: IncomingMessage) =>
  (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };
