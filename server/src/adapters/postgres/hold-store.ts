import type { UtcInstant } from "@truebound/time";
import type pg from "pg";
import type { AdminHold, HoldStore } from "../../admin/holds.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";
import { appendToLog, digestOf } from "./log/log-queue.ts";
import { inTransaction } from "./pool.ts";
import { lockHolds } from "./retention/retention-store.ts";

/** What was released is in the changes only, with the terms that it had. */
const HOLDS = `
  select a.hold as id, t.held_host, h.name, t.selector, t.from_ns, t.to_ns, a.reason, a.who, utc_ns(a.at) as added_ns,
    r.reason as released_reason, r.who as released_who, utc_ns(r.at) as released_ns
  from legal_hold_change a cross join lateral jsonb_populate_record(null::legal_hold, a.terms) t
  left join legal_hold l on l.id = a.hold
  left join legal_hold_change r on r.hold = a.hold and r.change = 'released'
  left join host h on h.id = t.held_host
  where a.change = 'added' and ($1 or l.id is not null) order by a.hold`;

const COUNT_HOSTS = "select count(*)::integer as count from host where labels @> $1::jsonb";

const ADD =
  "insert into legal_hold (held_host, selector, from_ns, to_ns) values ($1, $2, $3, $4) returning id, to_jsonb(legal_hold) as terms";
const RELEASE = "delete from legal_hold where id = $1 returning to_jsonb(legal_hold) as terms";
const NOTE = "insert into legal_hold_change (hold, change, who, reason, terms) values ($1, $2, $3, $4, $5)";

interface HoldRow {
  id: bigint;
  held_host: string | null;
  name: string | null;
  selector: LabelSet | null;
  from_ns: UtcInstant;
  to_ns: UtcInstant;
  reason: string;
  who: string;
  added_ns: UtcInstant;
  released_reason: string | null;
  released_who: string | null;
  released_ns: UtcInstant | null;
}

/** A change and the word of who made it commit together, and wait for whatever is just being removed. */
export const holdStore = (pool: pg.Pool): HoldStore => ({
  holds: async (all) => (await pool.query<HoldRow>(HOLDS, [all])).rows.map(toHold),
  countHosts: async (selector) => (await pool.query<{ count: number }>(COUNT_HOSTS, [JSON.stringify(selector)])).rows[0]?.count ?? 0,
  addHold: ({ on, from, to, reason, who }) =>
    inTransaction(pool, async (client) => {
      await lockHolds(client);
      const [host, selector] = "hostId" in on ? [on.hostId, null] : [null, JSON.stringify(on.selector)];
      const { rows } = await client.query<{ id: bigint; terms: object }>(ADD, [host, selector, from, to]);
      const { id, terms } = rows[0] as { id: bigint; terms: object };
      await client.query(NOTE, [id, "added", who, reason, JSON.stringify(terms)]);
      const body = {
        ...("hostId" in on ? { host: on.hostId } : { selector: on.selector }),
        from_ns: from.toString(),
        to_ns: to.toString(),
      };
      await appendToLog(client, { kind: "hold", what: `hold ${id}`, sha256: digestOf(body), body, who, reason });
      return Number(id);
    }),
  releaseHold: (id, reason, who) =>
    inTransaction(pool, async (client) => {
      await lockHolds(client);
      const row = (await client.query<{ terms: object }>(RELEASE, [id])).rows[0];
      if (row === undefined) return false;
      await client.query(NOTE, [id, "released", who, reason, JSON.stringify(row.terms)]);
      await appendToLog(client, { kind: "hold", what: `hold ${id}`, sha256: null, who, reason });
      return true;
    }),
});

const toHold = ({ id, held_host, name, selector, from_ns, to_ns, reason, who, added_ns, ...row }: HoldRow): AdminHold => ({
  id: Number(id),
  host: held_host === null ? null : { id: held_host, name: name ?? held_host },
  selector,
  from: from_ns,
  to: to_ns,
  reason,
  who,
  addedAt: added_ns,
  released: row.released_ns === null ? null : { at: row.released_ns, who: row.released_who ?? "", reason: row.released_reason ?? "" },
});
