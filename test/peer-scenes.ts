import type { HostDetail, HostSummary, MeshMember, PairVerdict, PairView, PeerConflict, PeerPair, PeersView } from "@truebound/wire";

/** Answers of the API about a mesh, as a server would give them, for a page under test. */
const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const TEAMS = ["db", "web", "queue", "cache"];
const ROOMS = ["a1", "a2", "b1"];

/** Repeatable, and different for every pair. */
const spread = (seed: number, least: number, most: number): number =>
  Math.round(least * (most / least) ** (((seed * 2_654_435_761) % 4_294_967_296) / 4_294_967_296));
const bound = (lo: number, hi: number) => ({ lo_ns: String(Math.round(lo)), hi_ns: String(Math.round(hi)) });

function member(number: number, size: number): MeshMember {
  const half = spread(number, 90_000, 900_000);
  const tight = half / 6;
  return {
    id: idOf(number),
    name: `${TEAMS[number % TEAMS.length]}-${Math.floor(number / TEAMS.length) + 1}`,
    labels: { room: ROOMS[number % ROOMS.length] ?? "a1" },
    kind: "agent",
    domain: "fra-1",
    standing: "unaccused",
    claim: bound(-half * 1.1, half),
    guaranteed: bound(-half * 0.8, half * 0.7),
    tight: bound(-tight, tight * 1.1),
    measures: Math.min(6, size - 1),
    measured_by: Math.min(6, size - 1),
    trouble: null,
    remark: null,
  };
}

const target = (number: number, name: string): MeshMember => ({
  ...member(number, 12),
  name,
  labels: {},
  kind: "target",
  claim: null,
  measures: 0,
  measured_by: 3,
  measurers: [2, 0, 1].map(idOf),
});

function pairsOf(members: readonly MeshMember[]): PeerPair[] {
  const pairs = members.flatMap((a, first) =>
    members.slice(first + 1).map((b, offset) => pairOf(a, b, spread(first * 997 + offset * 31 + 7, 3_000, 1_400_000))),
  );
  return pairs.toSorted((a, b) => Number(b.worst_ns) - Number(a.worst_ns));
}

const pairOf = (a: MeshMember, b: MeshMember, worst: number): PeerPair => ({
  a: a.id,
  b: b.id,
  ...bound(-worst * 0.4, worst),
  worst_ns: String(worst),
});

const consistent = (as_of: string, members: readonly MeshMember[]): PeersView => ({
  as_of,
  words: "",
  members: [...members],
  pairs: pairsOf(members),
  all_pairs: true,
  conflicts: [],
  closure: { triangles: members.length * 9, median: 0.118, greatest: 0.71 },
});

const crowd = (count: number): MeshMember[] => Array.from({ length: count }, (_, number) => member(number, count));

export const SCENES = {
  empty: (): PeersView => ({
    as_of: null,
    words: "Nobody is in a mesh",
    members: [],
    pairs: [],
    all_pairs: true,
    conflicts: [],
    closure: null,
  }),
  twelve: (as_of: string): PeersView => consistent(as_of, [...crowd(11), target(11, "switch-core-a")]),
  accused: (as_of: string): PeersView => accused(as_of),
  hundred: (as_of: string): PeersView => {
    const view = consistent(as_of, crowd(100));
    const [silent, limping] = [view.members[3], view.members[40]];
    if (silent) Object.assign(silent, { trouble: "UDP port 8126 is taken by another program", measured_by: 0, measures: 0 });
    if (limping) limping.remark = "its paths are asymmetric by about 180 µs";
    const lone = view.members[3]?.id;
    return { ...view, pairs: view.pairs.filter(({ a, b }) => a !== lone && b !== lone) };
  },
  threeHundred: (as_of: string): PeersView => {
    const members = crowd(300);
    return { ...consistent(as_of, members), pairs: pairsOf(members).slice(0, 100), all_pairs: false };
  },
} as const satisfies Record<string, (as_of: string) => PeersView>;

export const LIAR = idOf(6);
const COLLUDING = [idOf(1), idOf(2)] as const;

/** The seventh is flagged; of two that agree with each other only one need be wrong. */
function accused(as_of: string): PeersView {
  const view = consistent(as_of, [...crowd(11), target(11, "switch-core-a")]);
  const out = [LIAR, ...COLLUDING];
  for (const one of view.members) {
    one.standing = one.id === LIAR ? "flagged" : out.includes(one.id) ? "suspect" : "cleared";
    if (one.id === LIAR) Object.assign(one, { guaranteed: null, tight: null });
  }
  const cleared = view.members.map(({ id }) => id).filter((id) => !out.includes(id));
  const pairs = view.pairs.filter(({ a, b }) => a !== LIAR && b !== LIAR && !(out.includes(a) && out.includes(b)));
  return { ...view, pairs, conflicts: [liar(as_of, cleared), ...collusion(as_of, cleared), over(as_of)] };
}

const before = (as_of: string, minutes: number): string => new Date(Date.parse(as_of) - minutes * 60_000).toISOString();

const liar = (as_of: string, cleared: string[]): PeerConflict => ({
  tier: "guaranteed",
  first_seen: before(as_of, 12),
  last_seen: as_of,
  ended_at: null,
  suspects: [LIAR],
  flagged: [LIAR],
  cleared,
  least_liars: 1,
  cycles: [
    { nodes: [idOf(0), LIAR, "UTC"], weight_ns: "-47741000" },
    { nodes: ["UTC", LIAR, idOf(4)], weight_ns: "-47650310" },
  ],
});

const collusion = (as_of: string, cleared: string[]): PeerConflict[] =>
  (["tight", "guaranteed"] as const).map((tier) => ({
    ...liar(as_of, cleared),
    tier,
    first_seen: before(as_of, 3),
    suspects: [...COLLUDING],
    flagged: [],
    cycles: [{ nodes: ["UTC", COLLUDING[0], idOf(8), idOf(5), COLLUDING[1]], weight_ns: tier === "tight" ? "-1950440" : "-1203377" }],
  }));

const over = (as_of: string): PeerConflict => ({
  ...liar(as_of, []),
  tier: "tight",
  first_seen: before(as_of, 700),
  last_seen: before(as_of, 640),
  ended_at: before(as_of, 639),
  suspects: [idOf(9)],
  flagged: [idOf(9)],
  cycles: [{ nodes: ["UTC", idOf(9), idOf(3)], weight_ns: "-310200" }],
});

const VERDICTS: readonly Omit<PairVerdict, "verdict">[] = [
  {
    profile: "cockroachdb",
    title: "CockroachDB",
    limit_ns: "400000000",
    source:
      "a node exits at 80 % of max-offset; https://docs.example.net/en/products/configuration/reference/clocks/maximum_offset_between_nodes",
  },
  { profile: "cassandra", title: "Cassandra", limit_ns: "10000000", source: "vendor guidance: last write wins" },
  { profile: "g8271-1", title: "5G TDD", limit_ns: "3000", source: "TS 38.133 clause 7.4" },
  { profile: "lab", title: "Lab triggers", limit_ns: "900", source: "declared by this site" },
];

function verdictsFor(lo: number, hi: number): PairVerdict[] {
  const [least, most] = [lo > 0 ? lo : hi < 0 ? -hi : 0, Math.max(-lo, hi)];
  const judge = (limit: number): PairVerdict["verdict"] => (most <= limit ? "inside" : least > limit ? "outside" : "not_provable");
  return VERDICTS.map((one) => ({ ...one, verdict: judge(Number(one.limit_ns)) }));
}

/** What the API says of two of a scene; null = it knows no such two. */
export function pairScene(view: PeersView, first: string, second: string): PairView | null {
  const find = (key: string) => view.members.find(({ id, name }) => id === key || name === key);
  const [a, b] = [find(first), find(second)];
  if (a === undefined || b === undefined || a === b) return null;
  const known = view.pairs.find((pair) => [pair.a, pair.b].includes(a.id) && [pair.a, pair.b].includes(b.id));
  if (known === undefined) return unbounded(view, a, b);
  const turned = known.a === a.id ? 1 : -1;
  const ends = [turned * Number(known.lo_ns), turned * Number(known.hi_ns)].toSorted((x, y) => x - y) as [number, number];
  const others = view.members.filter((one) => one !== a && one !== b && one.standing !== "flagged");
  const way = [a.id, ...others.slice(0, 2).map(({ id }) => id), b.id];
  return {
    ...unbounded(view, a, b),
    apart_ns: "9120344120",
    guaranteed: { ...bound(...ends), above: way, below: [a.id, "UTC", b.id] },
    tight: { ...bound(ends[0] / 5, ends[1] / 5), above: [a.id, b.id], below: way },
    direct: [{ from: a.id, to: b.id, ...bound(ends[0] * 1.2, ends[1] * 1.1), age_s: 11.2 }],
    verdicts: verdictsFor(...ends),
    why: null,
  };
}

const unbounded = (view: PeersView, a: MeshMember, b: MeshMember): PairView => ({
  a,
  b,
  as_of: view.as_of,
  apart_ns: null,
  guaranteed: null,
  tight: null,
  direct: [a, b].some(({ id }) => id === LIAR) ? [{ from: a.id, to: b.id, ...bound(-48_600_000, -48_300_000), age_s: 4.1 }] : [],
  verdicts: [],
  why: [a, b].some(({ id }) => id === LIAR)
    ? "one of them is flagged, so what is said of it proves nothing"
    : "no measurement and no claim joins them",
});

/** Hosts of the fleet page, of which the peers accuse two. */
export const accusedHosts = (as_of: string): HostSummary[] =>
  (["flagged", "suspect", "cleared"] as const).map((peer_standing, number) => ({
    id: idOf(number),
    name: `db-${number + 1}`,
    labels: { room: "a1" },
    liveness: "reporting",
    status: "proven",
    reason: null,
    as_of,
    as_of_marked: false,
    guaranteed: bound(-441_000, 380_000),
    tight: null,
    worst_error_ns: "441000",
    clone_suspected: false,
    is_ahead: false,
    delivered_until: null,
    words: "within 441 µs of UTC",
    peer_standing,
    injected_ns: null,
    last_received_at: as_of,
  }));

/** A host of which nothing else is known yet. */
export const hostInFull = (host: HostSummary): HostDetail => ({
  ...host,
  explanation: "This clock is within 441 µs of UTC.",
  terms: null,
  frequency: null,
  forecast: [],
  calibration: null,
  assumptions: null,
  trusting: [],
  votes: 3,
  need: 2,
  sources: [],
  events: [],
  boot_id: null,
  software: null,
  policy_version: null,
  enrolled_at: host.as_of ?? "2026-11-26T03:00:00.000Z",
  evidence: null,
});
