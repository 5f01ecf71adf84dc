import { type Batch, type BatchMesh, type EdgeColumns, unpackColumn } from "@truebound/wire";

/** What a host measured of one peer, on its own ruler. */
export interface Edge {
  readonly peer: string;
  readonly fromRuler: number;
  /** Null = the peer is a target. */
  readonly toRuler: number | null;
  readonly raw: bigint;
  readonly lo: bigint;
  readonly hi: bigint;
  readonly hull: Hull | null;
}

export interface Hull {
  readonly raw: bigint;
  readonly lo: bigint;
  readonly hi: bigint;
  readonly slopeMin: number;
  readonly slopeMax: number;
}

/** All that a host says of its edges at one time: the newest of each peer, and whom it measures at all. */
export interface HostEdges {
  readonly newest: readonly Edge[];
  readonly peers: readonly string[];
}

/**
 * Of batches in the order of the chain, the newest edge of each peer that the host has still. What was measured on another ruler
 * than the last batch names is void, so RAW alone says which of two is newer.
 */
export function newestEdges(batches: readonly (Batch | null)[]): HostEdges | null {
  const present = batches.findLast((batch) => batch !== null)?.mesh;
  if (present === undefined) return null;
  let newest = new Map<string, Edge>();
  for (const batch of batches) if (batch?.mesh?.ruler === present.ruler) newest = withThose(newest, batch.mesh);
  return { newest: [...newest.values()], peers: present.peers.map(({ id }) => id) };
}

function withThose(known: ReadonlyMap<string, Edge>, mesh: BatchMesh): Map<string, Edge> {
  const peers = new Set(mesh.peers.map(({ id }) => id));
  const newest = new Map([...known].filter(([peer]) => peers.has(peer)));
  for (const edge of edgesOf(mesh)) newest.set(edge.peer, newer(newest.get(edge.peer), edge));
  return newest;
}

/** The hull is told once a minute, and holds for as long as both rulers are the same. */
function newer(a: Edge | undefined, b: Edge): Edge {
  if (a === undefined) return b;
  const [older, latest] = b.raw > a.raw ? [a, b] : [b, a];
  return latest.hull === null && latest.toRuler === older.toRuler ? { ...latest, hull: older.hull } : latest;
}

function edgesOf({ peers, ruler, edges }: BatchMesh): Edge[] {
  const [raw, lo, hi] = [unpackColumn(edges.raw_ns), unpackColumn(edges.lo_ns), unpackColumn(edges.hi_ns)];
  const hulls = hullsOf(edges, raw);
  return edges.peer.flatMap((peer, row) => {
    const [id, at, low, high] = [peers[peer]?.id, raw[row] ?? null, lo[row] ?? null, hi[row] ?? null];
    if (id === undefined || at === null || low === null || high === null) return [];
    return [{ peer: id, fromRuler: ruler, toRuler: edges.ruler[row] ?? null, raw: at, lo: low, hi: high, hull: hulls[row] ?? null }];
  });
}

function hullsOf(edges: EdgeColumns, raws: readonly (bigint | null)[]): (Hull | null)[] {
  const [los, his] = [unpackColumn(edges.tight_lo_ns), unpackColumn(edges.tight_hi_ns)];
  return raws.map((raw, row) => {
    const [lo, hi] = [los[row] ?? null, his[row] ?? null];
    const [slopeMin, slopeMax] = [edges.slope_min_ppb[row] ?? null, edges.slope_max_ppb[row] ?? null];
    return raw === null || lo === null || hi === null || slopeMin === null || slopeMax === null
      ? null
      : { raw, lo, hi, slopeMin, slopeMax };
  });
}

/** As it is kept beside the host's present. */
export function withoutEdges(mesh: BatchMesh | undefined): Omit<BatchMesh, "edges"> | null {
  if (mesh === undefined) return null;
  const { edges: _, ...rest } = mesh;
  return rest;
}
