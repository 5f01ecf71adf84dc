import type { Hole } from "../../query/ports.ts";
import type { Queryable } from "./pool.ts";

/** So many batches beside a hole are looked through for one with a reading. */
const LOOK = 64;

const TELLS_OF_A_HOLE = `(kind in ('batch_quarantined', 'epoch_started')
      or kind = 'records_set_aside' and detail ->> 'pointer' ~ '^/(sources|bounds)')`;

/**
 * Events that tell of something set aside or lost, of `$1` from `since` on. Records are named in the order sources, bounds,
 * others, so that a first one of the others says that no reading is among them. Neighbours in the chain are one hole, found
 * in one pass: a host whose batches cannot be read has as many events as batches. `past` is the first batch that may hold the
 * reading after it: the one with which an epoch began, the next one of any other.
 */
export const HOLES_TOLD = (since: string): string => `
  told as (
    select epoch, seq, min(at_ns) as at_ns, max(seq + (kind <> 'epoch_started')::integer) as past, bool_or(kind = 'epoch_started') as is_epoch
    from host_event
    where host_id = $1 and at_ns >= ${since} and ${TELLS_OF_A_HOLE}
    group by epoch, seq),
  begun as (select *, lag(past) over chain is distinct from seq as begins from told window chain as (partition by epoch order by seq)),
  numbered as (select *, count(*) filter (where begins) over (order by epoch, seq) as hole from begun),
  holes as (
    select epoch, min(seq) as seq, max(past) as past, bool_or(is_epoch and begins) as is_epoch, min(at_ns) as first_ns, max(at_ns) as last_ns
    from numbered group by hole, epoch)`;

/**
 * A hole lies between the readings before and after it in the chain. Where the evidence beside it is gone too, nothing is known
 * but when it came. It came after it was measured; a day is for clocks that differ. Each side is looked for over a few batches
 * only; where all of them hold no reading, the hole has no end there.
 */
const HOLES = `
  with ${HOLES_TOLD("$2::bigint - 86400000000000")},
  v as (select * from holes order by first_ns limit $3)
  select a.found as a, b.found as b, v.first_ns, v.last_ns, a.looked = ${LOOK} as far_a, b.looked = ${LOOK} as far_b from v,
    lateral (select (array_agg(last_utc_ns order by epoch desc, seq desc) filter (where last_utc_ns is not null))[1] as found, count(*) as looked from (
      select epoch, seq, last_utc_ns from evidence e where host_id = $1 and (e.epoch, e.seq) < (v.epoch, v.seq)
      order by epoch desc, seq desc limit ${LOOK}) near) a,
    lateral (select (array_agg(first_utc_ns order by epoch, seq) filter (where first_utc_ns is not null))[1] as found, count(*) as looked from (
      select epoch, seq, first_utc_ns from evidence e where host_id = $1 and (e.epoch, e.seq) >= (v.epoch, v.past)
      order by epoch, seq limit ${LOOK}) near) b
  order by v.first_ns`;

/** Of more than these the last is taken to have no end. */
const MOST = 1000;
const ENDLESS = 2n ** 63n;

interface HoleRow {
  /** The reading before, and the one after; null = none was found. */
  readonly a: bigint | null;
  readonly b: bigint | null;
  /** When what tells of the hole came. */
  readonly first_ns: bigint;
  readonly last_ns: bigint;
  /** There may be one, further off. */
  readonly far_a: boolean;
  readonly far_b: boolean;
}

export async function readHoles(client: Queryable, host: string, from: bigint): Promise<Hole[]> {
  const { rows } = await client.query<HoleRow>(HOLES, [host, from, MOST]);
  const holes = rows.map(holeOf);
  const last = holes.at(-1);
  return holes.length < MOST || last === undefined ? holes : [...holes, { from: last.from, to: ENDLESS }];
}

const HOLED = `
  select distinct host_id from host_event
  where host_id = any($1::uuid[]) and at_ns >= $2::bigint - 86400000000000 and ${TELLS_OF_A_HOLE}`;

export const readHoled = async (client: Queryable, hosts: readonly string[], from: bigint): Promise<string[]> =>
  (await client.query<{ host_id: string }>(HOLED, [hosts, from])).rows.map(({ host_id }) => host_id);

function holeOf({ a, b, first_ns, last_ns, far_a, far_b }: HoleRow): Hole {
  const before = a ?? (far_a ? -ENDLESS : first_ns);
  const after = b ?? (far_b ? ENDLESS : last_ns);
  return before < after ? { from: before, to: after } : { from: after, to: before };
}
