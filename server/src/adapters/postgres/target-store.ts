import type { Target } from "../../peer/target.ts";
import type { Queryable } from "./pool.ts";

/** In the order of their names. */
const TARGETS =
  "select id, name, address, port, domain, labels, utc_ns(created_at) as created_at_ns from target where removed_at is null order by name";

type Row = Omit<Target, "createdAt"> & { readonly created_at_ns: Target["createdAt"] };

export async function readTargets(client: Queryable): Promise<Target[]> {
  const { rows } = await client.query<Row>(TARGETS);
  return rows.map(({ created_at_ns: createdAt, ...target }) => ({ ...target, createdAt }));
}
