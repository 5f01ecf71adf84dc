import { setTimeout as pause } from "node:timers/promises";
import { isSignedReply } from "@truebound/agent";
import type { Batch } from "@truebound/wire";
import { HttpPipe, type PipeAnswer } from "../load/http-pipe.ts";
import type { LoadAgent, ReadyDelivery } from "../load/load-agent.ts";
import type { SyntheticHost } from "../load/synthetic-batch.ts";
import type { SeededRandom } from "../sim/random.ts";
import { type Fault, nextFault } from "./faults.ts";

/** What an agent knows at the end of what must be stored. */
export interface Told {
  readonly id: string;
  /** Batches that were acknowledged, and the hash of their chain. */
  readonly batches: number;
  readonly head: string;
}

export interface Tally {
  /** Faults by kind, and answers by status. */
  readonly faults: Record<string, number>;
  readonly answers: Record<string, number>;
  /** What no fault explains. */
  readonly trouble: string[];
}

const RUN_MOST = 60;
const RETRY_MS = 500;
const DRAINS_WITHIN_MS = 180_000;
function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** A simulated agent with real signatures and a real chain: what it seals stays until it has the signed receipt. */
export class SoakAgent {
  readonly #agent: LoadAgent;
  readonly #host: SyntheticHost;
  readonly #url: string;
  readonly #random: SeededRandom;
  readonly #tally: Tally;
  readonly #spool: Batch[] = [];
  #sealed: ReadyDelivery | null = null;
  #pipe: HttpPipe | null = null;
  #delivering: Promise<void> | null = null;
  /** Reports for which nothing is sent. */
  #awayFor = 0;
  /** It was answered what no fault explains, and sends no more. */
  #isBroken = false;
  /** By when all must be delivered, ms of this process; while it reports there is no such time. */
  #deadline = Number.POSITIVE_INFINITY;
  #acked = 0;
  #head: string;

  /** `url` is the road to the server that this agent takes. */
  constructor(agent: LoadAgent, host: SyntheticHost, url: string, random: SeededRandom, tally: Tally) {
    [this.#agent, this.#host, this.#url, this.#random, this.#tally] = [agent, host, url, random, tally];
    this.#head = agent.prev;
  }

  /** One report is due. */
  report(): void {
    const fault = this.#awayFor > 0 ? null : nextFault(this.#random);
    if (fault?.kind === "clock_stepped") this.#host.step(fault.byNs);
    this.#spool.push(this.#host.next());
    this.#deadline = Number.POSITIVE_INFINITY;
    if (fault === null) this.#awayFor -= 1;
    else this.#suffer(fault);
    if (this.#awayFor === 0) this.#delivering ??= this.#deliverAll(fault).finally(() => (this.#delivering = null));
  }

  #suffer(fault: Fault): void {
    if (fault.kind !== "none") count(this.#tally.faults, fault.kind);
    if (fault.kind !== "killed" && fault.kind !== "cut_off") return;
    this.#awayFor = fault.rounds;
    this.#hangUp();
  }

  /** Everything that waits is delivered, and the connection closed. */
  async end(): Promise<Told> {
    this.#awayFor = 0;
    this.#deadline = performance.now() + DRAINS_WITHIN_MS;
    await this.#delivering;
    await this.#deliverAll(null);
    this.#hangUp();
    return { id: this.#agent.id, batches: this.#acked, head: this.#head };
  }

  async #deliverAll(fault: Fault | null): Promise<void> {
    let loses = fault?.kind === "receipt_lost";
    while (!this.#isBroken && this.#awayFor === 0 && (this.#sealed !== null || this.#spool.length > 0)) {
      if (performance.now() > this.#deadline) return this.#complain(`is not taken within ${DRAINS_WITHIN_MS / 1_000} s`);
      this.#sealed ??= this.#seal();
      const answer = await this.#send(this.#sealed, loses);
      loses = false;
      if (answer === null) await pause(RETRY_MS);
      else if (answer.status === 200) await this.#acknowledged(this.#sealed, answer, fault?.kind === "sent_twice");
      else if (answer.status === 429 || answer.status === 503) await pause(1_000 * Number(answer.header("retry-after") ?? 1));
      else return this.#complain(`${answer.status} ${answer.body.toString()}`);
    }
  }

  #seal(): ReadyDelivery {
    const batches = this.#spool.splice(0, RUN_MOST);
    return this.#agent.deliver(this.#url, batches, batches.length > 1 ? (this.#spool.at(-1) ?? batches.at(-1) ?? null) : null);
  }

  async #acknowledged(delivery: ReadyDelivery, answer: PipeAnswer, again: boolean): Promise<void> {
    if (!isSignedReply(answer, this.#agent.receiptKey, delivery.signature)) return this.#complain("a receipt is not signed by the server");
    this.#sealed = null;
    this.#acked += delivery.batches;
    this.#head = this.#agent.prev;
    if (!again) return;
    const second = await this.#send(delivery, false);
    // Whoever is told to try again has it acknowledged already.
    if (second !== null && second.status !== 200 && second.status !== 503)
      this.#complain(`sent twice: ${second.status} ${second.body.toString()}`);
  }

  /** Null = the connection broke, or is broken on purpose as soon as all of it was written. */
  async #send({ request }: ReadyDelivery, loses: boolean): Promise<PipeAnswer | null> {
    try {
      this.#pipe = this.#pipe?.isOpen ? this.#pipe : await HttpPipe.open(this.#url);
      const answered = this.#pipe.send(request);
      if (loses) setTimeout(() => this.#hangUp(), this.#random.between(0, 30));
      const answer = await answered;
      count(this.#tally.answers, String(answer.status));
      return answer;
    } catch {
      count(this.#tally.answers, "broken");
      this.#hangUp();
      return null;
    }
  }

  #hangUp(): void {
    this.#pipe?.close();
    this.#pipe = null;
  }

  #complain(what: string): void {
    this.#tally.trouble.push(`${this.#agent.id}: ${what}`);
    this.#isBroken = true;
  }
}
