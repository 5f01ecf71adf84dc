import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, RequestOptions } from "node:http";
import type { TLSSocket } from "node:tls";
import { readOwnHost } from "../ask/own-host.ts";
import type { AskAgent, Asked } from "../ask/ports.ts";
import type { PublishSettings } from "../publish/publish-settings.ts";
import { HTTP, loadHttps } from "./node-builtins.ts";

const MOST_BYTES = 1_048_576;
const MOST_MS = 5_000;
/** What an agent listens on at all its addresses is reached on the loopback. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

interface Way {
  readonly where: string;
  readonly options: RequestOptions;
  /** The certificate by which it is known; null = none is asked for. */
  readonly certificate: Buffer | null;
}

/** Asks the agent of this host as its settings say where it answers: by its socket, else by its port. */
export function agentAsker(settings: PublishSettings): AskAgent {
  return async (page) => {
    try {
      const way = wayOf(settings);
      return way === null ? NOT_SERVED : await ask(way, page);
    } catch (error) {
      return { kind: "denied", says: `Cannot ask the agent: ${(error as Error).message}` };
    }
  };
}

const NOT_SERVED: Asked = {
  kind: "not_served",
  says: "Cannot ask the agent: it serves nothing here; set TRUEBOUND_AGENT_HTTP_PORT or TRUEBOUND_AGENT_SOCKET",
};

function wayOf({ socket, port, address, tls }: PublishSettings): Way | null {
  if (socket !== null) return { where: socket, options: { socketPath: socket }, certificate: null };
  if (port === 0) return null;
  const host = LOOPBACK_OF[address] ?? address;
  const where = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const certificate = tls === null ? null : new X509Certificate(readFileSync(tls.certFile)).raw;
  return { where, options: { host, port }, certificate };
}

function ask({ where, options, certificate }: Way, path: string): Promise<Asked> {
  return new Promise((resolve) => {
    const { request } = certificate === null ? HTTP : loadHttps();
    // Known by its very certificate, whatever name that has: an address of this host is asked.
    const asked = request({ ...options, path, headers: { host: "localhost" }, rejectUnauthorized: false });
    const end = (answer: Asked) => {
      clearTimeout(timer);
      resolve(answer);
      asked.destroy();
    };
    const timer = setTimeout(() => end({ kind: "no_answer", says: `Nobody answers at ${where} within ${MOST_MS / 1000} s` }), MOST_MS);
    asked.on("error", (error: NodeJS.ErrnoException) => end(troubleOf(error, where)));
    asked.on("response", (res) => {
      if (certificate !== null && !certificate.equals((res.socket as TLSSocket).getPeerCertificate().raw))
        return end({ kind: "not_an_agent", says: `Whoever answers at ${where} does not have the certificate of the agent's settings` });
      collect(res, where, end);
    });
    asked.end();
  });
}

function collect(res: IncomingMessage, where: string, end: (answer: Asked) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  res.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) end({ kind: "too_much", says: `Whoever answers at ${where} says more than ${MOST_BYTES} bytes` });
  });
  res.on("error", (error: NodeJS.ErrnoException) => end(troubleOf(error, where)));
  res.on("end", () => end(answerOf(res.statusCode ?? 0, Buffer.concat(chunks).toString("utf8"), where)));
}

function answerOf(status: number, text: string, where: string): Asked {
  const host = status === 200 ? readOwnHost(text) : null;
  if (host !== null) return { kind: "host", host };
  if (status === 429 || status === 403 || status >= 500)
    return { kind: "refused", says: `The agent at ${where} refuses (${status}): ${(text.split("\n")[0] ?? "").slice(0, 200)}` };
  return { kind: "not_an_agent", says: `Whoever answers at ${where} (${status}) is no agent that tells the time` };
}

function troubleOf({ code, message }: NodeJS.ErrnoException, where: string): Asked {
  if (code === "ECONNREFUSED" || code === "ENOENT")
    return { kind: "not_running", says: `No agent answers at ${where}: is truebound-agent run running, and with these settings?` };
  if (code === "EACCES" || code === "EPERM") return { kind: "denied", says: `Cannot ask the agent at ${where}: ${message}` };
  return { kind: "not_an_agent", says: `Cannot understand who answers at ${where}: ${message}` };
}
