import type pg from "pg";
import type { HeadSigner, LogBook } from "../../../log-book/ports.ts";
import { asOnlyOne, asOnlyOneInTurn } from "../singleton.ts";
import { headsAfter } from "./head-store.ts";
import { logCrypto } from "./log-crypto.ts";
import { batchLeaves, entryLeaves, proofFor } from "./log-reader.ts";
import { presentShard, type Sealed, sequence } from "./sequencer.ts";
import { SEQUENCER } from "./sequencer-lock.ts";

export { SEQUENCER };

export const beginLog = async (pool: pg.Pool): Promise<void> => void (await presentShard(pool, logCrypto));

/** Takes what is new into the log. Null = another server is at it. */
export const sealNow = (pool: pg.Pool, signer: HeadSigner): Promise<Sealed | null> =>
  asOnlyOne(pool, SEQUENCER, (client) => sequence(client, { crypto: logCrypto, signer }));

/** As `sealNow`; where another server is at it, after that: all that was committed before the call lies in the head that comes back. */
export const seal = (pool: pg.Pool, signer: HeadSigner): Promise<Sealed> =>
  asOnlyOneInTurn(pool, SEQUENCER, (client) => sequence(client, { crypto: logCrypto, signer }));

/** For whoever holds the key of the receipts: the server, or a command on its machine. */
export const logBook = (pool: pg.Pool, signer: HeadSigner): LogBook => ({
  seal: async () => {
    const { head } = await seal(pool, signer);
    if (head === null) throw new Error("Cannot seal the log: there is no head, although the key's own entry is always new at first");
    return head;
  },
  batchLeaves: (host, epoch, from, to) => batchLeaves(pool, host, epoch, from, to),
  entries: (kinds, about) => entryLeaves(pool, kinds, about ?? null),
  proofFor: (leaves) => proofFor(pool, leaves),
  heads: (after, most) => headsAfter(pool, after, most),
});
