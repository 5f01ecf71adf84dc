import { formatUtc } from "@truebound/time";
import type { Log } from "../log.ts";
import type { BundleSink, MadeReport } from "./ports.ts";
import { makeBundle, type WholeSink } from "./report-command.ts";
import type { ReportPorts } from "./report-ports.ts";
import { type ReportRequest, ReportTrouble } from "./request.ts";
import { lastPeriod, type ReportRhythm } from "./schedule.ts";
import type { ReportShelf } from "./shelf.ts";

export interface ReportKeeperPorts {
  readonly rhythms: readonly ReportRhythm[];
  readonly shelf: ReportShelf;
  readonly sink: (id: string) => WholeSink;
  readonly ports: (sink: BundleSink) => ReportPorts;
  /** By one server of those on the database; null = another one is at it. */
  readonly asOnlyOne: <T>(work: () => Promise<T>) => Promise<T | null>;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Makes the reports that are due. What fails is told once, and tried again at the next look. */
export class ReportKeeper {
  readonly #ports: ReportKeeperPorts;
  readonly #trouble = new Map<ReportRhythm, string>();

  constructor(ports: ReportKeeperPorts) {
    this.#ports = ports;
  }

  async look(): Promise<void> {
    for (const rhythm of this.#ports.rhythms) {
      try {
        await this.#lookAt(rhythm);
        this.#trouble.delete(rhythm);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (this.#ports.signal.aborted)
          this.#ports.log.info(`The ${rhythm} report is not made: this server stops; the next one that serves makes it`);
        if (this.#trouble.get(rhythm) !== why && !this.#ports.signal.aborted)
          this.#ports.log[error instanceof ReportTrouble ? "warn" : "error"](`Cannot make the ${rhythm} report: ${why}`);
        this.#trouble.set(rhythm, why);
      }
    }
  }

  async #lookAt(rhythm: ReportRhythm): Promise<void> {
    if ((await this.#due(rhythm)) === null) return;
    await this.#ports.asOnlyOne(async () => {
      // Another server may have made it just before.
      const request = await this.#due(rhythm);
      if (request === null) return;
      const made = await this.#make(rhythm, request);
      this.#ports.log.info(`The ${rhythm} report ${made.id} lies in ${made.place}`);
    });
  }

  #make(rhythm: ReportRhythm, request: ReportRequest): Promise<MadeReport> {
    const { sink, ports, signal } = this.#ports;
    const name = `${rhythm}-${formatUtc(request.from).slice(0, 10)}`;
    return makeBundle(sink(name), ports, request, { progress: () => undefined, signal });
  }

  /** Null = it is made. */
  async #due(rhythm: ReportRhythm): Promise<ReportRequest | null> {
    const { shelf } = this.#ports;
    const period = lastPeriod(rhythm, await shelf.now());
    const request: ReportRequest = { ...period, profiles: [], hosts: [], schedule: rhythm };
    const made = await shelf.sameAs({ id: "", ...period, request: { profiles: [], hosts: [], schedule: rhythm } });
    return made === null ? request : null;
  }
}
