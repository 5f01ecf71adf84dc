/** A row of `host_minute` that is there already, as `kept`, takes in another: as `merge` of rollup.ts does. */
export const MERGE_MINUTE = `
  on conflict (host_id, minute_ns) do update set
    lo_ns = least(kept.lo_ns, excluded.lo_ns),
    hi_ns = greatest(kept.hi_ns, excluded.hi_ns),
    rows = kept.rows + excluded.rows,
    status = greatest(kept.status, excluded.status),
    marked = kept.marked or excluded.marked,
    unbounded = kept.unbounded or excluded.unbounded,
    oscillator_min_ppb = coalesce(excluded.oscillator_min_ppb, kept.oscillator_min_ppb),
    oscillator_max_ppb = coalesce(excluded.oscillator_max_ppb, kept.oscillator_max_ppb)`;
