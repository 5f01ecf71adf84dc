/** What is answered at most, from the same address and from all together. */
export interface Limits {
  /** A second, lasting, to one address. */
  readonly rate: number;
  /** At once, to one address. */
  readonly burst: number;
  /** A second, lasting, to all together: more would cost the host's own measurements. */
  readonly total: number;
  /** Addresses that are remembered; of more, the one that was quiet longest is forgotten. */
  readonly remembered: number;
}

/** Several times what neighbours ask that measure a host every second. */
export const LIMITS: Limits = { rate: 8, burst: 16, total: 5_000, remembered: 4_096 };

/** One in so many of those over the limit is answered all the same: whoever fills an address's share in its name cannot mute it. */
const LEAK = 4;
/** What of all together is kept for those within their limit: whoever floods in one address's name cannot mute the others either. */
const KEPT = 2;

interface Bucket {
  tokens: number;
  /** ms of a monotonic clock. */
  at: number;
}

/** Token buckets by address, in a bounded table. */
export class Limiter {
  readonly #limits: Limits;
  readonly #random: () => number;
  /** In the order of their last request. */
  readonly #buckets = new Map<string, Bucket>();
  readonly #total: Bucket;

  /** `random` is uniform in [0, 1). */
  constructor(random: () => number, limits: Limits = LIMITS) {
    this.#random = random;
    this.#limits = limits;
    this.#total = { tokens: limits.total, at: 0 };
  }

  get remembered(): number {
    return this.#buckets.size;
  }

  /** Whether a request from `key` at `now` (ms, monotonic) is answered. */
  allows(key: string, now: number): boolean {
    const { rate, burst, total } = this.#limits;
    const mine = this.#bucketOf(key, now);
    refill(mine, now, rate, burst);
    refill(this.#total, now, total, total);
    const isWithin = mine.tokens >= 1;
    if (!isWithin && this.#random() * LEAK >= 1) return false;
    if (this.#total.tokens < (isWithin ? 1 : total / KEPT + 1)) return false;
    this.#total.tokens -= 1;
    if (isWithin) mine.tokens -= 1;
    return true;
  }

  #bucketOf(key: string, now: number): Bucket {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#limits.burst, at: now };
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#limits.remembered) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return bucket;
  }
}

function refill(bucket: Bucket, now: number, rate: number, most: number): void {
  bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / 1000) * rate);
  bucket.at = now;
}
