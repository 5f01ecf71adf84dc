import type { LabelSet } from "../../../policy/choose-policy.ts";
import { DAY_NS } from "../../../retention/days.ts";
import { isHeld } from "../../../retention/holds.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";
import { lockHolds, readRetention } from "./retention-store.ts";

const OLD_EDGES = `
  select distinct e.host_id from peer_edge e join host h on h.id = e.host_id
  where h.state in ('revoked', 'retired') or e.received_at < at_utc_ns($1) order by 1`;
/** One host at a time, so that a group of reports that brings edges of several never waits for more than one. */
const DELETE_EDGES = `
  delete from peer_edge e where host_id = $1
    and (received_at < at_utc_ns($2) or exists (select from host h where h.id = $1 and h.state in ('revoked', 'retired')))`;

/** What was measured a day ago bounds nothing any more, and of a host that is gone nobody asks. Returns the rows that went. */
export async function removeEdges(client: Queryable, now: bigint): Promise<number> {
  const before = now - DAY_NS;
  const { rows } = await client.query<{ host_id: string }>(OLD_EDGES, [before]);
  let removed = 0;
  for (const { host_id } of rows) removed += (await client.query(DELETE_EDGES, [host_id, before])).rowCount ?? 0;
  return removed;
}

const OLD_CONFLICTS = `
  select c.id, utc_ns(c.first_seen) as from_ns, utc_ns(coalesce(c.ended_at, c.last_seen)) as to_ns, (
    select coalesce(json_agg(json_build_object('id', h.id, 'labels', h.labels)), '[]') from host h where h.id = any(c.suspects || c.cleared)) as hosts
  from peer_conflict c where coalesce(c.ended_at, c.last_seen) < at_utc_ns($1)`;
const DELETE_CONFLICTS = "delete from peer_conflict where id = any($1::bigint[])";
const DELETE_TARGETS = "delete from target where removed_at < at_utc_ns($1)";

interface OldConflict {
  readonly id: bigint;
  readonly from_ns: bigint;
  readonly to_ns: bigint;
  readonly hosts: readonly { readonly id: string; readonly labels: LabelSet }[];
}

/** Conflicts and what was a target once go as minutes and events do; a conflict stays while one of its hosts is under a hold. */
export const removeConflicts = (client: Queryable, before: bigint): Promise<number> =>
  transactionOn(client, async () => {
    await lockHolds(client);
    const { holds } = await readRetention(client);
    const { rows } = await client.query<OldConflict>(OLD_CONFLICTS, [before]);
    const free = rows.filter(({ hosts, from_ns, to_ns }) => !hosts.some((host) => isHeld(host, { from: from_ns, to: to_ns }, holds)));
    await client.query(DELETE_TARGETS, [before]);
    return (await client.query(DELETE_CONFLICTS, [free.map(({ id }) => id)])).rowCount ?? 0;
  });
