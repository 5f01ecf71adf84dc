import { existsSync, renameSync } from "node:fs";
import { basename } from "node:path";
import type { KeyChange } from "@truebound/wire";
import type pg from "pg";
import type { KeyRotation } from "../log-book/administer-log.ts";
import { keyIdOf, openReceiptKey, type ReceiptKey } from "./crypto/receipt-key.ts";
import { syncFolderOf } from "./crypto/sync-folder.ts";
import { changeReceiptKey, presentReceiptKey, receiptKeyChanges } from "./postgres/receipt-key-store.ts";

/**
 * The next key lies in a file of its own until the database knows it: cut off anywhere, the same command does the rest. The former
 * key stays beside it, for a database that is restored to a time at which it was in use.
 */
export async function rotateReceiptKey(pool: pg.Pool, path: string, isLost: boolean): Promise<KeyRotation | string> {
  const present = await presentReceiptKey(pool);
  if (present === null)
    return "Cannot follow a key that there is none of: no server ever ran on this database; truebound serve makes the first one";
  const own = existsSync(path) ? openReceiptKey(path) : null;
  const nextPath = `${path}.next`;
  const isOwn = own !== null && Buffer.compare(own.publicKey, present) === 0;
  const next = own === null || isOwn || existsSync(nextPath) || isLost ? openReceiptKey(nextPath) : null;
  const isCutOff = next !== null && Buffer.compare(next.publicKey, present) === 0;
  if (isCutOff) return settled(path, own, await changeTo(pool, next));
  if (isLost && isOwn)
    return `Cannot give up key ${own.keyId} as lost: it lies in ${path}; leave --lost away, and it vouches for the next one`;
  if (next === null || (!isOwn && !isLost)) return notPresent(path, present);
  const change = await changeReceiptKey(pool, isLost ? null : own, next);
  return change === null ? notPresent(path, present) : settled(path, own, change);
}

const notPresent = (path: string, present: Uint8Array): string =>
  `Cannot let another key follow: ${path} does not hold the key in use, ${keyIdOf(present)}; name its file by TRUEBOUND_RECEIPT_KEY_FILE, or say --lost if it is gone for good`;

const changeTo = async (pool: pg.Pool, { publicKey }: ReceiptKey): Promise<KeyChange | null> =>
  (await receiptKeyChanges(pool)).find(({ public_key }) => public_key === Buffer.from(publicKey).toString("base64url")) ?? null;

function settled(path: string, own: ReceiptKey | null, change: KeyChange | null): KeyRotation | string {
  if (change === null) return `Cannot put ${path}.next in place: it holds the first key of this database; move it to ${path} yourself`;
  const former = own === null ? null : `${path}.${own.keyId}`;
  if (former !== null) renameSync(path, former);
  renameSync(`${path}.next`, path);
  syncFolderOf(path);
  return { change, file: path, former: former && basename(former) };
}
