-- Which of two events came first, asked in SQL (docs/order.md). All instants are nanoseconds since 1970, intervals hold both ends.

-- For minutes of a clock that was far from UTC: a stamp of it is looked for in all of these, and in none but the near ones else.
create index host_minute_far on host_minute (host_id, minute_ns) where lo_ns < -2000000000 or hi_ns > 2000000000;

create function tb_before(a_earliest bigint, a_latest bigint, b_earliest bigint, b_latest bigint) returns boolean
  language sql immutable parallel safe
  return case
    when a_earliest <= a_latest and b_earliest <= b_latest and a_latest < b_earliest then true
    when a_earliest <= a_latest and b_earliest <= b_latest and b_latest < a_earliest then false
  end;

comment on function tb_before(bigint, bigint, bigint, bigint) is
  'true = a came surely first, false = b did, null = either may have, or an interval is unknown';

-- From minutes: the hull of the bounds at all readings of each minute that can hold the stamp. A reading lies within a second of
-- where it is placed, so a minute reaches a second beyond both of its ends.
create function tb_interval(host text, stamp_ns bigint, out earliest_ns bigint, out latest_ns bigint, out status text)
  language sql stable security definer set search_path from current
  as $$
    with one as (
      select min(h.id::text)::uuid as id from host h
      where h.id::text = tb_interval.host or (h.name = tb_interval.host and not exists (select from host x where x.id::text = tb_interval.host))
      having count(*) = 1),
    near as (
      select m.* from host_minute m, one
      where m.host_id = one.id and m.minute_ns between stamp_ns - 63000000000 and stamp_ns + 3000000000
      union
      select m.* from host_minute m, one where m.host_id = one.id and (m.lo_ns < -2000000000 or m.hi_ns > 2000000000)),
    fitting as (
      select n.minute_ns, n.lo_ns, n.hi_ns, n.status, n.unbounded,
        stamp_ns + n.lo_ns < n.minute_ns + 60000000000 and stamp_ns + n.hi_ns >= n.minute_ns as holds,
        stamp_ns + n.lo_ns < n.minute_ns as before, stamp_ns + n.hi_ns >= n.minute_ns + 60000000000 as after
      from near n
      where stamp_ns + n.lo_ns <= n.minute_ns + 61000000000 and stamp_ns + n.hi_ns >= n.minute_ns - 1000000000
        or n.lo_ns is null),
    -- Where the stamp may also lie in the minute beside one that holds it, that one must be there.
    alone as (
      select from fitting f, one
      where f.holds and (
        f.before and not exists (select from host_minute m where m.host_id = one.id and m.minute_ns = f.minute_ns - 60000000000)
        or f.after and not exists (select from host_minute m where m.host_id = one.id and m.minute_ns = f.minute_ns + 60000000000))),
    known as (
      select coalesce(bool_or(f.holds), false) and not bool_or(f.unbounded) and not exists (select from alone) as whole,
        min(f.lo_ns) as lo_ns, max(f.hi_ns) as hi_ns, max(f.status) as worst
      from fitting f)
    select case when k.whole then stamp_ns + k.lo_ns end, case when k.whole then stamp_ns + k.hi_ns end,
      case when k.whole then k.worst::text else 'unknown' end
    from known k
  $$;

comment on function tb_interval(text, bigint) is
  'When a host''s clock showed stamp_ns, from its minutes: wider than what POST /api/v1/stamps says, and no evidence; null = a minute of it has no bound';

-- It reads tables that its caller may not read: only roles that are told to may ask it.
revoke execute on function tb_interval(text, bigint) from public;

create view tb_minute as
  select h.id as host_id, h.name as host, m.minute_ns,
    case when not m.unbounded then m.lo_ns end as lo_ns, case when not m.unbounded then m.hi_ns end as hi_ns, m.status::text as status
  from host_minute m join host h on h.id = m.host_id;

comment on view tb_minute is
  'Minutes of hosts in nanoseconds: a stamp shown in one of them is UTC from stamp + lo_ns to stamp + hi_ns; null = a reading in it had no bound';
