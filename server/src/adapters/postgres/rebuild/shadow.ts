import type { Minute } from "../../../ingest/rollup.ts";
import type { DerivedAnew } from "../../../rebuild/rederive.ts";
import { MERGE_MINUTE } from "../minutes.ts";
import type { Queryable } from "../pool.ts";

/** A later batch adds to a minute as `merge` of rollup.ts does. */
const ADD_MINUTES = `
  insert into rebuild_minute as kept (host_id, minute_ns, lo_ns, hi_ns, rows, status, marked, oscillator_min_ppb, oscillator_max_ppb, unbounded)
  select $1, unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::bigint[]), unnest($5::integer[]), unnest($6::bound_status[]),
    unnest($7::boolean[]), unnest($8::integer[]), unnest($9::integer[]), unnest($10::boolean[])
  ${MERGE_MINUTE}`;

const ADD_EVENTS = `
  insert into rebuild_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, source, detail)
  select $1, unnest($2::integer[]), unnest($3::bigint[]), unnest($4::integer[]), unnest($5::bigint[]), unnest($6::boolean[]),
    unnest($7::text[]), unnest($8::text[]), unnest($9::jsonb[])`;

export async function keepMinutes(client: Queryable, host: string, minutes: readonly Minute[]): Promise<void> {
  const column = <T>(pick: (minute: Minute) => T): T[] => minutes.map(pick);
  await client.query(ADD_MINUTES, [
    host,
    column(({ minute }) => minute),
    column(({ bound }) => bound?.lo ?? null),
    column(({ bound }) => bound?.hi ?? null),
    column(({ rows }) => rows),
    column(({ status }) => status),
    column(({ marked }) => marked),
    column(({ oscillator }) => oscillator?.[0] ?? null),
    column(({ oscillator }) => oscillator?.[1] ?? null),
    column(({ unbounded }) => unbounded),
  ]);
}

export async function keepEvents(client: Queryable, host: string, events: DerivedAnew["events"]): Promise<void> {
  const column = <T>(pick: (one: DerivedAnew["events"][number]) => T): T[] => events.map(pick);
  await client.query(ADD_EVENTS, [
    host,
    column(({ epoch }) => epoch),
    column(({ seq }) => seq),
    column(({ ordinal }) => ordinal),
    column(({ event }) => event.at),
    column(({ event }) => event.marked),
    column(({ event }) => event.kind),
    column(({ event }) => event.source),
    column(({ event }) => JSON.stringify(event.detail)),
  ]);
}
