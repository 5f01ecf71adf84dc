import type { LabelSet } from "../../../policy/choose-policy.ts";
import { type Day, partitionOf, startOf } from "../../../retention/days.ts";
import { fateOf, type HostDay, judgeDay, type RetentionFacts } from "../../../retention/fate.ts";
import type { Hold } from "../../../retention/holds.ts";
import type { EvidenceClass, EvidenceRule } from "../../../retention/rules.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";

const RULES = "select selector, class, days from evidence_rule";
const HOLDS = "select id, held_host, selector, from_ns, to_ns from legal_hold";

/** A hold that a person adds waits for what is just being removed, and is seen by whatever is removed next. */
const AGREE_WITH_HOLDS = "select pg_advisory_xact_lock(hashtext('truebound legal hold'))";
export const lockHolds = async (client: Queryable): Promise<void> => void (await client.query(AGREE_WITH_HOLDS));

const DEFAULT = "evidence_default";

/** Answered from the keys, host by host. A batch of a later epoch than the host's is one of before the server was set back. */
const HOST_DAYS = (table: string) => `
  select h.id as host, h.labels, h.state in ('retired', 'revoked') as is_gone, m.from_ns, m.to_ns,
    exists (select from ${table} e where e.host_id = h.id and (e.epoch, e.seq) > (s.epoch, s.checkpointed_seq)
      and e.received_at >= at_utc_ns($1) and e.received_at < at_utc_ns($2)) as unconfirmed
  from host h join host_state s on s.host_id = h.id
  cross join lateral (
    select min(first_utc_ns) as from_ns, max(last_utc_ns) as to_ns, count(*) as rows from ${table} e
    where e.host_id = h.id and e.received_at >= at_utc_ns($1) and e.received_at < at_utc_ns($2)) m
  where m.rows > 0`;

const DELETE_SOME = (table: string) => `
  delete from ${table} where ctid = any(array(
    select ctid from ${table} where host_id = $1 and received_at >= at_utc_ns($2) and received_at < at_utc_ns($3) limit $4))`;

const MOST_ROWS = 5_000;

export async function readRetention(client: Queryable): Promise<Pick<RetentionFacts, "rules" | "holds">> {
  const rules = (await client.query<{ selector: LabelSet; class: EvidenceClass; days: number }>(RULES)).rows;
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
  from_ns: bigint | null;
  to_ns: bigint | null;
}

async function hostDays(client: Queryable, table: string, day: Day): Promise<HostDay[]> {
  const { rows } = await client.query<HostDayRow>(HOST_DAYS(table), [startOf(day), startOf(day + 1)]);
  return rows.map(({ host, labels, is_gone, unconfirmed, from_ns, to_ns }) => ({
    host,
    labels,
    isGone: is_gone,
    unconfirmed,
    measured: from_ns === null || to_ns === null ? null : { from: from_ns, to: to_ns },
  }));
}

export type Removed = { readonly kind: "dropped" } | { readonly kind: "deleted"; readonly rows: number };

/**
 * Removes what may go of a day. The partition is judged under a lock that keeps rows from coming in, and holds are read under
 * theirs: what is dropped is what was judged.
 */
export async function removeFromPartition(client: Queryable, day: Day, now: bigint): Promise<Removed> {
  const table = partitionOf(day);
  const verdict = await transactionOn(client, async () => {
    await client.query("set local lock_timeout = '2s'; set local statement_timeout = '10min'");
    await client.query(`lock table ${table} in share row exclusive mode`);
    await lockHolds(client);
    const judged = judgeDay(day, await hostDays(client, table, day), { now, ...(await readRetention(client)) });
    if (judged.whole) await client.query(`drop table ${table}`);
    return judged;
  });
  return verdict.whole ? { kind: "dropped" } : { kind: "deleted", rows: await removeRows(client, table, day, now, verdict.go) };
}

/** In DEFAULT there is no partition to drop: what may go of the day goes by row. */
export async function removeStrays(client: Queryable, day: Day, now: bigint): Promise<number> {
  const { go } = judgeDay(day, await hostDays(client, DEFAULT, day), { now, ...(await readRetention(client)) });
  return removeRows(client, DEFAULT, day, now, go);
}

async function removeRows(client: Queryable, table: string, day: Day, now: bigint, go: readonly HostDay[]): Promise<number> {
  let removed = 0;
  for (const one of go)
    for (let some = MOST_ROWS; some === MOST_ROWS; removed += some)
      some = await transactionOn(client, () => removeSome(client, table, day, now, one));
  return removed;
}

/** A small step, judged anew under the lock of the holds: one that is added meanwhile keeps what is still there. */
async function removeSome(client: Queryable, table: string, day: Day, now: bigint, one: HostDay): Promise<number> {
  await lockHolds(client);
  if (fateOf(one, day, { now, ...(await readRetention(client)) }) !== "goes") return 0;
  return (await client.query(DELETE_SOME(table), [one.host, startOf(day), startOf(day + 1), MOST_ROWS])).rowCount ?? 0;
}
