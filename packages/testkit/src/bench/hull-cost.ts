import { type Constraints, raw, SlidingHull } from "@truebound/time";
import { SeededRandom } from "../sim/random.ts";
import { median, quantile } from "./statistics.ts";

/** What the tight tier costs for each sample, µs. */
export interface HullCost {
  readonly samples: number;
  readonly median: number;
  readonly p99: number;
  /** Vertices are what costs: the median width of what came out tells that it was no straight line. µs. */
  readonly medianHalfWidth: number;
}

const START = 1_800_000_000_000_000_000n;
const POLL = 16_000_000_000n;
const QUESTION = { sigmaPpb: 2000, allowed: { min: -200_000, max: 200_000 } };
const WARM_UP = 2000;

/** A window of 64 that slides over exchanges of 4 ms with 0.3 ms of jitter, every 16 s, on an oscillator that is 20 ppm off. */
export function measureHullCost(samples: number): HullCost {
  const random = new SeededRandom(7);
  const hull = new SlidingHull();
  const [costs, widths]: [number[], number[]] = [[], []];
  for (let index = 0; index < samples + WARM_UP; index++) {
    const sides = exchangeAt(BigInt(index) * POLL, random);
    const begun = process.hrtime.bigint();
    hull.add(sides);
    const bound = hull.boundAt({ at: sides.lower.at, ...QUESTION });
    const took = Number(process.hrtime.bigint() - begun) / 1000;
    if (bound === null) throw new Error(`Cannot bound sample ${index} of the hull's bench: no slope fits`);
    if (index < WARM_UP) continue;
    costs.push(took);
    widths.push(Number(bound.interval.hi - bound.interval.lo) / 2000);
  }
  return { samples: costs.length, median: median(costs), p99: quantile(costs, 0.99), medianHalfWidth: median(widths) };
}

function exchangeAt(elapsed: bigint, random: SeededRandom): Constraints {
  const [there, back] = [2e6 + random.exponential(3e5), 2e6 + random.exponential(3e5)].map((ns) => BigInt(Math.round(ns)));
  const truth = START - (elapsed * 20_000n) / 1_000_000_000n;
  const [t1, t4] = [elapsed, elapsed + (there ?? 0n) + (back ?? 0n)];
  return { upper: { at: raw(t1), value: truth + (there ?? 0n) }, lower: { at: raw(t4), value: truth - (back ?? 0n) } };
}
