import { entryHash, entryText, inclusionProof, type LeftMonthEntry, MissingTile, type Tiles, verifyInclusion } from "@truebound/audit";
import { isProved, type KeyChange } from "@truebound/wire";
import { keyText, verifying } from "./key-way.ts";
import { headHash, isSigned, signedAgain } from "./next-head.ts";
import { type EntryLeaf, type HeadSigner, type LogCrypto, LogTrouble, type SignedHead } from "./ports.ts";

/** The keys before one, as far as that one and those after it said themselves which key they took the place of; lost ones too. */
export function keysBefore(key: string, changes: readonly KeyChange[], crypto: Pick<LogCrypto, "verifyEd25519">): ReadonlySet<string> {
  const keys = new Set<string>();
  for (let last = key; ; ) {
    const change = changes.find(({ public_key }) => public_key === last);
    if (change === undefined || keys.has(change.before) || !isProved(change, verifying(crypto))) return keys;
    keys.add(change.before);
    last = change.before;
  }
}

export interface MonthFacts {
  /** The last of the month. */
  readonly head: SignedHead;
  /** Those that give its root, as they are stored. */
  readonly tiles: Tiles;
  /** `keysBefore` the one in use. */
  readonly keys: ReadonlySet<string>;
}

/** The month's head under the key in use; a text = why it is not what a lost key had signed. */
export function signedAnew(
  { head, tiles, keys }: MonthFacts,
  last: SignedHead,
  timestamp: bigint,
  signer: HeadSigner,
  crypto: LogCrypto,
): SignedHead | string {
  if (!keys.has(keyText(head))) return `its head ${head.number} is signed by a key that was never this server's`;
  try {
    return signedAgain(head, last, { timestamp, tiles }, signer, crypto);
  } catch (error) {
    if (error instanceof LogTrouble) return error.what;
    if (error instanceof MissingTile) return "not all of its hashes are there";
    throw error;
  }
}

/** Says in the log which month was left as a lost key had signed it, and by which head. */
export const leftMonthEntry = ({ number, head, publicKey }: SignedHead, why: string, crypto: LogCrypto): LeftMonthEntry => ({
  kind: "left_month",
  what: `log ${head.shard}`,
  shard: head.shard,
  number,
  size: head.size,
  root: head.root,
  head: headHash(head, crypto),
  public_key: Buffer.from(publicKey).toString("base64url"),
  why,
});

/**
 * Whether the log itself names this head as the one that was left: its leaf lies under a head of a key that is trusted. Else
 * whoever holds the database, and a key that was lost, could put another head in its place and have that one signed.
 */
export function isNamed(
  { entry, index, salt }: EntryLeaf,
  under: { readonly head: SignedHead; readonly tiles: Tiles; readonly trusted: ReadonlySet<string> },
  left: SignedHead,
  crypto: LogCrypto,
): boolean {
  const { head, tiles, trusted } = under;
  if (entry.kind !== "left_month" || entry.head !== headHash(left.head, crypto)) return false;
  const leaf = entryHash(salt, new TextEncoder().encode(entryText(entry)), crypto.sha256);
  const { size, root } = head.head;
  const proof = inclusionProof(index, size, tiles, crypto.sha256);
  return (
    trusted.has(keyText(head)) &&
    isSigned(head, crypto) &&
    verifyInclusion({ index, size, leaf, root: Buffer.from(root, "hex"), proof }, crypto.sha256)
  );
}
