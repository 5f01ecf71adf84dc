import { type Refusal, refuse } from "../refusal.ts";

/** What one agent may send for long, and at once. */
export interface QuotaLimits {
  readonly deliveriesPerSecond: number;
  readonly deliveriesAtOnce: number;
  readonly bytesPerSecond: number;
  readonly bytesAtOnce: number;
  readonly batchesPerSecond: number;
  readonly batchesAtOnce: number;
  /** ms of this process's one thread, in which nobody else is heard. */
  readonly readingMsPerSecond: number;
  readonly readingMsAtOnce: number;
}

/** A busy agent sends two deliveries a second, and a day's backlog comes in a hundred of them. */
export const QUOTA: QuotaLimits = {
  deliveriesPerSecond: 50,
  deliveriesAtOnce: 1_000,
  bytesPerSecond: 4 * 1024 * 1024,
  bytesAtOnce: 64 * 1024 * 1024,
  batchesPerSecond: 1_000,
  batchesAtOnce: 50_000,
  // A sound batch is read in a third of a ms, and a day of them in a second; one that is full of bad records in fifty.
  readingMsPerSecond: 100,
  readingMsAtOnce: 2_000,
};

const AGENTS_MAX = 200_000;

interface Bucket {
  deliveries: number;
  bytes: number;
  batches: number;
  reading: number;
  /** ms */
  at: number;
}

/**
 * Four token buckets for each agent, so that one that runs wild slows nobody but itself. Taken from only once the signature
 * has shown who it is: nobody can use up another's share. On a monotonic clock, in this process alone.
 */
export class AgentQuota {
  readonly #limits: QuotaLimits;
  /** ms */
  readonly #now: () => number;
  /** The one that was used longest ago first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number, limits: QuotaLimits = QUOTA) {
    this.#now = now;
    this.#limits = limits;
  }

  /** Null = it may. */
  take(agent: string, bytes: number): Refusal | null {
    const bucket = this.#refilled(agent);
    if (bucket.deliveries < 1) return slower((1 - bucket.deliveries) / this.#limits.deliveriesPerSecond, "deliveries");
    if (bucket.bytes < bytes) return slower((bytes - bucket.bytes) / this.#limits.bytesPerSecond, "bytes");
    if (bucket.reading <= 0) return this.#laterReading(bucket);
    bucket.deliveries -= 1;
    bucket.bytes -= bytes;
    return null;
  }

  /** What is in a delivery is known only once it was read. */
  takeBatches(agent: string, batches: number): Refusal | null {
    const bucket = this.#refilled(agent);
    if (bucket.batches < batches) return slower((batches - bucket.batches) / this.#limits.batchesPerSecond, "batches");
    bucket.batches -= batches;
    return null;
  }

  /** Asked once more before a body is read: what had been let in by then may have taken its time. */
  mayRead(agent: string): Refusal | null {
    const bucket = this.#refilled(agent);
    return bucket.reading > 0 ? null : this.#laterReading(bucket);
  }

  #laterReading({ reading }: Bucket): Refusal {
    return slower((1 - reading) / this.#limits.readingMsPerSecond, "that takes long to read");
  }

  /** How long it took is known only afterwards: the next ones wait for it. */
  haveRead(agent: string, ms: number): void {
    this.#refilled(agent).reading -= ms;
  }

  #refilled(agent: string): Bucket {
    const limits = this.#limits;
    const { deliveriesAtOnce, deliveriesPerSecond, bytesAtOnce, bytesPerSecond, batchesAtOnce, batchesPerSecond } = limits;
    const now = this.#now();
    const known = this.#buckets.get(agent) ?? {
      deliveries: deliveriesAtOnce,
      bytes: bytesAtOnce,
      batches: batchesAtOnce,
      reading: limits.readingMsAtOnce,
      at: now,
    };
    const seconds = (now - known.at) / 1000;
    const bucket = {
      reading: Math.min(limits.readingMsAtOnce, known.reading + seconds * limits.readingMsPerSecond),
      deliveries: Math.min(deliveriesAtOnce, known.deliveries + seconds * deliveriesPerSecond),
      batches: Math.min(batchesAtOnce, known.batches + seconds * batchesPerSecond),
      bytes: Math.min(bytesAtOnce, known.bytes + seconds * bytesPerSecond),
      at: now,
    };
    this.#buckets.delete(agent);
    this.#buckets.set(agent, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > AGENTS_MAX && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}

function slower(seconds: number, of: string): Refusal {
  const retrySeconds = Math.max(1, Math.ceil(seconds));
  return refuse("rate", `This agent sends more ${of} than one may, try again in ${retrySeconds} s`, { retrySeconds });
}
