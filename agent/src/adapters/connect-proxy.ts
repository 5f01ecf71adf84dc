import { readFileSync } from "node:fs";
import { isIP, type Socket } from "node:net";
import type { ForwardProxy } from "../proxy/proxy-settings.ts";
import { HTTP } from "./node-builtins.ts";

export interface Target {
  readonly host: string;
  readonly port: number;
}

const at = ({ host, port }: Target): string => (isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`);

export const proxyAt = (proxy: ForwardProxy): string => at(proxy);

/** In words, for whoever has to mend it. */
export const sayProxy = (proxy: ForwardProxy): string => `the proxy ${at(proxy)} (${proxy.from})`;

/** The credentials as they are now; an Error says why a file gives none. */
export function proxyCredentials({ credentials }: Pick<ForwardProxy, "credentials">): string | null {
  if (credentials === null) return null;
  if (credentials.kind === "given") return credentials.text;
  const text = readFileSync(credentials.path, "utf8").replace(/\r?\n$/, "");
  if (!/^[^:\r\n]+:[^\r\n]*$/.test(text)) throw new Error(`${credentials.path} holds no user:password in one line`);
  return text;
}

/** A connection to the target through the proxy, over which nothing was said yet. Rejects with the reason, which names the proxy. */
export function connectThrough(proxy: ForwardProxy, target: Target, withinMs: number): Promise<Socket> {
  const through = sayProxy(proxy);
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(why));
    const headers = authorization(proxy, fail);
    if (headers === null) return;
    const outgoing = HTTP.request({
      host: proxy.host,
      port: proxy.port,
      method: "CONNECT",
      path: at(target),
      headers: { host: at(target), ...headers },
      agent: false,
      signal: AbortSignal.timeout(withinMs),
    });
    outgoing.once("connect", ({ statusCode = 0, statusMessage = "" }, socket, first) => {
      const why = refusal(proxy, target, statusCode, statusMessage) ?? early(proxy, first);
      if (why === null) return resolve(socket as Socket);
      socket.destroy();
      fail(why);
    });
    outgoing.once("error", (error: NodeJS.ErrnoException) => fail(trouble(through, error, withinMs)));
    outgoing.end();
  });
}

function authorization(proxy: ForwardProxy, fail: (why: string) => void): Record<string, string> | null {
  try {
    const text = proxyCredentials(proxy);
    return text === null ? {} : { "proxy-authorization": `Basic ${Buffer.from(text).toString("base64")}` };
  } catch (error) {
    fail(`no credentials for ${sayProxy(proxy)}: ${(error as Error).message}`);
    return null;
  }
}

/** Null = it has connected. */
function refusal(proxy: ForwardProxy, target: Target, status: number, message: string): string | null {
  if (status >= 200 && status < 300) return null;
  if (status === 407) return `${sayProxy(proxy)} ${notLetIn(proxy)} (HTTP 407)`;
  const said = message.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 80);
  return `${sayProxy(proxy)} does not connect to ${at(target)}: HTTP ${status} ${said}`.trimEnd();
}

function notLetIn({ credentials }: ForwardProxy): string {
  if (credentials === null)
    return "wants credentials, and is told none: name a file with user:password in TRUEBOUND_PROXY_CREDENTIALS_FILE";
  return credentials.kind === "file"
    ? `does not take the credentials in ${credentials.path}`
    : "does not take the credentials in its address";
}

/** A TLS server speaks second: whatever comes before is not the server's. */
const early = (proxy: ForwardProxy, first: Buffer): string | null =>
  first.length === 0 ? null : `${sayProxy(proxy)} answers for the server: ${first.length} bytes came before the handshake`;

function trouble(through: string, error: NodeJS.ErrnoException, withinMs: number): string {
  if (error.name === "AbortError" || error.name === "TimeoutError") return `no answer from ${through} within ${withinMs / 1000} s`;
  if (error.code?.startsWith("HPE_")) return `${through} does not speak HTTP: ${error.message}`;
  return error.syscall === undefined ? `${through} ended the connection: ${error.message}` : `cannot reach ${through}: ${error.message}`;
}
