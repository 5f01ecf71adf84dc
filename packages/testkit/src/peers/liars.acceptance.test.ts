import { blame, peerGraph } from "@truebound/time";
import { describe, expect, inject, it } from "vitest";
import { SeededRandom } from "../sim/random.ts";
import { type FleetShape, type Lie, randomFleet } from "./random-fleet.ts";

const FLEETS = inject("long") === true ? 1_000 : 60;

/** What an honest host can be off by without being seen to: half a millisecond, with its path and its neighbour. */
const SLACK_NS = 200_000 + 60_000 + 200_000;

interface Tally {
  /** Fleets in which just the liars were flagged; and those in which some were only among the suspects. */
  readonly singled: number;
  readonly amongOthers: number;
}

/** Liars at random places, or all side by side and lying by the same. Each host has at least 3 f + 1 neighbours. */
function fleets(faults: number, collude: boolean, by: (random: SeededRandom) => number): Tally {
  let [singled, amongOthers] = [0, 0];
  for (let seed = 1; seed <= FLEETS; seed++) {
    const random = new SeededRandom(1_000 * faults + seed);
    const shape: FleetShape = {
      hosts: 40 + (seed % 60),
      neighbours: 3 * faults + 1,
      wide: 200_000,
      near: 20_000,
      nearShare: 0.02,
      path: 60_000,
    };
    const shared = by(random);
    const first = Math.floor(random.between(0, shape.hosts));
    const lies: Lie[] = Array.from({ length: faults }, (_, index) => ({
      host: collude ? (first + index) % shape.hosts : (first + index * 11) % shape.hosts,
      by: collude ? shared : by(random),
    }));
    const { suspects, flagged } = blame(peerGraph(randomFleet(random, shape, lies).edges));
    const liars = lies.map(({ host }) => `h${host}`);
    expect({ seed, honestFlagged: flagged.filter((host) => !liars.includes(host)) }).toEqual({ seed, honestFlagged: [] });
    expect({ seed, missed: liars.filter((host) => !suspects.includes(host)) }).toEqual({ seed, missed: [] });
    if (flagged.length === faults && suspects.length === faults) singled += 1;
    else amongOthers += 1;
  }
  return { singled, amongOthers };
}

const either = (random: SeededRandom) => (random.next() < 0.5 ? -1 : 1);
const LIES: readonly [string, (random: SeededRandom) => number][] = [
  ["just over what could be honest", (random) => either(random) * random.between(SLACK_NS * 1.01, SLACK_NS * 2)],
  ["50 ms", (random) => either(random) * 50_000_000],
  ["5 s", (random) => either(random) * 5_000_000_000],
];

describe("R29 hosts that claim to be right and are not", () => {
  const cases = [1, 2, 3].flatMap((faults) =>
    [false, true].flatMap((collude) => LIES.map(([words, by]) => [faults, collude ? "together" : "apart", words, by] as const)),
  );
  it.each(cases)("%i of them %s, off by %s: all are found, and nobody else is accused", { timeout: 600_000 }, (faults, how, words, by) => {
    const { singled, amongOthers } = fleets(faults, how === "together", by);
    console.log(`R29, ${faults} ${how}, ${words}: ${singled} fleets in which just they were flagged, ${amongOthers} with "one of these"`);
    expect(singled + amongOthers).toBe(FLEETS);
  });
});
