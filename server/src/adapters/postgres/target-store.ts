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

const ADD = `
  insert into target (id, name, address, port, domain, labels) values (gen_random_uuid(), $1, $2, $3, $4, $5)
  on conflict (name) where removed_at is null do nothing returning id`;
const REMOVE = `
  update target set removed_at = clock_timestamp() where removed_at is null and id = (
    select id from target where removed_at is null and (name = $1 or id::text = $1) order by (name = $1) desc limit 1)
  returning name`;

/** Null = there is one of this name. */
export async function addTarget(
  client: Queryable,
  { name, address, port, domain, labels }: Omit<Target, "id" | "createdAt">,
): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(ADD, [name, address, port, domain, JSON.stringify(labels)]);
  return rows[0]?.id ?? null;
}

/** By name or id; returns its name, null = there is none. */
export const removeTarget = async (client: Queryable, nameOrId: string): Promise<string | null> =>
  (await client.query<{ name: string }>(REMOVE, [nameOrId])).rows[0]?.name ?? null;

const MEASURED = `
  select e.peer_id as id, count(*)::integer as hosts from peer_edge e join target t on t.id = e.peer_id
  where e.received_at > clock_timestamp() - interval '90 seconds' group by e.peer_id`;

/** By id, how many hosts measured each target lately; absent = none. */
export async function readMeasured(client: Queryable): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; hosts: number }>(MEASURED);
  return new Map(rows.map(({ id, hosts }) => [id, hosts]));
}
