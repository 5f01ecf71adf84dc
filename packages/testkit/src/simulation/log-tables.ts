import { createHash, createHmac } from "node:crypto";
import { entryHash, entryText, saltOf, tileKey, tilesFrom } from "@truebound/audit";
import {
  type ChainEnd,
  entriesOf,
  grow,
  type HeadSigner,
  type HostLogFacts,
  isSigned,
  type LogCrypto,
  planHost,
  type SignedLogHead,
  type StoredRow,
  tilesBefore,
} from "@truebound/server";
import type { Session, SimDatabase } from "./database.ts";
import { type ServerCrypto, serverCrypto } from "./server-crypto.ts";
import { chainOf, type EvidenceRow, type LeafRow, type Tables } from "./tables.ts";

export const INSTALLATION = "simulation";
export const SHARD = "2026-11";
export const SECRET = new Uint8Array(32).fill(7);

const logCrypto = (crypto: ServerCrypto): LogCrypto => ({
  sha256: crypto.sha256,
  hmac: (key, message) => createHmac("sha256", key).update(message).digest(),
  randomBytes: () => SECRET,
  verifyEd25519: crypto.verify,
});

export const LOG_CRYPTO = logCrypto(serverCrypto);

/** What the log found beside what it took: batches that do not continue what it has. */
export interface Sealed {
  readonly leaves: number;
  readonly head: SignedLogHead | null;
  readonly blocked: readonly string[];
}

/**
 * Takes what was committed and is not logged yet into the log and signs the head over it, in one transaction, as the server's
 * sequencer does. Throws what `grow` finds.
 */
export const sequenceLog = (database: SimDatabase, session: Session, signer: HeadSigner): Promise<Sealed> =>
  database.transaction(session, async (transaction) => {
    await transaction.hold(["log"], true);
    await transaction.statement();
    const { tables } = transaction;
    const plans = [...tables.hosts.keys()].sort().map((host) => ({ host, plan: planHost(factsOf(tables, host), sha256Hex) }));
    const from = tables.heads.at(-1)?.head.size ?? 0;
    const leaves = leavesOf(plans, from);
    const blocked = plans.flatMap(({ host, plan }) =>
      plan.blocked === null ? [] : [`${host}: ${plan.blocked.entry.why} at ${plan.blocked.entry.epoch}/${plan.blocked.entry.seq}`],
    );
    if (leaves.length === 0) return { leaves: 0, head: null, blocked };
    const last = tables.heads.at(-1) ?? null;
    const hashes = leaves.map(({ text, index }) => entryHash(saltOf(SECRET, index, LOG_CRYPTO.hmac), Buffer.from(text), LOG_CRYPTO.sha256));
    const timestamp = last === null || last.head.timestamp < database.clock ? database.clock : last.head.timestamp + 1n;
    const facts = {
      installation: INSTALLATION,
      shard: SHARD,
      shardHead: last,
      lastHead: last,
      leaves: hashes,
      timestamp,
      tiles: tilesOf(tables, from, hashes.length),
    };
    const grown = grow(facts, signer, LOG_CRYPTO);
    await transaction.statement();
    transaction.write((own) => {
      for (const tile of grown.tiles) own.tiles.set(tileKey(tile), tile.hashes);
      own.leaves.push(...leaves);
      own.heads.push(grown.head);
      for (const { host, plan } of plans) if (plan.last !== null) own.logged.set(host, plan.last);
    });
    return { leaves: leaves.length, head: grown.head, blocked };
  });

function leavesOf(plans: readonly { readonly host: string; readonly plan: ReturnType<typeof planHost> }[], from: number): LeafRow[] {
  const leaves: LeafRow[] = [];
  for (const { host, plan } of plans)
    for (const planned of plan.planned)
      for (const entry of planned.kind === "run" ? entriesOf(host, planned.rows) : [planned.entry])
        leaves.push({ index: from + leaves.length, host, text: entryText(entry) });
  return leaves;
}

const tilesOf = (tables: Tables, size: number, more: number) =>
  tilesFrom(tilesBefore(size, more).map((place) => ({ ...place, hashes: tables.tiles.get(tileKey(place)) ?? new Uint8Array() })));

function factsOf(tables: Tables, host: string): HostLogFacts {
  const row = tables.hosts.get(host);
  if (row === undefined) throw new Error(`Cannot log host ${host}: it is not there`);
  const last = tables.logged.get(host) ?? null;
  const present: ChainEnd = { epoch: row.record.epoch, seq: row.record.seq, hash: row.chainHash };
  const epochEnds = [...tables.epochEnds].filter(([key]) => key.startsWith(`${host}/`));
  return {
    host,
    last,
    rows: chainOf(tables, host)
      .filter((one) => last === null || isAfter(one, last))
      .map(storedRow),
    next: null,
    isAll: true,
    present,
    enrolledAt: row.record.enrolledAt,
    heardAt: row.record.receivedAt,
    epochEnds: new Map(epochEnds.map(([key, end]) => [Number(key.split("/")[1]), end])),
    begun: row.record.enrolledAt,
    acknowledged: null,
  };
}

const isAfter = (a: { readonly epoch: number; readonly seq: number }, b: { readonly epoch: number; readonly seq: number }): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);

const storedRow = (row: EvidenceRow): StoredRow => ({
  epoch: row.epoch,
  seq: row.seq,
  hash: row.hash,
  prevHash: row.prev,
  bodySha256: createHash("sha256").update(row.body).digest(),
  receivedAt: row.receivedAt,
  statement: null,
});

const sha256Hex = (text: string): string => createHash("sha256").update(text).digest("hex");

export const isHeadSigned = (head: SignedLogHead): boolean => isSigned(head, LOG_CRYPTO);
