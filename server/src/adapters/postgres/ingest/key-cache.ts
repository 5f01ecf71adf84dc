const MOST = 200_000;
const FRESH_MS = 3_000;

interface Entry {
  readonly keys: readonly Uint8Array[];
  readonly until: number;
}

/**
 * Keys of agents for a few seconds: whoever reports often is not looked up each time. That a host may report at all is asked
 * under its lock, so a revoked one gains nothing; a new key is known when the old entry is stale, or when a signature does
 * not fit. Who is unknown is not remembered.
 */
export class KeyCache {
  readonly #read: (agent: string) => Promise<readonly Uint8Array[]>;
  readonly #entries = new Map<string, Entry>();

  constructor(read: (agent: string) => Promise<readonly Uint8Array[]>) {
    this.#read = read;
  }

  async of(agent: string, afresh: boolean): Promise<readonly Uint8Array[]> {
    const known = this.#entries.get(agent);
    if (!afresh && known !== undefined && known.until > performance.now()) return known.keys;
    const keys = await this.#read(agent);
    this.#entries.delete(agent);
    if (keys.length > 0) this.#entries.set(agent, { keys, until: performance.now() + FRESH_MS });
    if (this.#entries.size > MOST) this.#entries.delete(this.#entries.keys().next().value as string);
    return keys;
  }
}
