-- Where a clock was at every instant of a minute, and not at its readings alone: what tb_interval answers from.

alter table host_minute
  add column through_lo_ns bigint,
  add column through_hi_ns bigint,
  add column broken_from_ns bigint,
  add column broken_to_ns bigint;
alter table rebuild_minute
  add column through_lo_ns bigint,
  add column through_hi_ns bigint,
  add column broken_from_ns bigint,
  add column broken_to_ns bigint;

comment on column host_minute.through_lo_ns is 'Hull of the bound at every instant of the minute that is known, slews between readings included; null = not known';
comment on column host_minute.broken_from_ns is 'All instants of UTC at which it is not known where the clock was lie between these; null = there is none. truebound rebuild fills older minutes in';

create index host_minute_broken on host_minute (host_id, minute_ns) where broken_from_ns is not null;

-- From minutes: the hull of the bounds throughout each minute that can hold the stamp. A reading lies within a second of where it is
-- placed, so a minute reaches a second beyond both of its ends. A stretch is at most five minutes long, in which a clock that is
-- slewed as fast as one can be strays by less than thirty seconds.
create or replace function tb_interval(host text, stamp_ns bigint, out earliest_ns bigint, out latest_ns bigint, out status text)
  language sql stable security definer set search_path from current
  as $$
    with one as (
      select min(h.id::text)::uuid as id from host h
      where h.id::text = tb_interval.host or (h.name = tb_interval.host and not exists (select from host x where x.id::text = tb_interval.host))
      having count(*) = 1),
    near as (
      select m.* from host_minute m, one
      where m.host_id = one.id and m.minute_ns between stamp_ns - 93000000000 and stamp_ns + 33000000000
      union
      select m.* from host_minute m, one where m.host_id = one.id and (m.lo_ns < -2000000000 or m.hi_ns > 2000000000)),
    fitting as (
      select n.minute_ns, n.through_lo_ns as lo_ns, n.through_hi_ns as hi_ns, n.status, n.unbounded or n.through_lo_ns is null as unbounded,
        stamp_ns + n.through_lo_ns < n.minute_ns + 60000000000 and stamp_ns + n.through_hi_ns >= n.minute_ns as holds,
        stamp_ns + n.through_lo_ns < n.minute_ns as before, stamp_ns + n.through_hi_ns >= n.minute_ns + 60000000000 as after
      from near n
      where stamp_ns + n.through_lo_ns <= n.minute_ns + 61000000000 and stamp_ns + n.through_hi_ns >= n.minute_ns - 1000000000
        or n.through_lo_ns is null and n.minute_ns between stamp_ns - 63000000000 and stamp_ns + 3000000000
        or n.through_lo_ns is null and (n.lo_ns < -2000000000 or n.hi_ns > 2000000000)),
    -- Where the stamp may also lie in the minute beside one that holds it, that one must be there.
    alone as (
      select from fitting f, one
      where f.holds and (
        f.before and not exists (select from host_minute m where m.host_id = one.id and m.minute_ns = f.minute_ns - 60000000000)
        or f.after and not exists (select from host_minute m where m.host_id = one.id and m.minute_ns = f.minute_ns + 60000000000))),
    known as (
      select coalesce(bool_or(f.holds), false) and not bool_or(f.unbounded) and not exists (select from alone) as whole,
        stamp_ns + min(f.lo_ns) as from_ns, stamp_ns + max(f.hi_ns) as to_ns, max(f.status) as worst
      from fitting f),
    -- A stretch that is not known, from a reading in the minute before or in the same one to a reading in this one. The stamp may lie in
    -- it, or the clock may have been set in it and shown the stamp then: running on from either end, at most a quarter too fast.
    broken as (
      select from one
        join host_minute m on m.host_id = one.id and m.broken_from_ns is not null
        left join lateral (
          select p.minute_ns - 1000000000 as from_ns, p.through_lo_ns as lo_ns, p.through_hi_ns as hi_ns from host_minute p
          where p.host_id = one.id and p.minute_ns < m.minute_ns and p.through_lo_ns is not null order by p.minute_ns desc limit 1) p on true
        cross join lateral (
          select greatest(m.broken_from_ns, p.from_ns) as from_ns, least(m.broken_to_ns, m.minute_ns + 61000000000) as to_ns) g
        cross join lateral (select (g.to_ns - g.from_ns) / 4 + 1000000000 as slack_ns) r
      where exists (select from fitting f where g.from_ns < stamp_ns + f.hi_ns and g.to_ns > stamp_ns + f.lo_ns)
        or p.from_ns is not null and (
          stamp_ns + m.through_lo_ns <= g.to_ns + r.slack_ns and stamp_ns + m.through_hi_ns >= g.from_ns - r.slack_ns
          or stamp_ns + p.lo_ns <= g.to_ns + r.slack_ns and stamp_ns + p.hi_ns >= g.from_ns - r.slack_ns)),
    -- After the last reading of the chain nothing is told yet: neither of a stamp that may lie there, nor of one that a clock which was
    -- set back may show there once more.
    open as (
      select from known k, one join host_state s on s.host_id = one.id
        left join lateral (
          select l.through_hi_ns from host_minute l
          where l.host_id = one.id and l.through_hi_ns is not null order by l.minute_ns desc limit 1) l on true
      where s.chain_at_ns is null or stamp_ns + l.through_hi_ns > s.chain_at_ns - 1000000000
        or k.to_ns > s.chain_at_ns and not exists (select from host_minute m where m.host_id = one.id and m.minute_ns > k.to_ns)),
    answer as (
      select k.*, k.whole and not exists (select from broken) and not exists (select from open) as is_known from known k)
    select case when a.is_known then a.from_ns end, case when a.is_known then a.to_ns end,
      case when a.is_known then a.worst::text else 'unknown' end
    from answer a
  $$;

comment on function tb_interval(text, bigint) is
  'When a host''s clock showed stamp_ns, from its minutes: wider than what POST /api/v1/stamps says, and no evidence; null = where the clock was is not known at some instant at which it may have shown it';
