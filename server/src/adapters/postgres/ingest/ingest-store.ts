import type pg from "pg";
import type { IngestStore } from "../../../ingest/ports.ts";
import { inTransaction, sqlState } from "../pool.ts";
import { KeyCache } from "./key-cache.ts";
import { ledgerOn } from "./ledger.ts";

const PUBLIC_KEYS = "select public_key from host where id = $1";

export const ingestStore = (pool: pg.Pool): IngestStore => {
  const keys = new KeyCache(async (agent) =>
    (await pool.query<{ public_key: Buffer }>({ name: "keys-of-agent", text: PUBLIC_KEYS, values: [agent] })).rows.map(
      (row) => row.public_key,
    ),
  );
  return {
    keysOf: (agent) => keys.of(agent),
    transaction: (work) => inTransaction(pool, (client) => work(ledgerOn(client))),
    // Class 22: a value out of its range or form; class 23: a constraint on it.
    isRefusalOfData: (error) => /^2[23]/.test(sqlState(error) ?? ""),
  };
};
