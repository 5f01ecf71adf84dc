import { FRESH_POLLS, type Interval, identitiesOf, type RawInstant } from "@truebound/time";
import { type BatchMesh, type BatchPeer, packColumn } from "@truebound/wire";
import type { BoundRow } from "../bound/bound-row.ts";
import { standingOf } from "../bound/findings.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import { exchangeColumns } from "../report/build-batch.ts";
import type { PeerProbe } from "./peer-probe.ts";
import type { PeerEvidence, SeenEdge } from "./peer-set.ts";

/** How a host stands in the mesh, and what it saw of its peers since its last report. */
export interface MeshPart {
  readonly assignment: string | null;
  readonly ruler: number;
  readonly standing: Pick<BatchMesh, "answers" | "trouble" | "requests">;
  readonly row: BoundRow;
  /** The bound on the offset at that row by the host's own sources. */
  readonly own: Interval | null;
  readonly probes: readonly SourceProbe[];
  readonly peers: readonly PeerProbe[];
  readonly edges: readonly SeenEdge[];
  readonly evidence: readonly PeerEvidence[];
}

const MOST_IDENTITIES = 128;

/** The part of a batch that speaks of peers. Pure. */
export function meshBlock({ assignment, ruler, standing, row, own, probes, peers, edges, evidence }: MeshPart): BatchMesh {
  const ids = peers.map(({ peer }) => peer.id);
  const known = evidence.filter(({ source }) => ids.includes(source));
  return {
    assignment,
    ruler,
    ...standing,
    own: { lo_ns: own?.lo.toString() ?? null, hi_ns: own?.hi.toString() ?? null, rests_on: restsOn(row, probes) },
    peers: peers.map((peer) => presentPeer(peer, row)),
    edges: edgeColumns(
      edges.filter(({ peer }) => ids.includes(peer)),
      ids,
    ),
    ...(known.length === 0 ? {} : { exchanges: exchangeColumns(known, ids) }),
  };
}

/** The same of a host that shows its clock as it is not: nothing of it is anybody's business. */
export function provingNothing(mesh: BatchMesh): BatchMesh {
  const { exchanges: _, ...rest } = mesh;
  return { ...rest, own: { lo_ns: null, hi_ns: null, rests_on: [] }, edges: edgeColumns([], []) };
}

/**
 * Whoever hears this host can tell by these whether it hears the same sources itself. Trusted ones prove also where the others agree
 * beside them. What rests on a declaration is nothing to whoever did not make it: then nobody is to be heard behind this host.
 */
function restsOn({ own: { agree, trusting } }: BoundRow, probes: readonly SourceProbe[]): string[] {
  const behind = probes.filter(({ source: { id } }) => trusting.includes(id) || agree.includes(id));
  if (behind.some(({ source: { kind } }) => kind !== undefined)) return [];
  return [...new Set(behind.flatMap(({ identity }) => identitiesOf(identity)))].slice(0, MOST_IDENTITIES);
}

function presentPeer(one: PeerProbe, row: BoundRow): BatchPeer {
  const { peer, probe, latestEdge } = one;
  return {
    id: peer.id,
    kind: peer.kind,
    state: stateOf(one, row),
    delay_ns: latestEdge?.delay.toString() ?? null,
    polls: probe.polls,
    replies: probe.replies,
    refusals: Object.fromEntries(probe.troubles),
  };
}

function stateOf(one: PeerProbe, row: BoundRow): BatchPeer["state"] {
  const { peer, latestEdge } = one;
  if (latestEdge === null) return "never_answered";
  if (isStale(one, row.reading.rawAfter)) return "stale";
  if (peer.kind === "target") return "no_vote";
  const standing = standingOf(row, peer.id);
  switch (standing) {
    case "never_answered":
    case "stale":
      // It tells its ruler, and does not say that it knows the time.
      return "unsynchronised";
    case "no_region":
    case "resolving":
    case "timescale_unknown":
    case "not_authenticated":
      return "no_vote";
    default:
      return standing;
  }
}

const isStale = ({ latestEdge, probe }: PeerProbe, now: RawInstant): boolean =>
  latestEdge !== null && now - latestEdge.at > FRESH_POLLS * BigInt(Math.round(probe.pollSeconds * 1e9));

const edgeColumns = (edges: readonly SeenEdge[], ids: readonly string[]): BatchMesh["edges"] => ({
  peer: edges.map(({ peer }) => ids.indexOf(peer)),
  raw_ns: packColumn(edges.map(({ at }) => at)),
  ruler: edges.map(({ ruler }) => ruler),
  lo_ns: packColumn(edges.map(({ bound }) => bound.lo)),
  hi_ns: packColumn(edges.map(({ bound }) => bound.hi)),
  tight_lo_ns: packColumn(edges.map(({ hull }) => hull?.bound.lo ?? null)),
  tight_hi_ns: packColumn(edges.map(({ hull }) => hull?.bound.hi ?? null)),
  slope_min_ppb: edges.map(({ hull }) => hull?.slope.min ?? null),
  slope_max_ppb: edges.map(({ hull }) => hull?.slope.max ?? null),
});
