import type { KeptMinute } from "../../../ingest/rollup.ts";
import type { DerivedAnew } from "../../../rebuild/rederive.ts";
import { MERGE_MINUTE, MINUTE_COLUMNS, minuteArrays, minuteValues } from "../minutes.ts";
import type { Queryable } from "../pool.ts";

/** A later batch adds to a minute as `merge` of rollup.ts does. */
const ADD_MINUTES = `
  insert into rebuild_minute as kept (host_id, ${MINUTE_COLUMNS.join(", ")}) select $1, ${minuteArrays(2)}
  ${MERGE_MINUTE}`;

const ADD_EVENTS = `
  insert into rebuild_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, source, detail)
  select $1, unnest($2::integer[]), unnest($3::bigint[]), unnest($4::integer[]), unnest($5::bigint[]), unnest($6::boolean[]),
    unnest($7::text[]), unnest($8::text[]), unnest($9::jsonb[])`;

export async function keepMinutes(client: Queryable, host: string, minutes: readonly KeptMinute[]): Promise<void> {
  await client.query(ADD_MINUTES, [host, ...minuteValues(minutes)]);
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
