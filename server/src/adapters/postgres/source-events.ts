import { type UtcInstant, utc } from "@truebound/time";
import type { HistoryStore } from "../../query/source-history.ts";
import type { SourceChange } from "../../source/false-spells.ts";
import type { Queryable } from "./pool.ts";

/** Of each host and name by its index; what a rehearsal made up is none of the source. */
const CHANGES = `
  select * from (
    select used.host_id, used.source, e.at_ns, e.at_marked, e.kind, e.detail, e.epoch, e.seq, e.ordinal
    from unnest($1::uuid[], $2::text[]) as used (host_id, source), lateral (
      select * from host_event e
      where e.host_id = used.host_id and e.source = used.source and e.kind in ('source_state_changed', 'source_resolved')
        and e.at_ns between $3 and $4 and not e.detail ? 'rehearsal'
      order by e.at_ns desc limit $5) as e
    order by e.at_ns desc, e.epoch desc, e.seq desc, e.ordinal desc limit $5
  ) as newest order by at_ns, epoch, seq, ordinal`;

const NOW = "select utc_ns(clock_timestamp()) as now_ns";

interface ChangeRow {
  host_id: string;
  source: string;
  at_ns: bigint;
  at_marked: boolean;
  kind: "source_state_changed" | "source_resolved";
  detail: { readonly from?: unknown; readonly to?: unknown; readonly address?: unknown };
}

export const sourceEvents = (client: Queryable): HistoryStore => ({
  now: async () => ((await client.query<{ now_ns: UtcInstant }>(NOW)).rows[0] as { now_ns: UtcInstant }).now_ns,
  changes: async (used, from: UtcInstant, to: UtcInstant, most) => {
    const values = [used.map(({ host }) => host), used.map(({ source }) => source), from, to, most];
    return (await client.query<ChangeRow>(CHANGES, values)).rows.map(toChange);
  },
});

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

const toChange = ({ host_id, source, at_ns, at_marked, kind, detail }: ChangeRow): SourceChange => ({
  host: host_id,
  source,
  at: utc(at_ns),
  marked: at_marked,
  change:
    kind === "source_resolved"
      ? { kind: "resolved", address: text(detail.address) }
      : { kind: "state", from: text(detail.from), to: text(detail.to) ?? "" },
});
