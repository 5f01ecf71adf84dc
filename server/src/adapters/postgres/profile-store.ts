import { type Profile, readProfile } from "@truebound/audit";
import type { Queryable } from "./pool.ts";

const PROFILES = "select body from alert_object where kind = 'profile' order by name";

/** Those that people set beside the ones that come with this version. One that an older version wrote in a form of its own is none. */
export async function readProfiles(client: Queryable): Promise<Profile[]> {
  const { rows } = await client.query<{ body: unknown }>(PROFILES);
  return rows.flatMap(({ body }) => {
    const read = readProfile(body);
    return read.kind === "read" ? [read.profile] : [];
  });
}
