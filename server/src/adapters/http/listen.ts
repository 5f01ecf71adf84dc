import { createServer, type RequestListener, type Server } from "node:http";
import { StartupError } from "../embedded-postgres/index.ts";
import { sqlState } from "../postgres/pool.ts";

export interface Listener {
  readonly url: string;
  /** Lets what is under way finish, for a bounded time. */
  close(): Promise<void>;
}

export interface Address {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
}

const DRAIN_MS = 3_000;

/** `setting` is the variable by which the operator chooses this address. */
export async function listen(app: RequestListener, address: Address, setting: string): Promise<Listener> {
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 30_000 }, app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, address, setting)));
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  const name = address.host.includes(":") ? `[${address.host}]` : address.host;
  return { url: `http://${name}:${port}`, close: () => close(server) };
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

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
