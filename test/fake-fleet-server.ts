import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FleetSparks, HostSummary, Series, ServerTime, Spark } from "@truebound/wire";
import { everywhere, problem, serverTime, site } from "./fake-peers-server.ts";
import { hostInFull } from "./peer-scenes.ts";

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const ROLES = ["web", "db", "queue", "cache"];

/** One of a fleet: mostly proven, some of every other kind; the same for the same number. */
export function fleetHost(number: number, now: number): HostSummary {
  const half = Math.round(20_000 * 1.0007 ** (number % 10_000) * (1 + (number % 7) / 9));
  const [offset, status, liveness] = kindOf(number, half);
  const isBlind = status === "unknown";
  const bound = { lo_ns: String(offset - half), hi_ns: String(offset + half) };
  const worst = String(Math.max(Math.abs(offset - half), Math.abs(offset + half)));
  return {
    id: idOf(number),
    name: `${ROLES[number % ROLES.length]}-${number}`,
    labels: { site: number % 3 === 0 ? "fra" : "lon", role: ROLES[number % ROLES.length] ?? "web" },
    liveness,
    status,
    reason: isBlind ? "expired" : null,
    as_of: new Date(now - 2_000).toISOString(),
    as_of_marked: false,
    guaranteed: isBlind ? null : bound,
    tight: null,
    worst_error_ns: isBlind ? null : worst,
    clone_suspected: false,
    is_ahead: false,
    delivered_until: null,
    words: isBlind ? "unknown: no exchange for an hour" : "measured against four sources",
    injected_ns: null,
    limit_ns: number % 4 === 1 ? "1000000" : "100000000",
    last_received_at: new Date(now - 1_000).toISOString(),
  };
}

function kindOf(number: number, half: number): [number, HostSummary["status"], HostSummary["liveness"]] {
  if (number % 4_001 === 17) return [3_000_000_000, "proven", "reporting"];
  if (number % 211 === 3) return [0, "unknown", "reporting"];
  if (number % 401 === 5) return [half * 3, "unverified", "reporting"];
  if (number % 307 === 9) return [0, "holdover", "reporting"];
  return [Math.round((half * ((number % 11) - 5)) / 6), "proven", number % 503 === 11 ? "silent" : "reporting"];
}

/** As the server orders them: those of which nothing is known, then by worst error. */
export function fleetOf(count: number, now = Date.now()): HostSummary[] {
  const rank = ({ worst_error_ns }: HostSummary): number => (worst_error_ns === null ? Number.POSITIVE_INFINITY : Number(worst_error_ns));
  return Array.from({ length: count }, (_, number) => fleetHost(number, now)).sort((a, b) =>
    rank(b) > rank(a) ? 1 : rank(b) < rank(a) ? -1 : 0,
  );
}

const PARTS = 72;

/** Around what the host says now, and steadier the nearer; some hosts with a gap, others with an hour in which it was four times as wide. */
function sparkOf({ id, guaranteed }: HostSummary): Spark {
  const number = Number(id.slice(-12));
  const isKnown = (part: number): boolean => guaranteed !== null && (number % 5 !== 2 || part < 20 || part > 33);
  const wider = (part: number): number => (number % 4 === 3 && part > 40 && part < 53 ? 4 : 1 + ((part * (number % 13)) % 17) / 40);
  const ends = (end: "lo_ns" | "hi_ns") =>
    Array.from({ length: PARTS }, (_, part) => (isKnown(part) ? String(Math.round(Number(guaranteed?.[end]) * wider(part))) : null));
  return { id, lo_ns: ends("lo_ns"), hi_ns: ends("hi_ns") };
}

/** The built page, and an API of a fleet as large as a test wishes. */
export class FakeFleetServer {
  hosts: HostSummary[] = [];
  /** An answer of this status to every question; null = it answers. */
  broken: number | null = null;
  /** What it says of its own clock. */
  time: ServerTime = serverTime();
  /** The hosts of each question of the last hours. */
  readonly sparksAsked: string[][] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Tells everybody who listens that this host said something. */
  tell(host: HostSummary): void {
    for (const stream of this.#streams) stream.write(`event: host\ndata: ${JSON.stringify(host)}\n\n`);
  }

  /** Everybody who listens is cut off, and may come again. */
  cut(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://fake");
    if (!url.pathname.startsWith("/api/")) return site(url.pathname, response);
    if (url.pathname === "/api/v1/events") return this.#stream(response);
    if (everywhere(url.pathname, response)) return;
    if (this.broken !== null) return problem(response, this.broken, "The database does not answer");
    const value = this.#valueOf(url);
    if (value === null) return problem(response, 404, "There is no such thing");
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache" }).end(JSON.stringify(value));
  }

  #valueOf({ pathname, searchParams }: URL): unknown {
    if (pathname === "/api/v1/incidents") return { items: [], next: null, evaluated_at: new Date().toISOString(), alerting: "server" };
    if (pathname === "/api/v1/time") return this.time;
    if (pathname === "/api/v1/fleet/sparks") return this.#sparks((searchParams.get("ids") ?? "").split(","));
    if (/^\/api\/v1\/hosts\/[^/]+\/series$/.test(pathname)) return this.#series();
    if (/^\/api\/v1\/hosts\/[^/]+\/terms$/.test(pathname)) return { ...this.#series(), sampled: false };
    if (/^\/api\/v1\/hosts\/[^/]+\/events$/.test(pathname)) return { items: [], next: null };
    const host = this.hosts.find(({ id }) => pathname === `/api/v1/hosts/${id}`);
    if (host !== undefined) return hostInFull(host);
    if (pathname !== "/api/v1/hosts") return null;
    const from = Number(searchParams.get("after") ?? 0);
    const to = from + Number(searchParams.get("limit") ?? 200);
    return { items: this.hosts.slice(from, to), next: to < this.hosts.length ? String(to) : null };
  }

  #sparks(ids: readonly string[]): FleetSparks {
    this.sparksAsked.push([...ids]);
    const to = new Date();
    const from = new Date(to.getTime() - 6 * 3_600_000);
    const items = this.hosts.filter(({ id }) => ids.includes(id)).map(sparkOf);
    return { from: from.toISOString(), to: to.toISOString(), items };
  }

  /** Nothing was measured yet. */
  #series(): Series {
    const to = new Date().toISOString();
    return { from: to, to, host: idOf(0), resolution: "minute", merged: false, points: [] };
  }

  #stream(response: ServerResponse): void {
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.write("event: heartbeat\ndata: {}\n\n");
  }
}
