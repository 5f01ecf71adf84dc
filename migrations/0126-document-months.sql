-- A report opens the leaves of documents too from which an application error is: their months keep the tiles that prove them.

create or replace function log_shard_is_spent(gone text) returns boolean language sql stable set search_path = public, pg_temp as $$
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
$$;
