import { runScenario } from "../scenario/scenario.ts";
import { count, type Part } from "./part.ts";
import { drawScenario, POPULATIONS, type Population } from "./population.ts";

/** What came of many simulated exchanges of one population. */
export interface SimulatedTally {
  readonly population: Population;
  readonly hosts: number;
  readonly exchanges: number;
  /** Bounds held against the truth, and those that excluded it. */
  readonly guaranteed: Held;
  readonly tight: Held;
  /** Rows and spans that speak for every instant of a stretch. */
  readonly between: Held;
  /** The first hosts on which anything was missed: each replays from its seed. */
  readonly failing: readonly string[];
}

interface Held {
  readonly checked: number;
  readonly missed: number;
}

const MOST_NAMED = 5;

/** Draws hosts until they have made so many exchanges. */
export function measureSimulated(population: Population, exchanges: number, seed: number, log: (text: string) => void): SimulatedTally {
  const sum = { hosts: 0, exchanges: 0, checked: 0, missed: 0, tightChecked: 0, missedTight: 0, betweenChecked: 0, missedBetween: 0 };
  const failing: string[] = [];
  while (sum.exchanges < exchanges) {
    const scenario = drawScenario(population, seed + sum.hosts);
    const outcome = runScenario(scenario);
    sum.hosts += 1;
    sum.exchanges += outcome.exchanges;
    sum.checked += outcome.checked;
    sum.missed += outcome.missed.length;
    sum.tightChecked += outcome.tightChecked;
    sum.missedTight += outcome.missedTight.length;
    sum.betweenChecked += outcome.betweenChecked + outcome.spans.length;
    sum.missedBetween += outcome.missedBetween.length;
    const broken = outcome.missed.length + outcome.missedBetween.length + (population === "within sigma" ? outcome.missedTight.length : 0);
    if (broken > 0 && failing.length < MOST_NAMED) failing.push(scenario.name);
    if (sum.hosts % 100 === 0) log(`${population}: ${count(sum.exchanges)} of ${count(exchanges)} exchanges on ${count(sum.hosts)} hosts`);
  }
  return {
    population,
    hosts: sum.hosts,
    exchanges: sum.exchanges,
    guaranteed: { checked: sum.checked, missed: sum.missed },
    tight: { checked: sum.tightChecked, missed: sum.missedTight },
    between: { checked: sum.betweenChecked, missed: sum.missedBetween },
    failing,
  };
}

/** G and what lies between its readings: never. H: never where what it assumes is so. */
export const isSound = ({ population, guaranteed, tight, between }: SimulatedTally): boolean =>
  guaranteed.missed === 0 && between.missed === 0 && (population === "beyond sigma" || tight.missed === 0);

export const simulatedPart: Part = {
  name: "simulated",
  about: "G and H over random simulated hosts",
  run: async ({ exchanges, seed }, log) => {
    // H's own assumption holds in three quarters of all.
    const shares: Record<Population, number> = { "within sigma": 0.75, "beyond sigma": 0.25 };
    const tallies = POPULATIONS.map((population) => measureSimulated(population, exchanges * shares[population], seed, log));
    return { ok: tallies.every(isSound), lines: tallies.flatMap(inWords) };
  },
};

const inWords = ({ population, hosts, exchanges, guaranteed, tight, between, failing }: SimulatedTally): string[] => [
  `frequency ${population}: ${count(exchanges)} exchanges on ${count(hosts)} hosts; ` +
    `G missed ${count(guaranteed.missed)} of ${count(guaranteed.checked)} rows, ` +
    `H ${count(tight.missed)} of ${count(tight.checked)}${population === "beyond sigma" ? " (its assumption is broken here)" : ""}, ` +
    `between readings ${count(between.missed)} of ${count(between.checked)} stretches`,
  ...failing.map((name) => `  replays as ${name}`),
];
