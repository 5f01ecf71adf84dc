import { type Profile, readProfile } from "@truebound/audit";
import { formatUtc, type UtcInstant } from "@truebound/time";
import type { Queryable } from "./pool.ts";

const PROFILES = "select body from alert_object where kind = 'profile' order by name";

/** Those that people set beside the ones that come with this version. One that an older version wrote in a form of its own is none. */
export async function readProfiles(client: Queryable): Promise<Profile[]> {
  const { rows } = await client.query<{ body: unknown }>(PROFILES);
  return soundOnes(rows);
}

const soundOnes = (rows: readonly { readonly body: unknown }[]): Profile[] =>
  rows.flatMap(({ body }) => {
    const read = readProfile(body);
    return read.kind === "read" ? [read.profile] : [];
  });

/** Of each the text in force at an instant; of one that came later, or was gone by then, the nearest to it. */
const PROFILES_AT = `
  select distinct on (name) body from audit_version where kind = 'profile' and body is not null
  order by name, utc_ns(at) <= $1 desc, case when utc_ns(at) <= $1 then -id else id end`;

export async function readProfilesAt(client: Queryable, at: UtcInstant): Promise<Profile[]> {
  const { rows } = await client.query<{ body: unknown }>(PROFILES_AT, [at]);
  return soundOnes(rows);
}

const CHANGES = `
  select name, max(utc_ns(v.at)) as at_ns from audit_version v where kind = 'profile' and utc_ns(v.at) > $1 and utc_ns(v.at) < $2
    and exists (select from audit_version b where b.kind = 'profile' and b.name = v.name and b.id < v.id) group by name`;

/** Those that were changed within a period, and when last. */
export async function changedProfiles(client: Queryable, from: UtcInstant, to: UtcInstant): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; at_ns: UtcInstant }>(CHANGES, [from, to]);
  return new Map(rows.map(({ name, at_ns }) => [name, formatUtc(at_ns)]));
}
