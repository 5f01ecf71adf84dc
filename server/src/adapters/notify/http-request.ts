import { type IncomingMessage, request as plain, type RequestOptions } from "node:http";
import { request as secure } from "node:https";
import { isIP } from "node:net";
import type { HttpAnswer } from "../../notify/http-outcome.ts";
import { VERSION } from "../software.ts";
import { guardedAddresses, pinned, type Resolve } from "./guarded-address.ts";

export interface HttpTarget {
  readonly url: string;
  readonly allowPrivate: boolean;
}

export interface HttpMessage {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `unanswered` = why nobody answered. Redirects are answers: none is followed. */
export type HttpResult = HttpAnswer | { readonly unanswered: string };
export type HttpRequest = (target: HttpTarget, message: HttpMessage) => Promise<HttpResult>;

export interface HttpLimits {
  /** For all of it, the look-up of the name too. */
  readonly wholeMs: number;
  /** For the words of an error, once its head is there; absent = a second. */
  readonly wordsMs?: number;
  readonly resolve?: Resolve;
  /** Aborted when the server stops. */
  readonly closed?: AbortSignal;
}

const MOST_READ = 4096;
const WORDS_MS = 1000;
export const HTTP_LIMITS: HttpLimits = { wholeMs: 10_000 };

export function httpRequests({ wholeMs, wordsMs = WORDS_MS, resolve, closed }: HttpLimits = HTTP_LIMITS): HttpRequest {
  return async (target, message) => {
    const url = URL.canParse(target.url) ? new URL(target.url) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) return { unanswered: "its address is no http:// or https:// address; set one" };
    const limit = until(wholeMs, closed);
    const late = () => ({ unanswered: closed?.aborted ? STOPPED : `${url.host} did not answer within ${wholeMs / 1000} s` });
    try {
      const guarded = await within(limit, guardedAddresses(bare(url.hostname), target.allowPrivate, resolve));
      if ("why" in guarded) return { unanswered: guarded.why };
      return await answered(await ask(url, { lookup: pinned(guarded.addresses), signal: limit, agent: false }, message), wordsMs);
    } catch (error) {
      return limit.aborted ? late() : { unanswered: `${url.host} cannot be reached (${causeOf(error)})` };
    }
  };
}

export const STOPPED = "the server was stopped meanwhile";
export const until = (ms: number, closed: AbortSignal | undefined): AbortSignal =>
  closed === undefined ? AbortSignal.timeout(ms) : AbortSignal.any([AbortSignal.timeout(ms), closed]);

/** A look-up cannot be ended; it is not waited for. */
const within = <T>(limit: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([work, new Promise<never>((_, reject) => limit.addEventListener("abort", () => reject(limit.reason), { once: true }))]);

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1");

function ask(url: URL, more: RequestOptions, { method, headers = {}, body }: HttpMessage): Promise<IncomingMessage> {
  const host = bare(url.hostname);
  const options = {
    ...more,
    method,
    hostname: host,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    headers: { "user-agent": `Truebound/${VERSION}`, ...lengthOf(body), ...headers },
    ...(url.username === "" ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? secure : plain)(options, resolve);
    // What goes wrong after the head changes nothing any more.
    request.on("error", reject);
    request.end(body);
  });
}

const lengthOf = (body: string | undefined): Record<string, string> =>
  body === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };

/** What was answered counts once its head is there. What follows is of use in an error only; else it may come, but is not waited for. */
async function answered(answer: IncomingMessage, wordsMs: number): Promise<HttpAnswer> {
  const asked = answer.headers["retry-after"] ?? "";
  const status = answer.statusCode ?? 0;
  const words = wordsOf(answer, wordsMs);
  return {
    status,
    retryAfter: /^\d{1,6}$/.test(asked) ? Number(asked) : null,
    date: answer.headers.date ?? null,
    text: status >= 200 && status < 300 ? "" : await words,
  };
}

/** The beginning of them, as far as they come in time. */
async function wordsOf(answer: IncomingMessage, wordsMs: number): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const late = setTimeout(() => answer.destroy(), wordsMs);
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= MOST_READ) break;
    }
  } catch {
    // Cut off: what came by then has to do.
  } finally {
    clearTimeout(late);
  }
  return Buffer.concat(pieces).subarray(0, MOST_READ).toString("utf8");
}

export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
