import type { LabelSet } from "../../../policy/choose-policy.ts";
import { DAY_NS } from "../../../retention/days.ts";
import { type HeldHost, isHeld } from "../../../retention/holds.ts";
import { chooseRule, type EvidenceRule } from "../../../retention/rules.ts";
import { appendDeletion } from "../log/log-queue.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";
import { lockHolds, readRetention } from "./retention-store.ts";

const HOSTS = "select id, labels from host where id > $1 order by id limit $2";

/** By the keys, which lead with the host: a few rows of each host at a time. */
const DELETE_MINUTES = `
  delete from host_minute m using unnest($1::uuid[]) as h (id) cross join lateral (
    select minute_ns from host_minute where host_id = h.id and minute_ns < $2 order by minute_ns limit $3) old
  where m.host_id = h.id and m.minute_ns = old.minute_ns`;

const DELETE_EVENTS = `
  delete from host_event e using unnest($1::uuid[]) as h (id) cross join lateral (
    select epoch, seq, ordinal from host_event where host_id = h.id and at_ns < $2 order by at_ns limit $3) old
  where e.host_id = h.id and e.epoch = old.epoch and e.seq = old.seq and e.ordinal = old.ordinal`;

/** Spans of each host up to an age of its own. */
const DELETE_SPANS = `
  with gone as (
    delete from audit_span a using unnest($1::uuid[], $2::bigint[]) as h (id, before)
    where a.host_id = h.id and a.minute_ns < h.before and a.until_ns < h.before
    returning a.host_id, a.minute_ns, a.until_ns)
  select host_id as host, count(*)::integer as rows, min(minute_ns) as from_ns, max(until_ns) as to_ns from gone group by host_id order by host_id`;

const HOSTS_AT_ONCE = 50;
const ROWS_OF_EACH = 200;
const FIRST = "00000000-0000-0000-0000-000000000000";
const BEGINNING = -(2n ** 63n);

interface GoneSpans {
  host: string;
  rows: number;
  from_ns: bigint;
  to_ns: bigint;
}

type HostRow = { id: string; labels: LabelSet };

/** Minutes and events of before an instant go, but for hosts with a hold that reaches back there. Returns the rows that went. */
export async function removeRollups(client: Queryable, before: bigint): Promise<number> {
  let removed = 0;
  for (let after: string | undefined = FIRST; after !== undefined; ) {
    const hosts: readonly HeldHost[] = (await client.query<HostRow>(HOSTS, [after, HOSTS_AT_ONCE])).rows;
    after = hosts.at(-1)?.id;
    for (const statement of [DELETE_MINUTES, DELETE_EVENTS]) removed += await removeAll(client, statement, hosts, before);
  }
  return removed;
}

/** Signed spans go with the age of their host's class; where nothing is kept of a host, at once. Returns the rows that went. */
export async function removeSpans(client: Queryable, now: bigint): Promise<number> {
  let removed = 0;
  for (let after: string | undefined = FIRST; after !== undefined; ) {
    const hosts: readonly HeldHost[] = (await client.query<HostRow>(HOSTS, [after, HOSTS_AT_ONCE])).rows;
    after = hosts.at(-1)?.id;
    removed += await transactionOn(client, async () => {
      await lockHolds(client);
      const { rules, holds } = await readRetention(client);
      const old = hosts
        .map((host) => ({ host, before: now - spanAge(chooseRule(host.labels, rules)) }))
        .filter(({ host, before }) => !isHeld(host, { from: BEGINNING, to: before }, holds));
      const gone = await client.query<GoneSpans>(DELETE_SPANS, [old.map(({ host }) => host.id), old.map(({ before }) => before)]);
      for (const { host, rows: count, from_ns, to_ns } of gone.rows)
        await appendDeletion(client, { what: "statements", host, from: from_ns.toString(), to: to_ns.toString(), count });
      return gone.rows.reduce((sum, { rows: count }) => sum + count, 0);
    });
  }
  return removed;
}

const spanAge = (rule: EvidenceRule): bigint => (rule.class === "none" ? 0n : BigInt(rule.days) * DAY_NS);

async function removeAll(client: Queryable, statement: string, hosts: readonly HeldHost[], before: bigint): Promise<number> {
  let removed = 0;
  for (let some = 1; some > 0 && hosts.length > 0; removed += some)
    some = await transactionOn(client, async () => {
      await lockHolds(client);
      const { holds } = await readRetention(client);
      const free = hosts.filter((host) => !isHeld(host, { from: BEGINNING, to: before }, holds)).map(({ id }) => id);
      return (await client.query(statement, [free, before, ROWS_OF_EACH])).rowCount ?? 0;
    });
  return removed;
}
