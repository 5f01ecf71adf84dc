-- How one key of the server follows another, so that what the former ones signed can be verified for as long as it is kept.

alter table receipt_key
  add column before bytea references receipt_key (public_key),
  add column since_ns bigint,
  add column signature bytea,
  add column proof bytea,
  add constraint receipt_key_change check (
    (before is null) = (proof is null) and (before is null) = (since_ns is null) and (before is not null or signature is null)
    and octet_length(signature) = 64 and octet_length(proof) = 64);

comment on column receipt_key.before is 'The key in whose place it came; null = it is the first';
comment on column receipt_key.since_ns is 'ns of the database''s clock; no head by the key before is later';
comment on column receipt_key.signature is 'By the key before, over the change; null = that one was lost';
comment on column receipt_key.proof is 'By the key itself, over the change';

-- A month of the log in which nothing is left that needs a proof keeps its last head, and of each entry its hash and its path to it.

create table log_path (
  shard text not null,
  leaf bigint not null,
  hash bytea not null,
  path bytea not null,
  primary key (shard, leaf),
  foreign key (shard, leaf) references log_entry (shard, leaf),
  constraint log_path_hashes check (octet_length(hash) = 32 and octet_length(path) % 32 = 0)
);

comment on table log_path is 'Of months whose tiles are gone: what proves that an entry lies under the last head';
comment on column log_path.path is 'Hashes of the inclusion proof (RFC 9162), from the leaf up, one after the other';

create trigger log_path_stays before update or delete or truncate on log_path for each statement execute function refuse_change();

-- Whether no leaf of a shard is needed for anything that is kept: batches in the database or the archive, statements, hosts and
-- their keys, the report on which the next one rests.
create function log_shard_is_spent(gone text) returns boolean language sql stable set search_path = public, pg_temp as $$
  select not exists (select from log_entry where shard = gone and kind in ('enrol', 'key'))
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

create function refuse_unless_spent() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('truebound.spent_shard', true) <> '' then return null; end if;
  raise exception 'Rows of % are never changed', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

-- By its owner's rights: a server may call it, and may delete nothing of the log otherwise.
create function drop_spent_shard(gone text) returns void language plpgsql security definer set search_path = public, pg_temp as $$
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
$$;

drop trigger log_run_stays on log_run;
drop trigger log_head_stays on log_head;
drop trigger log_anchor_stays on log_anchor;
drop trigger log_tile_stays on log_tile;
create trigger log_run_stays before update or delete or truncate on log_run for each statement execute function refuse_unless_spent();
create trigger log_head_stays before update or delete or truncate on log_head for each statement execute function refuse_unless_spent();
create trigger log_anchor_stays before update or delete or truncate on log_anchor for each statement execute function refuse_unless_spent();
create trigger log_tile_stays before delete or truncate on log_tile for each statement execute function refuse_unless_spent();
