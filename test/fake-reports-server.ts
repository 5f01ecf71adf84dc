import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LogAnchorList, LogView, PlanList, ProfileList, ReportList, ReportView } from "@truebound/wire";
import { everywhere, problem, site } from "./fake-peers-server.ts";

/** The built page, and an API of reports that says what a test tells it to say. */
export class FakeReportsServer {
  list: ReportList = { items: [], jobs: [], next: null };
  reports: Readonly<Record<string, ReportView>> = {};
  log: LogView | null = null;
  anchors: LogAnchorList = { items: [], next: null };
  plan: PlanList | null = null;
  profiles: ProfileList = { items: [], next: null };
  /** An answer of this status to every question; null = it answers. */
  broken: number | null = null;
  asked: string[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.end();
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
    const path = url.pathname.slice("/api/v1".length);
    this.asked.push(`${path}${url.search}`);
    if (request.method === "POST") return this.#cancel(path, response);
    if (this.broken !== null) return problem(response, this.broken, "The database does not answer");
    const value = this.#valueOf(path, url.searchParams);
    if (value === null) return problem(response, 404, "There is no such thing");
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache" }).end(JSON.stringify(value));
  }

  /** As the server does it: at first it is told so, and then it is. */
  #cancel(path: string, response: ServerResponse): void {
    const id = /^\/reports\/([^/]+)\/cancel$/.exec(path)?.[1];
    const job = this.list.jobs.find((one) => one.id === id);
    if (job === undefined) return problem(response, 404, "There is no such thing");
    const jobs = this.list.jobs.map((one) => (one.id === id ? { ...one, state: "cancelled" as const } : one));
    this.list = { ...this.list, jobs };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(job));
  }

  #valueOf(path: string, query: URLSearchParams): unknown {
    if (path === "/incidents") return { items: [], next: null, evaluated_at: new Date().toISOString(), alerting: "server" };
    if (path === "/profiles") return this.profiles;
    if (path === "/plan") return this.plan;
    if (path === "/log") return this.log;
    if (path === "/log/anchors") return this.anchors;
    if (path !== "/reports") return this.reports[path.slice("/reports/".length)] ?? null;
    const from = Number(query.get("after") ?? 0);
    const to = from + Number(query.get("limit") ?? 50);
    const { items } = this.list;
    return { ...this.list, items: items.slice(from, to), next: to < items.length ? String(to) : null };
  }

  #stream(response: ServerResponse): void {
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.write("event: heartbeat\ndata: {}\n\n");
  }
}
