import type pg from "pg";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { acknowledge } from "../src/adapters/postgres/log/block-store.ts";
import { seal } from "../src/adapters/postgres/log/log-store.ts";
import { type ScrubStep, scrubStep } from "../src/adapters/postgres/log/scrub-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { quiet, receiptKeyFile } from "./database.ts";

/** What the sequencer does about once a minute, done now. */
export const sealOn = (pool: pg.Pool) => seal(pool, openReceiptKey(receiptKeyFile));

export const sealLog = (url: string) => withPool(url, sealOn);

export const acknowledgeLog = (url: string, host: string | null) => withPool(url, (pool) => acknowledge(pool, host, "looked"));

/** A whole round of reading the log again, from wherever it stands; what it found. */
export const scrubLog = (url: string): Promise<string[]> =>
  withPool(url, async (pool) => {
    const found: string[] = [];
    for (let step: ScrubStep | null = null; step === null || !step.hasEnded; ) {
      step = await scrubStep(pool, true);
      for (const { place, words } of step?.findings ?? []) found.push(`${place}: ${words}`);
    }
    return found;
  });

async function withPool<T>(url: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = openPool(url, quiet);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
