import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { EXPOSITION_TYPES, type ExpositionFormat, expositionFormat } from "@truebound/wire";
import type { Log } from "../log/log-line.ts";
import { isLoopback, type PublishSettings } from "../publish/publish-settings.ts";

export interface OwnListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Made anew for each scrape; nobody asks, nothing is made. */
export type Page = (format: ExpositionFormat) => Promise<string>;

/** A page on the internet can make a browser talk to this machine under a name of its own; it cannot make it say localhost. */
const LOCAL = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const TIMEOUTS = { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 };
const MOST_CONNECTIONS = 32;

/** This host's own /metrics and /livez. Whatever keeps it from being served is one warning, for the measuring goes on without it. Null = it is not served. */
export async function openOwnListener(settings: PublishSettings, page: Page, log: Log): Promise<OwnListener | null> {
  if (settings.port === 0) return null;
  try {
    return await listen(settings, page, log);
  } catch (error) {
    log("warn", `cannot serve metrics at ${settings.address}:${settings.port}: ${remedy(error as NodeJS.ErrnoException)}`);
    return null;
  }
}

async function listen({ port, address, tls }: PublishSettings, page: Page, log: Log): Promise<OwnListener> {
  const isGuarded = tls === null && isLoopback(address);
  const answer = (req: IncomingMessage, res: ServerResponse) => void serve(req, res, page, isGuarded, log);
  const server = tls === null ? createServer(TIMEOUTS, answer) : createTlsServer({ ...TIMEOUTS, ...filesOf(tls) }, answer);
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  server.on("error", (error) => log("warn", `metrics are served no more: ${error.message}`));
  return { port, close: () => close(server) };
}

const filesOf = ({ certFile, keyFile }: NonNullable<PublishSettings["tls"]>) => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
  minVersion: "TLSv1.2" as const,
});

function remedy({ code, message }: NodeJS.ErrnoException): string {
  if (code === "EADDRINUSE") return "the port is taken; measuring goes on; choose another with TRUEBOUND_AGENT_HTTP_PORT, or 0 for none";
  if (code === "EADDRNOTAVAIL") return "this host has no such address; measuring goes on; mend TRUEBOUND_AGENT_HTTP_ADDRESS";
  return `${message}; measuring goes on; mend it and start the agent again`;
}

async function serve(req: IncomingMessage, res: ServerResponse, page: Page, isGuarded: boolean, log: Log): Promise<void> {
  const [path] = (req.url ?? "").split("?");
  if (isGuarded && !LOCAL.test(req.headers.host ?? "")) return say(res, 403, "Reach this page as localhost, 127.0.0.1 or [::1]\n");
  if (req.method !== "GET" && req.method !== "HEAD") return say(res, 405, "Only GET is answered here\n");
  if (path === "/livez") return say(res, 200, "ok\n");
  if (path !== "/metrics") return say(res, 404, "There is nothing at this path; /metrics and /livez are here\n");
  const format = expositionFormat(req.headers.accept);
  try {
    say(res, 200, await page(format), EXPOSITION_TYPES[format]);
  } catch (error) {
    log("warn", `cannot answer a scrape: ${(error as Error).message}`);
    say(res, 500, "The page cannot be made; the agent's log says why\n");
  }
}

function say(res: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  res.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text), "x-content-type-options": "nosniff" });
  res.end(text);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
