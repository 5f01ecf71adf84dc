import type pg from "pg";
import type { Enrolment, EnrolStore, KnownHost } from "../../enrol/ports.ts";
import type { LabelSet, PolicyRule } from "../../policy/choose-policy.ts";
import { inTransaction, type Queryable } from "./pool.ts";
import { RULES_JSON } from "./rules.ts";

const OPEN_CHALLENGES_MAX = 10_000;

const OPEN_CHALLENGE = `
  with gone as (delete from enrol_challenge where expires_at < clock_timestamp())
  insert into enrol_challenge (challenge, expires_at)
  select $1, clock_timestamp() + make_interval(secs => $2)
  where (select count(*) from enrol_challenge) < ${OPEN_CHALLENGES_MAX}`;

const SPEND_CHALLENGE = "delete from enrol_challenge where challenge = $1 and expires_at > clock_timestamp()";

/** The row lock makes parallel uses take turns; each sees what the one before left. */
const SPEND_TOKEN = `
  update join_token set uses_left = uses_left - 1
  where hash = $1 and uses_left > 0 and expires_at > clock_timestamp() and revoked_at is null
  returning labels, name_pattern, approval`;

const INSERT_TOKEN = `
  insert into join_token (hash, labels, uses, uses_left, expires_at, name_pattern, approval)
  values ($1, $2, $3, $3, clock_timestamp() + make_interval(secs => $4), $5, $6)`;

/** Two enrolments of one key take turns, although there may be no row yet to lock. */
const LOCK_KEY = "select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))";
const HOST_OF_KEY = `
  select h.id, s.epoch, s.seq, h.state, h.enrolled_with from host h join host_state s on s.host_id = h.id
  where h.public_key = $1 for update`;

const INSERT_HOST = `
  insert into host (id, name, labels, public_key, enrolled_with, state)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (name) do nothing`;

const INSERT_STATE = "insert into host_state (host_id, epoch, seq, chain_hash, boot_id, software) values ($1, 1, 0, $2, $3, $4)";

const END_EPOCH = `
  insert into host_epoch (host_id, epoch, last_seq, ended_at)
  select host_id, epoch, seq, clock_timestamp() from host_state where host_id = $1`;
const START_EPOCH = `
  update host_state set epoch = $2, seq = 0, checkpointed_seq = 0, uncheckpointed_since = null, chain_hash = $3,
    changed_xid = pg_current_xact_id()
  where host_id = $1`;
const KEEP_TOKEN = "update host set enrolled_with = $2 where id = $1";

const POLICY_OF = `select labels, ${RULES_JSON} as rules from host where id = $1`;

export const enrolStore = (pool: pg.Pool): EnrolStore => ({
  openChallenge: async (challenge, seconds) => (await pool.query(OPEN_CHALLENGE, [challenge, seconds])).rowCount === 1,
  enrol: (work) => inTransaction(pool, (client) => work(enrolmentOn(client))),
  insertToken: async ({ hash, labels, uses, ttlSeconds, namePattern, approval }) => {
    await pool.query(INSERT_TOKEN, [hash, JSON.stringify(labels), uses, ttlSeconds, namePattern, approval]);
  },
});

const enrolmentOn = (client: Queryable): Enrolment => ({
  spendChallenge: async (challenge) => (await client.query(SPEND_CHALLENGE, [challenge])).rowCount === 1,
  spendToken: async (hash) => {
    const row = (await client.query<SpentTokenRow>(SPEND_TOKEN, [hash])).rows[0];
    return row ? { labels: row.labels, namePattern: row.name_pattern, approval: row.approval } : null;
  },
  hostOfKey: async (publicKey) => {
    await client.query(LOCK_KEY, [publicKey]);
    const { rows } = await client.query<HostOfKeyRow>(HOST_OF_KEY, [publicKey]);
    return rows[0] ? knownHost(rows[0]) : null;
  },
  insertHost: async (host) => {
    const { id, name, labels, publicKey, genesis, tokenHash, bootId, software, state } = host;
    const { rowCount } = await client.query(INSERT_HOST, [id, name, JSON.stringify(labels), publicKey, tokenHash, state]);
    if (rowCount !== 1) return false;
    await client.query(INSERT_STATE, [id, Buffer.from(genesis, "hex"), bootId, software]);
    return true;
  },
  startEpoch: async (host, epoch, genesis, tokenHash) => {
    await client.query(END_EPOCH, [host]);
    await client.query(START_EPOCH, [host, epoch, Buffer.from(genesis, "hex")]);
    await client.query(KEEP_TOKEN, [host, tokenHash]);
  },
  policyOf: async (host) =>
    (await client.query<{ labels: LabelSet; rules: PolicyRule[] }>(POLICY_OF, [host])).rows[0] as { labels: LabelSet; rules: PolicyRule[] },
});

interface SpentTokenRow {
  labels: LabelSet;
  name_pattern: string | null;
  approval: boolean;
}

interface HostOfKeyRow {
  id: string;
  epoch: number;
  seq: bigint;
  state: string;
  enrolled_with: Buffer;
}

const knownHost = (row: HostOfKeyRow): KnownHost => ({
  id: row.id,
  epoch: row.epoch,
  nextSeq: Number(row.seq) + 1,
  state: row.state,
  enrolledWith: row.enrolled_with,
});
