import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type UtcInstant, utc } from "@truebound/time";
import { refidOf } from "../server/src/adapters/refid-of.ts";
import type { FleetEntry } from "../server/src/fleet/watcher.ts";
import { askSourceHistory, type UsedSource } from "../server/src/query/source-history.ts";
import { askSourceSeries, type SourceSeriesPorts } from "../server/src/query/source-series.ts";
import { askSource, askSources } from "../server/src/query/sources.ts";
import type { SourceChange } from "../server/src/source/false-spells.ts";
import { lookAtSources } from "../server/src/source/fleet-sources.ts";
import { everywhere, problem, site } from "./fake-peers-server.ts";
import { reported } from "./source-scenes.ts";

/** The built page, and what the server would answer of sources if its fleet were the one that a test shows. */
export class FakeSourcesServer {
  fleet: readonly FleetEntry[] = [];
  /** What hosts told of their sources. */
  told: readonly SourceChange[] = [];
  /** Their batches over time are kept. */
  keeps = true;
  /** An answer of this status to every question; null = it answers. */
  broken: number | null = null;
  /** Questions for sources, with what was searched for. */
  readonly asked: string[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async now(): Promise<UtcInstant> {
    return utc(BigInt(Date.now()) * 1_000_000n);
  }

  async changes(used: readonly UsedSource[], from: UtcInstant): Promise<SourceChange[]> {
    return this.told.filter(({ host, source, at }) => at >= from && used.some((one) => one.host === host && one.source === source));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
    if (!pathname.startsWith("/api/")) return site(pathname, response);
    if (pathname === "/api/v1/events") return this.#stream(response);
    if (everywhere(pathname, response)) return;
    if (this.broken !== null) return problem(response, this.broken, "The database does not answer");
    const value = await this.#valueOf(pathname, Object.fromEntries(searchParams));
    if (value === null || "refused" in value) return problem(response, 404, "There is no such thing");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  }

  async #valueOf(pathname: string, parameters: Readonly<Record<string, string>>): Promise<object | null> {
    const ports = { look: () => lookAtSources(this.fleet, refidOf) };
    if (pathname === "/api/v1/hosts") return { items: [], next: null };
    if (pathname === "/api/v1/incidents") return { items: [], next: null, evaluated_at: new Date().toISOString(), alerting: "server" };
    if (pathname === "/api/v1/sources") {
      this.asked.push(parameters.q ?? "");
      return askSources(ports, parameters);
    }
    const past = /^\/api\/v1\/sources\/([^/]+)\/history$/.exec(pathname)?.[1];
    if (past !== undefined) return askSourceHistory({ ...ports, history: this }, { ...parameters, id: decodeURIComponent(past) });
    const drawn = /^\/api\/v1\/sources\/([^/]+)\/series$/.exec(pathname)?.[1];
    if (drawn !== undefined) return askSourceSeries({ ...ports, ...this.#evidence() }, { ...parameters, id: decodeURIComponent(drawn) });
    const id = /^\/api\/v1\/sources\/([^/]+)$/.exec(pathname)?.[1];
    return id === undefined ? null : askSource(ports, { id: decodeURIComponent(id) });
  }

  #evidence(): Pick<SourceSeriesPorts, "store" | "read" | "pause"> {
    const entryOf = (host: string) => this.fleet.find(({ record }) => this.keeps && record.id === host);
    return {
      store: {
        now: () => this.now(),
        evidenceSpread: async (host, from, to, parts) => {
          const entry = entryOf(host);
          return entry === undefined ? [] : reported(entry, from, to, parts);
        },
      },
      read: (text) => ({ batch: JSON.parse(Buffer.from(text).toString("utf8")), endsOpen: false }) as never,
      pause: async () => undefined,
    };
  }

  #stream(response: ServerResponse): void {
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.write("event: heartbeat\ndata: {}\n\n");
  }
}
