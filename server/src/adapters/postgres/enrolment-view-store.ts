import { formatUtc, type UtcInstant } from "@truebound/time";
import type { AdminHost, EnrolmentStore, EnrolmentView } from "../../admin/ports.ts";
import type { Queryable } from "./pool.ts";

const VIEW = `
  select h.id, h.name, h.state, h.labels, utc_ns(h.enrolled_at) as enrolled_at_ns, utc_ns(s.received_at) as received_at_ns
  from host h join host_state s on s.host_id = h.id`;
const ALL = `${VIEW} order by h.name`;
/** A name that a retired host had may be another one's now. */
const ONE = `${VIEW} where h.id::text = $1 or h.name = $1 order by (h.id::text = $1) desc, h.retired_at desc nulls first limit 1`;

interface Row extends AdminHost {
  readonly enrolled_at_ns: UtcInstant;
  readonly received_at_ns: UtcInstant | null;
}

export const enrolmentStore = (pool: Queryable): EnrolmentStore => ({
  enrolments: async () => (await pool.query<Row>(ALL)).rows.map(view),
  enrolment: async (idOrName) => (await pool.query<Row>(ONE, [idOrName])).rows.map(view)[0] ?? null,
});

const view = ({ id, name, state, labels, enrolled_at_ns: enrolled, received_at_ns: received }: Row): EnrolmentView => ({
  id,
  name,
  state,
  labels,
  enrolled_at: formatUtc(enrolled),
  last_received_at: received && formatUtc(received),
});
