import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { utc } from "@truebound/time";
import type { HostSummary, Incident, IncidentDetail, Series } from "@truebound/wire";
import { briefOf } from "../server/src/query/runbook-brief.ts";
import { askWindowTimes } from "../server/src/query/window-times.ts";
import { channels, RULES, silences, windows } from "./alerting-scenes.ts";
import { everywhere, problem, serverTime, site } from "./fake-peers-server.ts";
import { DETAILS, history, LISTS, type ListScene } from "./incident-scenes.ts";
import { hostInFull } from "./peer-scenes.ts";

/** What was posted: the path under /api/v1 and the body. */
export interface Posted {
  readonly path: string;
  readonly body: unknown;
}

interface Refused {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
}

/** The beginning of the real page, as the server gives it. */
const runbookOf = (finding: string) => ({
  finding,
  ...briefOf(readFileSync(join(import.meta.dirname, `../docs/alerts/${finding}.md`), "utf8")),
});

/** The built page, and an API of incidents that says what a test tells it to say. */
export class FakeIncidentsServer {
  /** What every instant counts back from; one night, until a test asks for another. */
  now = Date.now();
  list: ListScene = LISTS.night;
  hosts: HostSummary[] = [];
  series: Series | null = null;
  /** An answer of this status to every question; null = it answers. */
  broken: number | null = null;
  /** What a POST is answered with; null = it is done. */
  refused: Refused | null = null;
  /** A POST is answered only when this is resolved. */
  gate: Promise<void> = Promise.resolve();
  channelAnswer: unknown = { delivered: true, took_ms: 212, error: null };
  hasChannels = true;
  readonly posted: Posted[] = [];
  /** Changes that posts made. */
  acknowledged: Incident["acknowledged"] = null;
  asked: string[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on this night, and nothing of what was done in another. */
  show(list: ListScene): void {
    Object.assign(this, {
      list,
      broken: null,
      refused: null,
      acknowledged: null,
      gate: Promise.resolve(),
      now: Date.now(),
      hasChannels: true,
    });
    this.posted.length = 0;
    this.asked = [];
  }

  /** Tells everybody who listens that this incident changed. */
  tell(incident: Incident): void {
    for (const stream of this.#streams) stream.write(`event: incident\ndata: ${JSON.stringify(incident)}\n\n`);
  }

  /** Ends every stream, as a restart would. */
  drop(): void {
    for (const stream of this.#streams) stream.end();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    if (!url.pathname.startsWith("/api/")) return site(url.pathname, response);
    if (url.pathname === "/api/v1/events") return this.#stream(response);
    if (everywhere(url.pathname, response)) return;
    const path = url.pathname.slice("/api/v1".length);
    this.asked.push(`${request.method} ${path}${url.search}`);
    if (this.broken !== null) return problem(response, this.broken, "The database does not answer");
    const value = request.method === "POST" ? await this.#post(path, request, response) : await this.#valueOf(path, url.searchParams);
    if (value === undefined) return;
    if (value === null) return problem(response, 404, "There is no such thing");
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache" }).end(JSON.stringify(value));
  }

  #valueOf(path: string, query: URLSearchParams): unknown {
    const lists: Readonly<Record<string, () => readonly unknown[]>> = {
      "/rules": () => RULES,
      "/channels": () => (this.hasChannels ? channels(this.now) : []),
      "/silences": () => silences(this.now),
      "/maintenance": () => windows(this.now),
      "/hosts": () => this.hosts,
      "/fleet/sparks": () => [],
    };
    if (path === "/incidents") return this.#incidents(query);
    if (path === "/time") return serverTime(this.now);
    const [, finding] = /^\/runbooks\/([a-z_]+)$/.exec(path) ?? [];
    if (finding !== undefined) return runbookOf(finding);
    if (path === "/maintenance/next")
      return askWindowTimes({ now: async () => utc(BigInt(this.now) * 1_000_000n) }, Object.fromEntries(query));
    const list = lists[path];
    if (list !== undefined) return { items: list(), next: null };
    const [, incident] = /^\/incidents\/([^/]+)$/.exec(path) ?? [];
    if (incident !== undefined) return this.#detail(incident);
    if (/^\/hosts\/[^/]+\/series$/.test(path)) return this.series;
    if (/^\/hosts\/[^/]+\/events$/.test(path)) return { items: [], next: null };
    if (/^\/hosts\/[^/]+\/terms$/.test(path)) return this.series && { ...this.series, sampled: false, points: [] };
    const host = this.hosts.find(({ id }) => path === `/hosts/${id}`);
    return host === undefined ? null : hostInFull(host);
  }

  #detail(id: string): IncidentDetail | null {
    const detail = DETAILS[id]?.(this.now) ?? null;
    return detail === null || this.acknowledged === null ? detail : { ...detail, acknowledged: this.acknowledged };
  }

  #incidents(query: URLSearchParams): unknown {
    const scene = this.list(this.now);
    const [state, host] = [query.get("state"), query.get("host")];
    const all = state === "open" ? scene.items : state === "resolved" ? history(this.now) : [...scene.items, ...history(this.now)];
    const kept = host === null ? all : all.filter(({ cause }) => isAbout(cause, host));
    const from = Number(query.get("after") ?? 0);
    const to = from + Number(query.get("limit") ?? 50);
    return { ...scene, items: kept.slice(from, to), next: to < kept.length ? String(to) : null };
  }

  async #post(path: string, request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    this.posted.push({ path, body });
    await this.gate;
    if (this.refused !== null) {
      const { status, ...words } = this.refused;
      response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify({ status, ...words }));
      return undefined;
    }
    if (path.endsWith("/acknowledge")) this.acknowledged = { who: (body as { who: string }).who, at: new Date(this.now).toISOString() };
    if (path === "/silences") return { silences_now: 2 };
    if (path === "/maintenance") return { ...windows(this.now)[1], name: "maintenance-14", hosts_now: 12 };
    return path.startsWith("/channels/") ? this.channelAnswer : {};
  }

  #stream(response: ServerResponse): void {
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.write("event: heartbeat\ndata: {}\n\n");
  }
}

/** By name or id; every host that there may be uses the source that is wrong. */
const isAbout = ({ kind, key, name }: Incident["cause"], host: string): boolean =>
  key.startsWith(`host:${host}`) || (kind === "host" && name === host) || (kind === "source" && /^(db-\d+|[0-9a-f-]{36})$/.test(host));
