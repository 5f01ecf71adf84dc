import type pg from "pg";
import type { Log } from "../../../log.ts";
import type { ArchivedFile } from "../../../retention/archive-age.ts";
import { DAY_NS, type Day, sayDay } from "../../../retention/days.ts";
import { oldDays } from "../../../retention/fate.ts";
import { daysToMake } from "../../../retention/partitions.ts";
import { removeFleetMinutes } from "../fleet-minutes.ts";
import type { Queryable } from "../pool.ts";
import { asOnlyOne } from "../singleton.ts";
import { type JudgedFile, oldFiles, removeArchived } from "./archive-remover.ts";
import type { Archive } from "./archive-writer.ts";
import { removeFlights } from "./flight-remover.ts";
import { makePartition, seePartitions } from "./partition-store.ts";
import { removeConflicts, removeEdges } from "./peer-remover.ts";
import { type Removed, readRetention, removeFromPartition, removeStrays } from "./retention-store.ts";
import { removeRollups, removeSpans } from "./rollup-store.ts";
import { dropSpentMonths } from "./spent-months.ts";
import { readRetentionTime } from "./time-store.ts";

const PARTITIONS = "truebound partitions";
const RETENTION = "truebound retention";

/** Makes the partitions that are due. Returns how many rows of DEFAULT were found, whoever moves them. */
export async function makePartitions(pool: pg.Pool, log: Log): Promise<number> {
  const worked = await asOnlyOne(pool, PARTITIONS, async (client) => {
    const seen = await seePartitions(client);
    for (const due of daysToMake(seen)) {
      await makePartition(client, due);
      if (due.moves) log.warn(`Evidence of ${sayDay(due.day)} was in the DEFAULT partition: it is in one of its own now`);
    }
    return (await seePartitions(client)).strayRows;
  });
  const rows = worked ?? (await seePartitions(pool)).strayRows;
  if (rows > 0) log.warn(`The DEFAULT partition holds ${rows} batches: received on days for which no partition is made`);
  return rows;
}

export interface RetentionSettings {
  /** Minutes and events are kept for so many days. */
  readonly rollupDays: number;
  /** Where evidence that is past its age moves; null = it goes. */
  readonly archive?: Archive | null;
}

/** Removes what is past its age, by the database's clock as far as the fleet proves it. */
export const removeOld = (pool: pg.Pool, { rollupDays, archive = null }: RetentionSettings, log: Log): Promise<null> =>
  asOnlyOne(pool, RETENTION, async (client) => {
    const seen = await seePartitions(client);
    const { now } = await readRetentionTime(client);
    const { rules } = await readRetention(client);
    const oldest = now - BigInt(rollupDays) * DAY_NS;
    await eachOf([
      ...oldDays(seen.made, { now, rules }).map((day) => () => removeDay(client, day, now, archive, log)),
      ...oldDays(seen.strays, { now, rules }).map((day) => () => removeStrayDay(client, day, now, archive, log)),
      () => removeFromArchive(client, now, archive, log),
      () => removeSpans(client, now),
      () => removeRollups(client, oldest),
      () => removeFleetMinutes(client, oldest),
      () => removeEdges(client, now),
      () => removeConflicts(client, oldest),
      () => removeFlights(client, oldest),
      () => dropMonths(client, log),
    ]);
    return null;
  });

/** Something of a pass could not be done; the message is that of the first. */
export class RetentionTrouble extends Error {
  readonly count: number;
  constructor(troubles: readonly unknown[]) {
    super(troubles[0] instanceof Error ? troubles[0].message : String(troubles[0]), { cause: troubles[0] });
    this.count = troubles.length;
  }
}

/** What one day is in trouble with, or an archive that does not answer, keeps nothing else from going; it is thrown in the end. */
async function eachOf(works: readonly (() => Promise<unknown>)[]): Promise<void> {
  const troubles: unknown[] = [];
  for (const work of works)
    await work().catch((error: unknown) => troubles.push(...(error instanceof AggregateError ? error.errors : [error])));
  if (troubles.length > 0) throw new RetentionTrouble(troubles);
}

async function dropMonths(client: Queryable, log: Log): Promise<void> {
  for (const shard of await dropSpentMonths(client))
    log.info(`Of the log of ${shard} the last head is left: nothing of that month is kept`);
}

async function removeFromArchive(client: Queryable, now: bigint, archive: Archive | null, log: Log): Promise<void> {
  if (archive === null) return;
  for (const { file, hosts } of await removeArchived(client, archive, now))
    log.info(`Removed ${file} of the archive, with batches of ${hosts.length} hosts: they are past the archive days of their rules`);
}

/** On demand, what the pass of each hour does. Null = somebody is at it. */
export const removeOldFiles = (pool: pg.Pool, archive: Archive): Promise<ArchivedFile[] | null> =>
  asOnlyOne(pool, RETENTION, async (client) => removeArchived(client, archive, (await readRetentionTime(client)).now));

export const seeOldFiles = async (pool: pg.Pool): Promise<JudgedFile[]> => oldFiles(pool, (await readRetentionTime(pool)).now);

async function removeDay(client: Queryable, day: Day, now: bigint, archive: Archive | null, log: Log): Promise<void> {
  const { dropped, deleted, condensed, troubles } = await telling(day, log, () => removeFromPartition(client, day, now, archive));
  if (dropped) log.info(`${archive === null ? "Dropped" : "Moved"} the evidence of ${sayDay(day)}: it is past the age of its class`);
  if (deleted > 0) log.info(`Deleted ${deleted} batches of ${sayDay(day)}: others of that day must stay`);
  if (condensed > 0) log.info(`Kept the signed spans of ${condensed} batches of ${sayDay(day)} in their place`);
  if (troubles.length > 0) throw new AggregateError(troubles);
}

async function removeStrayDay(client: Queryable, day: Day, now: bigint, archive: Archive | null, log: Log): Promise<void> {
  const { troubles } = await telling(day, log, () => removeStrays(client, day, now, archive));
  if (troubles.length > 0) throw new AggregateError(troubles);
}

/** Whatever of the day stays in the database for trouble's sake is told. */
async function telling(day: Day, log: Log, work: () => Promise<Removed>): Promise<Removed> {
  const tell = (trouble: unknown) => log.warn(`Some evidence of ${sayDay(day)} stays in the database: ${say(trouble)}`);
  try {
    const removed = await work();
    removed.troubles.forEach(tell);
    return removed;
  } catch (error) {
    tell(error);
    throw error;
  }
}

const say = (trouble: unknown): string => (trouble instanceof Error ? trouble.message : String(trouble));
