-- What dashboards read. Names and types of these columns stay; others may join. Seconds, offsets as everywhere: reference less
-- local, positive = the host is behind. An unknown is null. deploy/grafana/role.sql makes a role that reads these alone.

create view grafana_host as
  select at_utc_ns(s.as_of_ns) as time, h.name as host, h.state, s.status::text as status, s.reason,
    s.lo_ns / 1e9::float8 as lower_bound_seconds, s.hi_ns / 1e9::float8 as upper_bound_seconds,
    greatest(abs(s.lo_ns), abs(s.hi_ns)) / 1e9::float8 as error_bound_seconds,
    s.tight_lo_ns / 1e9::float8 as tight_lower_bound_seconds, s.tight_hi_ns / 1e9::float8 as tight_upper_bound_seconds,
    (s.frequency -> 'oscillator' ->> 0)::float8 / 1e9 as frequency_error_lower_bound_ratio,
    (s.frequency -> 'oscillator' ->> 1)::float8 / 1e9 as frequency_error_upper_bound_ratio,
    s.votes, s.need as votes_needed, s.received_at, s.epoch, s.seq, s.software, s.address,
    s.fork_attempts > 0 as clone_suspected, s.rehearsal is not null as rehearsal
  from host h join host_state s on s.host_id = h.id
  where h.state <> 'retired';

comment on view grafana_host is 'How each host stood by its latest report, one row a host; time null = nothing was reported yet';

create view grafana_host_group as
  select at_utc_ns(s.as_of_ns) as time, h.name as host, g.host_group
  from host h join host_state s on s.host_id = h.id
  cross join lateral (
    select 'all hosts' as host_group
    union all
    select l.key || '=' || l.value from jsonb_each_text(h.labels) l
  ) g
  where h.state <> 'retired';

comment on view grafana_host_group is 'The groups that each host belongs to: its labels as name=value, and all hosts';

create view grafana_host_minute as
  select at_utc_ns(m.minute_ns) as time, m.minute_ns, h.name as host, m.status::text as status,
    case when not m.unbounded then m.lo_ns / 1e9::float8 end as lower_bound_seconds,
    case when not m.unbounded then m.hi_ns / 1e9::float8 end as upper_bound_seconds,
    case when not m.unbounded then greatest(abs(m.lo_ns), abs(m.hi_ns)) / 1e9::float8 end as error_bound_seconds,
    m.oscillator_min_ppb / 1e9::float8 as frequency_error_lower_bound_ratio,
    m.oscillator_max_ppb / 1e9::float8 as frequency_error_upper_bound_ratio,
    m.rows as readings, m.marked
  from host_minute m join host h on h.id = m.host_id;

comment on view grafana_host_minute is
  'Each minute of each host: hull of the guaranteed bounds, null where a reading had none; ask by minute_ns ($__unixEpochNanoFilter), which has an index with the host';

create view grafana_fleet_minute as
  select at_utc_ns(f.minute_ns) as time, f.minute_ns, f.hosts, f.unbounded, f.worst_ns / 1e9::float8 as worst_error_bound_seconds,
    f.by_status[1] as proven, f.by_status[2] as unverified, f.by_status[3] as holdover, f.by_status[4] as conflict,
    f.by_status[5] as no_majority, f.by_status[6] as disrupted, f.by_status[7] as unknown
  from fleet_minute f;

comment on view grafana_fleet_minute is 'Each minute of the fleet: hosts by status, those without a bound, and the greatest worst error of the others';

create view grafana_source as
  select at_utc_ns(s.as_of_ns) as time, h.name as host, o.source ->> 'id' as source, o.source ->> 'address' as address,
    o.source ->> 'state' as state, (o.source ->> 'stratum')::integer as stratum,
    (o.source ->> 'lo_ns')::float8 / 1e9 as lower_bound_seconds, (o.source ->> 'hi_ns')::float8 / 1e9 as upper_bound_seconds,
    (o.source ->> 'delay_ns')::float8 / 1e9 as delay_seconds,
    (o.source ->> 'polls')::bigint as polls, (o.source ->> 'replies')::bigint as replies
  from host h join host_state s on s.host_id = h.id
  cross join lateral json_array_elements(s.sources) as o (source)
  where h.state <> 'retired';

comment on view grafana_source is 'The sources of each host by its latest report, with what each alone says of the host''s offset';

create view grafana_event as
  select at_utc_ns(e.at_ns) as time, e.at_ns, h.name as host, e.kind, e.source, e.detail::text as detail, e.epoch, e.seq
  from host_event e join host h on h.id = e.host_id;

comment on view grafana_event is 'Events of hosts; ask by at_ns ($__unixEpochNanoFilter), which has an index with the host';

create view grafana_incident as
  select i.opened_at as time, i.resolved_at, i.id, i.title, i.severity, i.certainty, i.cause_kind, i.cause_name, i.alerts, i.hosts,
    i.acknowledged_by, i.silenced_by, i.rehearsal
  from incident i;

comment on view grafana_incident is 'Incidents; resolved_at null = it goes on';

create view grafana_alert as
  select a.since as time, a.ended_at, a.id, a.incident_id, a.rule, a.finding, a.host_name as host, a.source, a.severity, a.certainty,
    a.limit_ns / 1e9::float8 as limit_seconds, a.lo_ns / 1e9::float8 as lower_bound_seconds, a.hi_ns / 1e9::float8 as upper_bound_seconds,
    a.words
  from alert a;

comment on view grafana_alert is 'Alerts by rule, host and source; ended_at null = it goes on';
