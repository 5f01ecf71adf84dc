import { createHash } from "node:crypto";
import type { ClientRequestArgs } from "node:http";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { ForwardProxy } from "../proxy/proxy-settings.ts";
import { judgeServer } from "../report/trust.ts";
import { connectThrough, sayProxy } from "./connect-proxy.ts";
import { HTTP, loadTls } from "./node-builtins.ts";

export interface DialRules {
  /** Pins of the server's keys, as far as they are known now. */
  readonly pins: () => readonly string[];
  /** Told when a pin holds although TLS complains. */
  readonly despite: (error: string) => void;
  /** Through which a server is reached; absent or null = it is dialled itself. */
  readonly proxy?: ForwardProxy | null;
}

const DIAL_TIMEOUT_MS = 15_000;

/**
 * TLS connections over which nothing is sent before the server is trusted. Node's own check cannot do it: it answers with
 * the time error alone when the clock is wrong, for the right server and for a rogue alike. So the handshake is let through,
 * judged here, and only then is the socket handed to HTTP.
 */
export class SecurePool extends HTTP.Agent {
  readonly #rules: DialRules;

  constructor(rules: DialRules) {
    super({ keepAlive: true, maxSockets: 2 });
    this.#rules = rules;
  }

  override createConnection({ host, port }: ClientRequestArgs, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    dial(String(host), Number(port), this.#rules).then(
      (socket) => callback?.(null, socket),
      // By Node's own types a stream comes with an error too; none is looked at.
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}

async function dial(host: string, port: number, rules: DialRules): Promise<TLSSocket> {
  const name = host.replace(/^\[|\]$/g, "");
  const { proxy = null } = rules;
  if (proxy === null) return secured(name, port, null, rules);
  const socket = await connectThrough(proxy, { host: name, port }, DIAL_TIMEOUT_MS);
  return secured(name, port, socket, rules).catch((error: Error) => {
    throw new Error(`through ${sayProxy(proxy)}: ${error.message}`, { cause: error });
  });
}

/** Over a connection that there is already, or one of its own. What lies between has no part in the trust. */
function secured(name: string, port: number, over: Socket | null, { pins, despite }: DialRules): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = loadTls().connect({
      ...(over === null ? { host: name, port } : { socket: over }),
      ...(isIP(name) === 0 ? { servername: name } : {}),
      minVersion: "TLSv1.2",
      ALPNProtocols: ["http/1.1"],
      // Judged below, before a byte is sent.
      rejectUnauthorized: false,
    });
    const fail = (error: Error) => {
      socket.destroy();
      over?.destroy();
      reject(error);
    };
    socket.setTimeout(DIAL_TIMEOUT_MS);
    socket.once("error", fail);
    socket.once("timeout", () => fail(new Error(`no TLS handshake with ${name}:${port} within ${DIAL_TIMEOUT_MS / 1000} s`)));
    socket.once("secureConnect", () => {
      const trust = judgeServer({ authorized: socket.authorized, error: errorOf(socket), pin: pinOf(socket) }, pins());
      if (trust.kind === "refused") return fail(new Error(trust.why));
      if (trust.kind === "trusted_despite") despite(trust.error);
      socket.setTimeout(0);
      socket.removeListener("error", fail);
      resolve(socket);
    });
  });
}

const errorOf = ({ authorizationError: error }: TLSSocket): string | null => (error ? String(error) : null);

function pinOf(socket: TLSSocket): string {
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" });
  return key === undefined ? "" : createHash("sha256").update(key).digest("base64url");
}
