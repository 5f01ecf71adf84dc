import type { LabelSet } from "../../../policy/choose-policy.ts";
import { isHeld } from "../../../retention/holds.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";
import { lockHolds, readRetention } from "./retention-store.ts";

/** What a record says lies before it came, and no more than an hour: ten minutes, and five of patience. */
const OLD = `
  select f.host_id, f.incident_id, h.labels, utc_ns(f.received_at - interval '1 hour') as from_ns, utc_ns(f.received_at) as to_ns
  from flight f join host h on h.id = f.host_id where f.received_at < at_utc_ns($1) order by 1, 2 limit 1000`;
const DELETE = `
  delete from flight f using unnest($1::uuid[], $2::bigint[]) as gone (host_id, incident_id)
  where f.host_id = gone.host_id and f.incident_id = gone.incident_id`;

interface OldFlight {
  readonly host_id: string;
  readonly incident_id: bigint;
  readonly labels: LabelSet;
  readonly from_ns: bigint;
  readonly to_ns: bigint;
}

/** Records of the minutes around incidents go as minutes and events do; those of a host under a hold stay. Returns how many went. */
export const removeFlights = (client: Queryable, before: bigint): Promise<number> =>
  transactionOn(client, async () => {
    await lockHolds(client);
    const { holds } = await readRetention(client);
    const { rows } = await client.query<OldFlight>(OLD, [before]);
    const free = rows.filter(({ host_id: id, labels, from_ns: from, to_ns: to }) => !isHeld({ id, labels }, { from, to }, holds));
    const gone = await client.query(DELETE, [free.map((row) => row.host_id), free.map((row) => row.incident_id)]);
    return gone.rowCount ?? 0;
  });
