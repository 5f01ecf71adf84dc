import type { LabelSet } from "../../../policy/choose-policy.ts";
import { isPastArchive } from "../../../retention/archive-age.ts";
import { DAY_NS, type Day, partitionOf, sayDay, startOf } from "../../../retention/days.ts";
import { type Fate, fateOf, type HostDay, judgeDay, type RetentionFacts, type Verdict } from "../../../retention/fate.ts";
import type { Hold } from "../../../retention/holds.ts";
import { chooseRule, type EvidenceClass, type EvidenceRule } from "../../../retention/rules.ts";
import { appendDeletion } from "../log/log-queue.ts";
import { LONG_BATCH } from "../long-batches.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";
import { type Archive, archiveHostDays, isArchived } from "./archive-writer.ts";
import { condenseHostDay } from "./audit-store.ts";
import { doubtBesideHoles } from "./hole-minutes.ts";

const RULES = 'select selector, class, days, archive_days as "archiveDays" from evidence_rule';
const HOLDS = "select id, held_host, selector, from_ns, to_ns from legal_hold";

/** A hold that a person adds waits for what is just being removed, and is seen by whatever is removed next. */
const AGREE_WITH_HOLDS = "select pg_advisory_xact_lock(hashtext('truebound legal hold'))";
export const lockHolds = async (client: Queryable): Promise<void> => void (await client.query(AGREE_WITH_HOLDS));

const DEFAULT = "evidence_default";

const OF_HOST_AND_DAY = "e.host_id = h.id and e.received_at >= at_utc_ns($1) and e.received_at < at_utc_ns($2)";

/**
 * Answered from the ends of the keys, host by host: a batch begins at most a day before it ends, or it is one of the few that
 * are long. A batch of a later epoch than the host's is one of before the server was set back.
 */
const HOST_DAYS = (table: string) => `
  select h.id as host, h.labels, h.state in ('retired', 'revoked') as is_gone,
    least(
      (select last_utc_ns - ${DAY_NS} from ${table} e where ${OF_HOST_AND_DAY} and last_utc_ns is not null order by last_utc_ns limit 1),
      (select min(first_utc_ns) from ${table} e where ${OF_HOST_AND_DAY} and ${LONG_BATCH})) as from_ns,
    (select last_utc_ns from ${table} e where ${OF_HOST_AND_DAY} and last_utc_ns is not null order by last_utc_ns desc limit 1) as to_ns,
    exists (select from ${table} e where ${OF_HOST_AND_DAY} and (e.epoch, e.seq) > (s.epoch, s.checkpointed_seq)) as unconfirmed,
    exists (select from ${table} e where ${OF_HOST_AND_DAY} and (e.epoch, e.seq) > (coalesce(l.epoch, 0), coalesce(l.seq, 0)))
      or (b.host_id is not null and exists (select from ${table} e where ${OF_HOST_AND_DAY} and (e.epoch, e.seq) >= (b.epoch, b.seq))) as unsealed,
    exists (select from audit_day d where d.host_id = h.id and d.day = $3) as condensed
  from host h join host_state s on s.host_id = h.id left join log_host l on l.host_id = h.id left join log_block b on b.host_id = h.id
  where exists (select from ${table} e where ${OF_HOST_AND_DAY})`;

const DELETE_SOME = (table: string) => `
  with gone as (
    delete from ${table} where ctid = any(array(
      select ctid from ${table} where host_id = $1 and received_at >= at_utc_ns($2) and received_at < at_utc_ns($3) limit $4))
    returning epoch, seq)
  select count(*)::integer as count, min(array[epoch, seq])::text[] as first, max(array[epoch, seq])::text[] as last from gone`;

const COUNT = (table: string) => `select count(*) from ${table}`;

const MOST_ROWS = 5_000;

export async function readRetention(client: Queryable): Promise<Pick<RetentionFacts, "rules" | "holds">> {
  const rules = (await client.query<{ selector: LabelSet; class: EvidenceClass; days: number; archiveDays: number | null }>(RULES)).rows;
  return { rules: rules satisfies EvidenceRule[], holds: (await client.query<HoldRow>(HOLDS)).rows.map(toHold) };
}

interface HoldRow {
  id: bigint;
  held_host: string | null;
  selector: LabelSet | null;
  from_ns: bigint;
  to_ns: bigint;
}

const toHold = ({ id, held_host, selector, from_ns, to_ns }: HoldRow): Hold => ({
  id: Number(id),
  on: held_host === null ? { selector: selector ?? {} } : { host: held_host },
  from: from_ns,
  to: to_ns,
});

interface HostDayRow {
  host: string;
  labels: LabelSet;
  is_gone: boolean;
  unconfirmed: boolean;
  unsealed: boolean;
  condensed: boolean;
  from_ns: bigint | null;
  to_ns: bigint | null;
}

async function hostDays(client: Queryable, table: string, day: Day): Promise<HostDay[]> {
  const { rows } = await client.query<HostDayRow>(HOST_DAYS(table), [startOf(day), startOf(day + 1), day]);
  return rows.map(({ host, labels, is_gone, unconfirmed, unsealed, condensed, from_ns, to_ns }) => ({
    host,
    labels,
    isGone: is_gone,
    unconfirmed,
    unsealed,
    condensed,
    measured: from_ns === null || to_ns === null ? null : { from: from_ns, to: to_ns },
  }));
}

/** What became of a day. */
export interface Removed {
  readonly dropped: boolean;
  /** Batches that went one by one, and those in whose place their signed spans are now. */
  readonly deleted: number;
  readonly condensed: number;
  /** Why some of it could not be archived, and stays. */
  readonly troubles: readonly unknown[];
}

/**
 * Removes what may go of a day. The partition is judged under a lock that keeps rows from coming in, and holds are read under
 * theirs: what is dropped is what was judged.
 */
export async function removeFromPartition(client: Queryable, day: Day, now: bigint, archive: Archive | null): Promise<Removed> {
  const table = partitionOf(day);
  const troubles = await archiveGoing(client, { table, day, now, archive });
  await keepDoubts(client, { table, day, now, archive });
  const verdict = await transactionOn(client, async () => {
    await client.query("set local lock_timeout = '2s'; set local statement_timeout = '10min'");
    await client.query(`lock table ${table} in share row exclusive mode`);
    await lockHolds(client);
    const judged = judgeDay(day, await hostDays(client, table, day), { now, ...(await readRetention(client)) });
    const whole = judged.whole && (await areSafe(client, { table, day, now, archive }, judged.go));
    if (whole) await dropNoted(client, table, day, archive !== null);
    return { ...judged, whole };
  });
  if (verdict.whole) return { dropped: true, deleted: 0, condensed: 0, troubles };
  return { ...(await removeParts(client, { table, day, now, archive }, verdict)), troubles };
}

/** In DEFAULT there is no partition to drop: what may go of the day goes by row. */
export async function removeStrays(client: Queryable, day: Day, now: bigint, archive: Archive | null): Promise<Removed> {
  const troubles = await archiveGoing(client, { table: DEFAULT, day, now, archive });
  await keepDoubts(client, { table: DEFAULT, day, now, archive });
  const verdict = judgeDay(day, await hostDays(client, DEFAULT, day), { now, ...(await readRetention(client)) });
  return { ...(await removeParts(client, { table: DEFAULT, day, now, archive }, verdict)), troubles };
}

/** Rows of one day's receipt, and the time at which they are judged. */
interface Part {
  readonly table: string;
  readonly day: Day;
  readonly now: bigint;
  /** Null = what goes is gone. */
  readonly archive: Archive | null;
}

/** Of the class none nothing is kept, so nothing is moved; nor what would be taken out of the archive at once. */
function moves({ labels }: HostDay, { day, now }: Part, rules: readonly EvidenceRule[]): boolean {
  const rule = chooseRule(labels, rules);
  return rule.class !== "none" && !isPastArchive(rule, day, now);
}

async function archiveGoing(client: Queryable, part: Part): Promise<unknown[]> {
  const { table, day, now, archive } = part;
  if (archive === null) return [];
  const facts = await readRetention(client);
  const { go } = judgeDay(day, await hostDays(client, table, day), { now, ...facts });
  const moving = go.filter((one) => moves(one, part, facts.rules));
  const troubles: unknown[] = [];
  for (const hosts of byArchiveAge(moving, facts.rules)) troubles.push(...(await archiveHostDays(client, archive, table, day, hosts)));
  return troubles;
}

/** What is not written of minutes is known from evidence alone: it is written before that leaves. */
async function keepDoubts(client: Queryable, { table, day, now }: Part): Promise<void> {
  const { go, condense } = judgeDay(day, await hostDays(client, table, day), { now, ...(await readRetention(client)) });
  for (const { host } of [...go, ...condense]) await doubtBesideHoles(client, host, day);
}

/** A file goes as a whole: so in one file only those lie that go at one age. */
function byArchiveAge(hosts: readonly HostDay[], rules: readonly EvidenceRule[]): string[][] {
  const groups = new Map<number | null, string[]>();
  for (const { host, labels } of hosts) {
    const { archiveDays } = chooseRule(labels, rules);
    groups.set(archiveDays, [...(groups.get(archiveDays) ?? []), host]);
  }
  return [...groups.values()];
}

/** Without an archive whatever may go, goes; with one, only what is in it. */
async function areSafe(client: Queryable, part: Part, hosts: readonly HostDay[]): Promise<boolean> {
  const { table, day, archive } = part;
  if (archive === null) return true;
  const { rules } = await readRetention(client);
  for (const one of hosts) if (moves(one, part, rules) && !(await isArchived(client, table, one.host, day))) return false;
  return true;
}

async function removeParts(client: Queryable, part: Part, { go, condense }: Verdict): Promise<Omit<Removed, "troubles">> {
  let [deleted, condensed] = [0, 0];
  // Asked under the lock: a rule that is set meanwhile may want in the archive what was to be gone.
  const removeSafe = async (one: HostDay) => ((await areSafe(client, part, [one])) ? removeSome(client, part, one) : 0);
  for (const one of go)
    for (let some = MOST_ROWS; some === MOST_ROWS; deleted += some) some = await ifStill("goes", client, part, one, () => removeSafe(one));
  for (const one of condense)
    condensed += await ifStill("condenses", client, part, one, () => condenseHostDay(client, part.table, one.host, part.day));
  return { dropped: false, deleted, condensed };
}

/** A small step, judged anew under the lock of the holds: one that is added meanwhile keeps what is still there. */
const ifStill = (fate: Fate, client: Queryable, { day, now }: Part, one: HostDay, work: () => Promise<number>): Promise<number> =>
  transactionOn(client, async () => {
    await lockHolds(client);
    return fateOf(one, day, { now, ...(await readRetention(client)) }) === fate ? work() : 0;
  });

/** That it went, and how much of it, is said in the log. */
async function dropNoted(client: Queryable, table: string, day: Day, moves: boolean): Promise<void> {
  const count = Number((await client.query<{ count: bigint }>(COUNT(table))).rows[0]?.count ?? 0n);
  await client.query(`drop table ${table}`);
  if (count > 0) await appendDeletion(client, { what: "batches", from: sayDay(day), to: sayDay(day), count, archive: moves });
}

interface GoneRow {
  count: number;
  first: string[] | null;
  last: string[] | null;
}

async function removeSome(client: Queryable, { table, day, archive }: Part, { host }: HostDay): Promise<number> {
  const gone = (await client.query<GoneRow>(DELETE_SOME(table), [host, startOf(day), startOf(day + 1), MOST_ROWS])).rows[0];
  if (gone === undefined || gone.count === 0) return 0;
  const [from, to] = [gone.first?.join("/") ?? "", gone.last?.join("/") ?? ""];
  await appendDeletion(client, { what: "batches", host, from, to, count: gone.count, archive: archive !== null });
  return gone.count;
}
