import type { MeshMember, PeerConflict, PeersView } from "@truebound/wire";

/** Pieces of answers about a mesh. */
export const member = (name: string, facts: Partial<MeshMember> = {}): MeshMember => ({
  id: `id-${name}`,
  name,
  labels: {},
  kind: "agent",
  domain: "fra-1",
  standing: "unaccused",
  claim: null,
  guaranteed: null,
  tight: null,
  measures: 6,
  measured_by: 6,
  trouble: null,
  remark: null,
  ...facts,
});

export const conflict = (facts: Partial<PeerConflict> = {}): PeerConflict => ({
  tier: "guaranteed",
  first_seen: "2026-11-26T03:00:00.000000000Z",
  last_seen: "2026-11-26T03:12:00.000000000Z",
  ended_at: null,
  suspects: [],
  flagged: [],
  cleared: [],
  least_liars: 1,
  cycles: [],
  ...facts,
});

export const peersView = (facts: Partial<PeersView> = {}): PeersView => ({
  as_of: "2026-11-26T03:12:00.000000000Z",
  words: "",
  members: [],
  pairs: [],
  all_pairs: true,
  conflicts: [],
  closure: null,
  ...facts,
});
