export * from "./between-brackets.ts";
export * from "./bound-case.ts";
export * from "./card-stamp.ts";
export * from "./clock-accuracy.ts";
export * from "./clock-class.ts";
export * from "./exchange.ts";
export * from "./explain-bound.ts";
export * from "./forecast.ts";
export {
  ceil as ceilFraction,
  compare as compareFractions,
  type Fraction,
  floor as floorFraction,
  fraction,
  parseDecimal,
} from "./fraction.ts";
export * from "./frequency-hull.ts";
export * from "./fusion.ts";
export * from "./host-bound.ts";
export * from "./host-tight.ts";
export * from "./interval.ts";
export * from "./leap-axis.ts";
export * from "./leap-doubt.ts";
export * from "./leap-list.ts";
export * from "./leap-vote.ts";
export * from "./measured.ts";
export * from "./pace.ts";
export * from "./peer-votes.ts";
export { conflictsApart } from "./peers/apart.ts";
export { type AsymmetryHint, type AsymmetryHints, asymmetryHints } from "./peers/asymmetry.ts";
export { type Blame, blame, blameInSteps, SEARCHED_TO, type Steps } from "./peers/blame.ts";
export { type MeshHost, meshEdges, moved, type RulerEdge } from "./peers/common-epoch.ts";
export { type Gait, LIMPS_BY, type LimpsBy, NEW_GAIT, nextGaits, type PaceWindow } from "./peers/limping.ts";
export { type PeerEdge, type PeerGraph, peerGraph, UTC_NODE } from "./peers/peer-graph.ts";
export { boundsFrom, type Contradiction, findContradiction, type PairBound, pairBound, sayCycle, utcBounds } from "./peers/solve.ts";
export { type Triangle, triangles } from "./peers/triangles.ts";
export * from "./phi.ts";
export * from "./plan.ts";
export * from "./plan-changes.ts";
export * from "./plan-cost.ts";
export * from "./ptp-bound.ts";
export * from "./reading.ts";
export * from "./refutation.ts";
export * from "./rfc3339.ts";
export * from "./ruler-jump.ts";
export * from "./sampling.ts";
export * from "./slew.ts";
export * from "./sliding-hull.ts";
export * from "./smear.ts";
export * from "./span.ts";
export { exactSpan, readSpan, thousands } from "./span-text.ts";
export * from "./status.ts";
export * from "./timescale-mixup.ts";
export * from "./units.ts";
export * from "./votes.ts";
export * from "./window.ts";
export * from "./words.ts";
