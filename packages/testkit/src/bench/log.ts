import { openPool, openReceiptKey, sealNow } from "@truebound/server";
import type pg from "pg";
import { runLoadJob } from "../load/load-job.ts";
import { withServer } from "./ingest.ts";
import { processorSeconds } from "./processor-time.ts";

export interface LogCost {
  readonly batches: number;
  /** Of each round: leaves, s until the head was signed, s of processor of this process and of PostgreSQL. */
  readonly rounds: readonly { readonly leaves: number; readonly seconds: number; readonly own: number; readonly postgres: number }[];
  /** All tables of the log over the batches that lie in it. */
  readonly bytesOfBatch: number;
  /** s of a look where nothing is new. */
  readonly idleSeconds: number;
}

const HOSTS = 200;
/** As many as a host sends in a minute by the default policy. */
const BATCHES = 12;
const ROUNDS = 3;

const SIZE = `
  select (sum(pg_total_relation_size(t)))::bigint as bytes
  from unnest(array['log_shard', 'log_tile', 'log_run', 'log_entry', 'log_head', 'log_host', 'log_pending']::regclass[]) as t`;
const COUNT = "select count(*) from evidence";

/** A minute's reports of a fleet at a time, taken into the log by one sequencer beside the server. */
export const measureLog = (log: (text: string) => void): Promise<LogCost> =>
  withServer(log, async ({ databaseUrl, server, postmaster, receiptKeyFile }) => {
    const pool = openPool(databaseUrl, { info: () => {}, warn: log, error: log });
    const signer = openReceiptKey(receiptKeyFile);
    const round = async () => {
      const [began, own, postgres] = [performance.now(), process.cpuUsage(), processorSeconds(postmaster)];
      const sealed = await sealNow(pool, signer);
      const spent = process.cpuUsage(own);
      const seconds = (performance.now() - began) / 1000;
      return {
        leaves: sealed?.leaves ?? 0,
        seconds,
        own: (spent.user + spent.system) / 1e6,
        postgres: processorSeconds(postmaster) - postgres,
      };
    };
    try {
      const rounds = [];
      for (let at = 0; at < ROUNDS; at++) {
        await runLoadJob({
          url: server.agentsUrl,
          token: await server.token(HOSTS),
          agents: HOSTS,
          deliveries: BATCHES,
          batches: 1,
          exchanges: 10,
          every: 1,
          fromS: 1_795_680_000,
          withLive: false,
          namePrefix: `round-${at}-`,
          seed: 1 + 1000 * at,
          connections: 48,
          rate: null,
          secondsMax: 60,
        });
        rounds.push(await round());
        log(`round ${at + 1}: ${JSON.stringify(rounds.at(-1))}`);
      }
      await pool.query("vacuum full log_tile");
      const batches = await number(pool, COUNT);
      return { batches, rounds, bytesOfBatch: (await number(pool, SIZE)) / batches, idleSeconds: (await round()).seconds };
    } finally {
      await pool.end();
    }
  });

const number = async (pool: pg.Pool, text: string): Promise<number> =>
  Number(Object.values((await pool.query<Record<string, bigint>>(text)).rows[0] ?? {})[0]);
