import { peerGraph, UTC_NODE, utcBounds } from "@truebound/time";
import { type FleetShape, randomFleet } from "../peers/random-fleet.ts";
import { SeededRandom } from "../sim/random.ts";
import { median } from "./statistics.ts";
import { textTable } from "./text-table.ts";

/** Half-widths of bounds on UTC, µs, medians over a fleet. */
export interface Bought {
  readonly nearShare: number;
  readonly neighbours: number;
  readonly alone: number;
  readonly together: number;
}

export const NEAR_SHARES = [0, 0.02, 0.1] as const;
export const NEIGHBOURS = [3, 6, 12] as const;

/** Sources over the net, each way 1 to 5 ms, and peers, 20 to 60 µs; beside a stratum 1 of the site each way takes 4 to 20 µs. */
const SITE: FleetShape = { hosts: 1_000, neighbours: 6, wide: 5_000_000, near: 20_000, nearShare: 0, leastShare: 0.2, path: 60_000 };

export const measureBought = (hosts = SITE.hosts): Bought[] =>
  NEAR_SHARES.flatMap((nearShare) => NEIGHBOURS.map((neighbours) => bought({ ...SITE, hosts, nearShare, neighbours })));

function bought(shape: FleetShape): Bought {
  const { edges } = randomFleet(new SeededRandom(1), shape);
  const half = ({ lo, hi }: { readonly lo: bigint; readonly hi: bigint }) => Number(hi - lo) / 2000;
  const bounds = [...utcBounds(peerGraph(edges)).values()];
  return {
    nearShare: shape.nearShare,
    neighbours: shape.neighbours,
    alone: median(edges.filter(({ from }) => from === UTC_NODE).map(half)),
    together: median(bounds.map((bound) => (bound === null ? Number.POSITIVE_INFINITY : half(bound)))),
  };
}

const us = (value: number | undefined): string => value?.toFixed(0) ?? "";

export function boughtTable(all: readonly Bought[]): string {
  const heading = ["beside a stratum 1", "alone", ...NEIGHBOURS.map((count) => `k = ${count}`)];
  const rows = NEAR_SHARES.map((share) => {
    const those = NEIGHBOURS.map((count) => all.find(({ nearShare, neighbours }) => nearShare === share && neighbours === count));
    return [`${(share * 100).toFixed(0)} %`, us(those[0]?.alone), ...those.map((one) => us(one?.together))];
  });
  return textTable(heading, rows);
}
