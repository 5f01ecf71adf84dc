import type { UtcInstant } from "@truebound/time";
import type { Queryable } from "./pool.ts";

const OPEN_MAX = 10_000;
/** A fleet behind one address may come at once; whoever has to wait tries again within a minute. */
const OPEN_OF_ONE_NETWORK_MAX = 200;

const OPEN = `
  with gone as (delete from enrol_challenge where expires_at < clock_timestamp())
  insert into enrol_challenge (challenge, expires_at, network)
  select $1, clock_timestamp() + make_interval(secs => $2), $3
  where (select count(*) from enrol_challenge) < ${OPEN_MAX}
    and (select count(*) from enrol_challenge where network = $3 and expires_at > clock_timestamp()) < ${OPEN_OF_ONE_NETWORK_MAX}`;

const SPEND = `
  delete from enrol_challenge where challenge = $1 and expires_at > clock_timestamp()
  returning utc_ns(expires_at) as until_ns`;

/** False when too many are open, all in all or of this network. */
export const openChallenge = async (client: Queryable, challenge: Uint8Array, seconds: number, network: string): Promise<boolean> =>
  (await client.query(OPEN, [challenge, seconds, network])).rowCount === 1;

/** Until when it would have been valid, by the clock of the database; null = it is not. Said once of each. */
export const spendChallenge = async (client: Queryable, challenge: Uint8Array): Promise<UtcInstant | null> =>
  (await client.query<{ until_ns: UtcInstant }>(SPEND, [challenge])).rows[0]?.until_ns ?? null;
