import type { Queryable } from "./pool.ts";

/**
 * The schema of a database as text that is the same for equal schemas, from the catalogue: the embedded PostgreSQL brings
 * no pg_dump. Storage (compression, fill factor) is left out: it depends on how the server was built, and decides nothing.
 */
export async function dumpSchema(client: Queryable): Promise<string> {
  const parts: string[] = [HEADER];
  for (const { title, sql } of SECTIONS) {
    const { rows } = await client.query<{ line: string }>(sql);
    parts.push(`-- ${title}\n${rows.map((row) => row.line.trimEnd()).join("\n")}\n`);
  }
  return parts.join("\n");
}

const HEADER =
  "-- What all migrations together make. Written by `UPDATE_SCHEMA=1 npx vitest run server/test/schema.test.ts`, compared by the same test.\n";

/** What belongs to us: not the bookkeeping of the migrations, not what an extension brought. */
const OURS = "c.relnamespace = 'public'::regnamespace and c.relname not like 'pgmigrations%'";

const SECTIONS = [
  {
    title: "Types, values in order",
    sql: `select t.typname || ': ' || string_agg(e.enumlabel, ', ' order by e.enumsortorder) as line
          from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace = 'public'::regnamespace group by t.typname order by 1`,
  },
  {
    title: "Sequences",
    sql: `select c.relname as line from pg_class c where c.relkind = 'S' and ${OURS} order by 1`,
  },
  {
    title: "Functions",
    sql: `select pg_get_functiondef(p.oid) as line from pg_proc p where p.pronamespace = 'public'::regnamespace order by p.proname`,
  },
  {
    title: "Columns",
    sql: `select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || case when a.attnotnull then ' not null' else '' end
            || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
            || coalesce('  -- ' || col_description(c.oid, a.attnum), '') as line
          from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
          where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and ${OURS} order by c.relname, a.attnum`,
  },
  {
    // How each is made is left out: versions of PostgreSQL write it differently.
    title: "Columns of views",
    sql: `select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as line
          from pg_class c join pg_attribute a on a.attrelid = c.oid
          where c.relkind = 'v' and a.attnum > 0 and not a.attisdropped and ${OURS} order by c.relname, a.attnum`,
  },
  {
    // PostgreSQL 18 lists what is not null as constraints too; the columns say that.
    title: "Constraints",
    sql: `select c.relname || '.' || n.conname || ': ' || pg_get_constraintdef(n.oid) as line
          from pg_constraint n join pg_class c on c.oid = n.conrelid where n.contype <> 'n' and ${OURS} order by c.relname, n.conname`,
  },
  {
    title: "Indexes",
    sql: `select pg_get_indexdef(i.indexrelid) as line from pg_index i join pg_class c on c.oid = i.indrelid where ${OURS} order by 1`,
  },
  {
    title: "Triggers",
    sql: `select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal and ${OURS} order by 1`,
  },
] as const;
