import type { Grant } from "@truebound/wire";
import type { Queryable } from "../pool.ts";

const CLEAR = "delete from person_grant where person_id = $1";
const ADD = "insert into person_grant (person_id, role, labels) values ($1, $2, $3) on conflict do nothing";

/** What a person may do from now on, and nothing else. */
export async function setGrants(client: Queryable, person: string, grants: readonly Grant[]): Promise<void> {
  await client.query(CLEAR, [person]);
  for (const { role, labels } of grants) await client.query(ADD, [person, role, JSON.stringify(labels)]);
}
