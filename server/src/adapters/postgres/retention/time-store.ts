import { type RetentionTime, retentionTime, type TimeFacts } from "../../../retention/fleet-time.ts";
import type { Queryable } from "../pool.ts";

/** Of the hosts that were heard last, each by the newest reading that it proved: half of them would have to be wrong together. What was carried proves a time that is past. */
const TIME = `
  select utc_ns(clock_timestamp()) as database, (
    select percentile_disc(0.5) within group (order by as_of_ns) from (
      select s.as_of_ns from host_state s join host h on h.id = s.host_id
      where s.status = 'proven' and not s.as_of_marked and s.as_of_ns is not null and s.received_at is not null
        and h.state not in ('retired', 'revoked') and not s.carried
      order by s.received_at desc limit 1000) heard) as fleet`;

export async function readRetentionTime(client: Queryable): Promise<RetentionTime> {
  const [facts] = (await client.query<TimeFacts>(TIME)).rows;
  if (facts === undefined) throw new Error("Cannot read the time: the database gave no row");
  return retentionTime(facts);
}
