import { type Day, dayOf, dayOfPartition, partitionOf, startOf } from "../../../retention/days.ts";
import type { PartitionFacts, ToMake } from "../../../retention/partitions.ts";
import { type Queryable, sqlState } from "../pool.ts";
import { transactionOn } from "../singleton.ts";

const NOW = "select utc_ns(clock_timestamp()) as now_ns";

const MADE = `
  select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'evidence'::regclass`;

const STRAYS = `
  select utc_ns(date_trunc('day', received_at at time zone 'UTC') at time zone 'UTC') as day_ns, count(*) as rows
  from evidence_default group by 1`;

/** Reports wait behind whoever waits for the table, so nobody waits for long; what was not got is tried for again. */
const PATIENCE = "set local lock_timeout = '2s'; set local statement_timeout = '10min'";

const CREATE = (name: string) => `create table ${name} (like evidence including all)`;
const ATTACH = (name: string) => `alter table evidence attach partition ${name}`;
const MOVE = (name: string) => `
  with moved as (delete from evidence_default where received_at >= at_utc_ns($1) and received_at < at_utc_ns($2) returning *)
  insert into ${name} select * from moved`;
const RANGE = "select at_utc_ns($1::bigint)::text as start, at_utc_ns($2::bigint)::text as end";

/** DEFAULT holds a row of the day that is to be made. */
const CHECK_VIOLATION = "23514";

export interface Seen extends PartitionFacts {
  readonly strayRows: number;
}

export async function seePartitions(client: Queryable): Promise<Seen> {
  const [{ now_ns: now } = { now_ns: 0n }] = (await client.query<{ now_ns: bigint }>(NOW)).rows;
  const made = (await client.query<{ name: string }>(MADE)).rows.flatMap(({ name }) => dayOfPartition(name) ?? []);
  const strays = (await client.query<{ day_ns: bigint; rows: bigint }>(STRAYS)).rows;
  return {
    today: dayOf(now),
    made,
    strays: strays.map(({ day_ns }) => dayOf(day_ns)),
    strayRows: strays.reduce((sum, { rows }) => sum + Number(rows), 0),
  };
}

/** Without strays reports go on meanwhile; with them they wait for the moment of the move, and no row is ever out of sight. */
export async function makePartition(client: Queryable, { day, moves }: ToMake): Promise<void> {
  if (moves) return makeAndMove(client, day);
  try {
    await transactionOn(client, async () => {
      await client.query(PATIENCE);
      await client.query(CREATE(partitionOf(day)));
      await attach(client, day);
    });
  } catch (error) {
    // A row of that day came in just now.
    if (sqlState(error) !== CHECK_VIOLATION) throw error;
    await makeAndMove(client, day);
  }
}

/** The parent is locked first, as reports do: who locks in one order never waits for each other in a ring. */
const makeAndMove = (client: Queryable, day: Day): Promise<void> =>
  transactionOn(client, async () => {
    await client.query(PATIENCE);
    await client.query("lock table evidence in access exclusive mode");
    await client.query("alter table evidence detach partition evidence_default");
    await client.query(CREATE(partitionOf(day)));
    await client.query(MOVE(partitionOf(day)), [startOf(day), startOf(day + 1)]);
    await attach(client, day);
    await client.query("alter table evidence attach partition evidence_default default");
  });

/** The ends are written out: a statement that defines a table takes no parameters. */
async function attach(client: Queryable, day: Day): Promise<void> {
  const { rows } = await client.query<{ start: string; end: string }>(RANGE, [startOf(day), startOf(day + 1)]);
  await client.query(`${ATTACH(partitionOf(day))} for values from ('${rows[0]?.start}') to ('${rows[0]?.end}')`);
}
