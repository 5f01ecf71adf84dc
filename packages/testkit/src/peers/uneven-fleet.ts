import { type PeerEdge, UTC_NODE } from "@truebound/time";
import type { SeededRandom } from "../sim/random.ts";

/** A path between two hosts, or between a host and its sources: which takes how much longer one way. */
export interface UnevenPath {
  readonly from: string;
  readonly to: string;
  /** The way from `from` to `to` takes so many times what the way back does. */
  readonly times: number;
}

/** ns. What a single exchange over the best of some tries leaves of queues, and what stamps add to the half-width. */
const LAN = { least: 30_000, most: 150_000, queue: 3_000, stamp: 5_000 };
const WAN = { least: 2_000_000, most: 15_000_000, queue: 100_000, stamp: 20_000 };
export interface SiteShape {
  readonly hosts: number;
  readonly neighbours: number;
  /** Each way of a path differs from what both would take by at most this share. */
  readonly unlike: number;
}

/**
 * Clocks that are right, hosts that each measure `neighbours` others within a site and UTC over the net, and one path that is uneven;
 * null = none is.
 */
export function unevenFleet(
  random: SeededRandom,
  shape: SiteShape,
  choose: (paths: readonly (readonly [string, string])[]) => UnevenPath | null,
): { readonly edges: readonly PeerEdge[]; readonly uneven: UnevenPath | null } {
  const paths = pathsOf(random, shape);
  const uneven = choose(paths);
  const edges = paths.map(([from, to]) => {
    const isIt = uneven !== null && uneven.from === from && uneven.to === to;
    return measured(random, from, to, from === UTC_NODE ? WAN : LAN, isIt ? uneven.times : 1, shape.unlike);
  });
  return { edges, uneven };
}

function pathsOf(random: SeededRandom, { hosts, neighbours }: SiteShape): (readonly [string, string])[] {
  const paths = new Map<string, readonly [string, string]>();
  for (let host = 0; host < hosts; host++) {
    paths.set(`u${host}`, [UTC_NODE, `h${host}`]);
    const drawn = new Set<number>();
    while (drawn.size < Math.min(neighbours, hosts - 1)) {
      const other = Math.floor(random.between(0, hosts));
      if (other !== host) drawn.add(other);
    }
    for (const other of drawn) {
      const [a, b] = [Math.min(host, other), Math.max(host, other)];
      paths.set(`${a}-${b}`, [`h${a}`, `h${b}`]);
    }
  }
  return [...paths.values()];
}

function measured(random: SeededRandom, from: string, to: string, net: typeof LAN, times: number, unlike: number): PeerEdge {
  const base = random.between(net.least, net.most);
  const oneWay = (factor: number) => base * factor * random.between(1 - unlike, 1 + unlike) + random.exponential(net.queue);
  const [there, back] = [oneWay(times), oneWay(1)];
  const [middle, half] = [(there - back) / 2, (there + back) / 2 + net.stamp];
  return { from, to, lo: BigInt(Math.floor(middle - half)), hi: BigInt(Math.ceil(middle + half)) };
}
