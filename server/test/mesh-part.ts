import { type BatchMesh, packColumn } from "@truebound/wire";

/** An exchange with a peer, as a test tells of it. */
export interface EdgeRow {
  readonly peer: string;
  readonly raw: bigint;
  /** Of the peer; null = a target. */
  readonly ruler?: number | null;
  readonly lo?: bigint;
  readonly hi?: bigint;
  /** Both ends, and both slopes. */
  readonly hull?: readonly [bigint, bigint, number, number];
}

/** What a host adds to a batch where it is in a mesh. */
export function meshPart(edges: readonly EdgeRow[], more: Partial<BatchMesh> = {}): BatchMesh {
  const ids = more.peers?.map(({ id }) => id) ?? [...new Set(edges.map(({ peer }) => peer))];
  return {
    assignment: null,
    ruler: 7,
    answers: { address: null, port: 8126 },
    trouble: null,
    requests: { answered: 0, stranger: 0, not_a_request: 0, over_limit: 0, unsent: 0 },
    own: { lo_ns: "-1000", hi_ns: "1000", rests_on: ["id a.example:123"] },
    peers: ids.map((id) => ({ id, kind: "agent", state: "agrees", delay_ns: "2000", polls: 1, replies: 1, refusals: {} })),
    edges: {
      peer: edges.map(({ peer }) => ids.indexOf(peer)),
      raw_ns: packColumn(edges.map(({ raw }) => raw)),
      ruler: edges.map(({ ruler = 9 }) => ruler),
      lo_ns: packColumn(edges.map(({ lo = -10n }) => lo)),
      hi_ns: packColumn(edges.map(({ hi = 10n }) => hi)),
      tight_lo_ns: packColumn(edges.map(({ hull }) => hull?.[0] ?? null)),
      tight_hi_ns: packColumn(edges.map(({ hull }) => hull?.[1] ?? null)),
      slope_min_ppb: edges.map(({ hull }) => hull?.[2] ?? null),
      slope_max_ppb: edges.map(({ hull }) => hull?.[3] ?? null),
    },
    ...more,
  };
}
