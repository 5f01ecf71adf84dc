const MOST = 200_000;
const FRESH_MS = 3_000;

type Keys = readonly Uint8Array[];

interface Entry {
  readonly keys: Keys;
  readonly until: number;
}

/** Agents that are looked up together. */
interface Lookup {
  readonly agents: Set<string>;
  readonly found: Promise<ReadonlyMap<string, Keys>>;
}

/**
 * Keys of agents for a few seconds: whoever reports often is not looked up each time. That a host may report at all is asked
 * under its lock, so a revoked one gains nothing; a new key is known when the old entry is stale, or when a signature does
 * not fit. Who is unknown is not remembered. One look-up is under way at a time, and who comes meanwhile shares the next:
 * thousands that report once a minute, or that nobody knows, cost a query each time the last one is answered.
 */
export class KeyCache {
  readonly #read: (agents: readonly string[]) => Promise<ReadonlyMap<string, Keys>>;
  readonly #entries = new Map<string, Entry>();
  #next: Lookup | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** `read` answers for those that it knows. */
  constructor(read: (agents: readonly string[]) => Promise<ReadonlyMap<string, Keys>>) {
    this.#read = read;
  }

  async of(agent: string, afresh: boolean): Promise<Keys> {
    const known = this.#entries.get(agent);
    if (!afresh && known !== undefined && known.until > performance.now()) return known.keys;
    const read = await this.#lookUp(agent);
    // The same bytes stay the same object: what was made of them is kept with it.
    const keys = known !== undefined && areEqual(known.keys, read) ? known.keys : read;
    this.#entries.delete(agent);
    if (keys.length > 0) this.#entries.set(agent, { keys, until: performance.now() + FRESH_MS });
    if (this.#entries.size > MOST) this.#entries.delete(this.#entries.keys().next().value as string);
    return keys;
  }

  async #lookUp(agent: string): Promise<Keys> {
    this.#next ??= this.#gather();
    const { agents, found } = this.#next;
    agents.add(agent);
    return (await found).get(agent) ?? [];
  }

  #gather(): Lookup {
    const agents = new Set<string>();
    const found = this.#last.then(() => {
      this.#next = null;
      return this.#read([...agents]);
    });
    // Whether it failed is told to those who asked; the next one only waits for its end.
    this.#last = found.then(
      () => {},
      () => {},
    );
    return { agents, found };
  }
}

const areEqual = (a: Keys, b: Keys): boolean =>
  a.length === b.length && a.every((key, index) => Buffer.compare(key, b[index] as Uint8Array) === 0);
