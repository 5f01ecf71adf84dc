import type { PlannedHost } from "../../plan/ask-plan.ts";
import type { Queryable } from "./pool.ts";

const MEMBERS = "select id, name, labels from host where state = 'active' order by name collate \"C\", id";

/** Hosts that belong to the fleet, by name. */
export async function readMembers(client: Queryable): Promise<PlannedHost[]> {
  const { rows } = await client.query<{ id: string; name: string; labels: Record<string, string> }>(MEMBERS);
  return rows;
}
