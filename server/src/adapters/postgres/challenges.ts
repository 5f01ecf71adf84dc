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
  returning extract(epoch from expires_at - clock_timestamp())::double precision as left_s`;

/** False when too many are open, all in all or of this network. */
export const openChallenge = async (client: Queryable, challenge: Uint8Array, seconds: number, network: string): Promise<boolean> =>
  (await client.query(OPEN, [challenge, seconds, network])).rowCount === 1;

/** For so many seconds more it would have been valid; null = it is not. Given once for each. */
export const spendChallenge = async (client: Queryable, challenge: Uint8Array): Promise<number | null> =>
  (await client.query<{ left_s: number }>(SPEND, [challenge])).rows[0]?.left_s ?? null;
