import type { UtcInstant } from "@truebound/time";
import type pg from "pg";
import type { Enrolment, EnrolStore, KnownHost } from "../../enrol/ports.ts";
import type { LabelSet, PolicyRule } from "../../policy/choose-policy.ts";
import { openChallenge, spendChallenge } from "./challenges.ts";
import { noteHostEvent, touchHost } from "./host-event.ts";
import { lockKey } from "./key-store.ts";
import { appendToLog } from "./log/log-queue.ts";
import { inTransaction, type Queryable } from "./pool.ts";
import { RULES_JSON } from "./rules.ts";

/** A host got another name than it asked for. */
export const RENAMED_EVENT = "name_taken";

/** The row lock makes parallel uses take turns; each sees what the one before left. */
const SPEND_TOKEN = `
  update join_token set uses_left = uses_left - 1
  where hash = $1 and uses_left > 0 and expires_at > clock_timestamp() and revoked_at is null
  returning labels, name_pattern, approval, ephemeral_hours`;

const INSERT_TOKEN = `
  insert into join_token (hash, labels, uses, uses_left, expires_at, name_pattern, approval, ephemeral_hours)
  values ($1, $2, $3, $3, clock_timestamp() + make_interval(secs => $4), $5, $6, $7)`;

const HOST_OF_KEY = `
  select h.id, h.name, s.epoch, s.seq, h.state, h.enrolled_with, h.ephemeral_hours,
    utc_ns(s.received_at) as heard_ns
  from host h join host_state s on s.host_id = h.id
  where h.public_key = $1 or h.next_public_key = $1 for update of s`;
const WAS_REPLACED = "select exists (select from host_key where public_key = $1) as replaced";

const INSERT_HOST = `
  insert into host (id, name, labels, public_key, enrolled_with, state, ephemeral_hours)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (name) where retired_at is null do nothing`;

const FIRST_KEY = "insert into host_key (host_id, public_key, from_epoch, from_seq) values ($1, $2, 1, 1)";

const INSERT_STATE = "insert into host_state (host_id, epoch, seq, chain_hash, boot_id, software) values ($1, 1, 0, $2, $3, $4)";

const END_EPOCH = `
  insert into host_epoch (host_id, epoch, last_seq, ended_at)
  select host_id, epoch, seq, clock_timestamp() from host_state where host_id = $1`;
const START_EPOCH = `
  update host_state set epoch = $2, seq = 0, checkpointed_seq = 0, uncheckpointed_since = null, chain_hash = $3,
    changed_xid = pg_current_xact_id()
  where host_id = $1`;
const KEEP_CREDENTIAL = "update host set enrolled_with = $2 where id = $1";

const REVIVE = `
  update host set name = $2, state = $3, ephemeral_hours = $4, retired_at = null, enrolled_at = clock_timestamp()
  where id = $1 and not exists (select from host other where other.name = $2 and other.retired_at is null)
  returning labels, public_key`;

const NOW = "select extract(epoch from clock_timestamp())::double precision as now";

const USED_BY_ANOTHER = `
  select exists (
    select from host where enrolled_with = $1 and public_key <> $2 and next_public_key is distinct from $2
  ) as used`;

const POLICY_OF = `select labels, ${RULES_JSON} as rules from host where id = $1`;

export const enrolStore = (pool: pg.Pool): EnrolStore => ({
  openChallenge: (challenge, seconds, network) => openChallenge(pool, challenge, seconds, network),
  enrol: (work) => inTransaction(pool, (client) => work(enrolmentOn(client))),
  insertToken: async ({ hash, labels, uses, ttlSeconds, namePattern, approval, ephemeralHours }) => {
    await pool.query(INSERT_TOKEN, [hash, JSON.stringify(labels), uses, ttlSeconds, namePattern, approval, ephemeralHours]);
  },
});

const enrolmentOn = (client: Queryable): Enrolment => ({
  spendChallenge: (challenge) => spendChallenge(client, challenge),
  spendToken: async (hash) => {
    const row = (await client.query<SpentTokenRow>(SPEND_TOKEN, [hash])).rows[0];
    return row ? { labels: row.labels, namePattern: row.name_pattern, approval: row.approval, ephemeralHours: row.ephemeral_hours } : null;
  },
  nowSeconds: async () => (await client.query<{ now: number }>(NOW)).rows[0]?.now as number,
  isUsedByAnother: async (hash, publicKey) => {
    await lockKey(client, hash);
    return (await client.query<{ used: boolean }>(USED_BY_ANOTHER, [hash, publicKey])).rows[0]?.used ?? true;
  },
  hostOfKey: async (publicKey) => {
    await lockKey(client, publicKey);
    const { rows } = await client.query<HostOfKeyRow>(HOST_OF_KEY, [publicKey]);
    return rows[0] ? knownHost(rows[0]) : null;
  },
  wasReplaced: async (publicKey) => (await client.query<{ replaced: boolean }>(WAS_REPLACED, [publicKey])).rows[0]?.replaced ?? true,
  insertHost: async (host) => {
    const { id, name, labels, publicKey, genesis, enrolledWith, bootId, software, state, ephemeralHours } = host;
    const given = [id, name, JSON.stringify(labels), publicKey, enrolledWith, state, ephemeralHours];
    if ((await client.query(INSERT_HOST, given)).rowCount !== 1) return false;
    await client.query(INSERT_STATE, [id, Buffer.from(genesis, "hex"), bootId, software]);
    await client.query(FIRST_KEY, [id, publicKey]);
    await appendToLog(client, { kind: "enrol", host: id, name, labels, state, public_key: Buffer.from(publicKey).toString("base64url") });
    return true;
  },
  revive: async (host, name, { state, ephemeralHours }) => {
    const revived = (await client.query<{ labels: LabelSet; public_key: Buffer }>(REVIVE, [host, name, state, ephemeralHours])).rows[0];
    if (revived === undefined) return false;
    const { labels, public_key: key } = revived;
    await appendToLog(client, { kind: "enrol", host, name, labels, state, public_key: key.toString("base64url") });
    await touchHost(client, host);
    return true;
  },
  noteRenamed: (host, wanted, name) => noteHostEvent(client, host, RENAMED_EVENT, { wanted, name }),
  startEpoch: async (host, epoch, genesis, enrolledWith) => {
    await client.query(END_EPOCH, [host]);
    await client.query(START_EPOCH, [host, epoch, Buffer.from(genesis, "hex")]);
    await client.query(KEEP_CREDENTIAL, [host, enrolledWith]);
  },
  policyOf: async (host) =>
    (await client.query<{ labels: LabelSet; rules: PolicyRule[] }>(POLICY_OF, [host])).rows[0] as { labels: LabelSet; rules: PolicyRule[] },
});

interface SpentTokenRow {
  labels: LabelSet;
  name_pattern: string | null;
  approval: boolean;
  ephemeral_hours: number | null;
}

interface HostOfKeyRow {
  id: string;
  name: string;
  epoch: number;
  seq: bigint;
  state: string;
  enrolled_with: Buffer;
  ephemeral_hours: number | null;
  heard_ns: UtcInstant | null;
}

const knownHost = (row: HostOfKeyRow): KnownHost => ({
  id: row.id,
  name: row.name,
  epoch: row.epoch,
  nextSeq: Number(row.seq) + 1,
  state: row.state,
  enrolledWith: row.enrolled_with,
  ephemeralHours: row.ephemeral_hours,
  heardAt: row.heard_ns,
});
