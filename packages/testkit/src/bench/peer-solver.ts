import { blame, peerGraph, utcBounds } from "@truebound/time";
import { randomFleet, SHAPE } from "../peers/random-fleet.ts";
import { SeededRandom } from "../sim/random.ts";
import { median } from "./statistics.ts";

/** ms, medians. */
export interface SolverCost {
  readonly hosts: number;
  readonly edges: number;
  readonly build: number;
  readonly bounds: number;
  /** With one, two and three liars, each off by 50 ms more than it says; and whether just they were flagged. */
  readonly blame: readonly number[];
  readonly isRight: boolean;
  /** µs, median over the fleet, of what the host proves alone and of what its peers make of it. */
  readonly alone: number;
  readonly together: number;
}

const ROUNDS = 5;
const LIE_NS = 50_000_000;

export function measureSolver(hosts: number, log: (text: string) => void): SolverCost {
  log(`peers: ${hosts} hosts`);
  const shape = { ...SHAPE, hosts };
  const { edges } = randomFleet(new SeededRandom(1), shape);
  const graph = peerGraph(edges);
  const liars = [1, 2, 3].map((count) => Array.from({ length: count }, (_, index) => ({ host: index * 101 + 7, by: LIE_NS })));
  const torn = liars.map((lies) => ({ lies, graph: peerGraph(randomFleet(new SeededRandom(1), shape, lies).edges) }));
  const named = (lies: readonly { host: number }[]) => lies.map(({ host }) => `h${host}`).sort();
  return {
    hosts,
    edges: edges.length,
    build: timed(() => peerGraph(edges)),
    bounds: timed(() => utcBounds(graph)),
    blame: torn.map((one) => timed(() => blame(one.graph))),
    isRight: torn.every((one) => blame(one.graph).flagged.join() === named(one.lies).join()),
    alone: median(edges.filter(({ from }) => from === "UTC").map(({ lo, hi }) => Number(hi - lo) / 2000)),
    together: median(
      [...utcBounds(graph).values()].map((bound) => (bound === null ? Number.POSITIVE_INFINITY : Number(bound.hi - bound.lo) / 2000)),
    ),
  };
}

function timed(work: () => unknown): number {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    work();
    times.push(performance.now() - started);
  }
  return median(times);
}
