import type { PeerConflict } from "@truebound/wire";
import { nameList } from "../../format/name-list.ts";

/** What one contradiction says of hosts, ready to be read; `flagged` alone accuses. */
export interface Accusation {
  readonly conflict: PeerConflict;
  /** By the other tier too: the same hosts. */
  readonly also: PeerConflict | null;
  readonly flagged: readonly string[];
  /** Without those that are flagged. */
  readonly suspects: readonly string[];
}

const onlySuspects = ({ suspects, flagged }: PeerConflict): string[] => suspects.filter((id) => !flagged.includes(id));
const keyOf = (conflict: PeerConflict): string => [conflict.flagged.toSorted().join(), onlySuspects(conflict).toSorted().join()].join("/");

/** Contradictions of both tiers that name the same hosts are one, told by the guaranteed bounds. The strongest come first. */
export function accusations(conflicts: readonly PeerConflict[]): Accusation[] {
  const guaranteed = conflicts.filter(({ tier }) => tier === "guaranteed");
  const tight = new Map(conflicts.filter(({ tier }) => tier === "tight").map((conflict) => [keyOf(conflict), conflict]));
  const told = guaranteed.map((conflict) => ({ conflict, also: tight.get(keyOf(conflict)) ?? null }));
  const others = [...tight.values()].filter((conflict) => told.every(({ also }) => also !== conflict));
  return [...told, ...others.map((conflict) => ({ conflict, also: null }))]
    .map((one) => ({ ...one, flagged: one.conflict.flagged, suspects: onlySuspects(one.conflict) }))
    .toSorted((a, b) => rankOf(a) - rankOf(b));
}

const rankOf = ({ conflict, flagged }: Accusation): number => (conflict.tier === "tight" ? 2 : 0) + (flagged.length > 0 ? 0 : 1);

export const isOngoing = ({ ended_at }: PeerConflict): boolean => ended_at === null;

/** Who cannot be right, in one sentence: "db-7 cannot be right", "web-3 and web-4 cannot both be right". */
export function accusationWords({ conflict, flagged, suspects }: Accusation, nameOf: (id: string) => string): string {
  const sentences = [
    flagged.length === 0 ? null : `${nameList(flagged.map(nameOf))} cannot be right`,
    suspects.length === 0 ? null : suspectWords(suspects.map(nameOf), conflict.least_liars - flagged.length, flagged.length === 0),
  ];
  const said = sentences.filter((sentence) => sentence !== null);
  const words = said.length === 0 ? "Some statements contradict each other" : said.join("; ");
  return conflict.tier === "tight" ? `${words}, if frequencies keep still` : words;
}

/** A host keeps the name that it has; only our own words begin with a capital. */
export const sentence = (text: string): string => text.replace(/^at least/, "At least");

function suspectWords(names: readonly string[], liars: number, isAlone: boolean): string {
  // Of one alone the conflict does not say that it is wrong: whom it stands against is not shown, or is flagged.
  if (names.length === 1) return `${nameList(names)} may be wrong${isAlone ? "" : " too"}`;
  if (names.length === 2 && liars <= 1) return `${nameList(names)} cannot both be right`;
  return `at least ${Math.max(1, liars)} of ${nameList(names)} cannot be right`;
}

type Cycle = PeerConflict["cycles"][number];

/**
 * The plainest contradiction leads: one in which a single suspect stands against others that are cleared, since of two that are both
 * accused neither is a witness; of those the greatest.
 */
export function worstCycle({ cycles, suspects }: PeerConflict): Cycle | null {
  const accused = ({ nodes }: Cycle): number => nodes.filter((node) => suspects.includes(node)).length;
  const isPlainer = (one: Cycle, other: Cycle): boolean =>
    accused(one) === accused(other) ? BigInt(one.weight_ns) < BigInt(other.weight_ns) : accused(one) < accused(other);
  return cycles.reduce<Cycle | null>((worst, cycle) => (worst === null || isPlainer(cycle, worst) ? cycle : worst), null);
}

export const UTC = "UTC";
