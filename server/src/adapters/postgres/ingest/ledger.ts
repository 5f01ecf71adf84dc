import type { UtcInstant } from "@truebound/time";
import type { Rehearsal } from "@truebound/wire";
import type { Claim } from "../../../ingest/claim.ts";
import { CLONE_EVENT } from "../../../ingest/derive.ts";
import { type HostFacts, type HostPlace, type Ledger, placeKey, type StoredBatch } from "../../../ingest/ports.ts";
import type { HostChain } from "../../../ingest/sequence.ts";
import type { LabelSet } from "../../../policy/choose-policy.ts";
import { takeNextKey } from "../key-store.ts";
import type { Queryable } from "../pool.ts";
import { readRules } from "../rules.ts";
import { writeEdges } from "./edges.ts";
import { writeEvents, writeEvidence, writeMinutes, writeStates } from "./writes.ts";

/** Taken before anything else, and in one order, so that two deliveries of one host never judge the same state and no two groups wait for each other. */
const LOCK = "select host_id from host_state where host_id = any($1::uuid[]) order by host_id for update";

/** A statement of its own: what the lock had to wait for is seen only by the next one. */
const FACTS = `
  select s.host_id, h.state, h.labels, h.public_key, h.next_public_key, h.rotation_wanted,
    extract(epoch from clock_timestamp() - h.key_since)::double precision / 86400 as key_days, s.epoch, s.seq, s.chain_hash, s.checkpointed_seq, s.chain_boot_id, s.chain_at_ns, s.boot_id, s.as_of_ns, s.as_of_marked, s.address,
    coalesce(s.received_at > clock_timestamp() - interval '15 minutes', false) as is_heard, s.carried, s.fork_address, s.fork_attempts, s.burst_wanted, s.flight_wanted,
    case when (s.rehearsal_wanted ->> 'until')::timestamptz > clock_timestamp() then s.rehearsal_wanted -> 'rehearsal' end as rehearsal_wanted,
    utc_ns(clock_timestamp()) as received_ns,
    s.uncheckpointed_since < clock_timestamp() - interval '48 hours 5 minutes' as checkpoint_due
  from host_state s join host h on h.id = s.host_id where s.host_id = any($1::uuid[])`;

const STORED = `
  select e.host_id, e.epoch, e.seq, e.hash, utc_ns(e.received_at) as received_ns
  from unnest($1::uuid[], $2::integer[], $3::bigint[]) as asked (host_id, epoch, seq)
  join evidence e on e.host_id = asked.host_id and e.epoch = asked.epoch and e.seq = asked.seq`;

/** Answered from the keys alone. What no signed head of the log covers is young, whatever its age, and so is all from where the log stopped. */
const AFTER_CHECKPOINT = `
  select e.seq, e.received_at < clock_timestamp() - interval '48 hours' and (e.epoch, e.seq) <= (coalesce(l.epoch, 0), coalesce(l.seq, 0))
      and (b.host_id is null or (e.epoch, e.seq) < (b.epoch, b.seq)) as old,
    utc_ns(e.received_at) as received_ns
  from evidence e left join log_host l on l.host_id = e.host_id left join log_block b on b.host_id = e.host_id
  where e.host_id = $1 and e.epoch = $2 and e.seq > $3 order by e.seq limit 4096`;

const EPOCH_END = "select last_seq from host_epoch where host_id = $1 and epoch = $2";

const EPOCH_BEFORE = "select epoch, last_seq from host_epoch where host_id = $1 and epoch < $2 order by epoch desc limit 1";

const NOTE_FORK = `
  update host_state set fork_attempts = fork_attempts + 1, fork_address = $2, fork_since = coalesce(fork_since, at_utc_ns($3)),
    changed_xid = pg_current_xact_id()
  where host_id = $1`;

/** It belongs to no batch of its own: it follows the events of the chain's latest one. */
const FORK_EVENT = `
  insert into host_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, detail)
  select $1, $2, $3, coalesce(max(ordinal), -1) + 1, $4, true, '${CLONE_EVENT}', $5::jsonb
  from host_event where host_id = $1 and epoch = $2 and seq = $3`;

export const ledgerOn = (client: Queryable): Ledger => ({
  hold: (hosts, wait) => hold(client, hosts, wait),
  stored: (places) => stored(client, places),
  epochEnd: async (host, epoch) => {
    const { rows } = await client.query<{ last_seq: bigint }>(EPOCH_END, [host, epoch]);
    return rows[0] && Number(rows[0].last_seq);
  },
  epochBefore: async (host, epoch) => {
    const { rows } = await client.query<{ epoch: number; last_seq: bigint }>(EPOCH_BEFORE, [host, epoch]);
    return rows[0] && { epoch: rows[0].epoch, lastSeq: Number(rows[0].last_seq) };
  },
  rules: () => readRules(client),
  afterCheckpoint: async (host, { epoch, seq }) => {
    const { rows } = await client.query<{ seq: bigint; old: boolean; received_ns: UtcInstant }>(AFTER_CHECKPOINT, [host, epoch, seq]);
    return rows.map((row) => ({ seq: Number(row.seq), old: row.old, receivedAt: row.received_ns }));
  },
  write: async (changes) => {
    await writeEvidence(client, changes);
    await writeStates(client, changes);
    await writeMinutes(client, changes);
    await writeEvents(client, changes);
    await writeEdges(client, changes);
    for (const { facts, claim, newKeyFrom } of changes)
      if (newKeyFrom !== null) await takeNextKey(client, { agent: facts.id, ...newKeyFrom, key: claim.signedBy });
  },
  noteFork: (facts, claim) => noteFork(client, facts, claim),
});

interface FactsRow {
  host_id: string;
  state: HostChain["state"];
  labels: LabelSet;
  public_key: Buffer;
  next_public_key: Buffer | null;
  rotation_wanted: boolean;
  key_days: number;
  epoch: number;
  seq: bigint;
  chain_hash: Buffer;
  checkpointed_seq: bigint;
  boot_id: string | null;
  as_of_ns: bigint | null;
  as_of_marked: boolean;
  chain_boot_id: string | null;
  chain_at_ns: bigint | null;
  address: string | null;
  is_heard: boolean;
  carried: boolean;
  fork_address: string | null;
  fork_attempts: bigint;
  burst_wanted: string | null;
  flight_wanted: bigint | null;
  rehearsal_wanted: Rehearsal | null;
  received_ns: UtcInstant;
  checkpoint_due: boolean;
}

async function hold(client: Queryable, hosts: readonly string[], wait: boolean): Promise<ReadonlyMap<string, HostFacts>> {
  const lock = wait ? LOCK : `${LOCK} skip locked`;
  const locked = await client.query<{ host_id: string }>({ name: wait ? "lock-hosts" : "lock-free-hosts", text: lock, values: [hosts] });
  const ids = locked.rows.map((row) => row.host_id);
  const { rows } = await client.query<FactsRow>({ name: "facts-of-hosts", text: FACTS, values: [ids] });
  return new Map(rows.map((row) => [row.host_id, factsOf(row)]));
}

const factsOf = (row: FactsRow): HostFacts => ({
  id: row.host_id,
  chain: { state: row.state, epoch: row.epoch, nextSeq: Number(row.seq) + 1, chainHash: row.chain_hash.toString("hex") },
  keys: {
    keys: row.next_public_key === null ? [row.public_key] : [row.next_public_key, row.public_key],
    days: row.key_days,
    rotationWanted: row.rotation_wanted,
  },
  checkpointedSeq: Number(row.checkpointed_seq),
  labels: row.labels,
  before: { bootId: row.chain_boot_id, at: row.chain_at_ns },
  shown: { bootId: row.boot_id, at: row.as_of_marked ? null : row.as_of_ns },
  address: row.address,
  isHeard: row.is_heard,
  carried: row.carried,
  fork: { attempts: row.fork_attempts, address: row.fork_address },
  burstWanted: row.burst_wanted,
  flightWanted: row.flight_wanted,
  rehearsalWanted: row.rehearsal_wanted,
  checkpointDue: row.checkpoint_due,
  receivedAt: row.received_ns,
});

interface StoredRow {
  host_id: string;
  epoch: number;
  seq: bigint;
  hash: Buffer;
  received_ns: UtcInstant;
}

async function stored(client: Queryable, places: readonly HostPlace[]): Promise<ReadonlyMap<string, StoredBatch>> {
  const { rows } = await client.query<StoredRow>(STORED, [
    places.map(({ host }) => host),
    places.map(({ epoch }) => epoch),
    places.map(({ seq }) => seq),
  ]);
  return new Map(
    rows.map(({ host_id: host, epoch, seq, hash, received_ns: receivedAt }) => [
      placeKey({ host, epoch, seq: Number(seq) }),
      { hash: hash.toString("hex"), receivedAt },
    ]),
  );
}

async function noteFork(client: Queryable, facts: HostFacts, { agent, epoch, seq, address }: Claim): Promise<void> {
  await client.query(NOTE_FORK, [agent, address, facts.receivedAt]);
  if (facts.fork.attempts > 0n && facts.fork.address === address) return;
  const detail = { refused_from: address, reports_from: facts.address, refused_epoch: epoch, refused_seq: seq };
  const { chain } = facts;
  await client.query(FORK_EVENT, [agent, chain.epoch, chain.nextSeq - 1, facts.receivedAt, JSON.stringify(detail)]);
}
