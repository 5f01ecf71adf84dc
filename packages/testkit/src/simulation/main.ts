import { parseArgs } from "node:util";
import { failureOf, historyText, judgeSeed, judgeSeeds } from "./seeds.ts";
import type { Trait } from "./world.ts";

/** `npm run simulate`: one seed with its history, or many without. The exit code is 1 if any promise was not kept. */
const USAGE = "npm run simulate -- --seed N | [--from 1] --seeds N [--until-failure] [--among TRAIT]";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    seeds: { type: "string" },
    "until-failure": { type: "boolean", default: false },
    among: { type: "string" },
  },
});
const [seed, from, seeds] = [values.seed, values.from, values.seeds].map((text) => (text === undefined ? null : Number(text)));
const say = (text: string) => process.stdout.write(`${text}\n`);

if (Number.isSafeInteger(seed)) process.exitCode = await one(seed as number);
else if (Number.isSafeInteger(seeds) && Number.isSafeInteger(from)) process.exitCode = await many(from as number, seeds as number);
else {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
}

async function one(wanted: number): Promise<number> {
  const { run, violations } = await judgeSeed(wanted);
  say(historyText(run));
  say(violations.length === 0 ? `seed ${wanted}: every promise was kept` : failureOf(wanted, violations));
  return violations.length === 0 ? 0 : 1;
}

async function many(first: number, count: number): Promise<number> {
  const tally = await judgeSeeds(
    { from: first, count, untilFailure: values["until-failure"], among: values.among as Trait | undefined },
    say,
  );
  const troubles = [...tally.troubles].map(([kind, worlds]) => `${kind} ${worlds}`).join(", ");
  say(
    `${tally.seeds} seeds, ${tally.turns} turns, ${tally.written} batches written, ${tally.kept} kept, ${tally.told} notices told; worlds with trouble: ${troubles}`,
  );
  say(`${tally.failing.length} seeds failed`);
  return tally.failing.length === 0 ? 0 : 1;
}
