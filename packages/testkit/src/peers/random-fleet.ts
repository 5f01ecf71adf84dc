import { type PeerEdge, UTC_NODE } from "@truebound/time";
import type { SeededRandom } from "../sim/random.ts";

/** A fleet around one truth. ns. */
export interface FleetShape {
  readonly hosts: number;
  readonly neighbours: number;
  /** Half-width, at most, of what a host can prove of its own clock; and of the share of hosts that stand beside a reference. */
  readonly wide: number;
  readonly near: number;
  readonly nearShare: number;
  /** At least such a share of that is left on either side of the truth, as no way takes no time; 0 without it: some hosts are right by luck. */
  readonly leastShare?: number;
  /** One way, at most, of a path between two hosts. */
  readonly path: number;
}

export const SHAPE: FleetShape = { hosts: 1_000, neighbours: 6, wide: 5_000_000, near: 20_000, nearShare: 0.02, path: 60_000 };

/** What a liar does: its clock is off by so much more than it says. Liars of one fleet may lie by the same, to stand by each other. */
export interface Lie {
  readonly host: number;
  readonly by: number;
}

export interface RandomFleet {
  readonly edges: readonly PeerEdge[];
  /** Names in the order of their numbers. */
  readonly names: readonly string[];
  readonly clocks: readonly number[];
}

/**
 * Every honest edge holds the truth: what a host proves of itself, and what it measures of its neighbours, over paths of
 * which each way takes its own time. Liars measure their neighbours rightly, and are measured rightly: what they say of
 * themselves is false.
 */
export function randomFleet(random: SeededRandom, shape: FleetShape, lies: readonly Lie[] = []): RandomFleet {
  const names = Array.from({ length: shape.hosts }, (_, host) => `h${host}`);
  const lieOf = new Map(lies.map(({ host, by }) => [host, by]));
  const claimed = names.map(() => random.between(-1e6, 1e6));
  const clocks = claimed.map((clock, host) => clock + (lieOf.get(host) ?? 0));
  const edges: PeerEdge[] = [];
  for (let host = 0; host < shape.hosts; host++) {
    const most = random.between(0, 1) < shape.nearShare ? shape.near : shape.wide;
    const side = () => random.between((shape.leastShare ?? 0) * most, most);
    edges.push(around(UTC_NODE, names[host] as string, claimed[host] as number, side(), side()));
    for (const other of neighbours(random, host, shape)) {
      const difference = (clocks[other] as number) - (clocks[host] as number);
      edges.push(
        around(
          names[host] as string,
          names[other] as string,
          difference,
          random.between(20_000, shape.path),
          random.between(20_000, shape.path),
        ),
      );
    }
  }
  return { edges, names, clocks };
}

/** Outward to whole ns. */
const around = (from: string, to: string, middle: number, below: number, above: number): PeerEdge => ({
  from,
  to,
  lo: BigInt(Math.floor(middle - below)),
  hi: BigInt(Math.ceil(middle + above)),
});

function neighbours(random: SeededRandom, host: number, shape: FleetShape): Set<number> {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(shape.neighbours, shape.hosts - 1)) {
    const other = Math.floor(random.between(0, shape.hosts));
    if (other !== host) drawn.add(other);
  }
  return drawn;
}
