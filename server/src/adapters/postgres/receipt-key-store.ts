import { type KeyChange, keyChangeText } from "@truebound/wire";
import type pg from "pg";
import { StartupError } from "../embedded-postgres/index.ts";
import { readInstallation } from "./installation.ts";
import { SEQUENCER } from "./log/sequencer-lock.ts";
import type { Queryable } from "./pool.ts";
import { asOnlyOneInTurn, transactionOn } from "./singleton.ts";

const CLAIM = `
  insert into receipt_key (public_key) select $1
  where not exists (select from receipt_key where retired_at is null)
  on conflict do nothing`;
const PRESENT = "select public_key from receipt_key where retired_at is null";
const CHANGES = `
  select public_key, before, since_ns, signature, proof from receipt_key where before is not null order by since_ns`;
/** No head that lies in the log may be later, even where the database's clock was set back. */
const SINCE = `
  select greatest(utc_ns(clock_timestamp()), (select max(timestamp_ns) from log_head), (select max(since_ns) + 1 from receipt_key)) as since_ns`;
const RETIRE = "update receipt_key set retired_at = clock_timestamp() where public_key = $1 and retired_at is null";
const FOLLOW = "insert into receipt_key (public_key, before, since_ns, signature, proof) values ($1, $2, $3, $4, $5)";

export async function presentReceiptKey(client: Queryable): Promise<Uint8Array | null> {
  return (await client.query<{ public_key: Buffer }>(PRESENT)).rows[0]?.public_key ?? null;
}

/** Agents know one key: every server of a database must sign by it. The first one that comes sets it. */
export async function claimReceiptKey(pool: pg.Pool, publicKey: Uint8Array, path: string): Promise<void> {
  await pool.query(CLAIM, [publicKey]);
  const present = await presentReceiptKey(pool);
  if (present === null || Buffer.compare(present, publicKey) === 0) return;
  throw new StartupError(
    `Cannot sign receipts by the key in ${path}: agents of this database know another one (${base64url(present)}); ` +
      "give every server of it the same file by TRUEBOUND_RECEIPT_KEY_FILE; where that key is lost for good, truebound log rotate-key --lost begins anew; where truebound log rotate-key was cut off, run it again",
    78,
  );
}

interface ChangeRow {
  public_key: Buffer;
  before: Buffer;
  since_ns: bigint;
  signature: Buffer | null;
  proof: Buffer;
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** All of them, the oldest first. */
export async function receiptKeyChanges(client: Queryable): Promise<KeyChange[]> {
  const { rows } = await client.query<ChangeRow>(CHANGES);
  const installation = await readInstallation(client);
  return rows.map(({ public_key, before, since_ns, signature, proof }) => ({
    installation,
    before: base64url(before),
    public_key: base64url(public_key),
    since_ns: String(since_ns),
    signature: signature && base64url(signature),
    proof: base64url(proof),
  }));
}

/** From where one was lost, if one was: what came before vouches for nothing that is signed now. */
export const sinceLoss = (changes: readonly KeyChange[]): readonly KeyChange[] =>
  changes.slice(
    Math.max(
      0,
      changes.findLastIndex(({ signature }) => signature === null),
    ),
  );

export interface KeyHolder {
  readonly publicKey: Uint8Array;
  sign(text: string): Uint8Array;
}

/** `before` null = it was lost. No head is signed meanwhile. Null = the key in use is not the one that was given. */
export const changeReceiptKey = (pool: pg.Pool, before: KeyHolder | null, next: KeyHolder): Promise<KeyChange | null> =>
  asOnlyOneInTurn(pool, SEQUENCER, (client) =>
    transactionOn(client, async () => {
      const present = await presentReceiptKey(client);
      if (present === null || (before !== null && Buffer.compare(present, before.publicKey) !== 0)) return null;
      const { since_ns } = (await client.query<{ since_ns: bigint }>(SINCE)).rows[0] as { since_ns: bigint };
      const said = {
        installation: await readInstallation(client),
        before: base64url(present),
        public_key: base64url(next.publicKey),
        since_ns: String(since_ns),
      };
      const text = keyChangeText({ ...said, isLost: before === null });
      const [signature, proof] = [before?.sign(text) ?? null, next.sign(text)];
      await client.query(RETIRE, [present]);
      await client.query(FOLLOW, [next.publicKey, present, since_ns, signature, proof]);
      return { ...said, signature: signature && base64url(signature), proof: base64url(proof) };
    }),
  );
