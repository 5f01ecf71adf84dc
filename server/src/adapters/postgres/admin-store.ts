import type pg from "pg";
import type { AdminHost, AdminStore, AdminToken } from "../../admin/ports.ts";
import { evidenceRuleStore } from "./evidence-rule-store.ts";
import { holdStore } from "./hold-store.ts";
import { touchHost } from "./host-event.ts";
import { lockHost } from "./host-lock.ts";
import { appendToLog } from "./log/log-queue.ts";
import { meshStore } from "./mesh-store.ts";
import { inTransaction } from "./pool.ts";

const USABLE = "uses_left > 0 and expires_at > clock_timestamp() and revoked_at is null";

const TOKENS = `
  select left(encode(hash, 'hex'), 12) as id, uses, uses_left, ceil(extract(epoch from expires_at - clock_timestamp()))::integer as expires_in_s,
    labels, name_pattern, approval, ephemeral_hours
  from join_token where ${USABLE} order by expires_at`;

const REVOKE = `
  with found as (select hash from join_token where encode(hash, 'hex') like $1 || '%' and ${USABLE}),
  gone as (
    update join_token set revoked_at = clock_timestamp()
    where hash in (select hash from found) and (select count(*) from found) = 1
    returning hash
  )
  select (select count(*) from found)::integer as found, (select count(*) from gone) as gone`;

const HOSTS = "select id, name, state, labels from host order by name";
/** A name that a retired host had may be another one's now. */
const HOST = `
  select id, name, state, labels from host where id::text = $1 or name = $1
  order by (id::text = $1) desc, retired_at desc nulls first limit 1`;
const SET_STATE = "update host set state = $2 where id = $1 and ($3::text[] is null or state = any($3))";

const WANT_ROTATION = "update host set rotation_wanted = true where id = $1";

const CLEAR_CLONE = `
  update host_state set fork_address = null, fork_since = null, fork_attempts = 0, changed_xid = pg_current_xact_id()
  where host_id = $1 and fork_attempts > 0`;

const STATE_ENTRIES = { pending: "suspend", active: "activate", suspended: "suspend", revoked: "revoke", retired: "retire" } as const;

export const adminStore = (pool: pg.Pool): AdminStore => ({
  ...holdStore(pool),
  ...evidenceRuleStore(pool),
  ...meshStore(pool),
  tokens: async () => (await pool.query<AdminToken>(TOKENS)).rows,
  revokeToken: async (idPrefix) => (await pool.query<{ found: number }>(REVOKE, [idPrefix])).rows[0]?.found ?? 0,
  hosts: async () => (await pool.query<AdminHost>(HOSTS)).rows,
  host: async (idOrName) => (await pool.query<AdminHost>(HOST, [idOrName])).rows[0] ?? null,
  clearClone: async (id) => (await pool.query(CLEAR_CLONE, [id])).rowCount === 1,
  wantRotation: async (id) => {
    await pool.query(WANT_ROTATION, [id]);
  },
  setState: (id, state, from) =>
    inTransaction(pool, async (client) => {
      await lockHost(client, id);
      if ((await client.query(SET_STATE, [id, state, from ?? null])).rowCount !== 1) return false;
      await touchHost(client, id);
      await appendToLog(client, { kind: STATE_ENTRIES[state], host: id });
      return true;
    }),
});
