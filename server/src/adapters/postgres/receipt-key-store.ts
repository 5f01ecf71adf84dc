import type pg from "pg";
import { StartupError } from "../embedded-postgres/index.ts";

const CLAIM = `
  insert into receipt_key (public_key) select $1
  where not exists (select from receipt_key where retired_at is null)
  on conflict do nothing`;
const PRESENT = "select public_key from receipt_key where retired_at is null";

/** Agents know one key: every server of a database must sign by it. The first one that comes sets it. */
export async function claimReceiptKey(pool: pg.Pool, publicKey: Uint8Array, path: string): Promise<void> {
  await pool.query(CLAIM, [publicKey]);
  const { rows } = await pool.query<{ public_key: Buffer }>(PRESENT);
  const present = rows[0]?.public_key;
  if (present === undefined || Buffer.compare(present, publicKey) === 0) return;
  throw new StartupError(
    `Cannot sign receipts by the key in ${path}: agents of this database know another one (${present.toString("base64url")}); ` +
      "give every server of it the same file by TRUEBOUND_RECEIPT_KEY_FILE",
    78,
  );
}
