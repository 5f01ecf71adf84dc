import { maxOf, minOf } from "@truebound/time";
import { STATUSES, type Status } from "@truebound/wire";
import type pg from "pg";
import { type FleetMinute, withSilentMinutes } from "../../query/fleet-series.ts";
import type { Queryable } from "./pool.ts";
import { asOnlyOne, transactionOn } from "./singleton.ts";

/** A minute is over, and whoever reports once a minute has reported it, three minutes after it began. What comes later makes it anew. */
const TAKE_CHANGES = `
  delete from fleet_minute_change where minute_ns in (
    select distinct minute_ns from fleet_minute_change where minute_ns <= utc_ns(clock_timestamp()) - 180000000000
    order by minute_ns desc limit $1)
  returning minute_ns`;

/** From enrolment on, by the clock of the database, until it retired. Whoever waits to be let in or was turned out belongs to no fleet. */
const BELONGS = "h.state not in ('pending', 'revoked')";

/** By the key of each host: no other index of host_minute has to be kept for this. */
const MAKE = `
  with part as (
    select m.minute_ns, h.id, m.status,
      case when not m.unbounded and m.lo_ns is not null then greatest(abs(m.lo_ns), abs(m.hi_ns)) end as worst_ns
    from host h join host_minute m on m.host_id = h.id and m.minute_ns = any($1::bigint[])
  ), counted as (
    select minute_ns, case when worst_ns <= 1 then 0 else ceil(8 * ln(worst_ns::double precision) / ln(2::double precision)) end as bucket,
      count(*)::integer as hosts
    from part where worst_ns is not null group by 1, 2
  ), histogram as (
    select minute_ns, array_agg(bucket::smallint order by bucket) as bucket, array_agg(hosts order by bucket) as bucket_hosts
    from counted group by 1
  ), absent as (
    select minute_ns, count(*)::integer as hosts
    from (select minute_ns, at_utc_ns(minute_ns) as begins from unnest($1::bigint[]) as minute_ns) t
    join host h on ${BELONGS} and h.enrolled_at <= t.begins and (h.retired_at is null or h.retired_at >= t.begins + interval '1 minute')
    where not exists (select from part p where p.minute_ns = t.minute_ns and p.id = h.id)
    group by 1
  ), total as (
    select minute_ns, count(*)::integer as hosts, (count(*) - count(worst_ns))::integer as unbounded, max(worst_ns) as worst_ns,
      array[${STATUSES.map((status) => `count(*) filter (where status = '${status}')`).join(", ")}]::integer[] as by_status
    from part group by 1
  )
  insert into fleet_minute (minute_ns, hosts, silent, unbounded, by_status, bucket, bucket_hosts, worst_ns)
  select t.minute_ns, t.hosts, coalesce(a.hosts, 0), t.unbounded, t.by_status, coalesce(h.bucket, '{}'), coalesce(h.bucket_hosts, '{}'), t.worst_ns
  from total t left join histogram h on h.minute_ns = t.minute_ns left join absent a on a.minute_ns = t.minute_ns
  on conflict (minute_ns) do update set hosts = excluded.hosts, silent = excluded.silent, unbounded = excluded.unbounded, by_status = excluded.by_status,
    bucket = excluded.bucket, bucket_hosts = excluded.bucket_hosts, worst_ns = excluded.worst_ns`;

/** Arrays as JSON, which is read several times as fast. */
const READ = `
  select minute_ns, hosts, silent, unbounded, to_json(by_status) as by_status, to_json(bucket) as bucket, to_json(bucket_hosts) as bucket_hosts, worst_ns
  from fleet_minute
  where minute_ns between $1 and $2 order by minute_ns`;

/** From which whole minute on how many hosts more, or fewer, belonged to the fleet; what was before the range is at its beginning. */
const MEMBERS = `
  select minute_ns, sum(change) as change from (
    select greatest($1::bigint, (utc_ns(h.enrolled_at) + 59999999999) / 60000000000 * 60000000000) as minute_ns, 1 as change
    from host h where ${BELONGS} and h.enrolled_at <= at_utc_ns($2)
    union all
    select greatest($1::bigint, (utc_ns(h.enrolled_at) + 59999999999) / 60000000000 * 60000000000, utc_ns(h.retired_at) / 60000000000 * 60000000000), -1
    from host h where ${BELONGS} and h.enrolled_at <= at_utc_ns($2) and h.retired_at <= at_utc_ns($2)
  ) c group by 1 order by 1`;

/**
 * A minute of which nobody has reported anything after those three minutes is one in which everybody was silent: as far back as
 * minutes are kept, where changes are noted (on a spread database they are not), and unless it waits to be made.
 */
const KEPT = `
  select min(minute_ns) as first_ns, utc_ns(clock_timestamp()) - 180000000000 as last_ns,
    array(select distinct minute_ns from fleet_minute_change where minute_ns between $1 and least($2, utc_ns(clock_timestamp()) - 180000000000)) as waiting
  from fleet_minute where exists (select from pg_trigger where tgname = 'host_minute_added')`;

const REMOVE = "delete from fleet_minute where minute_ns < $1";

/** A backlog is worked off the newest first, a part in each pass, so that it holds nobody up. */
const MOST_AT_ONCE = 30;
const MOST_PARTS = 20;

/** Makes the fleet's minutes of what changed. Returns how many were made; null = another server is at it. */
export const makeFleetMinutes = (pool: pg.Pool): Promise<number | null> =>
  asOnlyOne(pool, "truebound fleet minutes", async (client) => {
    let made = 0;
    for (let part = 0; part < MOST_PARTS; part++) {
      const some = await makeSome(client);
      made += some;
      if (some < MOST_AT_ONCE) break;
    }
    return made;
  });

/** What is taken was committed before the minutes are read; what commits later is noted again. */
const makeSome = (client: Queryable): Promise<number> =>
  transactionOn(client, async () => {
    const { rows } = await client.query<{ minute_ns: bigint }>(TAKE_CHANGES, [MOST_AT_ONCE]);
    const minutes = [...new Set(rows.map(({ minute_ns }) => minute_ns))];
    if (minutes.length > 0) await client.query(MAKE, [minutes]);
    return minutes.length;
  });

export const removeFleetMinutes = async (client: Queryable, before: bigint): Promise<void> => void (await client.query(REMOVE, [before]));

interface KeptRow {
  first_ns: bigint | null;
  last_ns: bigint;
  /** Of bigint, which the driver leaves as text within an array. */
  waiting: string[];
}

interface Row {
  minute_ns: bigint;
  hosts: number;
  silent: number;
  unbounded: number;
  by_status: number[];
  bucket: number[];
  bucket_hosts: number[];
  worst_ns: bigint | null;
}

/** In order, the minutes in which nobody reported among them. */
export async function readFleetMinutes(client: Queryable, from: bigint, to: bigint): Promise<FleetMinute[]> {
  // First: what is made in between is then found among those that are made.
  const kept = (await client.query<KeptRow>(KEPT, [from, to])).rows[0];
  const made = (await client.query<Row>(READ, [from, to])).rows.map(toMinute);
  if (kept === undefined || kept.first_ns === null) return made;
  const { rows } = await client.query<{ minute_ns: bigint; change: bigint }>(MEMBERS, [from, to]);
  const changes = rows.map(({ minute_ns, change }) => ({ from: minute_ns, change: Number(change) }));
  return withSilentMinutes(made, changes, {
    from: maxOf(from, kept.first_ns),
    to: minOf(to, kept.last_ns),
    waiting: new Set(kept.waiting.map(BigInt)),
  });
}

const toMinute = ({ minute_ns, by_status, bucket, bucket_hosts, worst_ns, hosts, silent, unbounded }: Row): FleetMinute => ({
  minute: minute_ns,
  hosts: hosts + silent,
  silent,
  unbounded: unbounded + silent,
  byStatus: Object.fromEntries(STATUSES.map((status, index) => [status, by_status[index] ?? 0])) as Record<Status, number>,
  histogram: bucket.map((one, index) => ({ bucket: one, hosts: bucket_hosts[index] ?? 0 })),
  worst: worst_ns,
});
