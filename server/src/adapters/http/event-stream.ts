import type { HostSummary, Incident } from "@truebound/wire";
import type { Request, Response } from "express";
import type { IncidentListener } from "../../alert/incident-watch.ts";
import type { FleetListener } from "../../fleet/watcher.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";

export interface EventSource {
  subscribe(listener: FleetListener): () => void;
  since(mark: bigint): HostSummary[];
}

export interface IncidentSource {
  subscribe(listener: IncidentListener): () => void;
}

/** Who listens. */
export interface Hearer {
  /** May they hear of a host with these labels? Null = of all. */
  readonly sees: (labels: LabelSet | null) => boolean;
  /** Asked at every heartbeat: a stream outlives no session. */
  readonly isStillIn: () => Promise<boolean>;
}

const HEARTBEAT_MS = 15_000;
const RETRY_MS = 3_000;
/** A reader that is this far behind is let go; it comes back and is told what it missed. */
const BACKLOG_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Server-sent events to all who listen. The id of a host's event is the mark of the database up to which everything has been told;
 * an incident's event has none, and so leaves that as it is.
 */
export class EventStreams {
  readonly #source: EventSource;
  readonly #incidents: IncidentSource;
  readonly #open = new Set<Response>();
  #isClosed = false;

  constructor(source: EventSource, incidents: IncidentSource) {
    this.#source = source;
    this.#incidents = incidents;
  }

  serve(req: Request, res: Response, { sees, isStillIn }: Hearer): void {
    // Nobody would end it: who comes back while this server stops is to come back later.
    if (this.#isClosed) return void res.writeHead(503, { "Retry-After": "1", "Cache-Control": "no-store" }).end();
    res.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
    res.write(`retry: ${RETRY_MS}\n\n`);
    const told = req.get("last-event-id") ?? "";
    if (/^\d{1,20}$/.test(told)) for (const summary of this.#source.since(BigInt(told))) if (sees(summary.labels)) send(res, summary, told);
    const unsubscribe = this.#source.subscribe((summary, mark) => {
      if (sees(summary.labels)) send(res, summary, mark);
    });
    // An incident may be of any host.
    const hearNoMore = sees(null) ? this.#incidents.subscribe((incident) => tell(res, "incident", incident)) : () => undefined;
    const heartbeat = setInterval(() => void beat(res, isStillIn), HEARTBEAT_MS);
    this.#open.add(res);
    res.on("close", () => {
      clearInterval(heartbeat);
      unsubscribe();
      hearNoMore();
      this.#open.delete(res);
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const res of this.#open) res.end();
  }
}

/** Trouble with asking is no answer: the stream goes on until there is one. */
async function beat(res: Response, isStillIn: () => Promise<boolean>): Promise<void> {
  const isIn = await isStillIn().catch(() => true);
  if (isIn) res.write("event: heartbeat\ndata: {}\n\n");
  else res.end();
}

const send = (res: Response, summary: HostSummary, mark: string): void => tell(res, "host", summary, `id: ${mark}\n`);

function tell(res: Response, event: "host" | "incident", content: HostSummary | Incident, before = ""): void {
  if (res.writableLength > BACKLOG_BYTES_MAX) res.destroy();
  else res.write(`${before}event: ${event}\ndata: ${JSON.stringify(content)}\n\n`);
}
