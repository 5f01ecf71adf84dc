import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { HostDetail, HostEvent } from "@truebound/wire";
import { everywhere, problem, serverTime, site } from "./fake-peers-server.ts";
import { HOST, HOSTS, seriesOf, termsOf } from "./host-scenes.ts";

const MS = 1_000_000n;

/** The built page, and an API of one host that says what a test tells it to say. */
export class FakeHostServer {
  host: (now: number) => HostDetail = HOSTS.proven as (now: number) => HostDetail;
  events: HostEvent[] = [];
  /** Of a series, whatever a range. */
  points = 300;
  /** By how much the server's clock is ahead of this machine's, and so of the browser's. */
  ahead_ms = 0;
  /** The server does not know what time it is. */
  isTimeUnknown = false;
  broken: number | null = null;
  asked: string[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  show(name: string): void {
    Object.assign(this, { host: HOSTS[name], events: [], ahead_ms: 0, isTimeUnknown: false, broken: null, asked: [] });
  }

  /** Says that the host has news. */
  tell(): void {
    const news = `event: host\ndata: ${JSON.stringify(this.host(this.now))}\n\n`;
    for (const stream of this.#streams) stream.write(news);
  }

  get now(): number {
    return Date.now() + this.ahead_ms;
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://fake");
    if (!url.pathname.startsWith("/api/")) return site(url.pathname, response);
    response.setHeader("Truebound-Time", this.#time());
    if (url.pathname === "/api/v1/events") return this.#stream(response);
    if (everywhere(url.pathname, response)) return;
    this.asked.push(url.pathname + url.search);
    if (this.broken !== null) return problem(response, this.broken, "The database does not answer");
    const value = this.#valueOf(url.pathname.slice("/api/v1".length), url.searchParams);
    if (value === null) return problem(response, 404, "There is no such thing");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  }

  #time(): string {
    const at = BigInt(this.now) * MS;
    const say = (ns: bigint): string => new Date(Number(ns / MS)).toISOString();
    return this.isTimeUnknown
      ? `at=${say(at)}; unknown=not_proven`
      : `at=${say(at)}; earliest=${say(at - 5n * MS)}; latest=${say(at + 5n * MS)}`;
  }

  #valueOf(path: string, query: URLSearchParams): unknown {
    const host = this.host(this.now);
    const [from, to] = this.#range(query);
    if (path === `/hosts/${HOST}`) return { ...host, events: this.events };
    if (path === `/hosts/${HOST}/series`) return seriesOf(host, from, to, this.points);
    if (path === `/hosts/${HOST}/terms`) return termsOf(host, from, to);
    if (path === `/hosts/${HOST}/events`) return { items: this.events, next: null };
    if (path === "/incidents") return { items: [], next: null, evaluated_at: new Date(this.now).toISOString(), alerting: "server" };
    if (path === "/time") return serverTime(this.now);
    return path === "/hosts" ? { items: [host], next: null } : null;
  }

  #range(query: URLSearchParams): readonly [number, number] {
    const read = (text: string | null): number => {
      const back = /^now(?:-(\d+)([mhd]))?$/.exec(text ?? "now");
      if (back === null) return Date.parse(text ?? "");
      return this.now - Number(back[1] ?? 0) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[(back[2] ?? "m") as "m" | "h" | "d"];
    };
    return [read(query.get("from")), read(query.get("to"))];
  }

  #stream(response: ServerResponse): void {
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.write("event: heartbeat\ndata: {}\n\n");
  }
}
