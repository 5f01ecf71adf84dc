import type pg from "pg";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { seal } from "../src/adapters/postgres/log/log-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { quiet, receiptKeyFile } from "./database.ts";

/** What the sequencer does about once a minute, done now. */
export const sealOn = (pool: pg.Pool) => seal(pool, openReceiptKey(receiptKeyFile));

export async function sealLog(url: string) {
  const pool = openPool(url, quiet);
  try {
    return await sealOn(pool);
  } finally {
    await pool.end();
  }
}
