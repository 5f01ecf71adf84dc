import type pg from "pg";
import { type Notifier, notifier } from "../src/adapters/notify/notifier.ts";
import type { SendLimits } from "../src/adapters/notify/send-to-channel.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import type { Log } from "../src/log.ts";
import { quiet } from "./database.ts";

export interface NotifierUnderTest extends Notifier {
  readonly pool: pg.Pool;
  /** `channel outcome` of each try, in order. */
  readonly counted: string[];
  readonly said: string[];
  stop(): Promise<void>;
}

/** What one server process does to have incidents told, without the rest of it; runs by itself when started. */
export function notifierOn(url: string, limits: SendLimits = {}, monotonic = () => performance.now()): NotifierUnderTest {
  const counted: string[] = [];
  const said: string[] = [];
  const log: Log = { ...quiet, info: (message) => void said.push(message), warn: (message) => void said.push(message) };
  const pool = openPool(url, log);
  const made = notifier(pool, { add: (_, { channel, outcome }) => void counted.push(`${channel} ${outcome}`) }, log, limits, monotonic);
  let stopping: (() => Promise<void>) | null = null;
  return {
    ...made,
    pool,
    counted,
    said,
    start: () => {
      stopping = made.start();
      return stopping;
    },
    stop: async () => {
      await stopping?.();
      await pool.end();
    },
  };
}
