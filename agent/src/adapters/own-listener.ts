import { chmodSync, lstatSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { connect, type ListenOptions } from "node:net";
import { EXPOSITION_TYPES, type ExpositionFormat, expositionFormat } from "@truebound/wire";
import type { Log } from "../log/log-line.ts";
import { AskLimit } from "../publish/ask-limit.ts";
import { isLoopback, type PublishSettings } from "../publish/publish-settings.ts";
import { HTTP, loadHttps } from "./node-builtins.ts";

export interface OwnListener {
  close(): Promise<void>;
}

/** Made anew for each scrape; nobody asks, nothing is made. */
export type Page = (format: ExpositionFormat) => Promise<string>;

/** What is answered here, each made when it is asked for. */
export interface OwnPages {
  readonly metrics: Page;
  /** JSON: each makes the agent read its clocks, so how often is limited. */
  readonly now: () => object;
  readonly status: () => object;
  /** Whether whoever needs the clock within a bound may go on. */
  readonly ready: (query: URLSearchParams) => Readiness;
}

export interface Readiness {
  readonly status: 200 | 400 | 503;
  readonly says: string;
}

/** A page on the internet can make a browser talk to this machine under a name of its own; it cannot make it say localhost. */
const LOCAL = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const TIMEOUTS = { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 };
const MOST_CONNECTIONS = 32;

/** This host's own pages. Whatever keeps them from being served is one warning, for the measuring goes on without them. */
export async function openOwnListener(settings: PublishSettings, pages: OwnPages, log: Log): Promise<OwnListener> {
  const limit = new AskLimit(() => performance.now());
  const opened = [
    settings.port === 0 ? null : await attempt(`${settings.address}:${settings.port}`, () => listen(settings, pages, limit, log), log),
    settings.socket === null ? null : await attempt(settings.socket, () => listenAtPath(settings.socket as string, pages, limit, log), log),
  ];
  return {
    close: async () => {
      for (const server of opened) if (server !== null) await close(server);
    },
  };
}

/** Null = it is not served there. */
async function attempt(where: string, open: () => Promise<Server>, log: Log): Promise<Server | null> {
  try {
    return await open();
  } catch (error) {
    log("warn", `cannot serve metrics at ${where}: ${remedy(error as NodeJS.ErrnoException, where)}`);
    return null;
  }
}

function listen({ port, address, tls }: PublishSettings, pages: OwnPages, limit: AskLimit, log: Log): Promise<Server> {
  const isGuarded = tls === null && isLoopback(address);
  const answer: RequestListener = (req, res) => void serve(req, res, { pages, limit, isGuarded, log });
  const server = tls === null ? HTTP.createServer(TIMEOUTS, answer) : loadHttps().createServer({ ...TIMEOUTS, ...filesOf(tls) }, answer);
  return listening(server, { port, host: address }, log);
}

/** Open to every user of this machine, as the loopback is; no browser reaches it. */
async function listenAtPath(path: string, pages: OwnPages, limit: AskLimit, log: Log): Promise<Server> {
  await removeDeserted(path);
  const answer: RequestListener = (req, res) => void serve(req, res, { pages, limit, isGuarded: false, log });
  const server = await listening(HTTP.createServer(TIMEOUTS, answer), { path }, log);
  chmodSync(path, 0o666);
  return server;
}

/** A socket that an agent left which did not end by itself: nobody answers there. One that answers, or a file of another kind, stays. */
function removeDeserted(path: string): Promise<void> {
  return new Promise((resolve) => {
    const tried = connect({ path });
    tried.once("connect", () => resolve(void tried.destroy()));
    tried.once("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED" && lstatSync(path).isSocket()) rmSync(path, { force: true });
      resolve();
    });
  });
}

async function listening(server: Server, where: ListenOptions, log: Log): Promise<Server> {
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, resolve);
  });
  server.on("error", (error) => log("warn", `metrics are served no more: ${error.message}`));
  return server;
}

const filesOf = ({ certFile, keyFile }: NonNullable<PublishSettings["tls"]>) => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
  minVersion: "TLSv1.2" as const,
});

function remedy({ code, message }: NodeJS.ErrnoException, where: string): string {
  const onPath = where.startsWith("/");
  if (code === "EADDRINUSE")
    return onPath
      ? "the path is taken; measuring goes on; choose another with TRUEBOUND_AGENT_SOCKET"
      : "the port is taken; measuring goes on; choose another with TRUEBOUND_AGENT_HTTP_PORT, or 0 for none";
  if (code === "EADDRNOTAVAIL") return "this host has no such address; measuring goes on; mend TRUEBOUND_AGENT_HTTP_ADDRESS";
  return `${message}; measuring goes on; mend it and start the agent again`;
}

interface Serving {
  readonly pages: OwnPages;
  readonly limit: AskLimit;
  /** Plain HTTP on the loopback, which a browser on this machine reaches too. */
  readonly isGuarded: boolean;
  readonly log: Log;
}

async function serve(req: IncomingMessage, res: ServerResponse, serving: Serving): Promise<void> {
  const [path = "", query] = (req.url ?? "").split("?");
  const refused = serving.isGuarded ? strangeness(req) : null;
  if (refused !== null) return say(res, 403, refused);
  if (req.method !== "GET" && req.method !== "HEAD") return say(res, 405, "Only GET is answered here\n");
  if (path === "/livez") return say(res, 200, "ok\n");
  try {
    if (path === "/metrics") return await scraped(req, res, serving.pages);
    if (path === "/now") return sayJson(res, serving, serving.pages.now);
    if (path === "/status") return sayJson(res, serving, serving.pages.status);
    if (path === "/ready") return sayReady(res, serving, new URLSearchParams(query));
  } catch (error) {
    serving.log("warn", `cannot answer at ${path}: ${(error as Error).message}`);
    return say(res, 500, "The page cannot be made; the agent's log says why\n");
  }
  say(res, 404, "There is nothing at this path; /now, /status, /ready, /metrics and /livez are here\n");
}

/** What a page of the internet sends when it has a browser of this machine ask; null = whoever asks is of this machine. */
function strangeness({ headers }: IncomingMessage): string | null {
  if (!LOCAL.test(headers.host ?? "")) return "Reach this page as localhost, 127.0.0.1 or [::1]\n";
  const { origin, "sec-fetch-site": site } = headers;
  if (origin !== undefined && !LOCAL.test(origin.replace(/^https?:\/\//i, ""))) return "Nothing is answered to pages of elsewhere\n";
  return site === "cross-site" ? "Nothing is answered to pages of elsewhere\n" : null;
}

async function scraped(req: IncomingMessage, res: ServerResponse, { metrics }: OwnPages): Promise<void> {
  const format = expositionFormat(req.headers.accept);
  say(res, 200, await metrics(format), EXPOSITION_TYPES[format]);
}

function sayJson(res: ServerResponse, { limit }: Serving, answer: () => object): void {
  if (!limit.take()) return askedTooOften(res);
  say(res, 200, `${JSON.stringify(answer())}\n`, "application/json");
}

function sayReady(res: ServerResponse, { limit, pages }: Serving, query: URLSearchParams): void {
  if (!limit.take()) return askedTooOften(res);
  const { status, says } = pages.ready(query);
  say(res, status, `${says}\n`);
}

function askedTooOften(res: ServerResponse): void {
  res.setHeader("retry-after", "1");
  say(res, 429, "Asked too often: at most 20 answers a second are given here\n");
}

function say(res: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  const length = Buffer.byteLength(text);
  res.writeHead(status, {
    "content-type": type,
    "content-length": length,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  res.end(text);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
