import type { HostSummary } from "@truebound/wire";
import type { Request, Response } from "express";
import type { FleetListener } from "../../fleet/watcher.ts";

export interface EventSource {
  subscribe(listener: FleetListener): () => void;
  since(mark: bigint): HostSummary[];
}

const HEARTBEAT_MS = 15_000;
const RETRY_MS = 3_000;
/** A reader that is this far behind is let go; it comes back and is told what it missed. */
const BACKLOG_BYTES_MAX = 4 * 1024 * 1024;

/** Server-sent events to all who listen. An event's id is the mark of the database up to which everything has been told. */
export class EventStreams {
  readonly #source: EventSource;
  readonly #open = new Set<Response>();

  constructor(source: EventSource) {
    this.#source = source;
  }

  serve(req: Request, res: Response): void {
    res.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
    res.write(`retry: ${RETRY_MS}\n\n`);
    const told = req.get("last-event-id") ?? "";
    if (/^\d{1,20}$/.test(told)) for (const summary of this.#source.since(BigInt(told))) send(res, summary, told);
    const unsubscribe = this.#source.subscribe((summary, mark) => send(res, summary, mark));
    const heartbeat = setInterval(() => res.write(": still here\n\n"), HEARTBEAT_MS);
    this.#open.add(res);
    res.on("close", () => {
      clearInterval(heartbeat);
      unsubscribe();
      this.#open.delete(res);
    });
  }

  close(): void {
    for (const res of this.#open) res.end();
  }
}

function send(res: Response, summary: HostSummary, mark: string): void {
  if (res.writableLength > BACKLOG_BYTES_MAX) res.destroy();
  else res.write(`id: ${mark}\nevent: host\ndata: ${JSON.stringify(summary)}\n\n`);
}
