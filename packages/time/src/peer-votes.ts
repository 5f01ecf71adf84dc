import { type Interval, intersect } from "./interval.ts";
import { type SourceIdentity, upstreamOf, type Vote } from "./votes.ts";

/** A neighbour that tells this host's bound on UTC by its own: what it says rests on its own sources, never on its neighbours. */
export interface PeerVoter {
  readonly id: string;
  /** Identities (`identitiesOf`) of the sources on which its own bound rests. Whoever names none is not heard. */
  readonly restsOn: readonly string[];
  readonly interval: Interval;
}

/**
 * Names under which a source can be recognised behind somebody else: its address, the reference id by which its clients name it,
 * and its own upstream where its reference id is one. Two sources with a name in common share a vote.
 */
export function identitiesOf(source: Pick<SourceIdentity, "address" | "ownRefid" | "refid" | "stratum">): string[] {
  const upstream = upstreamOf(source);
  return [`address ${source.address}`, `refid ${source.ownRefid}`, ...(upstream === null ? [] : [`refid ${upstream}`])];
}

/**
 * The votes of neighbours, beside those of the host's own sources (DESIGN, Peers). A neighbour behind which one of the host's
 * own sources stands has nothing new to say and casts none; those behind which the same upstream stands cast one together, so
 * that one lying server behind twelve neighbours is one fault. `interval: null` = they contradict each other, their vote is void.
 */
export function castPeerVotes(own: readonly SourceIdentity[], peers: readonly PeerVoter[]): Vote[] {
  const heard = new Set(own.flatMap(identitiesOf));
  const fresh = peers.filter(({ restsOn }) => restsOn.length > 0 && !restsOn.some((identity) => heard.has(identity)));
  return grouped(fresh).map((group) => ({
    members: group.map(({ id }) => id).sort(),
    interval: group
      .map(({ interval }) => interval)
      .reduce<Interval | null>((common, next) => common && intersect(common, next), (group[0] as PeerVoter).interval),
  }));
}

/** By the transitive closure of a shared upstream. */
function grouped(peers: readonly PeerVoter[]): PeerVoter[][] {
  let groups: { readonly names: ReadonlySet<string>; readonly members: readonly PeerVoter[] }[] = [];
  for (const peer of peers) {
    const related = groups.filter(({ names }) => peer.restsOn.some((identity) => names.has(identity)));
    const names = new Set([...peer.restsOn, ...related.flatMap((group) => [...group.names])]);
    groups = [
      ...groups.filter((group) => !related.includes(group)),
      { names, members: [...related.flatMap(({ members }) => members), peer] },
    ];
  }
  return groups.map(({ members }) => [...members].sort((a, b) => (a.id < b.id ? -1 : 1)));
}
