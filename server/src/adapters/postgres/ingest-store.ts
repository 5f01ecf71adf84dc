import type { UtcInstant } from "@truebound/time";
import type pg from "pg";
import { type Claim, signedText } from "../../ingest/claim.ts";
import { CLONE_EVENT, type Derived } from "../../ingest/derive.ts";
import { isNext } from "../../ingest/host-keys.ts";
import type { HeldHost, IngestStore } from "../../ingest/ports.ts";
import { minuteOf } from "../../ingest/rollup.ts";
import { advanceCheckpoint, type HostChain } from "../../ingest/sequence.ts";
import type { LabelSet, PolicyRule } from "../../policy/choose-policy.ts";
import { takeNextKey } from "./key-store.ts";
import { inTransaction, type Queryable, sqlState } from "./pool.ts";
import { RULES_JSON } from "./rules.ts";

const KEYS = "select public_key, next_public_key from host where id = $1";

/** Taken before anything else, so that two deliveries of one host never judge the same state. */
const LOCK_HOST = `
  select state, epoch, next_seq, chain_hash, checkpointed_seq, labels, public_key, next_public_key, rotation_wanted,
    extract(epoch from clock_timestamp() - key_since)::double precision / 86400 as key_days
  from host where id = $1 for update`;

const FACTS = `
  select boot_id, as_of_ns, as_of_marked, address, fork_address, fork_attempts, epoch, seq, utc_ns(clock_timestamp()) as received_ns, ${RULES_JSON} as rules
  from host_state where host_id = $1`;

const STORED = "select hash, utc_ns(received_at) as received_ns from evidence where host_id = $1 and epoch = $2 and seq = $3";

const INSERT_EVIDENCE = `
  insert into evidence (host_id, epoch, seq, hash, prev_hash, received_at, body, signature_base, signature, quarantined, first_utc_ns, last_utc_ns)
  values ($1, $2, $3, $4, $5, at_utc_ns($6), $7, $8, $9, $10, $11, $12)`;

/** Rows after the checkpoint, a few at a time: each batch moves it by one in the long run. */
const AFTER_CHECKPOINT = `
  select seq, received_at < clock_timestamp() - interval '48 hours' as old
  from evidence where host_id = $1 and epoch = $2 and seq > $3 order by seq limit 16`;

const ADVANCE_HOST = "update host set epoch = $2, next_seq = $3, chain_hash = $4, checkpointed_seq = $5 where id = $1";

const TOUCH_STATE = `
  update host_state set epoch = $2, seq = $3, changed_xid = pg_current_xact_id(), unreadable = $4, received_at = at_utc_ns($5),
    address = $6
  where host_id = $1`;

const NOTE_FORK = `
  update host_state set fork_attempts = fork_attempts + 1, fork_address = $2, fork_since = coalesce(fork_since, at_utc_ns($3)),
    changed_xid = pg_current_xact_id()
  where host_id = $1`;

/** It belongs to no batch of its own: it follows the events of the chain's latest one. */
const FORK_EVENT = `
  insert into host_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, detail)
  select $1, $2, $3, coalesce(max(ordinal), -1) + 1, $4, true, '${CLONE_EVENT}', $5::jsonb
  from host_event where host_id = $1 and epoch = $2 and seq = $3`;

const SET_REPORTER = `
  update host_state set boot_id = $2, software = $3, policy_version = $4, assumptions = $5, trusting = $6, sources = $7
  where host_id = $1`;

const SET_READING = `
  update host_state set status = $2, reason = $3, as_of_ns = $4, as_of_marked = $5, lo_ns = $6, hi_ns = $7,
    injected_ns = $8, votes = $9, need = $10, terms = $11, tight_lo_ns = $12, tight_hi_ns = $13, frequency = $14
  where host_id = $1`;

const ROLL_UP = `
  insert into host_minute as kept (host_id, minute_ns, lo_ns, hi_ns, rows, status, marked, oscillator_min_ppb, oscillator_max_ppb, unbounded)
  select $1, unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::bigint[]), unnest($5::integer[]), unnest($6::bound_status[]), unnest($7::boolean[]),
    unnest($8::integer[]), unnest($9::integer[]), unnest($10::boolean[])
  on conflict (host_id, minute_ns) do update set
    lo_ns = least(kept.lo_ns, excluded.lo_ns),
    hi_ns = greatest(kept.hi_ns, excluded.hi_ns),
    rows = kept.rows + excluded.rows,
    status = greatest(kept.status, excluded.status),
    marked = kept.marked or excluded.marked,
    unbounded = kept.unbounded or excluded.unbounded,
    oscillator_min_ppb = coalesce(excluded.oscillator_min_ppb, kept.oscillator_min_ppb),
    oscillator_max_ppb = coalesce(excluded.oscillator_max_ppb, kept.oscillator_max_ppb)`;

const INSERT_EVENTS = `
  insert into host_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, source, detail)
  select $1, $2, $3, unnest($4::integer[]), unnest($5::bigint[]), unnest($6::boolean[]), unnest($7::text[]), unnest($8::text[]), unnest($9::jsonb[])`;

export const ingestStore = (pool: pg.Pool): IngestStore => ({
  keysOf: async (agent) => (await pool.query<KeyRow>(KEYS, [agent])).rows.flatMap(keysIn),
  withHost: (agent, work) =>
    inTransaction(pool, async (client) => {
      const held = await holdHost(client, agent);
      return held && work(held);
    }),
  // Class 22: a value out of its range or form; class 23: a constraint on it.
  isRefusalOfData: (error) => /^2[23]/.test(sqlState(error) ?? ""),
});

interface KeyRow {
  public_key: Buffer;
  next_public_key: Buffer | null;
}

/** Newest first. */
const keysIn = ({ public_key, next_public_key }: KeyRow): Buffer[] =>
  next_public_key === null ? [public_key] : [next_public_key, public_key];

interface HostRow extends KeyRow {
  rotation_wanted: boolean;
  key_days: number;
  state: HostChain["state"];
  epoch: number;
  next_seq: bigint;
  chain_hash: Buffer;
  checkpointed_seq: bigint;
  labels: LabelSet;
}

interface FactsRow {
  boot_id: string | null;
  as_of_ns: bigint | null;
  as_of_marked: boolean;
  address: string | null;
  fork_address: string | null;
  fork_attempts: bigint;
  epoch: number;
  seq: bigint;
  received_ns: UtcInstant;
  rules: PolicyRule[];
}

async function holdHost(client: Queryable, agent: string): Promise<HeldHost | null> {
  const host = (await client.query<HostRow>(LOCK_HOST, [agent])).rows[0];
  if (host === undefined) return null;
  // A host and its state are inserted together.
  const facts = (await client.query<FactsRow>(FACTS, [agent])).rows[0] as FactsRow;
  const keys = keysIn(host);
  return {
    keys: { keys, days: host.key_days, rotationWanted: host.rotation_wanted },
    chain: { state: host.state, epoch: host.epoch, nextSeq: Number(host.next_seq), chainHash: host.chain_hash.toString("hex") },
    checkpointedSeq: Number(host.checkpointed_seq),
    labels: host.labels,
    rules: facts.rules,
    before: { bootId: facts.boot_id, at: facts.as_of_marked ? null : facts.as_of_ns },
    receivedAt: facts.received_ns,
    stored: async (epoch, seq) => {
      const row = (await client.query<{ hash: Buffer; received_ns: UtcInstant }>(STORED, [agent, epoch, seq])).rows[0];
      return row ? { hash: row.hash.toString("hex"), receivedAt: row.received_ns } : null;
    },
    noteFork: (claim) => noteFork(client, claim, facts),
    store: async (claim, hash, body, derived) => {
      await insertEvidence(client, claim, hash, body, facts.received_ns, derived);
      await setState(client, claim, facts.received_ns, derived);
      await rollUp(client, agent, derived);
      await insertEvents(client, claim, derived);
      if (isNext(keys, claim.signedBy)) await takeNextKey(client, { ...claim, key: claim.signedBy });
      return advance(client, claim, hash, claim.epoch === host.epoch ? Number(host.checkpointed_seq) : 0);
    },
  };
}

async function noteFork(client: Queryable, { agent, epoch, seq, address }: Claim, facts: FactsRow): Promise<void> {
  await client.query(NOTE_FORK, [agent, address, facts.received_ns]);
  if (facts.fork_attempts > 0n && facts.fork_address === address) return;
  const detail = { refused_from: address, reports_from: facts.address, refused_epoch: epoch, refused_seq: seq };
  await client.query(FORK_EVENT, [agent, facts.epoch, facts.seq, facts.received_ns, JSON.stringify(detail)]);
}

async function insertEvidence(
  client: Queryable,
  claim: Claim,
  hash: string,
  body: Uint8Array,
  receivedAt: UtcInstant,
  derived: Derived,
): Promise<void> {
  await client.query(INSERT_EVIDENCE, [
    claim.agent,
    claim.epoch,
    claim.seq,
    Buffer.from(hash, "hex"),
    Buffer.from(claim.prev, "hex"),
    receivedAt,
    body,
    signedText(claim),
    claim.signature,
    derived.quarantined,
    derived.firstUtc,
    derived.lastUtc,
  ]);
}

async function setState(
  client: Queryable,
  { agent, epoch, seq, address }: Claim,
  receivedAt: UtcInstant,
  { batch, latest }: Derived,
): Promise<void> {
  await client.query(TOUCH_STATE, [agent, epoch, seq, batch === null, receivedAt, address]);
  if (batch === null) return;
  const json = [batch.assumptions, batch.trusting, batch.sources].map((value) => JSON.stringify(value));
  await client.query(SET_REPORTER, [agent, batch.boot_id, batch.software, batch.policy_version, ...json]);
  if (latest === null) return;
  const { status, reason, at, marked, bound, tight, injected, votes, need } = latest;
  const ends = [bound?.lo ?? null, bound?.hi ?? null];
  const terms = batch.terms && JSON.stringify(batch.terms);
  const more = [tight?.lo ?? null, tight?.hi ?? null, JSON.stringify(batch.frequency)];
  await client.query(SET_READING, [agent, status, reason, at, marked, ...ends, injected, votes, need, terms, ...more]);
}

async function rollUp(client: Queryable, agent: string, { batch, latest, minutes }: Derived): Promise<void> {
  if (minutes.length === 0) return;
  // What is known of the oscillator is of the batch's last reading.
  const known = latest && !latest.marked ? (batch?.frequency.oscillator ?? null) : null;
  const oscillator = (minute: bigint) => (latest !== null && minute === minuteOf(latest.at) ? known : null);
  const column = <T>(pick: (minute: Derived["minutes"][number]) => T): T[] => minutes.map(pick);
  await client.query(ROLL_UP, [
    agent,
    column((minute) => minute.minute),
    column((minute) => minute.bound?.lo ?? null),
    column((minute) => minute.bound?.hi ?? null),
    column((minute) => minute.rows),
    column((minute) => minute.status),
    column((minute) => minute.marked),
    column(({ minute }) => oscillator(minute)?.[0] ?? null),
    column(({ minute }) => oscillator(minute)?.[1] ?? null),
    column(({ unbounded }) => unbounded),
  ]);
}

async function insertEvents(client: Queryable, { agent, epoch, seq }: Claim, { events }: Derived): Promise<void> {
  if (events.length === 0) return;
  const column = <T>(pick: (event: Derived["events"][number], ordinal: number) => T): T[] => events.map(pick);
  await client.query(INSERT_EVENTS, [
    agent,
    epoch,
    seq,
    column((_, ordinal) => ordinal),
    column((event) => event.at),
    column((event) => event.marked),
    column((event) => event.kind),
    column((event) => event.source),
    column((event) => JSON.stringify(event.detail)),
  ]);
}

async function advance(client: Queryable, { agent, epoch, seq }: Claim, hash: string, checkpointed: number): Promise<number> {
  const { rows } = await client.query<{ seq: bigint; old: boolean }>(AFTER_CHECKPOINT, [agent, epoch, checkpointed]);
  const reached = advanceCheckpoint(
    checkpointed,
    rows.map((row) => ({ seq: Number(row.seq), old: row.old })),
  );
  await client.query(ADVANCE_HOST, [agent, epoch, seq + 1, Buffer.from(hash, "hex"), reached]);
  return reached;
}
