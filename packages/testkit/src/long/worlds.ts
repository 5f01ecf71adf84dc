import { fileURLToPath } from "node:url";
import { MUTANTS } from "../simulation/mutants/mutants.ts";
import { runMutants, sayCaught } from "../simulation/mutants/run-mutants.ts";
import { failureOf, judgeSeeds } from "../simulation/seeds.ts";
import { count, type Part } from "./part.ts";

/** From `packages/testkit/dist/long`. */
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const MOST_SEEDS = 1_000;

export const worldsPart: Part = {
  name: "worlds",
  about:
    "agents, servers, networks, disks and clocks by seed, with every fault; then mistakes in our own code, which the same seeds must find",
  run: async ({ worlds, seed }, log) => {
    const tally = await judgeSeeds({ from: seed, count: worlds }, log, log);
    const caught = await runMutants(ROOT, MUTANTS, MOST_SEEDS, log);
    const missed = caught.filter(({ seeds }) => seeds === null).length;
    const found = `${tally.failing.length} failed, of ${count(tally.seeds)} worlds with ${count(tally.written)} batches and ${count(tally.told)} notices`;
    return {
      ok: tally.failing.length === 0 && missed === 0,
      lines: [
        `${found}; ${caught.length - missed} of ${caught.length} mistakes caught`,
        ...tally.failing.map(({ seed: one, violations }) => `  ${failureOf(one, violations).replaceAll("\n", "\n  ")}`),
        ...caught.map((one) => `  ${sayCaught(one)}`),
      ],
    };
  },
};
