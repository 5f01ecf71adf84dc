import { type Day, startOf } from "../../../retention/days.ts";
import { HOLES_TOLD } from "../holes.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";

/** Reports change minutes under the same lock. */
const LOCK_HOST = "select from host_state where host_id = $1 for update";

/**
 * The batch right before a hole, and the one right behind it: where that is gone, what lies further off ends no hole, and where
 * it could not be read either, that is a hole of its own. Only what leaves now is written, for of what stays the evidence
 * itself tells: where both leave, the minutes between them too, and those of a batch of which something was set aside.
 */
const DOUBT = `
  with ${HOLES_TOLD("-9223372036854775808")},
  beside as (
    select a.at as before, b.at as after from holes v
    left join lateral (
      select case when e.epoch = v.epoch and e.seq = v.seq - 1 or v.is_epoch then e.last_utc_ns end as at, e.received_at from evidence e
      where e.host_id = $1 and (e.epoch, e.seq) < (v.epoch, v.seq)
      order by e.epoch desc, e.seq desc limit 1) a on a.received_at >= at_utc_ns($2) and a.received_at < at_utc_ns($3)
    left join lateral (
      select case when e.epoch = v.epoch and e.seq = v.past then e.first_utc_ns end as at, e.received_at from evidence e
      where e.host_id = $1 and (e.epoch, e.seq) >= (v.epoch, v.past)
      order by e.epoch, e.seq limit 1) b on b.received_at >= at_utc_ns($2) and b.received_at < at_utc_ns($3)),
  doubted as (
    select least(before, after) as from_ns, greatest(before, after) as to_ns from beside where coalesce(before, after) is not null
    union all
    select e.first_utc_ns, e.last_utc_ns from told t join evidence e on e.host_id = $1 and e.epoch = t.epoch and e.seq = t.seq
    where t.past > t.seq and e.first_utc_ns is not null and e.received_at >= at_utc_ns($2) and e.received_at < at_utc_ns($3))
  update host_minute m set unbounded = true, status = 'unknown' from doubted d
  where m.host_id = $1 and m.minute_ns > d.from_ns - 60000000000 and m.minute_ns <= d.to_ns and (not m.unbounded or m.status <> 'unknown')`;

/** Before evidence of a day leaves: minutes beside what was set aside or lost have no bound from here on, whatever remains of it. */
export const doubtBesideHoles = (client: Queryable, host: string, day: Day): Promise<void> =>
  transactionOn(client, async () => {
    await client.query(LOCK_HOST, [host]);
    await client.query(DOUBT, [host, startOf(day), startOf(day + 1)]);
  });
