import type { KeptMinute } from "../../ingest/rollup.ts";

/** A row of `host_minute` that is there already, as `kept`, takes in another: as `merge` of rollup.ts does. */
export const MERGE_MINUTE = `
  on conflict (host_id, minute_ns) do update set
    lo_ns = least(kept.lo_ns, excluded.lo_ns),
    hi_ns = greatest(kept.hi_ns, excluded.hi_ns),
    rows = kept.rows + excluded.rows,
    status = greatest(kept.status, excluded.status),
    marked = kept.marked or excluded.marked,
    unbounded = kept.unbounded or excluded.unbounded,
    through_lo_ns = least(kept.through_lo_ns, excluded.through_lo_ns),
    through_hi_ns = greatest(kept.through_hi_ns, excluded.through_hi_ns),
    broken_from_ns = least(kept.broken_from_ns, excluded.broken_from_ns),
    broken_to_ns = greatest(kept.broken_to_ns, excluded.broken_to_ns),
    oscillator_min_ppb = coalesce(excluded.oscillator_min_ppb, kept.oscillator_min_ppb),
    oscillator_max_ppb = coalesce(excluded.oscillator_max_ppb, kept.oscillator_max_ppb),
    claim_lo_ns = least(kept.claim_lo_ns, excluded.claim_lo_ns),
    claim_hi_ns = greatest(kept.claim_hi_ns, excluded.claim_hi_ns),
    claim_excluded = kept.claim_excluded or excluded.claim_excluded`;

export const MINUTE_COLUMNS = [
  "minute_ns",
  "lo_ns",
  "hi_ns",
  "rows",
  "status",
  "marked",
  "oscillator_min_ppb",
  "oscillator_max_ppb",
  "unbounded",
  "through_lo_ns",
  "through_hi_ns",
  "broken_from_ns",
  "broken_to_ns",
  "claim_lo_ns",
  "claim_hi_ns",
  "claim_excluded",
] as const;
const TYPES =
  "bigint bigint bigint integer bound_status boolean integer integer boolean bigint bigint bigint bigint bigint bigint boolean".split(" ");

/** One array for each column, from a parameter on. */
export const minuteArrays = (first: number): string => TYPES.map((type, index) => `unnest($${first + index}::${type}[])`).join(", ");

/** What goes into these, in their order. */
export function minuteValues(minutes: readonly KeptMinute[]): unknown[] {
  const column = <T>(pick: (minute: KeptMinute) => T): T[] => minutes.map(pick);
  return [
    column(({ minute }) => minute),
    column(({ bound }) => bound?.lo ?? null),
    column(({ bound }) => bound?.hi ?? null),
    column(({ rows }) => rows),
    column(({ status }) => status),
    column(({ marked }) => marked),
    column(({ oscillator }) => oscillator?.[0] ?? null),
    column(({ oscillator }) => oscillator?.[1] ?? null),
    column(({ unbounded }) => unbounded),
    column(({ through }) => through?.lo ?? null),
    column(({ through }) => through?.hi ?? null),
    column(({ broken }) => broken?.lo ?? null),
    column(({ broken }) => broken?.hi ?? null),
    column(({ claim }) => claim?.interval.lo ?? null),
    column(({ claim }) => claim?.interval.hi ?? null),
    column(({ claim }) => claim?.isExcluded ?? false),
  ];
}
