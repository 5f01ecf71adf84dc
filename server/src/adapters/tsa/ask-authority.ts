import { type IncomingMessage, request as plain } from "node:http";
import { request as secure } from "node:https";
import { isIP } from "node:net";
import { guardedAddresses, pinned } from "../notify/guarded-address.ts";
import { causeOf, until } from "../notify/http-request.ts";
import { VERSION } from "../software.ts";

export interface Authority {
  readonly url: string;
  /** It may be reached at an address that is not public. */
  readonly allowPrivate: boolean;
}

/** The bytes of an answer, or why there is none. */
export type AskAuthority = (authority: Authority, request: Uint8Array) => Promise<Uint8Array | { readonly why: string }>;

const LIMIT_MS = 15_000;
/** Some 6 KB with a chain of certificates. */
const MOST_BYTES = 64 * 1024;

/** RFC 3161, section 3.4, over HTTP. The name is looked up once, what was judged is dialled, and no redirect is followed. */
export const askAuthority =
  (closed: AbortSignal): AskAuthority =>
  async ({ url: text, allowPrivate }, body) => {
    const url = new URL(text);
    const signal = until(LIMIT_MS, closed);
    try {
      const guarded = await guardedAddresses(url.hostname.replace(/^\[(.*)\]$/, "$1"), allowPrivate);
      if ("why" in guarded) return { why: guarded.why.replace("allow_private: true", "TRUEBOUND_TSA_ALLOW_PRIVATE=1") };
      return await whole(await post(url, body, pinned(guarded.addresses), signal));
    } catch (error) {
      return {
        why: signal.aborted
          ? `${url.host} did not answer within ${LIMIT_MS / 1000} s`
          : `${url.host} cannot be reached (${causeOf(error)})`,
      };
    }
  };

function post(url: URL, body: Uint8Array, lookup: ReturnType<typeof pinned>, signal: AbortSignal): Promise<IncomingMessage> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const options = {
    method: "POST",
    hostname,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    lookup,
    signal,
    agent: false,
    headers: { "user-agent": `Truebound/${VERSION}`, "content-type": "application/timestamp-query", "content-length": body.length },
    ...(url.username === "" ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? secure : plain)(options, resolve);
    request.on("error", reject);
    request.end(body);
  });
}

async function whole(answer: IncomingMessage): Promise<Uint8Array | { readonly why: string }> {
  if (answer.statusCode !== 200) {
    answer.destroy();
    return { why: `it answered ${answer.statusCode}` };
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) return { why: `its answer has more than ${MOST_BYTES} bytes` };
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
