import type { Batch } from "@truebound/wire";
import { batchContent } from "../adapters/batch-content.ts";
import type { Log } from "../log/log-line.ts";
import { EarlyReports, OPENING, type Put, type Taker } from "../report/early-reports.ts";
import type { ReportingAgent } from "./reporting.ts";

/** Takes the agent's batches, says on disk or why not, and sees to it that none goes missing in silence. */
export class ReportKeeper {
  readonly #agent: ReportingAgent;
  readonly #log: Log;
  readonly #early = new EarlyReports();
  #trouble: string | null = null;

  constructor(agent: ReportingAgent, log: Log) {
    this.#agent = agent;
    this.#log = log;
  }

  take(batch: Batch): Put {
    const put = this.#early.put(batchContent(batch));
    if (put.kind === "durable") this.#tell(null);
    else if (put.why !== OPENING) this.#tell(put.why);
    if (put.kind === "dropped") this.#agent.lost(1);
    return put;
  }

  /** The spool cannot be opened. */
  wait(why: string): void {
    this.#early.explain(why);
    this.#tell(why);
  }

  openedTo(taker: Taker): void {
    const dropped = this.#early.handTo(taker);
    if (dropped > 0) this.#agent.lost(dropped);
  }

  /** Once for each change, not once for each batch, nor for each file that is refused. */
  #tell(trouble: string | null): void {
    const kind = trouble?.split(/[:,]/)[0] ?? null;
    if (kind === this.#trouble) return;
    const isFirst = this.#trouble === null;
    this.#trouble = kind;
    if (trouble === null) return this.#log("info", "the spool takes reports again");
    this.#log("warn", `cannot write the spool: ${trouble}; reports are held in memory, and those that find no room there are lost`);
    if (isFirst) this.#agent.note("spool_degraded", { why: trouble.slice(0, 400) });
  }
}
