import { EVENT_KINDS } from "@truebound/wire";
import { ASIDE_EVENT, EPOCH_EVENT, QUARANTINE_EVENT } from "../../../ingest/derive.ts";
import type { Bench, Found, Kind, Table } from "../../../rebuild/ports.ts";
import type { Columns } from "../../../rebuild/rederive.ts";
import { MINUTE_COLUMNS as ALL_MINUTE_COLUMNS } from "../minutes.ts";
import type { Queryable } from "../pool.ts";

/** What is told of a host beside its batches (a copy of it, its keys, its end) is no part of this, and stays. */
const OF_BATCHES = `array[${[...EVENT_KINDS, ASIDE_EVENT, QUARANTINE_EVENT, EPOCH_EVENT].map((kind) => `'${kind}'`).join(", ")}]`;

const MINUTE_COLUMNS = ALL_MINUTE_COLUMNS.filter((column) => column !== "minute_ns");
const EVENT_COLUMNS = ["at_ns", "at_marked", "kind", "source", "detail"];
const list = (columns: readonly string[], table: string): string => columns.map((column) => `${table}.${column}`).join(", ");

const MINUTES_OF = (table: string) => `select * from ${table} where host_id = $1 and ($2::bigint is null or minute_ns >= $2)`;

const COMPARE_MINUTES = `
  select kind, count(*)::integer as rows, (array_agg(minute_ns::text order by minute_ns) filter (where kind not in ('equal', 'left')))[1:3] as first from (
    select minute_ns, case
      when kept.host_id is null then 'missing'
      when anew.host_id is null then case when $3 then 'surplus' else 'left' end
      when (${list(MINUTE_COLUMNS, "kept")}) is distinct from (${list(MINUTE_COLUMNS, "anew")}) then 'differs' else 'equal' end as kind
    from (${MINUTES_OF("host_minute")}) as kept full join (${MINUTES_OF("rebuild_minute")}) as anew using (minute_ns)
  ) as compared group by kind`;

const DROP_MINUTES = `
  delete from host_minute kept where host_id = $1 and ($2::bigint is null or minute_ns >= $2)
    and not exists (select from rebuild_minute anew where anew.host_id = $1 and anew.minute_ns = kept.minute_ns)`;
const PUT_MINUTES = `
  insert into host_minute (host_id, minute_ns, ${MINUTE_COLUMNS.join(", ")})
  select host_id, minute_ns, ${MINUTE_COLUMNS.join(", ")} from (${MINUTES_OF("rebuild_minute")}) as anew
  where not exists (
    select from host_minute kept where kept.host_id = $1 and kept.minute_ns = anew.minute_ns
      and (${list(MINUTE_COLUMNS, "kept")}) is not distinct from (${list(MINUTE_COLUMNS, "anew")}))
  on conflict (host_id, minute_ns) do update set ${MINUTE_COLUMNS.map((column) => `${column} = excluded.${column}`).join(", ")}`;

/** One whose batch is no evidence any more is judged only where nothing of the chain is missing. */
const KEPT_EVENTS = `select * from host_event where host_id = $1 and kind = any (${OF_BATCHES})`;
const HAS_EVIDENCE = `exists (select from evidence e where e.host_id = $1 and e.epoch = kept.epoch and e.seq = kept.seq)`;

const COMPARE_EVENTS = `
  select kind, count(*)::integer as rows, (array_agg(epoch || '/' || seq order by epoch, seq) filter (where kind not in ('equal', 'left')))[1:3] as first from (
    select epoch, seq, case
      when kept.host_id is null then 'missing'
      when anew.host_id is null then case when $2 or ${HAS_EVIDENCE} then 'surplus' else 'left' end
      when (${list(EVENT_COLUMNS, "kept")}) is distinct from (${list(EVENT_COLUMNS, "anew")}) then 'differs' else 'equal' end as kind
    from (${KEPT_EVENTS}) as kept full join (select * from rebuild_event where host_id = $1) as anew using (epoch, seq, ordinal)
  ) as compared group by kind`;

/** A batch of which anything differs gets all its events anew, and what else is told there follows them, in its order. */
const MEND_EVENTS = `
  with judged as (
    select distinct epoch, seq from (${KEPT_EVENTS}) as kept where $2 or ${HAS_EVIDENCE}
    union select epoch, seq from rebuild_event where host_id = $1
  ), gone as (
    delete from host_event old using judged where old.host_id = $1 and (old.epoch, old.seq) = (judged.epoch, judged.seq)
    returning old.*
  )
  select epoch, seq, ordinal, at_ns, at_marked, kind, source, detail::text as detail from gone where kind <> all (${OF_BATCHES})
  order by epoch, seq, ordinal`;
const PUT_EVENTS = `
  insert into host_event (host_id, epoch, seq, ordinal, ${EVENT_COLUMNS.join(", ")})
  select host_id, epoch, seq, ordinal, ${EVENT_COLUMNS.join(", ")} from rebuild_event where host_id = $1`;
const PUT_BACK = `
  insert into host_event (host_id, epoch, seq, ordinal, ${EVENT_COLUMNS.join(", ")})
  select $1, $2, $3, coalesce(max(ordinal), -1) + 1, $4, $5, $6, $7, $8::jsonb from host_event where host_id = $1 and epoch = $2 and seq = $3`;

const STATE = `
  select chain_boot_id, chain_at_ns::text, unreadable, is_ahead, boot_id, software, policy_version::text, assumptions::text, trusting::text,
    sources::text, status::text, reason, as_of_ns::text, as_of_marked, lo_ns::text, hi_ns::text, tight_lo_ns::text, tight_hi_ns::text,
    injected_ns::text, votes, need, terms::text, frequency::text, raw_ns::text, realtime_ns::text, mesh::text, daemon::text
  from host_state where host_id = $1`;
const END = "select epoch, seq from host_state where host_id = $1";

interface FoundRow {
  kind: Kind;
  rows: number;
  first: string[] | null;
}

const found = (table: Table, rows: readonly FoundRow[]): Found[] => rows.map((row) => ({ ...row, table, first: row.first ?? [] }));

interface EventRow {
  epoch: number;
  seq: bigint;
  at_ns: bigint;
  at_marked: boolean;
  kind: string;
  source: string | null;
  detail: string;
}

/** Of one host, under its lock. */
export const comparisons = (
  client: Queryable,
): Pick<Bench, "end" | "compareMinutes" | "compareEvents" | "state" | "mendMinutes" | "mendEvents" | "mendState"> => ({
  end: async (host) => {
    const row = (await client.query<{ epoch: number; seq: bigint }>(END, [host])).rows[0] as { epoch: number; seq: bigint };
    return { epoch: row.epoch, seq: Number(row.seq) };
  },
  compareMinutes: async (host, judgedFrom, isWhole) =>
    found("host_minute", (await client.query<FoundRow>(COMPARE_MINUTES, [host, judgedFrom, isWhole])).rows),
  compareEvents: async (host, isWhole) => found("host_event", (await client.query<FoundRow>(COMPARE_EVENTS, [host, isWhole])).rows),
  state: async (host) => (await client.query<Record<string, string | number | boolean | null>>(STATE, [host])).rows[0] ?? {},
  mendMinutes: async (host, judgedFrom, isWhole) => {
    if (isWhole) await client.query(DROP_MINUTES, [host, judgedFrom]);
    await client.query(PUT_MINUTES, [host, judgedFrom]);
  },
  mendEvents: async (host, isWhole) => {
    const { rows } = await client.query<EventRow>(MEND_EVENTS, [host, isWhole]);
    await client.query(PUT_EVENTS, [host]);
    for (const { epoch, seq, at_ns, at_marked, kind, source, detail } of rows)
      await client.query(PUT_BACK, [host, epoch, seq, at_ns, at_marked, kind, source, detail]);
  },
  mendState: async (host, columns: Columns) => {
    const names = Object.keys(columns);
    const set = names.map((name, index) => `${name} = $${index + 2}`).join(", ");
    await client.query(`update host_state set ${set}, changed_xid = pg_current_xact_id() where host_id = $1`, [
      host,
      ...Object.values(columns),
    ]);
  },
});
