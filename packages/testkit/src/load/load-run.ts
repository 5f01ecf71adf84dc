import { setTimeout as pause } from "node:timers/promises";
import { isSignedReply } from "@truebound/agent";
import { HttpPipe, type PipeAnswer } from "./http-pipe.ts";
import type { ReadyDelivery } from "./load-agent.ts";

/** Deliveries of one agent, in the order of its chain. */
export type Stream = readonly ReadyDelivery[];

export interface LoadPlan {
  readonly url: string;
  readonly connections: number;
  /** Deliveries a second over all connections; null = as fast as answers come. */
  readonly rate: number | null;
  /** The run ends here whatever is left. */
  readonly secondsMax: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly deliveries: number;
  readonly batches: number;
  readonly exchanges: number;
  /** ms, of every answer 200. */
  readonly latencies: readonly number[];
  /** ms, of every answer that turned a delivery away. */
  readonly refusalLatencies: readonly number[];
  readonly byStatus: Readonly<Record<string, number>>;
  /** Seconds, of the agent that was longest without a delivery taken while it had any: how old its status grew at most. */
  readonly longestWait: number;
  /** Answers whose signature was looked at, and those that had none that fits. */
  readonly checked: number;
  readonly unsigned: number;
}

const CHECK_EVERY = 50;
const MOST_RETRIES = 50;

/**
 * Sends every stream in its order, each delivery after the answer to the one before, over a fixed number of connections. What
 * is turned away (429, 503) or broken off is sent again; anything else but 200 ends that stream.
 */
export async function runLoad(streams: readonly Stream[], plan: LoadPlan): Promise<LoadResult> {
  const queue = streams.filter((stream) => stream.length > 0).map((stream) => ({ stream, next: 0, retries: 0, takenAt: 0 }));
  const tally = { deliveries: 0, batches: 0, exchanges: 0, checked: 0, unsigned: 0 };
  const latencies: number[] = [];
  const refusalLatencies: number[] = [];
  let longestWait = 0;
  const byStatus: Record<string, number> = {};
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let sent = 0;
  const due = async () => {
    const wait = plan.rate === null ? 0 : (sent++ / plan.rate) * 1000 - (performance.now() - started);
    if (wait > 0) await pause(wait);
  };

  const note = (delivery: ReadyDelivery, answer: PipeAnswer) => {
    byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1;
    if (answer.status !== 200) return void refusalLatencies.push(answer.ms);
    latencies.push(answer.ms);
    tally.deliveries += 1;
    tally.batches += delivery.batches;
    tally.exchanges += delivery.exchanges;
    if (tally.deliveries % CHECK_EVERY !== 0) return;
    tally.checked += 1;
    if (!isSignedReply(answer, delivery.agent.receiptKey, delivery.signature)) tally.unsigned += 1;
  };

  async function worker(): Promise<void> {
    let pipe = await HttpPipe.open(plan.url);
    for (let turn = queue.shift(); turn !== undefined && seconds() < plan.secondsMax; turn = queue.shift()) {
      await due();
      const delivery = turn.stream[turn.next] as ReadyDelivery;
      let status = 0;
      try {
        if (!pipe.isOpen) pipe = await HttpPipe.open(plan.url);
        const answer = await pipe.send(delivery.request);
        status = answer.status;
        note(delivery, answer);
      } catch {
        byStatus.broken = (byStatus.broken ?? 0) + 1;
        pipe.close();
        await pause(100);
      }
      const isDone = status === 200;
      if (isDone) longestWait = Math.max(longestWait, seconds() - turn.takenAt);
      const isWorthIt = isDone || ((status === 0 || status === 429 || status === 503) && turn.retries < MOST_RETRIES);
      const next = isDone ? turn.next + 1 : turn.next;
      if (isWorthIt && next < turn.stream.length)
        queue.push({ stream: turn.stream, next, retries: isDone ? 0 : turn.retries + 1, takenAt: isDone ? seconds() : turn.takenAt });
    }
    pipe.close();
  }
  await Promise.all(Array.from({ length: plan.connections }, worker));
  return { seconds: seconds(), ...tally, latencies, refusalLatencies, byStatus, longestWait };
}
