import { createReadStream, renameSync, rmSync, writeFileSync } from "node:fs";
import type { KeyChange } from "@truebound/wire";
import type pg from "pg";
import { openContent } from "../adapters/batch-content.ts";
import { ingestCrypto, nodeCrypto, sha1 } from "../adapters/crypto/node-crypto.ts";
import type { ReceiptKey } from "../adapters/crypto/receipt-key.ts";
import { StartupError } from "../adapters/embedded-postgres/index.ts";
import { signatureHeaders } from "../adapters/http/answer.ts";
import { problemOf } from "../adapters/http/problem.ts";
import { leapFiles } from "../adapters/leap-files.ts";
import { carriedStore } from "../adapters/postgres/carried-store.ts";
import { enrolStore } from "../adapters/postgres/enrol-store.ts";
import { ingestStore } from "../adapters/postgres/ingest/ingest-store.ts";
import type { CarrierPorts } from "../carrier/tell-carried.ts";
import type { QuotaLimits } from "../ingest/agent-quota.ts";
import { Ingest } from "../ingest/ingest.ts";
import { LeapKeeper } from "../leap/leap-keeper.ts";
import type { Log } from "../log.ts";

export interface CarrierParts {
  readonly signer: ReceiptKey;
  readonly keyChanges: readonly KeyChange[];
  readonly leapFile: string | null;
  readonly log: Log;
}

const PLENTY = 1e12;

/** A person waits here for one file, and nobody else does. */
const NO_QUOTA: QuotaLimits = {
  deliveriesPerSecond: PLENTY,
  deliveriesAtOnce: PLENTY,
  bytesPerSecond: PLENTY,
  bytesAtOnce: PLENTY,
  batchesPerSecond: PLENTY,
  batchesAtOnce: PLENTY,
  readingMsPerSecond: PLENTY,
  readingMsAtOnce: PLENTY,
};

/** The ingest of a server, for files. Nobody is asked for another key, or to measure anew: the answer comes too late for either. */
export function carrierPorts(pool: pg.Pool, { signer, keyChanges, leapFile, log }: CarrierParts): CarrierPorts {
  const leaps = LeapKeeper.open(leapFiles(leapFile), sha1, log);
  if (typeof leaps === "string") throw new StartupError(leaps, 78);
  const leapList = () => leaps.kept.text;
  const reply = { keyId: signer.keyId, sign: (text: string) => signer.sign(text), sha256: nodeCrypto.sha256, keyChanges };
  const ingest = new Ingest({
    store: ingestStore(pool),
    crypto: ingestCrypto,
    open: openContent,
    leapList,
    signReceipt: (text) => signer.sign(text),
    tlsPins: [],
    keyDays: 0,
    random: Math.random,
    now: () => performance.now(),
    quota: NO_QUOTA,
  });
  return {
    ingest,
    problem: problemOf,
    keyId: signer.keyId,
    sign: (status, text, request) => lowered(signatureHeaders(reply, status, Buffer.from(text), request)),
    open: (path) => (path === "-" ? process.stdin : createReadStream(path)),
    write: writeWhole,
    enrol: { store: enrolStore(pool), crypto: nodeCrypto, leapList, receiptKey: signer.publicKey },
    ...carriedStore(pool),
  };
}

const lowered = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * Synced, and under its name only when it is whole: it may lie on a stick that is pulled at once. What somebody left there under the name of
 * the draft is removed, not written through: it may be a link to a file of this machine.
 */
export function writeWhole(path: string, text: string): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, text, { mode: 0o600, flush: true, flag: "wx" });
  renameSync(draft, path);
}
