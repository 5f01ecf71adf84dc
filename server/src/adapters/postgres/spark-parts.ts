import type { SparkFrame, SparkPart } from "../../query/sparks.ts";
import type { Queryable } from "./pool.ts";

/** By the key of each host, a few hundred minutes of it. */
const PARTS = `
  select host_id as host, ((minute_ns - $2::bigint) / $4::bigint)::integer as part, min(lo_ns) as lo, max(hi_ns) as hi,
    bool_or(unbounded or lo_ns is null or hi_ns is null) as unbounded, count(*)::integer as minutes, max(minute_ns) as last
  from host_minute where host_id = any($1::uuid[]) and minute_ns >= $2 and minute_ns < $3
  group by 1, 2`;

export const readSparkParts = async (client: Queryable, hosts: readonly string[], { from, to, step }: SparkFrame): Promise<SparkPart[]> =>
  (await client.query<SparkPart>(PARTS, [hosts, from, to, step])).rows;
