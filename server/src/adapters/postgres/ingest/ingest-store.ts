import type pg from "pg";
import type { IngestStore } from "../../../ingest/ports.ts";
import { inTransaction, sqlState } from "../pool.ts";
import { KeyCache } from "./key-cache.ts";
import { ledgerOn } from "./ledger.ts";

const KEYS = "select id, next_public_key, public_key from host where id = any($1::uuid[])";

interface KeysRow {
  id: string;
  public_key: Buffer;
  next_public_key: Buffer | null;
}

export const ingestStore = (pool: pg.Pool): IngestStore => {
  const keys = new KeyCache(async (agents) => {
    const { rows } = await pool.query<KeysRow>({ name: "keys-of-agents", text: KEYS, values: [agents] });
    return new Map(rows.map(({ id, public_key, next_public_key }) => [id, next_public_key ? [next_public_key, public_key] : [public_key]]));
  });
  return {
    keysOf: (agent, afresh) => keys.of(agent, afresh),
    transaction: (work) => inTransaction(pool, (client) => work(ledgerOn(client))),
    // Class 22: a value out of its range or form; class 23: a constraint on it.
    isRefusalOfData: (error) => /^2[23]/.test(sqlState(error) ?? ""),
  };
};
