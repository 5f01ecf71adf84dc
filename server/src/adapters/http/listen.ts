import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { StartupError } from "../embedded-postgres/index.ts";
import { sqlState } from "../postgres/pool.ts";
import type { TlsIdentity } from "../tls/tls-files.ts";

export interface Listener {
  /** As programs on this machine dial it. */
  readonly url: string;
  /** Lets what is under way finish, for a bounded time. */
  close(): Promise<void>;
}

export interface Address {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
}

/** Of the addresses that mean all of them. */
const LOOPBACK_OF = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);
/** What is under way has so long to be answered; then its connection is cut. */
const DRAIN_MS = 20_000;
const IDLE_LOOK_MS = 100;
const TIMEOUTS = { requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 30_000 };

/** `setting` is the variable by which the operator chooses this address. Without `tls` it is plain HTTP. */
export async function listen(
  app: RequestListener,
  address: Address,
  setting: string,
  tls: Pick<TlsIdentity, "cert" | "key"> | null = null,
): Promise<Listener> {
  const server = tls === null ? createServer(TIMEOUTS, app) : createTlsServer({ ...TIMEOUTS, ...tls, minVersion: "TLSv1.2" }, app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, address, setting)));
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  const host = LOOPBACK_OF.get(address.host) ?? address.host;
  const name = host.includes(":") ? `[${host}]` : host;
  return { url: `${tls === null ? "http" : "https"}://${name}:${port}`, close: () => close(server) };
}

function cannotListen(cause: Error, { host, port }: Address, setting: string): StartupError {
  const why =
    sqlState(cause) === "EADDRINUSE"
      ? "the port is taken"
      : sqlState(cause) === "EACCES"
        ? "this user may not use that port"
        : cause.message;
  return new StartupError(`Cannot listen on ${host}:${port}: ${why}; stop what uses it, or choose another with ${setting}`, 1, { cause });
}

/** Nobody new is heard; a connection goes once it has its answer, and is not kept for another request. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(force);
      clearInterval(idle);
      resolve();
    });
    server.prependListener("request", (_req, res) => res.shouldKeepAlive && res.setHeader("Connection", "close"));
    server.closeIdleConnections();
    // What is under way now was told that its connection is kept.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  });
}
