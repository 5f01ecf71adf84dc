import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { HostSummary, PeersView, ServerTime, TargetView } from "@truebound/wire";
import { hostInFull, pairScene } from "./peer-scenes.ts";

const SITE = join(import.meta.dirname, "../web/dist/site");
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".html": "text/html",
};

/** The built page, and an API that says what a test tells it to say. */
export class FakePeersServer {
  view: (as_of: string) => PeersView = () => ({
    as_of: null,
    words: "Nobody is in a mesh",
    members: [],
    pairs: [],
    all_pairs: true,
    conflicts: [],
    closure: null,
  });
  hosts: HostSummary[] = [];
  /** Names of targets that no host has measured yet. */
  unmeasured: readonly string[] = [];
  /** An answer of this status to every question; null = it answers. */
  broken: number | null = null;
  /** The stream of updates never begins. */
  isStreamMute = false;
  /** Questions for the list of peers, and those of them that needed no body. */
  readonly asked = { peers: 0, unchanged: 0 };
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));
  /** One solution, until a test asks for another. */
  as_of = new Date().toISOString();

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Says from now on what this scene says. */
  show(view: (as_of: string) => PeersView, age_ms = 2_000): void {
    this.view = view;
    this.broken = null;
    this.as_of = new Date(Date.now() - age_ms).toISOString();
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "/", "http://fake");
    if (!pathname.startsWith("/api/")) return site(pathname, response);
    if (pathname === "/api/v1/events") return this.#stream(response);
    if (everywhere(pathname, response)) return;
    if (this.broken !== null) return problem(response, this.broken, "The database does not answer");
    const value = this.#valueOf(pathname);
    if (value === null) return problem(response, 404, "There is no such thing");
    this.#send(request, response, pathname, JSON.stringify(value));
  }

  #valueOf(pathname: string): unknown {
    const view = this.view(this.as_of);
    if (pathname === "/api/v1/peers") return view;
    if (pathname === "/api/v1/targets") return { items: targetsOf(view, this.unmeasured), next: null };
    if (pathname === "/api/v1/incidents") return { items: [], next: null, evaluated_at: new Date().toISOString(), alerting: "server" };
    if (pathname === "/api/v1/fleet/sparks") return { from: new Date().toISOString(), to: new Date().toISOString(), items: [] };
    if (pathname === "/api/v1/hosts") return { items: this.hosts, next: null };
    if (pathname === "/api/v1/time") return serverTime();
    const host = this.hosts.find(({ id }) => pathname === `/api/v1/hosts/${id}`);
    if (host !== undefined) return hostInFull(host);
    const [, first, second] = /^\/api\/v1\/peers\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
    return first === undefined || second === undefined ? null : pairScene(view, decodeURIComponent(first), decodeURIComponent(second));
  }

  #send(request: IncomingMessage, response: ServerResponse, pathname: string, text: string): void {
    const tag = `W/"${createHash("sha256").update(text).digest("base64url").slice(0, 16)}"`;
    const isUnchanged = request.headers["if-none-match"] === tag;
    if (pathname === "/api/v1/peers") this.asked.peers++;
    if (pathname === "/api/v1/peers" && isUnchanged) this.asked.unchanged++;
    response.writeHead(isUnchanged ? 304 : 200, { "content-type": "application/json", "cache-control": "no-cache", etag: tag });
    response.end(isUnchanged ? undefined : text);
  }

  #stream(response: ServerResponse): void {
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    if (this.isStreamMute) return;
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.write("event: heartbeat\ndata: {}\n\n");
  }
}

/** The targets of a view, as whoever added them wrote them down, and others that have no place in it yet. */
function targetsOf({ members }: PeersView, unmeasured: readonly string[]): TargetView[] {
  const measured = members.filter(({ kind }) => kind === "target").map(({ id, name, domain }) => ({ id, name, domain }));
  const others = unmeasured.map((name, at) => ({ id: `00000000-0000-4000-8000-00000000f00${at}`, name, domain: "lon-2" }));
  const rest = { address: "10.0.0.1", port: 123, labels: { role: "switch" }, created_at: "2026-11-01T00:00:00.000Z" };
  return [...measured, ...others].map((one) => ({ ...one, ...rest }));
}

export function problem(response: ServerResponse, status: number, title: string): void {
  response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify({ status, title }));
}

const json = (response: ServerResponse, value: unknown): true => {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  return true;
};

/** What every page asks, whatever it shows: who looks (whoever reaches a server without sign-in), and how the service stands (well). */
export function everywhere(pathname: string, response: ServerResponse): boolean {
  const actor = { kind: "local", name: "local", grants: [{ role: "admin", labels: {} }], csrf: null };
  if (pathname === "/api/v1/me") return json(response, { sign_in: "off", oidc: null, actor });
  if (pathname !== "/api/v1/system") return false;
  return json(response, { at: new Date().toISOString(), version: "0.1.0", state: "pass", not_fine: 0, checks: [], servers: [] });
}

/** Known to ±5 ms. */
export function serverTime(now = Date.now()): ServerTime {
  const [at, earliest, latest] = [now, now - 5, now + 5].map((ms) => new Date(ms).toISOString()) as [string, string, string];
  return { at, earliest, latest, reason: null };
}

/** Files of the page; every other path is one of its views. */
export function site(pathname: string, response: ServerResponse): void {
  const isFile = pathname.startsWith("/assets/") || pathname === "/favicon.svg";
  const file = isFile ? join(SITE, pathname) : join(SITE, "index.html");
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
}
