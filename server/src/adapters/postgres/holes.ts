import type { Hole } from "../../query/ports.ts";
import type { Queryable } from "./pool.ts";

/**
 * What was set aside or lost lies between the readings before and after it in the chain. Where the evidence beside it is gone
 * too, nothing is known but when it came. It came after it was measured; a day is for clocks that differ. Records are named
 * in the order sources, bounds, others, so that a first one of the others says that no reading is among them.
 */
const HOLES = `
  select coalesce((
      select e.last_utc_ns from evidence e
      where e.host_id = v.host_id and (e.epoch, e.seq) < (v.epoch, v.seq) and e.last_utc_ns is not null
      order by e.epoch desc, e.seq desc limit 1), v.at_ns) as a,
    coalesce((
      select e.first_utc_ns from evidence e
      where e.host_id = v.host_id and (e.epoch, e.seq) >= (v.epoch, v.seq + (v.kind = 'records_set_aside')::integer) and e.first_utc_ns is not null
      order by e.epoch, e.seq limit 1), v.at_ns) as b
  from (
    select host_id, epoch, seq, kind, at_ns from host_event
    where host_id = $1 and at_ns >= $2::bigint - 86400000000000 and (kind in ('batch_quarantined', 'epoch_started')
      or kind = 'records_set_aside' and detail ->> 'pointer' ~ '^/(sources|bounds)')
    order by at_ns limit $3) v
  order by v.at_ns`;

/** Of more than these the last is taken to have no end. */
const MOST = 1000;

export async function readHoles(client: Queryable, host: string, from: bigint): Promise<Hole[]> {
  const { rows } = await client.query<{ a: bigint; b: bigint }>(HOLES, [host, from, MOST]);
  const holes = rows.map(({ a, b }): Hole => (a < b ? { from: a, to: b } : { from: b, to: a }));
  const last = holes.at(-1);
  return holes.length < MOST || last === undefined ? holes : [...holes, { from: last.from, to: 2n ** 63n }];
}
