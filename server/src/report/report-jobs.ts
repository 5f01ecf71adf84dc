import { formatUtc } from "@truebound/time";
import type { ReportJob } from "@truebound/wire";
import type { Log } from "../log.ts";
import { sayBegun } from "./left-behind.ts";
import type { BundleSink, MadeReport } from "./ports.ts";
import { makeBundle, type WholeSink } from "./report-command.ts";
import type { ReportPorts } from "./report-ports.ts";
import { type ReportRequest, ReportTrouble } from "./request.ts";

export interface JobPorts {
  readonly newId: () => string;
  /** `about` is noted until it is whole. */
  readonly sink: (id: string, about: string) => WholeSink;
  readonly ports: (sink: BundleSink) => ReportPorts;
  readonly log: Log;
}

interface Job {
  readonly id: string;
  readonly request: ReportRequest;
  readonly stop: AbortController;
  state: ReportJob["state"];
  done: number;
  of: number | null;
  trouble: string | null;
  /** Resolves, never rejects: what became of it is in its state. */
  readonly ended: Promise<void>;
}

/** Those that ended are remembered so long. */
const MOST_REMEMBERED = 50;
/** One is made, and the others wait for it. */
export const MOST_AT_ONCE = 2;

/** Reports that this server makes, and what became of them. */
export class ReportJobs {
  readonly #ports: JobPorts;
  readonly #jobs = new Map<string, Job>();

  constructor(ports: JobPorts) {
    this.#ports = ports;
  }

  /** Null = as many as may be are being made. */
  start(request: ReportRequest): ReportJob | null {
    if (this.#making().length >= MOST_AT_ONCE) return null;
    const id = this.#ports.newId();
    const job: Job = {
      id,
      request,
      stop: new AbortController(),
      state: "making",
      done: 0,
      of: null,
      trouble: null,
      ended: Promise.resolve(),
    };
    // Each report goes on from the one before: of two that were made at once the later one would have to be made again.
    const before = Promise.all(this.#making().map(({ ended }) => ended));
    this.#jobs.set(id, { ...job, ended: this.#run(id, before) });
    this.#forget();
    return this.find(id);
  }

  async #run(id: string, before: Promise<unknown>): Promise<void> {
    await before; // and first it is remembered
    const job = this.#jobs.get(id) as Job;
    try {
      await this.#make(job);
      job.state = "made";
    } catch (error) {
      job.state = job.stop.signal.aborted ? "cancelled" : "failed";
      job.trouble = error instanceof Error ? error.message : String(error);
      if (!(error instanceof ReportTrouble)) this.#ports.log.error(`Cannot make report ${id}: ${job.trouble}`);
    }
  }

  #make(job: Job): Promise<MadeReport> {
    const progress = (done: number, of: number) => {
      [job.done, job.of] = [done, of];
    };
    const ports = (sink: BundleSink): ReportPorts => ({ ...this.#ports.ports(sink), newId: () => job.id });
    return makeBundle(this.#ports.sink(job.id, sayBegun(job.request)), ports, job.request, { progress, signal: job.stop.signal });
  }

  /** A server before this one was killed over it. */
  wasKilled(id: string, period: Pick<ReportRequest, "from" | "to">): void {
    const trouble = "The server that made it was killed over it, and nothing is left of it: make it again";
    const stop = new AbortController();
    const request = { ...period, profiles: [], hosts: [] };
    this.#jobs.set(id, { id, request, stop, state: "failed", done: 0, of: null, trouble, ended: Promise.resolve() });
    this.#forget();
  }

  find(id: string): ReportJob | null {
    const job = this.#jobs.get(id);
    return job === undefined ? null : sayJob(job);
  }

  /** Newest first. */
  get all(): ReportJob[] {
    return [...this.#jobs.values()].reverse().map(sayJob);
  }

  /** False = there is none of that id that is being made. */
  cancel(id: string): boolean {
    const job = this.#jobs.get(id);
    if (job?.state !== "making") return false;
    job.stop.abort();
    return true;
  }

  /** Cancels all, names them, and waits for them. */
  async close(): Promise<void> {
    for (const job of this.#making()) {
      this.cancel(job.id);
      const { from, to } = sayJob(job);
      this.#ports.log.warn(`Report ${job.id} of ${from} to ${to} is not made: this server stops; ask another one, or this one again`);
    }
    await Promise.all([...this.#jobs.values()].map(({ ended }) => ended));
  }

  #making = (): Job[] => [...this.#jobs.values()].filter(({ state }) => state === "making");

  #forget(): void {
    const ended = [...this.#jobs.values()].filter(({ state }) => state !== "making");
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MOST_REMEMBERED))) this.#jobs.delete(id);
  }
}

const sayJob = ({ id, request, state, done, of, trouble }: Job): ReportJob => ({
  id,
  from: formatUtc(request.from),
  to: formatUtc(request.to),
  state,
  done,
  of,
  trouble,
});
