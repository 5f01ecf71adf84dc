-- What all migrations together make. Written by `UPDATE_SCHEMA=1 npx vitest run server/test/schema.test.ts`, compared by the same test.

-- Types, values in order
bound_status: proven, unverified, holdover, conflict, no_majority, disrupted, unknown

-- Sequences
alert_id_seq
archive_removal_id_seq
audit_exemption_id_seq
audit_inventory_id_seq
audit_scope_id_seq
audit_version_id_seq
chain_review_id_seq
evidence_rule_change_id_seq
incident_id_seq
legal_hold_change_id_seq
legal_hold_id_seq
log_anchor_id_seq
log_pending_id_seq
maintenance_number
notice_id_seq
peer_conflict_id_seq
people_action_id_seq
policy_version
report_number_seq
report_signer_id_seq
report_signoff_id_seq
silence_id_seq

-- Functions
CREATE OR REPLACE FUNCTION public.at_utc_ns(ns bigint)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (to_timestamp((0)::double precision) + (((ns / 1000))::double precision * '00:00:00.000001'::interval))
CREATE OR REPLACE FUNCTION public.dated_here()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.at := clock_timestamp();
  return new;
end
$function$
CREATE OR REPLACE FUNCTION public.drop_spent_shard(gone text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if not log_shard_is_spent(gone) or gone >= to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM')
    or exists (select from log_entry e where e.shard = gone and not exists (
      select from log_path p where p.shard = e.shard and p.leaf = e.leaf)) then
    raise exception 'Something of the log of % is needed still', gone using errcode = 'insufficient_privilege';
  end if;
  perform set_config('truebound.spent_shard', gone, true);
  delete from log_anchor a using log_head h where h.number = a.head and h.shard = gone
    and h.number < (select max(number) from log_head where shard = gone);
  delete from log_head where shard = gone and number < (select max(number) from log_head where shard = gone);
  delete from log_run where shard = gone;
  delete from log_tile where shard = gone;
  perform set_config('truebound.spent_shard', '', true);
end
$function$
CREATE OR REPLACE FUNCTION public.log_shard_is_spent(gone text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select not exists (select from log_entry where shard = gone and (
      kind in ('enrol', 'key', 'scope', 'profile', 'exemption', 'document') or kind = 'rule' and about like 'calendar %'))
    and not exists (
      select from log_run r where r.shard = gone and (
        exists (select from evidence e where e.host_id = r.of_host and e.epoch = r.epoch
          and e.seq >= r.first_seq and e.seq < r.first_seq + r.batches)
        or cardinality(r.stated) > 0 and exists (
          select from audit_span s where s.host_id = r.of_host and s.epoch = r.epoch and s.seq < r.first_seq + r.batches)))
    and not exists (
      select from archive_part where day between (gone || '-01')::date - date '1970-01-01' - 1
        and ((gone || '-01')::date + interval '1 month')::date - date '1970-01-01')
    and gone < coalesce((select head ->> 'shard' from report order by number desc limit 1), 'none')
    -- Its heads lie side by side in the chain: what is left of them binds both ends.
    and (select max(number) - min(number) + 1 = count(*) from log_head where shard = gone)
$function$
CREATE OR REPLACE FUNCTION public.note_minute_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into fleet_minute_change select distinct minute_ns from changed;
  return null;
end
$function$
CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'Rows of % are never changed', tg_table_name using errcode = 'insufficient_privilege';
end
$function$
CREATE OR REPLACE FUNCTION public.refuse_other_than_growth()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.shard, new.level, new.tile) is distinct from (old.shard, old.level, old.tile)
    or octet_length(new.hashes) <= octet_length(old.hashes)
    or substring(new.hashes for octet_length(old.hashes)) <> old.hashes then
    raise exception 'Hashes of % are never changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$function$
CREATE OR REPLACE FUNCTION public.refuse_unless_spent()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' and current_setting('truebound.spent_shard', true) <> '' then return null; end if;
  raise exception 'Rows of % are never changed', tg_table_name using errcode = 'insufficient_privilege';
end
$function$
CREATE OR REPLACE FUNCTION public.tb_before(a_earliest bigint, a_latest bigint, b_earliest bigint, b_latest bigint)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN ((a_earliest <= a_latest) AND (b_earliest <= b_latest) AND (a_latest < b_earliest)) THEN true WHEN ((a_earliest <= a_latest) AND (b_earliest <= b_latest) AND (b_latest < a_earliest)) THEN false ELSE NULL::boolean END
CREATE OR REPLACE FUNCTION public.tb_interval(host text, stamp_ns bigint, OUT earliest_ns bigint, OUT latest_ns bigint, OUT status text)
 RETURNS record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO '$user', 'public'
AS $function$
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
  $function$
CREATE OR REPLACE FUNCTION public.touch_host_state()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update host_state set changed_xid = pg_current_xact_id() where host_id = new.id;
  return null;
end
$function$
CREATE OR REPLACE FUNCTION public.utc_ns(at timestamp with time zone)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (((EXTRACT(epoch FROM at) * (1000000)::numeric))::bigint * 1000)

-- Columns
alert.id bigint not null
alert.incident_id bigint not null
alert.rule text not null
alert.finding text not null
alert.about_host uuid
alert.host_name text
alert.host_labels jsonb
alert.source text
alert.subject text not null  -- Host and source, or what else it is about: one alert of a rule and a subject goes on at a time
alert.severity text not null
alert.certainty text not null
alert.limit_ns bigint
alert.lo_ns bigint
alert.hi_ns bigint
alert.dominant text
alert.epoch integer
alert.seq bigint
alert.words text not null
alert.labels jsonb not null
alert.runbook text not null
alert.since timestamp with time zone not null default clock_timestamp()
alert.ended_at timestamp with time zone
alert.rehearsal boolean not null default false
alert_object.kind text not null
alert_object.name text not null
alert_object.body jsonb not null
alert_object.origin text not null
alert_object.who text not null
alert_object.changed_at timestamp with time zone not null default clock_timestamp()
alert_progress.one boolean not null default true
alert_progress.mark xid8 not null
alert_progress.judged_at timestamp with time zone not null default clock_timestamp()
alert_rule.name text not null
alert_rule.body jsonb not null
alert_rule.origin text not null
alert_rule.who text not null
alert_rule.changed_at timestamp with time zone not null default clock_timestamp()
alert_setting.one boolean not null default true
alert_setting.body jsonb not null
api_token.id uuid not null default gen_random_uuid()
api_token.hash bytea not null
api_token.name text not null
api_token.owner_id uuid  -- It can do no more than its owner can at the time; null = nobody owns it
api_token.role text not null
api_token.labels jsonb not null default '{}'::jsonb
api_token.made_at timestamp with time zone not null default clock_timestamp()
api_token.expires_at timestamp with time zone
api_token.last_used_at timestamp with time zone
api_token.revoked_at timestamp with time zone
applied.kind text not null
applied.key text not null
archive_host.host_id uuid not null
archive_host.day integer not null
archive_host.part integer not null
archive_host.start bigint not null
archive_host.length integer not null
archive_host.rows bigint not null
archive_host.first_utc_ns bigint
archive_host.last_utc_ns bigint
archive_host.sha256 bytea  -- Of the block; null = written by an older version: the file's manifest says it
archive_host.day_rows bigint  -- Rows of the host's day in all files that were noted with this one; null = this block is all
archive_part.day integer not null
archive_part.part integer not null
archive_part.file text not null
archive_part.bytes bigint not null
archive_part.sha256 bytea not null
archive_part.rows bigint not null
archive_part.archived_at timestamp with time zone not null default clock_timestamp()
archive_part.going boolean not null default false  -- Nothing is read from it any more, and archive_removal says so; the row goes once the file is gone
archive_removal.id bigint not null
archive_removal.day integer not null
archive_removal.part integer not null
archive_removal.file text not null
archive_removal.bytes bigint not null
archive_removal.rows bigint not null
archive_removal.sha256 bytea not null
archive_removal.hosts jsonb not null  -- For each host of the file: its id, its rows, the class and the age by which they went
archive_removal.archived_at timestamp with time zone not null
archive_removal.at timestamp with time zone not null default clock_timestamp()
audit_context.hash bytea not null
audit_context.text text not null
audit_day.host_id uuid not null
audit_day.day integer not null
audit_exemption.id bigint not null
audit_exemption.scope text not null
audit_exemption.exempt_host uuid  -- null = of every host of the scope
audit_exemption.from_ns bigint not null
audit_exemption.to_ns bigint not null
audit_exemption.reason text not null
audit_exemption.who text not null
audit_exemption.at timestamp with time zone not null default clock_timestamp()  -- Declared then; where that is after from_ns it never hides a violation
audit_exemption_end.exemption bigint not null
audit_exemption_end.reason text not null
audit_exemption_end.who text not null
audit_exemption_end.at timestamp with time zone not null default clock_timestamp()
audit_inventory.id bigint not null
audit_inventory.kind text not null
audit_inventory.source text not null
audit_inventory.sha256 text not null  -- Of the file as it was imported, in hex
audit_inventory.hosts jsonb not null
audit_inventory.who text not null
audit_inventory.at timestamp with time zone not null default clock_timestamp()
audit_scope.id bigint not null
audit_scope.name text not null
audit_scope.body jsonb  -- null = the scope of this name ends
audit_scope.who text not null
audit_scope.at timestamp with time zone not null default clock_timestamp()
audit_span.host_id uuid not null
audit_span.minute_ns bigint not null  -- Minute of the UTC estimate in which the first span begins
audit_span.epoch integer not null
audit_span.seq bigint not null  -- The batch that carried the first statement; not signed, because a batch is signed before it has a number
audit_span.until_ns bigint not null  -- UTC estimate of where the last span ends
audit_span.context bytea not null
audit_span.statements bytea not null
audit_version.id bigint not null
audit_version.kind text not null
audit_version.name text not null
audit_version.body jsonb  -- null = there is none of this name any more
audit_version.who text not null
audit_version.at timestamp with time zone not null default clock_timestamp()
chain_document.id uuid not null default gen_random_uuid()
chain_document.kind text not null
chain_document.title text not null
chain_document.sha256 bytea not null
chain_document.file_name text
chain_document.content bytea  -- Null = only the hash is kept here, the file lies elsewhere
chain_document.selector jsonb not null default '{}'::jsonb  -- Labels of the hosts that it is about; {} = all
chain_document.source text  -- Sources that it is about, by id or address, * for any run of characters; null = none
chain_document.reference text  -- What they are traceable to by it, such as UTC(PTB)
chain_document.uncertainty_ns bigint
chain_document.stamp_point text
chain_document.app_error_ns bigint
chain_document.valid_from date not null
chain_document.valid_to date
chain_document.uploaded_by text not null
chain_document.uploaded_at timestamp with time zone not null default clock_timestamp()
chain_document.replaces uuid
chain_review.id bigint not null
chain_review.selector jsonb not null
chain_review.at timestamp with time zone not null default clock_timestamp()
chain_review.who text not null
chain_review.statement text not null
chain_review.documents uuid[] not null
chain_review.chain json not null
delivery.notice_id bigint not null
delivery.channel text not null
delivery.incident_id bigint not null
delivery.ordinal integer not null
delivery.state text not null default 'due'::text
delivery.attempts integer not null default 0
delivery.next_at timestamp with time zone not null default clock_timestamp()
delivery.delivered_at timestamp with time zone
delivery.error text
enrol_challenge.challenge bytea not null
enrol_challenge.expires_at timestamp with time zone not null
enrol_challenge.network text not null default 'unknown'::text  -- Who asked: an IPv4 address, or the /64 of an IPv6 one
evidence_default.host_id uuid not null
evidence_default.epoch integer not null
evidence_default.seq bigint not null
evidence_default.received_at timestamp with time zone not null
evidence_default.hash bytea not null
evidence_default.prev_hash bytea not null
evidence_default.body bytea not null
evidence_default.first_utc_ns bigint
evidence_default.last_utc_ns bigint
evidence_default.quarantined text
evidence_default.set_aside integer not null default 0
evidence_default.signature bytea
evidence_default.signed_from bigint
evidence_default.signed_digest bytea
evidence_default.target_uri text
evidence_default.sent text
evidence_rule.selector jsonb not null
evidence_rule.class text not null  -- full = batches for so many days; audit = signed spans for so many days, batches until those vouch for them; none = batches until they are checkpointed
evidence_rule.days integer not null
evidence_rule.archive_days integer  -- Batches in the archive go so many days after their receipt; null = never
evidence_rule_change.id bigint not null
evidence_rule_change.selector jsonb not null
evidence_rule_change.before jsonb
evidence_rule_change.after jsonb
evidence_rule_change.who text not null
evidence_rule_change.reason text not null
evidence_rule_change.at timestamp with time zone not null default clock_timestamp()
fleet_minute.minute_ns bigint not null
fleet_minute.hosts integer not null  -- Hosts of which there is something of the minute
fleet_minute.unbounded integer not null
fleet_minute.by_status integer[] not null  -- Hosts of each status, in the order of bound_status
fleet_minute.bucket smallint[] not null  -- Hosts whose worst error is at most 2^(bucket / 8) ns, and more than that of the bucket below; those without a bound are in none
fleet_minute.bucket_hosts integer[] not null
fleet_minute.worst_ns bigint  -- Greatest worst error of those that have a bound; null = none has
fleet_minute.silent integer not null default 0  -- Hosts that belonged to the fleet throughout the minute and of which there is none of it; in no other column
fleet_minute_change.minute_ns bigint not null
flight.host_id uuid not null
flight.incident_id bigint not null
flight.received_at timestamp with time zone not null default clock_timestamp()
flight.body bytea not null  -- As it was signed and sent: deflated JSON
flight.signature_base text not null
flight.signature bytea not null
host.id uuid not null
host.name text not null
host.labels jsonb not null
host.public_key bytea not null  -- The key in use; refused from the first batch on that the next one signed
host.state text not null default 'active'::text
host.enrolled_with bytea not null  -- Hash of the join token, so that an agent that lost the reply can ask again
host.enrolled_at timestamp with time zone not null default clock_timestamp()
host.next_public_key bytea  -- Agreed on by the key in use, and good beside it until it has signed a batch; null = none
host.key_since timestamp with time zone not null default clock_timestamp()  -- Since when the key is in use
host.rotation_wanted boolean not null default false  -- A person wants another key in its place; the agent is told with its next receipt
host.ephemeral_hours integer  -- It is retired after so many hours of silence, or when it says goodbye; null = it stays
host.retired_at timestamp with time zone  -- From then on another host may have its name
host_epoch.host_id uuid not null
host_epoch.epoch integer not null
host_epoch.last_seq bigint not null
host_epoch.ended_at timestamp with time zone not null
host_event.host_id uuid not null
host_event.epoch integer not null
host_event.seq bigint not null
host_event.ordinal integer not null
host_event.at_ns bigint not null
host_event.at_marked boolean not null
host_event.kind text not null
host_event.source text
host_event.detail jsonb not null
host_event.written_xid xid8 not null default pg_current_xact_id()
host_key.host_id uuid not null
host_key.public_key bytea not null
host_key.agreed_at timestamp with time zone not null default clock_timestamp()
host_key.from_epoch integer
host_key.from_seq bigint  -- The first batch that it signed, in from_epoch; null = none yet
host_key.challenge bytea
host_key.old_signature bytea  -- By the key before, over the challenge, the agent and this key; null for the key of the enrolment
host_key.new_signature bytea
host_minute.host_id uuid not null
host_minute.minute_ns bigint not null
host_minute.lo_ns bigint
host_minute.hi_ns bigint
host_minute.rows integer not null
host_minute.status bound_status not null
host_minute.marked boolean not null  -- A reading without an estimate is in it, placed by the time of its receipt
host_minute.oscillator_min_ppb integer  -- Frequency error of RAW as it was known last in the minute, positive = fast; null = not known
host_minute.oscillator_max_ppb integer
host_minute.unbounded boolean not null default false  -- A reading in it had no bound: lo_ns and hi_ns speak for the others only
host_minute.through_lo_ns bigint  -- Hull of the bound at every instant of the minute that is known, slews between readings included; null = not known
host_minute.through_hi_ns bigint
host_minute.broken_from_ns bigint  -- All instants of UTC at which it is not known where the clock was lie between these; null = there is none. truebound rebuild fills older minutes in
host_minute.broken_to_ns bigint
host_minute.claim_lo_ns bigint  -- Hull of what the host's own daemon claimed of the offset in the minute, with claim_hi_ns: a claim and no proof; null = it claimed nothing
host_minute.claim_hi_ns bigint
host_minute.claim_excluded boolean not null default false  -- A claim in it had no offset in common with what was measured at the same time
host_state.host_id uuid not null
host_state.epoch integer not null
host_state.seq bigint not null  -- Latest batch of the epoch; 0 = none yet. The next one is seq + 1
host_state.changed_xid xid8 not null default pg_current_xact_id()
host_state.received_at timestamp with time zone
host_state.unreadable boolean not null default false  -- The latest batch was quarantined; the rest of the row is older
host_state.boot_id text
host_state.software text
host_state.policy_version bigint
host_state.status bound_status not null default 'unknown'::bound_status
host_state.reason text default 'never_measured'::text
host_state.as_of_ns bigint
host_state.as_of_marked boolean not null default false
host_state.lo_ns bigint
host_state.hi_ns bigint
host_state.injected_ns bigint
host_state.votes integer
host_state.need integer
host_state.terms json
host_state.assumptions json
host_state.trusting json not null default '[]'::json
host_state.sources json not null default '[]'::json
host_state.tight_lo_ns bigint
host_state.tight_hi_ns bigint
host_state.frequency json  -- ppb, positive = fast, each [min, max]: oscillator of RAW, and what the daemon added to REALTIME
host_state.address text  -- Where the latest batch of the chain came from, as the listener saw it
host_state.fork_address text  -- Where the latest batch beside the chain came from
host_state.fork_since timestamp with time zone
host_state.fork_attempts bigint not null default 0  -- Batches beside the chain since a person last cleared it; 0 = none
host_state.chain_hash bytea not null  -- Hash of the last batch of the epoch; the genesis hash before the first
host_state.checkpointed_seq bigint not null default 0  -- Batches of the epoch up to this one are old enough that the agent may delete them; 0 = none
host_state.uncheckpointed_since timestamp with time zone  -- No batch after the checkpoint came before this; null = there was none yet
host_state.chain_boot_id text
host_state.chain_at_ns bigint  -- Where the chain's last reading lay, whatever was told ahead of it; null = not known
host_state.is_ahead boolean not null default false  -- A backlog is being delivered, and the present was told ahead of it
host_state.raw_ns bigint  -- The host's ruler at the latest reading; means something beside mesh.ruler only
host_state.realtime_ns bigint  -- The host's clock at the latest reading
host_state.mesh json  -- What the host says of its part in the mesh, its edges apart; null = the policy puts it into none
host_state.burst_wanted text  -- Asked to measure anew; null = not, or it did
host_state.burst_done text  -- The latest such request that its reports answered
host_state.flight_wanted bigint  -- The incident for which it is asked what it recorded; null = none, or it came
host_state.rehearsal_wanted json
host_state.rehearsal json  -- The declared fault that its latest report was made under; null = a real measurement
host_state.daemon json  -- What the host's own daemon said last of its clock, and what was measured meanwhile; null = it was never asked
host_state.carried boolean not null default false  -- Its latest report came in a file that was carried, or it was let in by one; false from the first that it sends itself
incident.id bigint not null
incident.cause_kind text not null
incident.cause_key text not null
incident.cause_name text not null
incident.title text not null
incident.severity text not null
incident.certainty text not null
incident.rules text[] not null
incident.alerts integer not null
incident.hosts integer not null
incident.rehearsal boolean not null default false
incident.opened_at timestamp with time zone not null default clock_timestamp()
incident.changed_at timestamp with time zone not null default clock_timestamp()
incident.resolved_at timestamp with time zone
incident.absorbed_by bigint
incident.acknowledged_by text
incident.acknowledged_at timestamp with time zone
incident.silenced_by text
incident.notices integer not null default 0  -- How many were written; the ordinal of the last
incident.told boolean not null default false  -- A notice of it went out, so its end is told as well, whatever was silenced since
incident_entry.incident_id bigint not null
incident_entry.ordinal integer not null
incident_entry.at timestamp with time zone not null default clock_timestamp()
incident_entry.kind text not null
incident_entry.who text
incident_entry.words text not null
installation.one boolean not null default true
installation.id text not null default substr(md5(((random())::text || (clock_timestamp())::text)), 1, 8)
join_token.hash bytea not null
join_token.labels jsonb not null  -- Labels that the token imposes on a host, whatever the host says
join_token.uses_left integer not null
join_token.expires_at timestamp with time zone not null
join_token.created_at timestamp with time zone not null default clock_timestamp()
join_token.uses integer not null default 1
join_token.name_pattern text  -- Names that it lets in: * stands for any run of characters; null = any name
join_token.approval boolean not null default false  -- A host that joins with it waits until a person lets it in
join_token.revoked_at timestamp with time zone
join_token.ephemeral_hours integer  -- Hosts that join with it are retired after so many hours of silence; null = they stay
legal_hold.id bigint not null
legal_hold.held_host uuid
legal_hold.selector jsonb
legal_hold.from_ns bigint not null
legal_hold.to_ns bigint not null
legal_hold_change.id bigint not null
legal_hold_change.hold bigint not null
legal_hold_change.change text not null
legal_hold_change.who text not null
legal_hold_change.reason text not null
legal_hold_change.terms jsonb not null
legal_hold_change.at timestamp with time zone not null default clock_timestamp()
log_anchor.id bigint not null
log_anchor.head bigint not null
log_anchor.asked_at timestamp with time zone not null default clock_timestamp()
log_anchor.authority text not null
log_anchor.request bytea not null
log_anchor.response bytea not null
log_anchor.granted_ns bigint not null  -- When the authority says it was, ns
log_block.host_id uuid not null
log_block.epoch integer not null
log_block.seq bigint not null
log_block.batches integer not null
log_block.entry text not null  -- The mismatch, as its leaf has it
log_block.shard text not null
log_block.leaf bigint not null
log_block.since timestamp with time zone not null default clock_timestamp()
log_block.through_epoch integer  -- A person has acknowledged all that does not fit up to there; null = nobody has
log_block.through_seq bigint
log_difference.place text not null
log_difference.shard text not null
log_difference.leaf bigint not null  -- Or the last leaf under the hashes that differ
log_difference.of_host uuid  -- Null = it is of no host
log_difference.words text not null
log_difference.found_at timestamp with time zone not null default clock_timestamp()
log_difference.acknowledged_at timestamp with time zone
log_entry.shard text not null
log_entry.leaf bigint not null
log_entry.kind text not null
log_entry.about text  -- The host, or the name of the thing; null = neither
log_entry.entry text not null
log_head.number bigint not null
log_head.shard text not null
log_head.size bigint not null
log_head.root bytea not null
log_head.timestamp_ns bigint not null
log_head.previous bytea not null
log_head.public_key bytea not null
log_head.signature bytea not null
log_host.host_id uuid not null
log_host.epoch integer not null
log_host.seq bigint not null
log_host.chain_hash bytea  -- Of that batch; null = it was not the one that was received
log_path.shard text not null
log_path.leaf bigint not null
log_path.hash bytea not null
log_path.path bytea not null  -- Hashes of the inclusion proof (RFC 9162), from the leaf up, one after the other
log_pending.id bigint not null
log_pending.entry jsonb not null
log_pending.at timestamp with time zone not null default clock_timestamp()
log_run.shard text not null
log_run.leaf bigint not null
log_run.of_host uuid not null
log_run.epoch integer not null
log_run.first_seq bigint not null
log_run.batches integer not null
log_run.stated integer[] not null default '{}'::integer[]  -- Of which of them, counted from 0, the statement has a leaf
log_run.mismatch boolean not null default false  -- What was stored, or missing, was not what had been received: log_entry has the leaf
log_scrub.is_one boolean not null default true
log_scrub.shard text not null default ''::text
log_scrub.leaf bigint not null default 0  -- The next one of the shard; -1 = all of it was read
log_scrub.gone bigint not null default 0  -- Batches of this round that are not kept any more
log_scrub.leaves bigint not null default 0
log_scrub.round_began_at timestamp with time zone not null default clock_timestamp()
log_scrub.next_at timestamp with time zone not null default clock_timestamp()
log_scrub.ended_at timestamp with time zone
log_scrub.ended_leaves bigint
log_shard.shard text not null
log_shard.secret bytea not null  -- Of it the salts of the leaves are made, so that one can be opened and the others stay closed
log_shard.begun_at timestamp with time zone not null default clock_timestamp()
log_tile.shard text not null
log_tile.level smallint not null
log_tile.tile bigint not null
log_tile.hashes bytea not null
notice.id bigint not null
notice.incident_id bigint not null
notice.ordinal integer not null
notice.kind text not null
notice.content jsonb not null
notice.created_at timestamp with time zone not null default clock_timestamp()
peer_conflict.id bigint not null
peer_conflict.tier text not null
peer_conflict.first_seen timestamp with time zone not null default clock_timestamp()
peer_conflict.last_seen timestamp with time zone not null default clock_timestamp()
peer_conflict.ended_at timestamp with time zone
peer_conflict.suspects uuid[] not null
peer_conflict.flagged uuid[] not null  -- In every smallest set of hosts that explains all of it: they are accused. The other suspects may be right
peer_conflict.cleared uuid[] not null
peer_conflict.least_liars integer not null
peer_conflict.cycles jsonb not null  -- Each a list of nodes in the order of travel and by how much they contradict each other, ns
peer_edge.host_id uuid not null
peer_edge.peer_id uuid not null
peer_edge.received_at timestamp with time zone not null  -- By the clock of the database
peer_edge.from_ruler bigint not null
peer_edge.to_ruler bigint  -- Null = the peer is a target, and its clock was read
peer_edge.raw_ns bigint not null
peer_edge.lo_ns bigint not null
peer_edge.hi_ns bigint not null
peer_edge.hull_raw_ns bigint
peer_edge.hull_lo_ns bigint  -- The tight tier, at hull_raw_ns
peer_edge.hull_hi_ns bigint
peer_edge.slope_min_ppb integer  -- By how much the peer's ruler gains on the host's
peer_edge.slope_max_ppb integer
people_action.id bigint not null
people_action.at timestamp with time zone not null default clock_timestamp()
people_action.actor_kind text not null
people_action.actor text not null
people_action.operation text not null
people_action.target text
people_action.detail jsonb
people_action.address text
people_outcome.action_id bigint not null
people_outcome.at timestamp with time zone not null default clock_timestamp()
people_outcome.status integer not null
person.id uuid not null default gen_random_uuid()
person.name text not null
person.password_hash text
person.oidc_issuer text
person.oidc_subject text
person.created_at timestamp with time zone not null default clock_timestamp()
person.disabled_at timestamp with time zone
person_grant.person_id uuid not null
person_grant.role text not null
person_grant.labels jsonb not null default '{}'::jsonb  -- Of the hosts over which the role is held; {} = the whole fleet
person_session.hash bytea not null
person_session.person_id uuid not null
person_session.began_at timestamp with time zone not null default clock_timestamp()
person_session.seen_at timestamp with time zone not null default clock_timestamp()
person_session.began_by text not null
person_session.address text
policy.selector jsonb not null
policy.block jsonb not null
policy.version bigint not null default nextval('policy_version'::regclass)
rebuild_event.host_id uuid not null
rebuild_event.epoch integer not null
rebuild_event.seq bigint not null
rebuild_event.ordinal integer not null
rebuild_event.at_ns bigint not null
rebuild_event.at_marked boolean not null
rebuild_event.kind text not null
rebuild_event.source text
rebuild_event.detail jsonb not null
rebuild_host.host_id uuid not null
rebuild_host.software text not null
rebuild_host.trail text not null  -- How far the host's evidence was gone through, and what the next batch goes on from (JSON)
rebuild_host.outcome text  -- What the comparison found (JSON); null = it was not compared yet
rebuild_minute.host_id uuid not null
rebuild_minute.minute_ns bigint not null
rebuild_minute.lo_ns bigint
rebuild_minute.hi_ns bigint
rebuild_minute.rows integer not null
rebuild_minute.status bound_status not null
rebuild_minute.marked boolean not null
rebuild_minute.oscillator_min_ppb integer
rebuild_minute.oscillator_max_ppb integer
rebuild_minute.unbounded boolean not null
rebuild_minute.through_lo_ns bigint
rebuild_minute.through_hi_ns bigint
rebuild_minute.broken_from_ns bigint
rebuild_minute.broken_to_ns bigint
rebuild_minute.claim_lo_ns bigint
rebuild_minute.claim_hi_ns bigint
rebuild_minute.claim_excluded boolean not null default false
receipt_key.public_key bytea not null
receipt_key.since timestamp with time zone not null default clock_timestamp()
receipt_key.retired_at timestamp with time zone
receipt_key.before bytea  -- The key in whose place it came; null = it is the first
receipt_key.since_ns bigint  -- ns of the database's clock; no head by the key before is later
receipt_key.signature bytea  -- By the key before, over the change; null = that one was lost
receipt_key.proof bytea  -- By the key itself, over the change
report.number bigint not null
report.id text not null
report.previous text
report.created_ns bigint not null
report.from_ns bigint not null
report.to_ns bigint not null
report.final boolean not null
report.sha256 bytea not null  -- Of the bytes of manifest
report.results_sha256 bytea not null  -- Of what was derived: the same whenever the same evidence is asked again
report.head jsonb not null
report.scope text not null
report.request jsonb not null  -- Profiles and hosts that were asked for, and the schedule that asked, if one did
report.place text not null  -- Folder of the bundle, as the server or the command that made it had it
report.manifest text not null
report.verdicts jsonb  -- The worst verdict of each of its profiles; null = not kept: the report is older than this column
report_signer.id bigint not null
report_signer.name text not null
report_signer.public_key bytea  -- Raw Ed25519; null = this person signs no more
report_signer.who text not null
report_signer.at timestamp with time zone not null default clock_timestamp()
report_signoff.id bigint not null
report_signoff.report text not null
report_signoff.statement jsonb not null
report_signoff.signature bytea not null
report_signoff.sha256 bytea not null  -- Of the canonical JSON of statement and signature: its leaf of the log
report_signoff.at timestamp with time zone not null default clock_timestamp()
server_seen.id uuid not null
server_seen.name text not null  -- Of the machine that it runs on
server_seen.version text not null
server_seen.judges boolean not null  -- It held the seat of the judge when it was seen
server_seen.started_at timestamp with time zone not null default clock_timestamp()
server_seen.seen_at timestamp with time zone not null default clock_timestamp()
sign_in_link.hash bytea not null
sign_in_link.person_id uuid not null
sign_in_link.expires_at timestamp with time zone not null
sign_in_link.used_at timestamp with time zone
silence.id bigint not null
silence.name text  -- By which the file knows it; null = a person made it
silence.matchers jsonb not null
silence.from_at timestamp with time zone not null
silence.to_at timestamp with time zone not null
silence.who text not null
silence.comment text not null
silence.origin text not null
target.id uuid not null
target.name text not null
target.address text not null
target.port integer not null
target.domain text not null
target.labels jsonb not null
target.created_at timestamp with time zone not null default clock_timestamp()
target.removed_at timestamp with time zone

-- Columns of views
grafana_alert.time timestamp with time zone
grafana_alert.ended_at timestamp with time zone
grafana_alert.id bigint
grafana_alert.incident_id bigint
grafana_alert.rule text
grafana_alert.finding text
grafana_alert.host text
grafana_alert.source text
grafana_alert.severity text
grafana_alert.certainty text
grafana_alert.limit_seconds double precision
grafana_alert.lower_bound_seconds double precision
grafana_alert.upper_bound_seconds double precision
grafana_alert.words text
grafana_event.time timestamp with time zone
grafana_event.at_ns bigint
grafana_event.host text
grafana_event.kind text
grafana_event.source text
grafana_event.detail text
grafana_event.epoch integer
grafana_event.seq bigint
grafana_fleet_minute.time timestamp with time zone
grafana_fleet_minute.minute_ns bigint
grafana_fleet_minute.hosts integer
grafana_fleet_minute.unbounded integer
grafana_fleet_minute.worst_error_bound_seconds double precision
grafana_fleet_minute.proven integer
grafana_fleet_minute.unverified integer
grafana_fleet_minute.holdover integer
grafana_fleet_minute.conflict integer
grafana_fleet_minute.no_majority integer
grafana_fleet_minute.disrupted integer
grafana_fleet_minute.unknown integer
grafana_host.time timestamp with time zone
grafana_host.host text
grafana_host.state text
grafana_host.status text
grafana_host.reason text
grafana_host.lower_bound_seconds double precision
grafana_host.upper_bound_seconds double precision
grafana_host.error_bound_seconds double precision
grafana_host.tight_lower_bound_seconds double precision
grafana_host.tight_upper_bound_seconds double precision
grafana_host.frequency_error_lower_bound_ratio double precision
grafana_host.frequency_error_upper_bound_ratio double precision
grafana_host.votes integer
grafana_host.votes_needed integer
grafana_host.received_at timestamp with time zone
grafana_host.epoch integer
grafana_host.seq bigint
grafana_host.software text
grafana_host.address text
grafana_host.clone_suspected boolean
grafana_host.rehearsal boolean
grafana_host_group.time timestamp with time zone
grafana_host_group.host text
grafana_host_group.host_group text
grafana_host_minute.time timestamp with time zone
grafana_host_minute.minute_ns bigint
grafana_host_minute.host text
grafana_host_minute.status text
grafana_host_minute.lower_bound_seconds double precision
grafana_host_minute.upper_bound_seconds double precision
grafana_host_minute.error_bound_seconds double precision
grafana_host_minute.frequency_error_lower_bound_ratio double precision
grafana_host_minute.frequency_error_upper_bound_ratio double precision
grafana_host_minute.readings integer
grafana_host_minute.marked boolean
grafana_incident.time timestamp with time zone
grafana_incident.resolved_at timestamp with time zone
grafana_incident.id bigint
grafana_incident.title text
grafana_incident.severity text
grafana_incident.certainty text
grafana_incident.cause_kind text
grafana_incident.cause_name text
grafana_incident.alerts integer
grafana_incident.hosts integer
grafana_incident.acknowledged_by text
grafana_incident.silenced_by text
grafana_incident.rehearsal boolean
grafana_source.time timestamp with time zone
grafana_source.host text
grafana_source.source text
grafana_source.address text
grafana_source.state text
grafana_source.stratum integer
grafana_source.lower_bound_seconds double precision
grafana_source.upper_bound_seconds double precision
grafana_source.delay_seconds double precision
grafana_source.polls bigint
grafana_source.replies bigint
tb_minute.host_id uuid
tb_minute.host text
tb_minute.minute_ns bigint
tb_minute.lo_ns bigint
tb_minute.hi_ns bigint
tb_minute.status text

-- Constraints
alert.alert_bound: CHECK ((((lo_ns IS NULL) = (hi_ns IS NULL)) AND (lo_ns <= hi_ns)))
alert.alert_host: CHECK ((((about_host IS NULL) = (host_name IS NULL)) AND ((about_host IS NULL) = (host_labels IS NULL))))
alert.alert_incident_id_fkey: FOREIGN KEY (incident_id) REFERENCES incident(id)
alert.alert_pkey: PRIMARY KEY (id)
alert_object.alert_object_kind: CHECK ((kind = ANY (ARRAY['group'::text, 'calendar'::text, 'maintenance'::text, 'channel'::text, 'profile'::text])))
alert_object.alert_object_origin: CHECK ((origin = ANY (ARRAY['file'::text, 'person'::text])))
alert_object.alert_object_pkey: PRIMARY KEY (kind, name)
alert_progress.alert_progress_one: CHECK (one)
alert_progress.alert_progress_pkey: PRIMARY KEY (one)
alert_rule.alert_rule_origin: CHECK ((origin = ANY (ARRAY['file'::text, 'person'::text])))
alert_rule.alert_rule_pkey: PRIMARY KEY (name)
alert_setting.alert_setting_one: CHECK (one)
alert_setting.alert_setting_pkey: PRIMARY KEY (one)
api_token.api_token_hash: CHECK ((octet_length(hash) = 32))
api_token.api_token_hash_key: UNIQUE (hash)
api_token.api_token_owner_id_fkey: FOREIGN KEY (owner_id) REFERENCES person(id)
api_token.api_token_pkey: PRIMARY KEY (id)
api_token.api_token_role: CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'auditor'::text, 'admin'::text])))
applied.applied_kind: CHECK ((kind = ANY (ARRAY['policy'::text, 'target'::text, 'settings'::text])))
applied.applied_pkey: PRIMARY KEY (kind, key)
archive_host.archive_host_day_part_fkey: FOREIGN KEY (day, part) REFERENCES archive_part(day, part)
archive_host.archive_host_pkey: PRIMARY KEY (host_id, day, part)
archive_host.archive_host_sha256_length: CHECK ((octet_length(sha256) = 32))
archive_part.archive_part_pkey: PRIMARY KEY (day, part)
archive_part.archive_part_sha256_length: CHECK ((octet_length(sha256) = 32))
archive_removal.archive_removal_pkey: PRIMARY KEY (id)
audit_context.audit_context_hash_length: CHECK ((octet_length(hash) = 16))
audit_context.audit_context_pkey: PRIMARY KEY (hash)
audit_day.audit_day_pkey: PRIMARY KEY (host_id, day)
audit_exemption.audit_exemption_order: CHECK ((from_ns < to_ns))
audit_exemption.audit_exemption_pkey: PRIMARY KEY (id)
audit_exemption_end.audit_exemption_end_pkey: PRIMARY KEY (exemption)
audit_inventory.audit_inventory_kind: CHECK ((kind = ANY (ARRAY['csv'::text, 'ansible'::text, 'kubernetes'::text])))
audit_inventory.audit_inventory_pkey: PRIMARY KEY (id)
audit_scope.audit_scope_pkey: PRIMARY KEY (id)
audit_span.audit_span_context_length: CHECK ((octet_length(context) = 16))
audit_span.audit_span_pkey: PRIMARY KEY (host_id, minute_ns, epoch, seq)
audit_version.audit_version_kind: CHECK ((kind = ANY (ARRAY['profile'::text, 'calendar'::text])))
audit_version.audit_version_pkey: PRIMARY KEY (id)
chain_document.chain_document_amounts: CHECK (((uncertainty_ns >= 0) AND (app_error_ns >= 0)))
chain_document.chain_document_kind: CHECK ((kind = ANY (ARRAY['design'::text, 'stamp_point'::text, 'stamp_test'::text, 'source_statement'::text, 'calibration'::text, 'bulletin'::text, 'other'::text])))
chain_document.chain_document_order: CHECK ((valid_from <= valid_to))
chain_document.chain_document_pkey: PRIMARY KEY (id)
chain_document.chain_document_replaces_fkey: FOREIGN KEY (replaces) REFERENCES chain_document(id)
chain_document.chain_document_sha256: CHECK ((octet_length(sha256) = 32))
chain_review.chain_review_pkey: PRIMARY KEY (id)
delivery.delivery_delivered: CHECK (((delivered_at IS NOT NULL) = (state = 'delivered'::text)))
delivery.delivery_notice_id_fkey: FOREIGN KEY (notice_id) REFERENCES notice(id)
delivery.delivery_pkey: PRIMARY KEY (notice_id, channel)
delivery.delivery_state: CHECK ((state = ANY (ARRAY['due'::text, 'delivered'::text, 'given_up'::text])))
enrol_challenge.enrol_challenge_pkey: PRIMARY KEY (challenge)
evidence.evidence_hashes: CHECK (((octet_length(hash) = 32) AND (octet_length(prev_hash) = 32)))
evidence.evidence_key: PRIMARY KEY (host_id, epoch, seq, received_at)
evidence.evidence_order: CHECK ((first_utc_ns <= last_utc_ns))
evidence.evidence_set_aside: CHECK ((set_aside >= 0))
evidence.evidence_signed: CHECK ((((signature IS NULL) = (signed_from IS NULL)) AND (signed_from <= seq) AND (octet_length(signature) = 64)))
evidence_default.evidence_default_pkey: PRIMARY KEY (host_id, epoch, seq, received_at)
evidence_default.evidence_hashes: CHECK (((octet_length(hash) = 32) AND (octet_length(prev_hash) = 32)))
evidence_default.evidence_order: CHECK ((first_utc_ns <= last_utc_ns))
evidence_default.evidence_set_aside: CHECK ((set_aside >= 0))
evidence_default.evidence_signed: CHECK ((((signature IS NULL) = (signed_from IS NULL)) AND (signed_from <= seq) AND (octet_length(signature) = 64)))
evidence_rule.evidence_rule_archive_days: CHECK (((archive_days >= 0) AND (archive_days <= 36500)))
evidence_rule.evidence_rule_class: CHECK ((class = ANY (ARRAY['full'::text, 'audit'::text, 'none'::text])))
evidence_rule.evidence_rule_days: CHECK (((days >= 0) AND (days <= 36500)))
evidence_rule.evidence_rule_pkey: PRIMARY KEY (selector)
evidence_rule_change.evidence_rule_change_pkey: PRIMARY KEY (id)
evidence_rule_change.evidence_rule_change_some: CHECK ((num_nonnulls(before, after) > 0))
fleet_minute.fleet_minute_buckets: CHECK ((cardinality(bucket) = cardinality(bucket_hosts)))
fleet_minute.fleet_minute_pkey: PRIMARY KEY (minute_ns)
fleet_minute.fleet_minute_statuses: CHECK ((cardinality(by_status) = 7))
fleet_minute.fleet_minute_whole: CHECK (((minute_ns % '60000000000'::bigint) = 0))
flight.flight_pkey: PRIMARY KEY (host_id, incident_id)
flight.flight_signature: CHECK ((octet_length(signature) = 64))
host.host_ephemeral_hours_positive: CHECK ((ephemeral_hours > 0))
host.host_next_public_key_length: CHECK ((octet_length(next_public_key) = 32))
host.host_pkey: PRIMARY KEY (id)
host.host_public_key_length: CHECK ((octet_length(public_key) = 32))
host.host_public_key_unique: UNIQUE (public_key)
host.host_retired_at_some_time: CHECK (((state <> 'retired'::text) OR (retired_at IS NOT NULL)))
host.host_state_known: CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'suspended'::text, 'revoked'::text, 'retired'::text])))
host_epoch.host_epoch_pkey: PRIMARY KEY (host_id, epoch)
host_event.host_event_pkey: PRIMARY KEY (host_id, epoch, seq, ordinal)
host_key.host_key_endorsement_whole: CHECK ((num_nulls(challenge, old_signature, new_signature) = ANY (ARRAY[0, 3])))
host_key.host_key_from_whole: CHECK (((from_epoch IS NULL) = (from_seq IS NULL)))
host_key.host_key_host_id_fkey: FOREIGN KEY (host_id) REFERENCES host(id)
host_key.host_key_length: CHECK ((octet_length(public_key) = 32))
host_key.host_key_pkey: PRIMARY KEY (host_id, public_key)
host_minute.host_minute_bound: CHECK ((((lo_ns IS NULL) = (hi_ns IS NULL)) AND (lo_ns <= hi_ns)))
host_minute.host_minute_pkey: PRIMARY KEY (host_id, minute_ns)
host_minute.host_minute_whole: CHECK (((minute_ns % '60000000000'::bigint) = 0))
host_state.host_state_bound: CHECK ((((lo_ns IS NULL) = (hi_ns IS NULL)) AND (lo_ns <= hi_ns)))
host_state.host_state_chain_hash_length: CHECK ((octet_length(chain_hash) = 32))
host_state.host_state_fork_whole: CHECK (((fork_since IS NULL) = (fork_attempts = 0)))
host_state.host_state_host_id_fkey: FOREIGN KEY (host_id) REFERENCES host(id)
host_state.host_state_pkey: PRIMARY KEY (host_id)
host_state.host_state_tight: CHECK ((((tight_lo_ns IS NULL) = (tight_hi_ns IS NULL)) AND (tight_lo_ns <= tight_hi_ns)))
incident.incident_acknowledged: CHECK (((acknowledged_by IS NULL) = (acknowledged_at IS NULL)))
incident.incident_certainty: CHECK ((certainty = ANY (ARRAY['proved_outside'::text, 'cannot_prove'::text, 'no_evidence'::text, 'proved_inside'::text])))
incident.incident_pkey: PRIMARY KEY (id)
incident.incident_severity: CHECK ((severity = ANY (ARRAY['critical'::text, 'warning'::text, 'info'::text])))
incident_entry.incident_entry_incident_id_fkey: FOREIGN KEY (incident_id) REFERENCES incident(id)
incident_entry.incident_entry_pkey: PRIMARY KEY (incident_id, ordinal)
installation.installation_one: CHECK (one)
installation.installation_pkey: PRIMARY KEY (one)
join_token.join_token_ephemeral_hours_positive: CHECK ((ephemeral_hours > 0))
join_token.join_token_hash_length: CHECK ((octet_length(hash) = 32))
join_token.join_token_pkey: PRIMARY KEY (hash)
join_token.join_token_uses_left_not_negative: CHECK ((uses_left >= 0))
legal_hold.legal_hold_held_host_fkey: FOREIGN KEY (held_host) REFERENCES host(id)
legal_hold.legal_hold_order: CHECK ((from_ns <= to_ns))
legal_hold.legal_hold_pkey: PRIMARY KEY (id)
legal_hold.legal_hold_whom: CHECK ((num_nonnulls(held_host, selector) = 1))
legal_hold_change.legal_hold_change_known: CHECK ((change = ANY (ARRAY['added'::text, 'released'::text])))
legal_hold_change.legal_hold_change_pkey: PRIMARY KEY (id)
log_anchor.log_anchor_head_fkey: FOREIGN KEY (head) REFERENCES log_head(number)
log_anchor.log_anchor_pkey: PRIMARY KEY (id)
log_block.log_block_pkey: PRIMARY KEY (host_id)
log_block.log_block_some: CHECK ((batches > 0))
log_block.log_block_through: CHECK (((through_epoch IS NULL) = (through_seq IS NULL)))
log_difference.log_difference_pkey: PRIMARY KEY (place)
log_entry.log_entry_pkey: PRIMARY KEY (shard, leaf)
log_entry.log_entry_place: CHECK ((leaf >= 0))
log_entry.log_entry_shard_fkey: FOREIGN KEY (shard) REFERENCES log_shard(shard)
log_head.log_head_lengths: CHECK (((octet_length(root) = 32) AND (octet_length(previous) = 32) AND (octet_length(public_key) = 32) AND (octet_length(signature) = 64)))
log_head.log_head_pkey: PRIMARY KEY (number)
log_head.log_head_place: CHECK (((number > 0) AND (size > 0)))
log_head.log_head_shard_fkey: FOREIGN KEY (shard) REFERENCES log_shard(shard)
log_host.log_host_hash: CHECK ((octet_length(chain_hash) = 32))
log_host.log_host_pkey: PRIMARY KEY (host_id)
log_path.log_path_hashes: CHECK (((octet_length(hash) = 32) AND ((octet_length(path) % 32) = 0)))
log_path.log_path_pkey: PRIMARY KEY (shard, leaf)
log_path.log_path_shard_leaf_fkey: FOREIGN KEY (shard, leaf) REFERENCES log_entry(shard, leaf)
log_pending.log_pending_pkey: PRIMARY KEY (id)
log_run.log_run_pkey: PRIMARY KEY (shard, leaf)
log_run.log_run_shard_fkey: FOREIGN KEY (shard) REFERENCES log_shard(shard)
log_run.log_run_some: CHECK (((leaf >= 0) AND (batches > 0)))
log_scrub.log_scrub_one: CHECK (is_one)
log_scrub.log_scrub_pkey: PRIMARY KEY (is_one)
log_shard.log_shard_month: CHECK ((shard ~ '^\d{4}-(0[1-9]|1[0-2])$'::text))
log_shard.log_shard_pkey: PRIMARY KEY (shard)
log_shard.log_shard_secret: CHECK ((octet_length(secret) = 32))
log_tile.log_tile_hashes: CHECK ((((octet_length(hashes) >= 32) AND (octet_length(hashes) <= 8192)) AND ((octet_length(hashes) % 32) = 0)))
log_tile.log_tile_pkey: PRIMARY KEY (shard, level, tile)
log_tile.log_tile_place: CHECK (((level >= 0) AND (tile >= 0)))
log_tile.log_tile_shard_fkey: FOREIGN KEY (shard) REFERENCES log_shard(shard)
notice.notice_incident_id_fkey: FOREIGN KEY (incident_id) REFERENCES incident(id)
notice.notice_kind: CHECK ((kind = ANY (ARRAY['opened'::text, 'changed'::text, 'acknowledged'::text, 'resolved'::text])))
notice.notice_pkey: PRIMARY KEY (id)
notice.notice_place: UNIQUE (incident_id, ordinal)
peer_conflict.peer_conflict_pkey: PRIMARY KEY (id)
peer_conflict.peer_conflict_tier: CHECK ((tier = ANY (ARRAY['guaranteed'::text, 'tight'::text])))
peer_edge.peer_edge_bound: CHECK ((lo_ns <= hi_ns))
peer_edge.peer_edge_hull: CHECK (((num_nulls(hull_raw_ns, hull_lo_ns, hull_hi_ns, slope_min_ppb, slope_max_ppb) = ANY (ARRAY[0, 5])) AND (hull_lo_ns <= hull_hi_ns)))
peer_edge.peer_edge_pkey: PRIMARY KEY (host_id, peer_id)
people_action.people_action_pkey: PRIMARY KEY (id)
people_outcome.people_outcome_action_id_fkey: FOREIGN KEY (action_id) REFERENCES people_action(id)
people_outcome.people_outcome_pkey: PRIMARY KEY (action_id)
person.person_name: CHECK ((name ~ '^[a-z0-9][a-z0-9._@+-]{0,119}$'::text))
person.person_oidc: CHECK (((oidc_issuer IS NULL) = (oidc_subject IS NULL)))
person.person_pkey: PRIMARY KEY (id)
person_grant.person_grant_person_id_fkey: FOREIGN KEY (person_id) REFERENCES person(id)
person_grant.person_grant_pkey: PRIMARY KEY (person_id, role, labels)
person_grant.person_grant_role: CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'auditor'::text, 'admin'::text])))
person_session.person_session_began_by: CHECK ((began_by = ANY (ARRAY['password'::text, 'link'::text, 'oidc'::text])))
person_session.person_session_hash: CHECK ((octet_length(hash) = 32))
person_session.person_session_person_id_fkey: FOREIGN KEY (person_id) REFERENCES person(id)
person_session.person_session_pkey: PRIMARY KEY (hash)
policy.policy_pkey: PRIMARY KEY (selector)
rebuild_event.rebuild_event_pkey: PRIMARY KEY (host_id, epoch, seq, ordinal)
rebuild_host.rebuild_host_pkey: PRIMARY KEY (host_id)
rebuild_minute.rebuild_minute_pkey: PRIMARY KEY (host_id, minute_ns)
receipt_key.receipt_key_before_fkey: FOREIGN KEY (before) REFERENCES receipt_key(public_key)
receipt_key.receipt_key_change: CHECK ((((before IS NULL) = (proof IS NULL)) AND ((before IS NULL) = (since_ns IS NULL)) AND ((before IS NOT NULL) OR (signature IS NULL)) AND (octet_length(signature) = 64) AND (octet_length(proof) = 64)))
receipt_key.receipt_key_length: CHECK ((octet_length(public_key) = 32))
receipt_key.receipt_key_pkey: PRIMARY KEY (public_key)
report.report_hashes: CHECK (((octet_length(sha256) = 32) AND (octet_length(results_sha256) = 32)))
report.report_id_key: UNIQUE (id)
report.report_period: CHECK ((from_ns < to_ns))
report.report_pkey: PRIMARY KEY (number)
report.report_previous_fkey: FOREIGN KEY (previous) REFERENCES report(id)
report_signer.report_signer_key: CHECK ((octet_length(public_key) = 32))
report_signer.report_signer_pkey: PRIMARY KEY (id)
report_signoff.report_signoff_lengths: CHECK (((octet_length(signature) = 64) AND (octet_length(sha256) = 32)))
report_signoff.report_signoff_pkey: PRIMARY KEY (id)
report_signoff.report_signoff_report_fkey: FOREIGN KEY (report) REFERENCES report(id)
server_seen.server_seen_pkey: PRIMARY KEY (id)
sign_in_link.sign_in_link_hash: CHECK ((octet_length(hash) = 32))
sign_in_link.sign_in_link_person_id_fkey: FOREIGN KEY (person_id) REFERENCES person(id)
sign_in_link.sign_in_link_pkey: PRIMARY KEY (hash)
silence.silence_order: CHECK ((from_at <= to_at))
silence.silence_origin: CHECK ((origin = ANY (ARRAY['file'::text, 'person'::text])))
silence.silence_pkey: PRIMARY KEY (id)
target.target_pkey: PRIMARY KEY (id)
target.target_port: CHECK (((port >= 1) AND (port <= 65535)))

-- Indexes
CREATE INDEX alert_by_host ON public.alert USING btree (about_host, since DESC)
CREATE INDEX alert_by_incident ON public.alert USING btree (incident_id)
CREATE INDEX archive_host_by_part ON public.archive_host USING btree (day, part, start)
CREATE INDEX archive_host_by_time ON public.archive_host USING btree (host_id, last_utc_ns) INCLUDE (first_utc_ns)
CREATE INDEX audit_exemption_by_end ON public.audit_exemption USING btree (to_ns)
CREATE INDEX audit_scope_by_name ON public.audit_scope USING btree (name, id)
CREATE INDEX audit_span_by_batch ON public.audit_span USING btree (host_id, epoch, seq)
CREATE INDEX audit_span_long ON public.audit_span USING btree (host_id, minute_ns) INCLUDE (until_ns) WHERE (((until_ns / 2) - (minute_ns / 2)) > '43199999999999'::bigint)
CREATE INDEX audit_version_by_name ON public.audit_version USING btree (kind, name, id)
CREATE INDEX delivery_by_incident ON public.delivery USING btree (incident_id)
CREATE INDEX delivery_due ON public.delivery USING btree (channel, incident_id, ordinal) WHERE (state = 'due'::text)
CREATE INDEX enrol_challenge_expires_at ON public.enrol_challenge USING btree (expires_at)
CREATE INDEX enrol_challenge_network ON public.enrol_challenge USING btree (network)
CREATE INDEX evidence_by_time ON ONLY public.evidence USING btree (host_id, last_utc_ns) INCLUDE (first_utc_ns)
CREATE INDEX evidence_default_host_id_last_utc_ns_first_utc_ns_idx ON public.evidence_default USING btree (host_id, last_utc_ns) INCLUDE (first_utc_ns)
CREATE INDEX evidence_default_host_id_last_utc_ns_first_utc_ns_idx1 ON public.evidence_default USING btree (host_id, last_utc_ns) INCLUDE (first_utc_ns) WHERE (((last_utc_ns / 2) - (first_utc_ns / 2)) > '43199999999999'::bigint)
CREATE INDEX evidence_long ON ONLY public.evidence USING btree (host_id, last_utc_ns) INCLUDE (first_utc_ns) WHERE (((last_utc_ns / 2) - (first_utc_ns / 2)) > '43199999999999'::bigint)
CREATE INDEX fleet_minute_change_by_minute ON public.fleet_minute_change USING btree (minute_ns)
CREATE INDEX host_enrolled_with ON public.host USING btree (enrolled_with)
CREATE INDEX host_event_by_time ON public.host_event USING btree (host_id, at_ns)
CREATE INDEX host_event_by_xid ON public.host_event USING btree (written_xid)
CREATE INDEX host_event_of_source ON public.host_event USING btree (host_id, source, at_ns) WHERE (kind = ANY (ARRAY['source_state_changed'::text, 'source_resolved'::text]))
CREATE INDEX host_key_by_key ON public.host_key USING btree (public_key)
CREATE INDEX host_minute_broken ON public.host_minute USING btree (host_id, minute_ns) WHERE (broken_from_ns IS NOT NULL)
CREATE INDEX host_minute_far ON public.host_minute USING btree (host_id, minute_ns) WHERE ((lo_ns < '-2000000000'::integer) OR (hi_ns > 2000000000))
CREATE INDEX incident_by_change ON public.incident USING btree (changed_at)
CREATE INDEX incident_by_time ON public.incident USING btree (opened_at DESC, id DESC)
CREATE INDEX log_anchor_by_head ON public.log_anchor USING btree (head)
CREATE INDEX log_entry_by_kind ON public.log_entry USING btree (kind, about)
CREATE INDEX log_head_by_shard ON public.log_head USING btree (shard, size)
CREATE INDEX log_run_by_host ON public.log_run USING btree (of_host, epoch, first_seq)
CREATE INDEX peer_conflict_by_suspect ON public.peer_conflict USING gin (suspects)
CREATE INDEX peer_conflict_open ON public.peer_conflict USING btree (tier) WHERE (ended_at IS NULL)
CREATE INDEX person_session_by_person ON public.person_session USING btree (person_id)
CREATE INDEX report_by_period ON public.report USING btree (from_ns, to_ns)
CREATE INDEX report_signer_by_name ON public.report_signer USING btree (name, id)
CREATE INDEX silence_by_end ON public.silence USING btree (to_at)
CREATE UNIQUE INDEX alert_object_pkey ON public.alert_object USING btree (kind, name)
CREATE UNIQUE INDEX alert_open ON public.alert USING btree (rule, subject) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX alert_pkey ON public.alert USING btree (id)
CREATE UNIQUE INDEX alert_progress_pkey ON public.alert_progress USING btree (one)
CREATE UNIQUE INDEX alert_rule_pkey ON public.alert_rule USING btree (name)
CREATE UNIQUE INDEX alert_setting_pkey ON public.alert_setting USING btree (one)
CREATE UNIQUE INDEX api_token_hash_key ON public.api_token USING btree (hash)
CREATE UNIQUE INDEX api_token_pkey ON public.api_token USING btree (id)
CREATE UNIQUE INDEX applied_pkey ON public.applied USING btree (kind, key)
CREATE UNIQUE INDEX archive_host_pkey ON public.archive_host USING btree (host_id, day, part)
CREATE UNIQUE INDEX archive_part_pkey ON public.archive_part USING btree (day, part)
CREATE UNIQUE INDEX archive_removal_pkey ON public.archive_removal USING btree (id)
CREATE UNIQUE INDEX audit_context_pkey ON public.audit_context USING btree (hash)
CREATE UNIQUE INDEX audit_day_pkey ON public.audit_day USING btree (host_id, day)
CREATE UNIQUE INDEX audit_exemption_end_pkey ON public.audit_exemption_end USING btree (exemption)
CREATE UNIQUE INDEX audit_exemption_pkey ON public.audit_exemption USING btree (id)
CREATE UNIQUE INDEX audit_inventory_pkey ON public.audit_inventory USING btree (id)
CREATE UNIQUE INDEX audit_scope_pkey ON public.audit_scope USING btree (id)
CREATE UNIQUE INDEX audit_span_pkey ON public.audit_span USING btree (host_id, minute_ns, epoch, seq)
CREATE UNIQUE INDEX audit_version_pkey ON public.audit_version USING btree (id)
CREATE UNIQUE INDEX chain_document_pkey ON public.chain_document USING btree (id)
CREATE UNIQUE INDEX chain_review_pkey ON public.chain_review USING btree (id)
CREATE UNIQUE INDEX delivery_pkey ON public.delivery USING btree (notice_id, channel)
CREATE UNIQUE INDEX enrol_challenge_pkey ON public.enrol_challenge USING btree (challenge)
CREATE UNIQUE INDEX evidence_default_pkey ON public.evidence_default USING btree (host_id, epoch, seq, received_at)
CREATE UNIQUE INDEX evidence_key ON ONLY public.evidence USING btree (host_id, epoch, seq, received_at)
CREATE UNIQUE INDEX evidence_rule_change_pkey ON public.evidence_rule_change USING btree (id)
CREATE UNIQUE INDEX evidence_rule_pkey ON public.evidence_rule USING btree (selector)
CREATE UNIQUE INDEX fleet_minute_pkey ON public.fleet_minute USING btree (minute_ns)
CREATE UNIQUE INDEX flight_pkey ON public.flight USING btree (host_id, incident_id)
CREATE UNIQUE INDEX host_epoch_pkey ON public.host_epoch USING btree (host_id, epoch)
CREATE UNIQUE INDEX host_event_pkey ON public.host_event USING btree (host_id, epoch, seq, ordinal)
CREATE UNIQUE INDEX host_key_pkey ON public.host_key USING btree (host_id, public_key)
CREATE UNIQUE INDEX host_minute_pkey ON public.host_minute USING btree (host_id, minute_ns)
CREATE UNIQUE INDEX host_name_unique ON public.host USING btree (name) WHERE (retired_at IS NULL)
CREATE UNIQUE INDEX host_next_public_key ON public.host USING btree (next_public_key) WHERE (next_public_key IS NOT NULL)
CREATE UNIQUE INDEX host_pkey ON public.host USING btree (id)
CREATE UNIQUE INDEX host_public_key_unique ON public.host USING btree (public_key)
CREATE UNIQUE INDEX host_state_pkey ON public.host_state USING btree (host_id)
CREATE UNIQUE INDEX incident_entry_pkey ON public.incident_entry USING btree (incident_id, ordinal)
CREATE UNIQUE INDEX incident_open ON public.incident USING btree (cause_key) WHERE (resolved_at IS NULL)
CREATE UNIQUE INDEX incident_pkey ON public.incident USING btree (id)
CREATE UNIQUE INDEX installation_pkey ON public.installation USING btree (one)
CREATE UNIQUE INDEX join_token_pkey ON public.join_token USING btree (hash)
CREATE UNIQUE INDEX legal_hold_change_pkey ON public.legal_hold_change USING btree (id)
CREATE UNIQUE INDEX legal_hold_pkey ON public.legal_hold USING btree (id)
CREATE UNIQUE INDEX log_anchor_pkey ON public.log_anchor USING btree (id)
CREATE UNIQUE INDEX log_block_pkey ON public.log_block USING btree (host_id)
CREATE UNIQUE INDEX log_difference_pkey ON public.log_difference USING btree (place)
CREATE UNIQUE INDEX log_entry_pkey ON public.log_entry USING btree (shard, leaf)
CREATE UNIQUE INDEX log_head_pkey ON public.log_head USING btree (number)
CREATE UNIQUE INDEX log_host_pkey ON public.log_host USING btree (host_id)
CREATE UNIQUE INDEX log_path_pkey ON public.log_path USING btree (shard, leaf)
CREATE UNIQUE INDEX log_pending_pkey ON public.log_pending USING btree (id)
CREATE UNIQUE INDEX log_run_pkey ON public.log_run USING btree (shard, leaf)
CREATE UNIQUE INDEX log_scrub_pkey ON public.log_scrub USING btree (is_one)
CREATE UNIQUE INDEX log_shard_pkey ON public.log_shard USING btree (shard)
CREATE UNIQUE INDEX log_tile_pkey ON public.log_tile USING btree (shard, level, tile)
CREATE UNIQUE INDEX notice_pkey ON public.notice USING btree (id)
CREATE UNIQUE INDEX notice_place ON public.notice USING btree (incident_id, ordinal)
CREATE UNIQUE INDEX peer_conflict_pkey ON public.peer_conflict USING btree (id)
CREATE UNIQUE INDEX peer_edge_pkey ON public.peer_edge USING btree (host_id, peer_id)
CREATE UNIQUE INDEX people_action_pkey ON public.people_action USING btree (id)
CREATE UNIQUE INDEX people_outcome_pkey ON public.people_outcome USING btree (action_id)
CREATE UNIQUE INDEX person_by_name ON public.person USING btree (name)
CREATE UNIQUE INDEX person_by_subject ON public.person USING btree (oidc_issuer, oidc_subject)
CREATE UNIQUE INDEX person_grant_pkey ON public.person_grant USING btree (person_id, role, labels)
CREATE UNIQUE INDEX person_pkey ON public.person USING btree (id)
CREATE UNIQUE INDEX person_session_pkey ON public.person_session USING btree (hash)
CREATE UNIQUE INDEX policy_pkey ON public.policy USING btree (selector)
CREATE UNIQUE INDEX rebuild_event_pkey ON public.rebuild_event USING btree (host_id, epoch, seq, ordinal)
CREATE UNIQUE INDEX rebuild_host_pkey ON public.rebuild_host USING btree (host_id)
CREATE UNIQUE INDEX rebuild_minute_pkey ON public.rebuild_minute USING btree (host_id, minute_ns)
CREATE UNIQUE INDEX receipt_key_one ON public.receipt_key USING btree (((retired_at IS NULL))) WHERE (retired_at IS NULL)
CREATE UNIQUE INDEX receipt_key_pkey ON public.receipt_key USING btree (public_key)
CREATE UNIQUE INDEX report_id_key ON public.report USING btree (id)
CREATE UNIQUE INDEX report_pkey ON public.report USING btree (number)
CREATE UNIQUE INDEX report_signer_pkey ON public.report_signer USING btree (id)
CREATE UNIQUE INDEX report_signoff_once ON public.report_signoff USING btree (report, ((statement ->> 'name'::text)))
CREATE UNIQUE INDEX report_signoff_pkey ON public.report_signoff USING btree (id)
CREATE UNIQUE INDEX server_seen_pkey ON public.server_seen USING btree (id)
CREATE UNIQUE INDEX sign_in_link_pkey ON public.sign_in_link USING btree (hash)
CREATE UNIQUE INDEX silence_pkey ON public.silence USING btree (id)
CREATE UNIQUE INDEX target_name_unique ON public.target USING btree (name) WHERE (removed_at IS NULL)
CREATE UNIQUE INDEX target_pkey ON public.target USING btree (id)

-- Triggers
CREATE TRIGGER archive_removal_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.archive_removal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER audit_exemption_dated BEFORE INSERT ON public.audit_exemption FOR EACH ROW EXECUTE FUNCTION dated_here()
CREATE TRIGGER audit_exemption_end_dated BEFORE INSERT ON public.audit_exemption_end FOR EACH ROW EXECUTE FUNCTION dated_here()
CREATE TRIGGER audit_exemption_end_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_exemption_end FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER audit_exemption_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_exemption FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER audit_inventory_dated BEFORE INSERT ON public.audit_inventory FOR EACH ROW EXECUTE FUNCTION dated_here()
CREATE TRIGGER audit_inventory_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_inventory FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER audit_scope_dated BEFORE INSERT ON public.audit_scope FOR EACH ROW EXECUTE FUNCTION dated_here()
CREATE TRIGGER audit_scope_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_scope FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER audit_version_dated BEFORE INSERT ON public.audit_version FOR EACH ROW EXECUTE FUNCTION dated_here()
CREATE TRIGGER audit_version_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER chain_document_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.chain_document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER chain_review_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.chain_review FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER evidence_rule_change_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.evidence_rule_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER host_changed AFTER UPDATE OF name, labels, state ON public.host FOR EACH ROW EXECUTE FUNCTION touch_host_state()
CREATE TRIGGER host_minute_added AFTER INSERT ON public.host_minute REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_minute_change()
CREATE TRIGGER host_minute_changed AFTER UPDATE ON public.host_minute REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_minute_change()
CREATE TRIGGER legal_hold_change_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.legal_hold_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER log_anchor_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_anchor FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_spent()
CREATE TRIGGER log_entry_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER log_head_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_spent()
CREATE TRIGGER log_path_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_path FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER log_run_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_run FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_spent()
CREATE TRIGGER log_shard_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_shard FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER log_tile_grows BEFORE UPDATE ON public.log_tile FOR EACH ROW EXECUTE FUNCTION refuse_other_than_growth()
CREATE TRIGGER log_tile_stays BEFORE DELETE OR TRUNCATE ON public.log_tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_spent()
CREATE TRIGGER notice_stays BEFORE UPDATE ON public.notice FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER people_action_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.people_action FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER people_outcome_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.people_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER report_signer_dated BEFORE INSERT ON public.report_signer FOR EACH ROW EXECUTE FUNCTION dated_here()
CREATE TRIGGER report_signer_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.report_signer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER report_signoff_dated BEFORE INSERT ON public.report_signoff FOR EACH ROW EXECUTE FUNCTION dated_here()
CREATE TRIGGER report_signoff_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.report_signoff FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER report_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.report FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
