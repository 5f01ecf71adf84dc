import type pg from "pg";
import type { LogQuestions } from "../../../query/log.ts";
import { headsBefore, lastHeadOf } from "./head-store.ts";
import { logCrypto } from "./log-crypto.ts";
import { batchLeaves } from "./log-reader.ts";
import { rowsBetween } from "./new-batches.ts";
import { tilesAt } from "./tile-store.ts";

/** A name that a retired host had may be another one's now. */
const HOST = "select id from host where id::text = $1 or name = $1 order by (id::text = $1) desc, retired_at desc nulls first limit 1";

export const logQuestions = (pool: pg.Pool): LogQuestions => ({
  crypto: logCrypto,
  headsBefore: (number, most) => headsBefore(pool, number, most),
  lastHeadOf: (shard) => lastHeadOf(pool, shard),
  hostId: async (idOrName) => (await pool.query<{ id: string }>(HOST, [idOrName])).rows[0]?.id ?? null,
  batchLeaves: (host, epoch, from, to) => batchLeaves(pool, host, epoch, from, to),
  storedRow: async (host, epoch, seq) => (await rowsBetween(pool, host, epoch, seq, seq + 1))[0] ?? null,
  tilesAt: (shard, places) => tilesAt(pool, shard, places),
});
