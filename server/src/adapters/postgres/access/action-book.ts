import { formatUtc, type UtcInstant } from "@truebound/time";
import type { Action } from "@truebound/wire";
import type { ActionBook } from "../../../access/ports.ts";
import type { Queryable } from "../pool.ts";

const RECORD = `
  insert into people_action (actor_kind, actor, operation, target, detail, address) values ($1, $2, $3, $4, $5, $6) returning id`;
const OUTCOME = "insert into people_outcome (action_id, status) values ($1, $2) on conflict do nothing";
const LIST = `
  select a.id, utc_ns(a.at) as at_ns, a.actor_kind, a.actor, a.operation, a.target, a.detail, a.address, o.status as outcome
  from people_action a left join people_outcome o on o.action_id = a.id
  where $2::bigint is null or a.id < $2 order by a.id desc limit $1`;

type Row = Omit<Action, "id" | "at"> & { readonly id: bigint; readonly at_ns: UtcInstant };

export const actionBook = (pool: Queryable): ActionBook => ({
  record: async ({ actorKind, actor, operation, target, detail, address }) => {
    const values = [actorKind, actor, operation, target, detail === undefined ? null : JSON.stringify(detail), address];
    return String((await pool.query<{ id: bigint }>(RECORD, values)).rows[0]?.id);
  },
  outcome: async (id, status) => void (await pool.query(OUTCOME, [id, status])),
  list: async (limit, before) => {
    const { rows } = await pool.query<Row>(LIST, [limit, before]);
    return rows.map(({ id, at_ns, ...row }) => ({ id: String(id), at: formatUtc(at_ns), ...row }));
  },
});
