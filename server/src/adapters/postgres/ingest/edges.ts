import type { Edge, Hull } from "../../../ingest/edges.ts";
import type { HostChange } from "../../../ingest/settle.ts";
import type { Queryable } from "../pool.ts";

const HULL = ["hull_raw_ns", "hull_lo_ns", "hull_hi_ns", "slope_min_ppb", "slope_max_ppb"];
const KEEPS_HULL = `(kept.from_ruler, kept.to_ruler) is not distinct from (excluded.from_ruler, excluded.to_ruler)
      and coalesce(kept.hull_raw_ns > excluded.hull_raw_ns, excluded.hull_raw_ns is null)`;

/**
 * RAW of one ruler only goes on, so among edges of one ruler it says which is newer; one of another ruler is void. A hull stays
 * until there is another, or one of the rulers changes. In the order of the key, as whoever else locks several of them.
 */
const UPSERT_EDGES = `
  insert into peer_edge as kept (host_id, peer_id, received_at, from_ruler, to_ruler, raw_ns, lo_ns, hi_ns, hull_raw_ns, hull_lo_ns, hull_hi_ns,
    slope_min_ppb, slope_max_ppb)
  select host_id, peer_id, at_utc_ns(received_ns), from_ruler, to_ruler, raw_ns, lo_ns, hi_ns, hull_raw_ns, hull_lo_ns, hull_hi_ns, slope_min_ppb, slope_max_ppb
  from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
    $11::bigint[], $12::integer[], $13::integer[])
    as n (host_id, peer_id, received_ns, from_ruler, to_ruler, raw_ns, lo_ns, hi_ns, hull_raw_ns, hull_lo_ns, hull_hi_ns, slope_min_ppb, slope_max_ppb)
  order by host_id, peer_id
  on conflict (host_id, peer_id) do update set
    received_at = excluded.received_at, from_ruler = excluded.from_ruler, to_ruler = excluded.to_ruler,
    raw_ns = excluded.raw_ns, lo_ns = excluded.lo_ns, hi_ns = excluded.hi_ns,
    ${HULL.map((column) => `${column} = case when ${KEEPS_HULL} then kept.${column} else excluded.${column} end`).join(", ")}
  where excluded.from_ruler <> kept.from_ruler or excluded.raw_ns > kept.raw_ns`;

/** What a host knew of those that it measures no more. So it has no more rows than peers, whatever it says. */
const FORGET_EDGES = `
  delete from peer_edge where host_id = any($1::uuid[]) and (host_id, peer_id) not in (select * from unnest($2::uuid[], $3::uuid[]))`;

export async function writeEdges(client: Queryable, changes: readonly HostChange[]): Promise<void> {
  const telling = changes.flatMap(({ facts, edges }) => (edges === null ? [] : [{ facts, ...edges }]));
  if (telling.length === 0) return;
  await upsert(
    client,
    telling.flatMap(({ facts, newest }) => newest.map((edge) => ({ facts, ...edge }))),
  );
  const peers = telling.flatMap(({ facts, peers }) => peers.map((peer) => ({ host: facts.id, peer })));
  await client.query({
    name: "forget-edges",
    text: FORGET_EDGES,
    values: [telling.map(({ facts }) => facts.id), peers.map(({ host }) => host), peers.map(({ peer }) => peer)],
  });
}

async function upsert(client: Queryable, rows: readonly (Edge & Pick<HostChange, "facts">)[]): Promise<void> {
  if (rows.length === 0) return;
  const column = <T>(pick: (row: (typeof rows)[number]) => T): T[] => rows.map(pick);
  const hull = <K extends keyof Hull>(name: K) => column((row) => row.hull?.[name] ?? null);
  await client.query({
    name: "upsert-edges",
    text: UPSERT_EDGES,
    values: [
      column(({ facts }) => facts.id),
      column(({ peer }) => peer),
      column(({ facts }) => facts.receivedAt),
      column(({ fromRuler }) => fromRuler),
      column(({ toRuler }) => toRuler),
      column(({ raw }) => raw),
      column(({ lo }) => lo),
      column(({ hi }) => hi),
      hull("raw"),
      hull("lo"),
      hull("hi"),
      hull("slopeMin"),
      hull("slopeMax"),
    ],
  });
}
