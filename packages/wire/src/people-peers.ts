import Type, { type Static } from "typebox";
import { Labels } from "./enrol.ts";
import { Bound, DecimalString, HostText, Instant, Natural, Nullable, Uuid } from "./schema.ts";

/** Of two tiers what both say, each by its own assumptions. */
export const TIERS = ["guaranteed", "tight"] as const;
const Tier = Type.Enum([...TIERS] as unknown as typeof TIERS);
export type Tier = (typeof TIERS)[number];

export const STANDINGS = ["cleared", "unaccused", "suspect", "flagged"] as const;
/** `flagged` alone accuses; `cleared` = others contradict each other, and it is not among them; `unaccused` = nobody does. */
export const Standing = Type.Enum([...STANDINGS] as unknown as typeof STANDINGS);
export type Standing = (typeof STANDINGS)[number];

/** A node of the mesh. */
export const MeshMember = Type.Object({
  id: Uuid,
  name: HostText(255),
  labels: Labels,
  kind: Type.Enum(["agent", "target"]),
  domain: HostText(64),
  standing: Standing,
  /** What it claims of its offset by its own sources; null = nothing, or it is a target. */
  claim: Nullable(Bound),
  /** What all constraints together leave of its offset, by tier; null = nothing joins it to UTC, or they contradict each other. */
  guaranteed: Nullable(Bound),
  tight: Nullable(Bound),
  /** Measured by it, and measuring it, in the last minutes. */
  measures: Natural,
  measured_by: Natural,
  /** Of a target, the hosts that measure it; at most 50. */
  measurers: Type.Optional(Type.Array(Uuid)),
  /** Why it does not answer; null = it does, or it is a target. */
  trouble: Nullable(Type.String()),
  /** What is wrong with its paths in words (asymmetry, a limping host); null = nothing shows. */
  remark: Nullable(Type.String()),
});
export type MeshMember = Static<typeof MeshMember>;

/** A bound on clock b − clock a, each at its own latest reading. */
export const PeerPair = Type.Object({
  a: Uuid,
  b: Uuid,
  lo_ns: DecimalString,
  hi_ns: DecimalString,
  /** Greater of both ends without their signs. */
  worst_ns: DecimalString,
});
export type PeerPair = Static<typeof PeerPair>;

export const PeerConflict = Type.Object({
  tier: Tier,
  first_seen: Instant,
  last_seen: Instant,
  /** null = it goes on. */
  ended_at: Nullable(Instant),
  suspects: Type.Array(Uuid),
  flagged: Type.Array(Uuid),
  cleared: Type.Array(Uuid),
  /** No fewer lie. */
  least_liars: Natural,
  /**
   * Nodes in the order of travel, "UTC" among them; the first is not repeated. Of the newest solution that this server has while the
   * conflict goes on and shows in it, else as it was written down.
   */
  cycles: Type.Array(Type.Object({ nodes: Type.Array(Type.String()), weight_ns: DecimalString })),
});
export type PeerConflict = Static<typeof PeerConflict>;

export const PeersView = Type.Object({
  /** When it was computed; null = not yet, or nobody is in a mesh. */
  as_of: Nullable(Instant),
  /** How things stand, or why nothing is known. */
  words: Type.String(),
  members: Type.Array(MeshMember),
  /** All pairs of up to 100 members, worst first; of more, the 100 worst that are measured directly. */
  pairs: Type.Array(PeerPair),
  /** True where `pairs` are all pairs. */
  all_pairs: Type.Boolean(),
  /** Those that go on, and those that ended within the last day; newest first. */
  conflicts: Type.Array(PeerConflict),
  /** How well triangles close, as a share of what their bounds allow: median and greatest; null = there is none. */
  closure: Nullable(Type.Object({ triangles: Natural, median: Type.Number(), greatest: Type.Number() })),
});
export type PeersView = Static<typeof PeersView>;

/** A bound on clock b − clock a and the way that gives each end: ids in order, "UTC" among them. */
export const PathBound = Type.Object({
  lo_ns: DecimalString,
  hi_ns: DecimalString,
  above: Type.Array(Type.String()),
  below: Type.Array(Type.String()),
});
export type PathBound = Static<typeof PathBound>;

export const PairVerdict = Type.Object({
  profile: Type.String(),
  title: Type.String(),
  limit_ns: DecimalString,
  /** Of the guaranteed bound: all of it inside, all of it outside, or neither. */
  verdict: Type.Enum(["inside", "outside", "not_provable"]),
  source: Type.String(),
});
export type PairVerdict = Static<typeof PairVerdict>;

export const PairView = Type.Object({
  a: MeshMember,
  b: MeshMember,
  as_of: Nullable(Instant),
  /** The readings of both were received so far apart, by the clock of the database; each clock is meant at its own reading. */
  apart_ns: Nullable(DecimalString),
  guaranteed: Nullable(PathBound),
  tight: Nullable(PathBound),
  /** What each measured of the other itself; null = it did not. */
  direct: Type.Array(Type.Object({ from: Uuid, to: Uuid, lo_ns: DecimalString, hi_ns: DecimalString, age_s: Type.Number() })),
  verdicts: Type.Array(PairVerdict),
  /** Why there is no bound, in words; null = there is one. */
  why: Nullable(Type.String()),
});
export type PairView = Static<typeof PairView>;

/** A tier's graph as `truebound explain peers` reads it, so that anybody can solve it anew: lo ≤ C_to − C_from ≤ hi, clocks less UTC. */
export const PeersCase = Type.Object({
  about: Type.String(),
  edges: Type.Array(Type.Object({ from: Type.String(), to: Type.String(), lo_ns: DecimalString, hi_ns: DecimalString })),
});
export type PeersCase = Static<typeof PeersCase>;
