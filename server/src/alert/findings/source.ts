import { meaningOfClass } from "@truebound/time";
import type { SourceState } from "@truebound/wire";
import { type SourceTest, type Truth, truth } from "../finding.ts";

const LOST: Readonly<Record<SourceState, Truth>> = {
  agrees: "over",
  falseticker: "over",
  vote_void: "over",
  inconsistent_with_itself: "over",
  no_region: "over",
  timescale_unknown: "over",
  not_authenticated: "over",
  never_answered: "holds",
  stale: "holds",
  // Its name has no address: who waits for it waits as for one that does not answer.
  resolving: "holds",
};

const FALSE: Readonly<Record<SourceState, Truth>> = {
  agrees: "over",
  falseticker: "holds",
  vote_void: "holds",
  inconsistent_with_itself: "holds",
  no_region: "unknown",
  timescale_unknown: "unknown",
  not_authenticated: "unknown",
  // Nobody calls it false any more; that it is lost is told beside.
  never_answered: "over",
  stale: "over",
  resolving: "over",
};

const tested =
  (table: Readonly<Record<SourceState, Truth>>): SourceTest =>
  ({ isPresent }, { state }) =>
    isPresent ? table[state as SourceState] : "unknown";

/** A PTP port follows a grandmaster that follows no primary reference of time now, by its own clockClass. */
export const grandmasterLost: SourceTest = ({ isPresent }, { kind, facts }) => {
  if (kind !== "ptp") return "over";
  if (!isPresent || typeof facts?.clock_class !== "number") return "unknown";
  return truth(meaningOfClass(facts.clock_class) !== "locked");
};

/** Nothing is lost with a second opinion: nothing rests on it. */
export const sourceLost: SourceTest = (facts, source) => (source.kind === "opinion" ? "over" : tested(LOST)(facts, source));
/** A source without a vote disagrees with nobody's vote: what it contradicts is told apart. */
export const falseticker: SourceTest = (facts, source) => (source.counts === false ? "over" : tested(FALSE)(facts, source));

/** Evidence of which the error is declared and to nobody who lets it count; a second opinion declares none. */
export const declaredContradicts: SourceTest = (facts, source) => {
  const isDeclared = source.counts === false && source.kind !== "opinion";
  return isDeclared ? tested(FALSE)(facts, source) : "over";
};

/** Where all of a host's sources are in such a state no finding on them holds. */
export const isSound = (state: SourceState): boolean => truth(LOST[state] === "holds" || FALSE[state] === "holds") === "over";
