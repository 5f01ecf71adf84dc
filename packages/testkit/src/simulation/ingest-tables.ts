import {
  type HostChange,
  type HostFacts,
  type HostRecord,
  type IngestStore,
  type Ledger,
  type PolicyRule,
  placeKey,
  withoutEdges,
} from "@truebound/server";
import { type UtcInstant, utc } from "@truebound/time";
import { Refused, type Session, type SimDatabase, type Transaction } from "./database.ts";
import { takeNextKey } from "./key-tables.ts";
import { writeEdges } from "./peer-tables.ts";
import { chainOf, type EvidenceRow, evidenceKey, type HostRow, type Tables } from "./tables.ts";

export interface IngestTerms {
  readonly rules: readonly PolicyRule[];
  /** The refill window of this world, ns: what is younger is not checkpointed. */
  readonly refillNs: bigint;
}

const HEARD_NS = 900_000_000_000n;
const DUE_AFTER_NS = 5_000_000_000n;

/** What deliveries ask of the database, by the rules of the server's own statements. */
export function ingestTables(database: SimDatabase, session: Session, terms: IngestTerms): IngestStore {
  return {
    keysOf: async (agent) => {
      await database.travel();
      const row = database.committed.hosts.get(agent);
      return row === undefined ? [] : keysOf(row);
    },
    transaction: (work) => database.transaction(session, (transaction) => work(ledgerOn(database, transaction, terms))),
    isRefusalOfData: (error) => error instanceof Refused,
  };
}

function ledgerOn(database: SimDatabase, transaction: Transaction, terms: IngestTerms): Ledger {
  const now = () => utc(database.clock);
  return {
    hold: async (hosts, wait) => {
      await transaction.statement();
      const held = await transaction.hold(hosts, wait);
      await transaction.statement();
      const { tables } = transaction;
      return new Map(held.flatMap((id) => [[id, factsOf(tables.hosts.get(id) as HostRow, now(), terms)] as const]));
    },
    stored: async (places) => {
      await transaction.statement();
      const { evidence } = transaction.tables;
      return new Map(
        places.flatMap((place) => {
          const row = evidence.get(evidenceKey(place.host, place.epoch, place.seq));
          return row === undefined ? [] : [[placeKey(place), { hash: row.hash, receivedAt: row.receivedAt }] as const];
        }),
      );
    },
    epochEnd: async (host, epoch) => {
      await transaction.statement();
      return transaction.tables.epochEnds.get(`${host}/${epoch}`);
    },
    epochBefore: async (host, epoch) => {
      await transaction.statement();
      const ends = [...transaction.tables.epochEnds].flatMap(([key, lastSeq]) => {
        const [owner, ended] = key.split("/");
        return owner === host && Number(ended) < epoch ? [{ epoch: Number(ended), lastSeq }] : [];
      });
      return ends.sort((a, b) => a.epoch - b.epoch).at(-1);
    },
    rules: async () => terms.rules,
    afterCheckpoint: async (host, { epoch, seq }) => {
      await transaction.statement();
      const { tables } = transaction;
      const logged = tables.logged.get(host) ?? { epoch: 0, seq: 0 };
      const isCovered = (row: EvidenceRow) => row.epoch < logged.epoch || (row.epoch === logged.epoch && row.seq <= logged.seq);
      return chainOf(tables, host)
        .filter((row) => row.epoch === epoch && row.seq > seq)
        .map((row) => ({ seq: row.seq, old: row.receivedAt < now() - terms.refillNs && isCovered(row), receivedAt: row.receivedAt }));
    },
    write: async (changes) => {
      await transaction.statement();
      transaction.write((tables) => {
        for (const change of changes) writeChange(tables, change);
      });
    },
    noteFork: async (facts, { address }) => {
      await transaction.statement();
      transaction.write((tables) => noteFork(tables, facts, address));
    },
  };
}

/** Newest first. */
const keysOf = ({ publicKey, nextKey }: HostRow): readonly Uint8Array[] => (nextKey === null ? [publicKey] : [nextKey, publicKey]);

const factsOf = (row: HostRow, now: UtcInstant, { refillNs }: IngestTerms): HostFacts => ({
  id: row.record.id,
  chain: { state: row.record.state, epoch: row.record.epoch, nextSeq: row.record.seq + 1, chainHash: row.chainHash },
  keys: { keys: keysOf(row), days: 0, rotationWanted: row.rotationWanted },
  checkpointedSeq: row.checkpointedSeq,
  labels: row.record.labels,
  before: { bootId: row.chainBootId, at: row.record.chainAt },
  shown: { bootId: row.record.bootId, at: row.record.asOfMarked ? null : row.record.asOf },
  address: row.record.address,
  isHeard: row.record.receivedAt !== null && row.record.receivedAt > now - HEARD_NS,
  carried: row.record.carried,
  fork: { attempts: row.forkAttempts, address: row.forkAddress },
  burstWanted: row.burstWanted,
  flightWanted: null,
  rehearsalWanted: null,
  checkpointDue: row.uncheckpointedSince !== null && row.uncheckpointedSince < now - refillNs - DUE_AFTER_NS,
  receivedAt: now,
});

function writeChange(tables: Tables, change: HostChange): void {
  const { facts, claim, batches } = change;
  for (const { link, derived } of batches) {
    const key = evidenceKey(facts.id, claim.epoch, link.seq);
    if (tables.evidence.has(key)) throw new Refused(`evidence ${key} is there already`);
    tables.evidence.set(key, {
      host: facts.id,
      epoch: claim.epoch,
      seq: link.seq,
      hash: link.hash,
      prev: link.prev,
      body: link.body,
      receivedAt: facts.receivedAt,
      sent: claim.sent,
      isReadable: derived.quarantined === null,
      isWhole: derived.setAside.length === 0,
    });
    for (const [ordinal, event] of derived.events.entries())
      tables.events.push({ host: facts.id, epoch: claim.epoch, seq: link.seq, ordinal, ...event, xid: tables.xid });
  }
  writeEdges(tables, change);
  if (change.endedEpoch !== null) {
    const key = `${facts.id}/${change.endedEpoch.epoch}`;
    if (!tables.epochEnds.has(key)) tables.epochEnds.set(key, change.endedEpoch.lastSeq);
  }
  const row = tables.hosts.get(facts.id) as HostRow;
  tables.hosts.set(facts.id, stateAfter(change.newKeyFrom === null ? row : takeNextKey(row), change, tables.xid));
}

function stateAfter(row: HostRow, change: HostChange, xid: bigint): HostRow {
  const { facts, chain, checkpoint, batches, answers } = change;
  const last = batches.findLast(({ derived }) => derived.after !== null)?.derived.after ?? null;
  return {
    ...row,
    record: recordAfter(row.record, change, xid, last?.at ?? (last === null ? row.record.chainAt : null)),
    chainHash: chain.chainHash,
    chainBootId: last === null ? row.chainBootId : last.bootId,
    checkpointedSeq: checkpoint.seq,
    uncheckpointedSince: checkpoint.since ?? row.uncheckpointedSince ?? facts.receivedAt,
    burstWanted: row.burstWanted === answers.burst ? null : row.burstWanted,
  };
}

function recordAfter(
  record: HostRecord,
  { facts, claim, chain, present, isAhead, answers }: HostChange,
  xid: bigint,
  chainAt: bigint | null,
): HostRecord {
  const { batch, latest, latestBatch, unreadable } = present;
  const said =
    latest === null
      ? {}
      : {
          status: latest.status,
          reason: latest.reason,
          asOf: latest.at,
          asOfMarked: latest.marked,
          bound: latest.bound,
          tight: latest.tight,
          injected: latest.injected,
          votes: latest.votes,
          need: latest.need,
          terms: latestBatch?.terms ?? null,
          frequency: latestBatch?.frequency ?? null,
          reading: { raw: latest.raw, realtime: latest.realtime },
          mesh: withoutEdges(latestBatch?.mesh),
        };
  return {
    ...record,
    epoch: chain.epoch,
    seq: chain.nextSeq - 1,
    changedXid: xid,
    receivedAt: facts.receivedAt,
    address: claim.address,
    ahead: isAhead,
    chainAt: chainAt === null ? null : utc(chainAt),
    unreadable,
    bootId: batch?.boot_id ?? record.bootId,
    software: batch?.software ?? record.software,
    policyVersion: batch?.policy_version ?? record.policyVersion,
    assumptions: batch?.assumptions ?? record.assumptions,
    trusting: batch?.trusting ?? record.trusting,
    sources: batch?.sources ?? record.sources,
    burstDone: answers.burst ?? record.burstDone,
    ...said,
  };
}

function noteFork(tables: Tables, facts: HostFacts, address: string | null): void {
  const row = tables.hosts.get(facts.id) as HostRow;
  const forkSince = row.forkSince ?? facts.receivedAt;
  const clone = { attempts: row.forkAttempts + 1n, address, ownAddress: row.record.address, since: forkSince };
  tables.hosts.set(facts.id, {
    ...row,
    forkAttempts: row.forkAttempts + 1n,
    forkAddress: address,
    forkSince,
    record: { ...row.record, clone, changedXid: tables.xid },
  });
}
