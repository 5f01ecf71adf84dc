import type pg from "pg";

const KEY = "hashtextextended('truebound tells ' || $1, 0)";
const BESIDE = { lock: `select pg_advisory_lock_shared(${KEY})`, unlock: `select pg_advisory_unlock_shared(${KEY})` };
const ALONE = { lock: `select pg_advisory_lock(${KEY})`, unlock: `select pg_advisory_unlock(${KEY})` };

/** Others join a hold for so long; then whoever waits to be alone comes first. */
const JOIN_MS = 1000;

interface Hold {
  readonly beganMs: number;
  readonly held: Promise<() => Promise<void>>;
  readonly released: Promise<void>;
  readonly release: () => void;
  users: number;
}

export interface ChannelLocks {
  beside<T>(channel: string, work: () => Promise<T>): Promise<T>;
  alone(channel: string, work: () => Promise<void>): Promise<void>;
}

/**
 * Who tells a channel does it beside others, and who reminds it does it alone, in all servers. All that this process tells a
 * channel at a time shares one connection, since a channel that does not answer must not cost the others theirs.
 */
export function channelLocks(pool: pg.Pool, monotonic: () => number): ChannelLocks {
  const holds = new Map<string, Hold>();
  /** Counted in the same turn: a hold that nobody uses is let go. */
  const joined = async (channel: string): Promise<Hold> => {
    for (;;) {
      const hold = holds.get(channel) ?? opened(channel);
      if (monotonic() - hold.beganMs <= JOIN_MS) {
        hold.users++;
        return hold;
      }
      await hold.released;
    }
  };
  const opened = (channel: string): Hold => {
    const { promise, resolve } = withResolver();
    const hold = { beganMs: monotonic(), held: locked(pool, channel, BESIDE), released: promise, release: resolve, users: 0 };
    holds.set(channel, hold);
    return hold;
  };
  const left = async (channel: string, hold: Hold): Promise<void> => {
    if (--hold.users > 0) return;
    holds.delete(channel);
    const unlock = await hold.held.catch(() => async () => {});
    await unlock();
    hold.release();
  };
  return {
    beside: async (channel, work) => {
      const hold = await joined(channel);
      try {
        await hold.held;
        return await work();
      } finally {
        await left(channel, hold);
      }
    },
    alone: async (channel, work) => {
      const unlock = await locked(pool, channel, ALONE);
      await work().finally(unlock);
    },
  };
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Of the session, not of a transaction: an open one would hold back whoever follows changes. A connection that breaks takes it along. */
async function locked(pool: pg.Pool, channel: string, { lock, unlock }: typeof BESIDE): Promise<() => Promise<void>> {
  const client = await pool.connect();
  try {
    await client.query(lock, [channel]);
  } catch (error) {
    client.release(true);
    throw error;
  }
  return async () => {
    const broken = await client.query(unlock, [channel]).then(
      () => undefined,
      (cause: Error) => cause,
    );
    client.release(broken);
  };
}
