import type { UtcInstant } from "@truebound/time";
import type pg from "pg";
import type { AdminHold, HoldStore } from "../../admin/holds.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";
import { inTransaction } from "./pool.ts";
import { lockHolds } from "./retention/retention-store.ts";

const HOLDS = `
  select l.id, l.held_host, h.name, l.selector, l.from_ns, l.to_ns, c.reason, c.who, utc_ns(c.at) as added_ns
  from legal_hold l left join host h on h.id = l.held_host
  join legal_hold_change c on c.hold = l.id and c.change = 'added' order by l.id`;

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
}

/** A change and the word of who made it commit together, and wait for whatever is just being removed. */
export const holdStore = (pool: pg.Pool): HoldStore => ({
  holds: async () => (await pool.query<HoldRow>(HOLDS)).rows.map(toHold),
  addHold: ({ on, from, to, reason, who }) =>
    inTransaction(pool, async (client) => {
      await lockHolds(client);
      const [host, selector] = "hostId" in on ? [on.hostId, null] : [null, JSON.stringify(on.selector)];
      const { rows } = await client.query<{ id: bigint; terms: object }>(ADD, [host, selector, from, to]);
      const { id, terms } = rows[0] as { id: bigint; terms: object };
      await client.query(NOTE, [id, "added", who, reason, JSON.stringify(terms)]);
      return Number(id);
    }),
  releaseHold: (id, reason, who) =>
    inTransaction(pool, async (client) => {
      await lockHolds(client);
      const row = (await client.query<{ terms: object }>(RELEASE, [id])).rows[0];
      if (row === undefined) return false;
      await client.query(NOTE, [id, "released", who, reason, JSON.stringify(row.terms)]);
      return true;
    }),
});

const toHold = ({ id, held_host, name, selector, from_ns, to_ns, reason, who, added_ns }: HoldRow): AdminHold => ({
  id: Number(id),
  host: held_host === null ? null : { id: held_host, name: name ?? held_host },
  selector,
  from: from_ns,
  to: to_ns,
  reason,
  who,
  addedAt: added_ns,
});
