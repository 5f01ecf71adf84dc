import { createHmac } from "node:crypto";
import type pg from "pg";
import type { HeadSigner, LogCrypto } from "../../../log-book/ports.ts";
import { nodeCrypto } from "../../crypto/node-crypto.ts";
import { asOnlyOne, asOnlyOneInTurn } from "../singleton.ts";
import { presentShard, type Sealed, sequence } from "./sequencer.ts";

/** Who holds it writes the log; no index of it is ever written by two. */
export const SEQUENCER = "truebound log";

export const logCrypto: LogCrypto = {
  sha256: nodeCrypto.sha256,
  hmac: (key, message) => createHmac("sha256", key).update(message).digest(),
  randomBytes: nodeCrypto.randomBytes,
  verifyEd25519: nodeCrypto.verifyEd25519,
};

export const beginLog = async (pool: pg.Pool): Promise<void> => void (await presentShard(pool, logCrypto));

/** Takes what is new into the log. Null = another server is at it. */
export const sealNow = (pool: pg.Pool, signer: HeadSigner): Promise<Sealed | null> =>
  asOnlyOne(pool, SEQUENCER, (client) => sequence(client, { crypto: logCrypto, signer }));

/** As `sealNow`; where another server is at it, after that: all that was committed before the call lies in the head that comes back. */
export const seal = (pool: pg.Pool, signer: HeadSigner): Promise<Sealed> =>
  asOnlyOneInTurn(pool, SEQUENCER, (client) => sequence(client, { crypto: logCrypto, signer }));
