import { formatUtc, type UtcInstant } from "@truebound/time";
import type { ChannelState } from "../../query/alert-ports.ts";
import type { Queryable } from "./pool.ts";

/** Of each channel how many wait, and the latest of those that were tried. What failed is told with when it was to be told. */
const STATES = `
  select c.channel, (select count(*) from delivery w where w.channel = c.channel and w.state = 'due')::integer as waiting,
    l.state, utc_ns(coalesce(l.delivered_at, n.created_at)) as at_ns, l.error
  from (select distinct channel from delivery) c
  left join lateral (
    select * from delivery d where d.channel = c.channel and d.attempts > 0 order by d.notice_id desc limit 1) l on true
  left join notice n on n.id = l.notice_id`;

interface Row {
  readonly channel: string;
  readonly waiting: number;
  readonly state: "due" | "delivered" | "given_up" | null;
  readonly at_ns: UtcInstant | null;
  readonly error: string | null;
}

export async function channelStates(client: Queryable): Promise<Map<string, ChannelState>> {
  const { rows } = await client.query<Row>(STATES);
  return new Map(
    rows.map(({ channel, waiting, state, at_ns, error }) => [
      channel,
      { waiting, last: at_ns === null ? null : { at: formatUtc(at_ns), delivered: state === "delivered", error } },
    ]),
  );
}
