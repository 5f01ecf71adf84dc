import type { StampPlace } from "./stamp-place.ts";

export type OrderResult = "before" | "after" | "undecidable" | "unknown";

export interface Order {
  readonly result: OrderResult;
  /** How far the nearest places of the two are apart; null unless one is surely before the other. */
  readonly margin: bigint | null;
}

const UNKNOWN: Order = { result: "unknown", margin: null };

/**
 * Which of two events came first, by when the clocks that stamped them can have shown these stamps. A stamp that was shown twice
 * counts with all of its places: the one event is before the other only if every place of it is.
 */
export function orderOf(a: StampPlace, b: StampPlace): Order {
  const [aFirst, aLast, bFirst, bLast] = [a.places[0], a.places.at(-1), b.places[0], b.places.at(-1)];
  if (!aFirst || !aLast || !bFirst || !bLast) return UNKNOWN;
  if (aLast.to < bFirst.from) return { result: "before", margin: bFirst.from - aLast.to };
  if (bLast.to < aFirst.from) return { result: "after", margin: aFirst.from - bLast.to };
  return { result: "undecidable", margin: null };
}
