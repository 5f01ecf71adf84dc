import type { AdviceStore } from "../../advice/ask-advice.ts";
import type { Queryable } from "./pool.ts";

/** A minute whose bound counts: all of it has one, and no contradiction was in it. */
const COUNTS = "not m.unbounded and m.lo_ns is not null and m.status in ('proven', 'holdover')";
/** From its first whole minute in the fleet to its last. */
const WHILE_MEMBER =
  "m.host_id = member.id and m.minute_ns >= member.from_ns and m.minute_ns < member.to_ns and m.minute_ns + 60000000000 <= member.to_ns";

/** Whole minutes of the range in which a host belonged to the fleet, by the clock of the database; not those to come. */
const MEMBER = `
  select h.id, h.name, h.retired_at is not null as is_over,
    greatest($2::bigint, utc_ns(h.enrolled_at)) as from_ns,
    least($3::bigint, utc_ns(clock_timestamp()), coalesce(utc_ns(h.retired_at), $3::bigint)) as to_ns
  from host h where h.state <> 'pending' and`;
const FULL_MINUTES = "greatest(0, div(to_ns::numeric, 60000000000) - ceil(from_ns::numeric / 60000000000))::integer";

const MEASURED = (whom: string) => `
  with member as (${MEMBER} ${whom})
  select id, name, is_over as "isOver", ${FULL_MINUTES} as minutes,
    (select count(*) from host_minute m where ${WHILE_MEMBER} and ${COUNTS})::integer as known
  from member where ${FULL_MINUTES} > 0 order by name, id limit 1001`;

const WORST_AT = `
  with member as (${MEMBER} h.id = any($1::uuid[]))
  select greatest(abs(m.lo_ns), abs(m.hi_ns)) as worst_ns from member join host_minute m on ${WHILE_MEMBER}
  where ${COUNTS} order by 1 offset $4 limit 1`;

/** A minute counts only where every host that belonged to the fleet throughout it is known. */
const TOGETHER = `
  with member as (${MEMBER} h.id = any($1::uuid[])),
  expected as (
    select minute_ns, count(*) as hosts from member,
      generate_series(ceil(from_ns::numeric / 60000000000)::bigint * 60000000000, to_ns - 60000000000, 60000000000) as minute_ns
    group by minute_ns),
  measured as (
    select m.minute_ns, count(*) as hosts, max(m.hi_ns) - min(m.lo_ns) as apart_ns from member join host_minute m on ${WHILE_MEMBER}
    where ${COUNTS} group by m.minute_ns),
  together as (
    select e.minute_ns, case when m.hosts = e.hosts then m.apart_ns end as apart_ns from expected e left join measured m using (minute_ns))`;
const APART = `${TOGETHER} select count(*)::integer as minutes, count(apart_ns)::integer as known from together`;
const APART_AT = `${TOGETHER} select apart_ns from together where apart_ns is not null order by 1 offset $4 limit 1`;

export const adviceStore = (client: Queryable): AdviceStore => ({
  measuredHosts: async (whom, from, to) => {
    const [where, value] = "id" in whom ? ["h.id = $1::uuid", whom.id] : ["h.labels @> $1::jsonb", JSON.stringify(whom.labels)];
    const { rows } = await client.query<{ id: string; name: string; isOver: boolean; minutes: number; known: number }>(MEASURED(where), [
      value,
      from,
      to,
    ]);
    return rows;
  },
  worstAt: async ({ hosts, from, to }, rank) => {
    const { rows } = await client.query<{ worst_ns: bigint }>(WORST_AT, [hosts, from, to, rank - 1]);
    return rows[0]?.worst_ns ?? null;
  },
  apart: async ({ hosts, from, to }) => {
    const { rows } = await client.query<{ minutes: number; known: number }>(APART, [hosts, from, to]);
    return rows[0] ?? { minutes: 0, known: 0 };
  },
  apartAt: async ({ hosts, from, to }, rank) => {
    const { rows } = await client.query<{ apart_ns: bigint }>(APART_AT, [hosts, from, to, rank - 1]);
    return rows[0]?.apart_ns ?? null;
  },
});
