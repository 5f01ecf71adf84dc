import { knownMigrations } from "./migrate.ts";
import type { Queryable } from "./pool.ts";

const VERSION =
  "select current_setting('server_version') as version, pg_is_in_recovery() as standby, pg_database_size(current_database()) as bytes";
const APPLIED = "select name from pgmigrations order by id";
/** By the name that our migrations gave; partitions are told as one with their table. */
const TABLES = `
  select coalesce(p.relname, c.relname) as table, count(*)::int as pieces, sum(pg_total_relation_size(c.oid))::int8 as bytes,
    sum(greatest(c.reltuples, 0))::int8 as rows_estimate, sum(coalesce(s.n_dead_tup, 0))::int8 as dead_rows,
    max(s.last_autovacuum)::text as last_autovacuum, max(s.last_autoanalyze)::text as last_autoanalyze
  from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
  left join pg_stat_user_tables s on s.relid = c.oid
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' group by 1 order by 3 desc, 1`;
/** Those that change how it behaves under our load, and none that could name a place or a person. */
const MATTERS = `
  archive_mode autovacuum checkpoint_timeout default_statistics_target effective_cache_size fsync full_page_writes huge_pages
  idle_in_transaction_session_timeout jit lock_timeout maintenance_work_mem max_connections max_parallel_workers max_wal_size
  min_wal_size random_page_cost server_encoding shared_buffers ssl statement_timeout synchronous_commit TimeZone track_io_timing
  wal_compression wal_level work_mem`
  .trim()
  .split(/\s+/);
const SETTINGS = "select name, setting, unit, source from pg_settings where name = any($1) order by name";
const EXTENSIONS = "select extname as name, extversion as version from pg_extension order by 1";
const CONNECTIONS = `
  select coalesce(state, 'background') as state, coalesce(wait_event_type, 'none') as waits_for, count(*)::int as connections
  from pg_stat_activity where datname = current_database() group by 1, 2 order by 1, 2`;
const COUNTERS = `
  select xact_commit, xact_rollback, blks_read, blks_hit, deadlocks, temp_bytes, conflicts, checksum_failures
  from pg_stat_database where datname = current_database()`;

/** What of a database matters to whoever looks for a fault in it; no row of a table. */
export async function readDiagnostics(client: Queryable): Promise<Record<string, unknown>> {
  const rows = async (sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows as Record<string, unknown>[];
  const applied = (await rows(APPLIED)).map(({ name }) => String(name));
  const known = knownMigrations();
  return {
    ...(await rows(VERSION))[0],
    schema: {
      last: applied.at(-1) ?? null,
      applied: applied.length,
      missing: known.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !known.includes(name)),
    },
    tables: await rows(TABLES),
    settings: await rows(SETTINGS, [MATTERS]),
    extensions: await rows(EXTENSIONS),
    connections: await rows(CONNECTIONS),
    counters: (await rows(COUNTERS))[0] ?? null,
  };
}
