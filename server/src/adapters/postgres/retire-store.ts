import type pg from "pg";
import type { GoodbyeStore, LeavingHost } from "../../enrol/goodbye.ts";
import { noteHostEvent } from "./host-event.ts";
import { lockHost } from "./host-lock.ts";
import { appendToLog } from "./log/log-queue.ts";
import { inTransaction, type Queryable } from "./pool.ts";

const HOLD = `
  select h.state, s.epoch, s.seq, h.public_key, h.next_public_key, h.ephemeral_hours is not null as is_ephemeral
  from host h join host_state s on s.host_id = h.id where h.id = $1`;

const RETIRE = "update host set state = 'retired', retired_at = clock_timestamp() where id = $1";

/** Any number of servers run on one database; one of them looks at a time, and who comes second has nothing to do. */
const TAKE_TURN = "select pg_try_advisory_xact_lock(hashtext('truebound retire silent hosts')) as mine";

/** One that has just been let in, or let in again, is not silent yet. Its state is locked, so that a report that commits meanwhile is seen. */
const SILENT = `
  select h.id, h.name, h.ephemeral_hours as hours from host h join host_state s on s.host_id = h.id
  where h.ephemeral_hours is not null and h.state in ('active', 'pending')
    and greatest(s.received_at, h.enrolled_at) < clock_timestamp() - make_interval(hours => h.ephemeral_hours)
  order by h.id for update of s skip locked`;

export const RETIRED_EVENT = "host_retired";

export interface RetiredHost {
  readonly id: string;
  readonly name: string;
  readonly hours: number;
}

/** Retires ephemeral hosts that were silent for as long as they may, by the clock of the database. */
export const retireSilent = (pool: pg.Pool): Promise<readonly RetiredHost[]> =>
  inTransaction(pool, async (client) => {
    if ((await client.query<{ mine: boolean }>(TAKE_TURN)).rows[0]?.mine !== true) return [];
    const { rows } = await client.query<RetiredHost>(SILENT);
    for (const { id, hours } of rows) await retire(client, id, { why: "silent", hours });
    return rows;
  });

export const goodbyeStore = (pool: pg.Pool): GoodbyeStore => ({
  withLeaving: (agent, work) =>
    inTransaction(pool, async (client) => {
      await lockHost(client, agent);
      const row = (await client.query<LeavingRow>(HOLD, [agent])).rows[0];
      return row === undefined ? null : work(leavingHost(client, agent, row));
    }),
});

interface LeavingRow {
  state: LeavingHost["state"];
  epoch: number;
  seq: bigint;
  public_key: Buffer;
  next_public_key: Buffer | null;
  is_ephemeral: boolean;
}

const leavingHost = (client: Queryable, agent: string, row: LeavingRow): LeavingHost => ({
  state: row.state,
  keys: row.next_public_key === null ? [row.public_key] : [row.next_public_key, row.public_key],
  isEphemeral: row.is_ephemeral,
  epoch: row.epoch,
  nextSeq: Number(row.seq) + 1,
  retire: () => retire(client, agent, { why: "goodbye" }),
});

async function retire(client: Queryable, id: string, detail: Readonly<Record<string, string | number>>): Promise<void> {
  await client.query(RETIRE, [id]);
  await noteHostEvent(client, id, RETIRED_EVENT, detail);
  await appendToLog(client, { kind: "retire", host: id, ...detail });
}
