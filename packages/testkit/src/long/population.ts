import type { Scenario } from "../scenario/scenario.ts";
import { SeededRandom } from "../sim/random.ts";
import type { ClockFaults } from "../sim/sim-clock.ts";
import type { SimSource } from "../sim/sim-source.ts";
import type { Wander } from "../sim/wander.ts";

/**
 * Random hosts, drawn from a seed: everything that G must survive. In the first population the frequency stays within
 * sigma of some rate, which is what H assumes; in the second it moves farther, though never beyond rho.
 */
export const POPULATIONS = ["within sigma", "beyond sigma"] as const;
export type Population = (typeof POPULATIONS)[number];

const SIGMA_PPB = 2000;
const MS = 1_000_000;

/** The `index`-th host of a population. Same seed, same host. */
export function drawScenario(population: Population, seed: number): Scenario {
  const random = new SeededRandom(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random.next() * values.length)] as T;
  const seconds = pick([240, 400, 700, 1100]);
  const rhoPpb = pick([200_000, 200_000, 100_000, 50_000, 30_000]);
  const wander = population === "within sigma" ? wanderWithin(random, pick) : wanderBeyond(random, pick, rhoPpb);
  const room = rhoPpb - mostOf(wander) - 100;
  const liars = pick([0, 0, 1, 1, 2]);
  const faults = liars + pick([0, 0, 1]);
  return {
    name: `${population} ${seed}`,
    seconds,
    seed,
    liars,
    pollS: pick([1, 1, 2, 4, 16]),
    policy: { rho_ppb: rhoPpb, sigma_ppb: SIGMA_PPB, faults },
    clock: drawClock(random, seconds, room, wander),
    sources: drawSources(random, pick, faults + 1 + Math.floor(random.next() * 3), liars),
    pauses: some(random, 3, () => ({ atS: random.between(1, seconds), forS: random.between(0.01, 20) })),
    userlandStamps: random.next() < 0.3,
  };
}

type Chooser = <T>(values: readonly T[]) => T;

const some = <T>(random: SeededRandom, most: number, make: () => T): T[] =>
  Array.from({ length: Math.floor(random.next() * (most + 1)) }, make);

function wanderWithin(random: SeededRandom, pick: Chooser): Wander | null {
  const reach = random.between(0, SIGMA_PPB - 1);
  const seed = Math.floor(random.next() * 2 ** 32);
  return pick<Wander | null>([
    null,
    { kind: "sine", amplitudePpb: reach, periodS: random.between(20, 7200) },
    { kind: "walk", withinPpb: reach, stepPpb: random.between(1, SIGMA_PPB), everyS: random.between(1, 120), seed },
  ]);
}

function wanderBeyond(random: SeededRandom, pick: Chooser, rhoPpb: number): Wander {
  const reach = random.between(4 * SIGMA_PPB, rhoPpb / 2);
  const seed = Math.floor(random.next() * 2 ** 32);
  return pick<Wander>([
    { kind: "sine", amplitudePpb: reach, periodS: random.between(60, 7200) },
    { kind: "walk", withinPpb: reach, stepPpb: random.between(SIGMA_PPB, reach), everyS: random.between(5, 120), seed },
    { kind: "jump", atS: random.between(60, 240), byPpb: random.next() < 0.5 ? reach : -reach },
  ]);
}

function mostOf(wander: Wander | null): number {
  if (wander === null) return 0;
  return wander.kind === "sine" ? wander.amplitudePpb : wander.kind === "walk" ? wander.withinPpb : Math.abs(wander.byPpb);
}

/** A suspend early, a marked move late: never both at once. */
function drawClock(random: SeededRandom, seconds: number, room: number, wander: Wander | null): ClockFaults {
  const driftPpb = Math.round(random.between(-room, room));
  const moved = () => ({
    atS: random.between(0.6, 0.9) * seconds,
    forS: random.between(0, 30),
    ratePpb: Math.round(random.between(-room, room)) - driftPpb,
    ...(random.next() < 0.5 ? { marked: true } : { clocksource: "hpet" }),
  });
  return {
    driftPpb,
    ...(wander === null ? {} : { wander }),
    slewPpb: random.next() < 0.5 ? 0 : Math.round(random.between(-500_000, 500_000)),
    aheadNs: Math.round(random.between(-2000, 2000) * MS),
    steps: some(random, 3, () => ({ atS: random.between(1, seconds), byNs: Math.round(random.between(-900, 900) * MS) })),
    suspends: some(random, 1, () => ({ atS: random.between(0.05, 0.4) * seconds, forS: random.between(0.01, 30) })),
    standstills: some(random, 1, moved),
  };
}

function drawSources(random: SeededRandom, pick: Chooser, honest: number, liars: number): SimSource[] {
  // Where all paths are short the bounds are narrow, and the least error of ours would show.
  const isNear = random.next() < 0.5;
  const camp = Math.round(random.between(-3000, 3000) * MS);
  const colluding = random.next() < 0.5;
  const lie = (): Partial<SimSource> => ({
    errorNs: colluding ? camp : Math.round(random.between(-3000, 3000) * MS),
    errorPpb: random.next() < 0.3 ? Math.round(random.between(-500_000, 500_000)) : 0,
  });
  const truths = Array.from({ length: honest }, () => ownedError(random));
  const lies = Array.from({ length: liars }, lie);
  return [...truths, ...lies].map((over, index) => ({
    address: `198.51.100.${index + 1}:123`,
    ...drawPath(random, isNear ? () => pick([0, 0, 0.005, 0.2]) : () => pick([0, 0.05, 1, 20, 100]), wayOf(random, pick, isNear)),
    loss: pick([0, 0, 0.05, 0.3]),
    interleaves: random.next() < 0.5,
    ...(random.next() < 0.15 ? { silentFromS: random.between(0, 600), silentUntilS: random.between(0, 1200) } : {}),
    ...over,
  }));
}

/** How a path's one-way delays come about, ms. */
const wayOf = (random: SeededRandom, pick: Chooser, isNear: boolean): (() => number) =>
  isNear
    ? () => 0.02 * 10 ** random.between(0, 1.5)
    : pick([() => random.next() * 1000, () => random.next() * 300, () => 0.01 * 10 ** random.between(0, 4)]);

/** 0 to 1 s each way, asymmetric as it comes. */
const drawPath = (random: SeededRandom, jitter: () => number, way: () => number) => ({
  thereMs: way(),
  backMs: random.next() < 0.2 ? way() * random.next() : way(),
  jitterMs: jitter(),
});

/** An honest server is off by no more than its root fields own. */
function ownedError(random: SeededRandom): Partial<SimSource> {
  const owned = Math.floor(random.next() ** 8 * 2000) + 4;
  const errorNs = Math.round((random.between(-1, 1) * owned * 1e9) / 65_536);
  return { rootDispersion: owned, errorNs, stratum: 1 };
}
