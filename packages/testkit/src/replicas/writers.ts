import { setTimeout as pause } from "node:timers/promises";
import { isSignedReply } from "@truebound/agent";
import { HttpPipe } from "../load/http-pipe.ts";
import { LoadAgent, type ReadyDelivery } from "../load/load-agent.ts";
import { SyntheticHost } from "../load/synthetic-batch.ts";

export interface WritersOptions {
  readonly url: string;
  readonly token: string;
  readonly writers: number;
  /** Prefix of the hosts' names. */
  readonly name: string;
  readonly seed: number;
  /** Between two deliveries of one; 0 = as fast as answers come. */
  readonly everyMs?: number;
}

export interface Writer {
  readonly agent: LoadAgent;
  /** Number of the last batch whose receipt was had; all before it were too. */
  acked: number;
  readonly latencies: number[];
}

const RETRY_MS = 50;

/** Agents that report one batch after the other, each until its signed receipt is there, whatever happens in between. */
export class Writers {
  readonly all: readonly Writer[];
  readonly #options: WritersOptions;
  readonly #done: Promise<unknown>;
  #isOver = false;
  /** Answers other than 200, and connections that broke. */
  refused = 0;
  broken = 0;

  private constructor(all: readonly Writer[], options: WritersOptions) {
    this.all = all;
    this.#options = options;
    this.#done = Promise.all(all.map((writer, index) => this.#write(writer, index)));
  }

  static async start(options: WritersOptions): Promise<Writers> {
    const all = Array.from({ length: options.writers }, () => ({ agent: new LoadAgent(), acked: 0, latencies: [] }));
    for (const [index, { agent }] of all.entries()) await agent.enrol(options.url, options.token, `${options.name}${index}`);
    return new Writers(all, options);
  }

  get acked(): number {
    return this.all.reduce((sum, { acked }) => sum + acked, 0);
  }

  /** Resolves when each has the receipt of what it sent last. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #write(writer: Writer, index: number): Promise<void> {
    const { url, seed, everyMs = 0 } = this.#options;
    const host = new SyntheticHost(writer.agent.id, { exchanges: 20, every: 2 }, 1_795_680_000_000_000_000n, seed + index);
    let pipe = null as HttpPipe | null;
    while (!this.#isOver) {
      const delivery = writer.agent.deliver(url, [host.next()]);
      for (let isDone = false; !isDone; ) {
        pipe = pipe?.isOpen ? pipe : await HttpPipe.open(url).catch(() => null);
        isDone = pipe !== null && (await this.#send(writer, pipe, delivery));
        if (!isDone) await pause(RETRY_MS);
      }
      if (everyMs > 0) await pause(everyMs);
    }
    pipe?.close();
  }

  async #send(writer: Writer, pipe: HttpPipe, delivery: ReadyDelivery): Promise<boolean> {
    const answer = await pipe.send(delivery.request).catch(() => null);
    if (answer === null) this.broken += 1;
    else if (answer.status !== 200) this.refused += 1;
    if (answer?.status !== 200) return false;
    if (!isSignedReply(answer, writer.agent.receiptKey, delivery.signature))
      throw new Error("An answer 200 is not signed by the server's key");
    writer.acked = writer.agent.seq - 1;
    writer.latencies.push(answer.ms);
    return true;
  }
}
