import { SeededRandom } from "../../sim/random.ts";

/** Instants within [from, to], both ends among them; drawn from a seed, so that a run is judged the same each time. */
export function instantsWithin(from: bigint, to: bigint, count: number, seed: number): bigint[] {
  const random = new SeededRandom(seed);
  const within = () => from + BigInt(Math.floor(random.next() * Number(to - from + 1n)));
  return [from, to, ...Array.from({ length: count }, within)];
}
