import { type Contradiction, conflictsApart } from "@truebound/time";
import type { PeerConflict, Tier } from "@truebound/wire";
import { evidenceOf } from "./evidence-of.ts";
import type { Solution } from "./solution.ts";

/** Whom a conflict suspects and accuses, in one tier; both in order. */
export interface Picture {
  readonly tier: Tier;
  readonly suspects: readonly string[];
  readonly flagged: readonly string[];
}

/** A conflict as one solution shows it. */
export interface Sighting extends Picture {
  readonly cleared: readonly string[];
  readonly leastLiars: number;
  readonly cycles: PeerConflict["cycles"];
  /** Readings and measurements that its contradictions rest on. */
  readonly evidence: ReadonlySet<string>;
}

/** A conflict that was told and goes on. */
export interface OpenConflict extends Picture {
  readonly id: bigint;
}

export interface Judgement {
  readonly begun: readonly Sighting[];
  readonly goingOn: readonly bigint[];
  readonly ended: readonly bigint[];
}

/**
 * In so many solutions in a row, more than 210 s, all that is fresh is made anew: a hull is no older than two minutes on the ruler of
 * whoever tells it, and was received in the last 90 s. What is still the same then somebody repeats, and nobody gets away by it.
 */
const OUTLASTS_ALL = 22;
/** So many contradictions of a conflict are kept; more say nothing more. */
const CYCLES_MOST = 20;

export const cyclesOf = (contradictions: readonly Contradiction[]): PeerConflict["cycles"] =>
  contradictions.slice(0, CYCLES_MOST).map(({ nodes, weight }) => ({ nodes: [...nodes], weight_ns: weight.toString() }));

export const sightingsOf = (solution: Solution): Sighting[] =>
  [solution.guaranteed, solution.tight].flatMap(({ tier, blame }) =>
    conflictsApart(blame).map(({ contradictions, ...said }) => ({
      tier,
      ...said,
      cycles: cyclesOf(contradictions),
      evidence: evidenceOf(contradictions, solution.facts, tier),
    })),
  );

/** What is remembered of a sighting until the next solution. */
interface Remembered {
  readonly sighting: Sighting;
  /** Of the first in a row of solutions that all show it. */
  readonly firstEvidence: ReadonlySet<string>;
  /** How many solutions in a row show it. */
  readonly seen: number;
}

/** A sighting beside the one before it. `flagged` are those whom both flag. */
interface Followed extends Remembered {
  readonly isConfirmed: boolean;
  /** The same picture twice. */
  readonly isSteady: boolean;
}

/**
 * Which conflicts are told, and when they end. One bad measurement stays in several solutions, so a conflict is told once two
 * solutions in a row show it, the later of which has no reading and no measurement in common with the first. It ends when two in a
 * row do not show it, or when both show another picture of the same hosts, which then takes its place.
 */
export class ConflictWatch {
  #before: readonly Remembered[] = [];
  readonly #missed = new Map<bigint, number>();

  judge(open: readonly OpenConflict[], sightings: readonly Sighting[]): Judgement {
    const followed = sightings.map((sighting) => follow(sighting, this.#before));
    this.#before = followed.map(({ firstEvidence, seen }, index) => ({ firstEvidence, seen, sighting: sightings[index] as Sighting }));
    const begun = followed.filter((one) => isNews(one, open)).map(({ sighting }) => sighting);
    this.#count(open, sightings);
    const hasEnded = (one: OpenConflict) => begun.some((other) => meet(one, other)) || (this.#missed.get(one.id) ?? 0) >= 2;
    const isSeen = (one: OpenConflict) => this.#missed.get(one.id) === 0;
    return {
      begun,
      goingOn: open.filter((one) => isSeen(one) && !hasEnded(one)).map(({ id }) => id),
      ended: open.filter(hasEnded).map(({ id }) => id),
    };
  }

  /** For how many solutions each has not been seen. */
  #count(open: readonly OpenConflict[], sightings: readonly Sighting[]): void {
    const ids = new Set(open.map(({ id }) => id));
    for (const id of this.#missed.keys()) if (!ids.has(id)) this.#missed.delete(id);
    for (const one of open) {
      const isSeen = sightings.some((sighting) => meet(one, sighting));
      this.#missed.set(one.id, isSeen ? 0 : (this.#missed.get(one.id) ?? 0) + 1);
    }
  }
}

function follow(sighting: Sighting, before: readonly Remembered[]): Followed {
  const earlier = before.find((other) => isSame(other.sighting, sighting)) ?? before.find((other) => meet(other.sighting, sighting));
  if (earlier === undefined) return { sighting, firstEvidence: sighting.evidence, seen: 1, isConfirmed: false, isSteady: false };
  const { firstEvidence } = earlier;
  const seen = earlier.seen + 1;
  return {
    sighting: { ...sighting, flagged: sighting.flagged.filter((host) => earlier.sighting.flagged.includes(host)) },
    firstEvidence,
    seen,
    isConfirmed: seen >= OUTLASTS_ALL || ![...sighting.evidence].some((one) => firstEvidence.has(one)),
    isSteady: isSame(earlier.sighting, sighting),
  };
}

/** Nothing that was told is of these hosts; or what was told is of them, and twice in a row it is another picture. */
function isNews({ sighting, isConfirmed, isSteady }: Followed, open: readonly OpenConflict[]): boolean {
  const told = open.filter((one) => meet(one, sighting));
  if (told.length === 0) return isConfirmed;
  return isConfirmed && isSteady && !told.some((one) => isSame(one, sighting));
}

/** Both suspect somebody. */
const meet = (a: Picture, b: Picture): boolean => a.tier === b.tier && a.suspects.some((host) => b.suspects.includes(host));

const isSame = (a: Picture, b: Picture): boolean =>
  a.tier === b.tier && sameHosts(a.suspects, b.suspects) && sameHosts(a.flagged, b.flagged);

/** Both are sorted. */
const sameHosts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((host, index) => host === b[index]);
