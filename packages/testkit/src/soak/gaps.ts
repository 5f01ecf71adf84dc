import pg from "pg";
import type { Told } from "./soak-agent.ts";

/** What is stored of a host. */
export interface Stored {
  readonly id: string;
  readonly batches: number;
  /** Different numbers among them, and the greatest. */
  readonly distinct: number;
  readonly last: number;
  /** Of the chain, as the server holds it. */
  readonly head: string;
  /** Minutes of it that are missing between its first and its last. */
  readonly missingMinutes: number;
}

const STORED = `
with batches as (
  select host_id, count(*) as batches, count(distinct seq) as distinct, max(seq) as last from evidence group by host_id
), minutes as (
  select host_id, (max(minute_ns) - min(minute_ns)) / 60000000000 + 1 - count(*) as missing from host_minute group by host_id
)
select s.host_id as id, coalesce(b.batches, 0)::int as batches, coalesce(b.distinct, 0)::int as distinct, coalesce(b.last, 0)::int as last,
  encode(s.chain_hash, 'hex') as head, coalesce(m.missing, 0)::int as missing
from host_state s left join batches b using (host_id) left join minutes m using (host_id)`;

export async function readStored(databaseUrl: string): Promise<Stored[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Omit<Stored, "missingMinutes"> & { missing: number }>(STORED);
    return rows.map(({ missing, ...stored }) => ({ ...stored, missingMinutes: missing }));
  } finally {
    await client.end();
  }
}

/** A gap that nothing explains, in words. Here no agent drops anything, so every gap is one. */
export function gapsOf(told: readonly Told[], stored: readonly Stored[]): string[] {
  const byId = new Map(stored.map((one) => [one.id, one]));
  return told.flatMap((host) => {
    const kept = byId.get(host.id);
    return kept === undefined ? [`${host.id} is not stored`] : gapOf(host, kept);
  });
}

function gapOf({ id, batches, head }: Told, kept: Stored): string[] {
  if (kept.batches !== batches) return [`${id}: ${batches} batches were acknowledged, ${kept.batches} are stored`];
  if (kept.distinct !== batches || kept.last !== batches)
    return [`${id}: ${kept.distinct} numbers up to ${kept.last}, of ${batches} batches`];
  if (kept.head !== head) return [`${id}: the chain of what is stored is another one`];
  return kept.missingMinutes === 0 ? [] : [`${id}: ${kept.missingMinutes} minutes are missing among those that were told`];
}
