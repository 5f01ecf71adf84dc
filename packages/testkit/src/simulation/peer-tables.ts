import type { HostChange, PeerLook, PeerStore } from "@truebound/server";
import { raw, type UtcInstant, utc } from "@truebound/time";
import type { Session, SimDatabase } from "./database.ts";
import type { ConflictRow, MeasuredRow, Tables } from "./tables.ts";

type Judgement = Parameters<PeerStore["record"]>[0];

const SEAT = "peer conflicts";
const FRESH_NS = 90_000_000_000n;
const TOLD_NS = 86_400_000_000_000n;

/** What the mesh asks of the database, by the rules of the server's own statements. */
export const peerTables = (database: SimDatabase, session: Session): PeerStore => ({
  look: async () => {
    await database.travel();
    const now = utc(database.clock);
    return { now, edges: freshEdges(database.committed, now), targets: [] };
  },
  conflicts: async () => {
    await database.travel();
    const since = database.clock - TOLD_NS;
    return [...database.committed.conflicts.values()]
      .filter(({ endedAt }) => endedAt === null || endedAt > since)
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  },
  record: async (judgement) => {
    const holder = {};
    if (!database.takeSeat(SEAT, holder)) return null;
    try {
      return await database.transaction(session, async (transaction) => {
        await transaction.statement();
        const at = utc(database.clock);
        const begun = newOnes(transaction.tables, judgement);
        transaction.write((tables) => writeConflicts(tables, { ...judgement, begun }, at));
        return begun.map(({ tier }) => tier);
      });
    } finally {
      database.leaveSeat(SEAT, holder);
    }
  },
});

/** Received within 90 s on either side of now. */
const freshEdges = (tables: Tables, now: UtcInstant): PeerLook["edges"] =>
  [...tables.edges.values()]
    .filter(({ receivedAt }) => receivedAt >= now - FRESH_NS && receivedAt <= now + FRESH_NS)
    .map(({ host, edge, receivedAt }) => ({
      from: host,
      to: edge.peer,
      fromRuler: edge.fromRuler,
      toRuler: edge.toRuler,
      at: raw(edge.raw),
      lo: edge.lo,
      hi: edge.hi,
      hull: edge.hull && { at: raw(edge.hull.raw), lo: edge.hull.lo, hi: edge.hull.hi },
      ageMs: Number(now - receivedAt) / 1e6,
    }));

/** Those of whose hosts nothing is told that goes on once this judgement is written. */
function newOnes(tables: Tables, { begun, ended }: Judgement): Judgement["begun"] {
  const open = [...tables.conflicts.values()].filter(({ id, endedAt }) => endedAt === null && !ended.includes(id));
  return begun.filter(
    ({ tier, suspects }) => !open.some((one) => one.tier === tier && one.suspects.some((host) => suspects.includes(host))),
  );
}

function writeConflicts(tables: Tables, { begun, goingOn, ended }: Judgement, at: UtcInstant): void {
  const change = (ids: readonly bigint[], more: Partial<ConflictRow>) => {
    for (const id of ids) {
      const row = tables.conflicts.get(id);
      if (row !== undefined && row.endedAt === null) tables.conflicts.set(id, { ...row, ...more });
    }
  };
  change(ended, { endedAt: at });
  change(goingOn, { lastSeen: at });
  for (const { tier, suspects, flagged, cleared, leastLiars, cycles } of begun) {
    const id = tables.nextId;
    tables.nextId += 1n;
    tables.conflicts.set(id, { id, tier, suspects, flagged, cleared, leastLiars, cycles, firstSeen: at, lastSeen: at, endedAt: null });
  }
}

/** Of one ruler RAW says which edge is newer; what was measured of those that the host measures no more is forgotten. */
export function writeEdges(tables: Tables, { facts, edges }: HostChange): void {
  if (edges === null) return;
  for (const edge of edges.newest) {
    const key = `${facts.id} ${edge.peer}`;
    const kept = tables.edges.get(key);
    if (kept !== undefined && kept.edge.fromRuler === edge.fromRuler && edge.raw <= kept.edge.raw) continue;
    tables.edges.set(key, { host: facts.id, receivedAt: facts.receivedAt, edge: { ...edge, hull: hullOf(kept, edge) } });
  }
  for (const [key, { host, edge }] of tables.edges) if (host === facts.id && !edges.peers.includes(edge.peer)) tables.edges.delete(key);
}

/** A hull stays until there is another, or one of the rulers changes. */
function hullOf(kept: MeasuredRow | undefined, { fromRuler, toRuler, hull }: MeasuredRow["edge"]): MeasuredRow["edge"]["hull"] {
  const before = kept?.edge;
  if (before === undefined || before.fromRuler !== fromRuler || before.toRuler !== toRuler || before.hull === null) return hull;
  return hull === null || before.hull.raw > hull.raw ? before.hull : hull;
}
