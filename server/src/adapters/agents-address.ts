import { hostname } from "node:os";
import type { Config } from "../config.ts";

const ANY = ["0.0.0.0", "::"];

/** Where agents find this server: by the name of this machine where it listens on all addresses. */
export function agentsAddress({ agents: { host, port }, tls, tlsProxy }: Pick<Config, "agents" | "tls" | "tlsProxy">): string {
  const name = ANY.includes(host) ? hostname() : host.includes(":") ? `[${host}]` : host;
  return `${tls !== null || tlsProxy ? "https" : "http"}://${name}:${port}/`;
}
