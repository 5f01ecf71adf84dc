import { askedFor, endSaying, wholeNumber } from "../command-line.ts";
import { failureOf, historyText, judgeSeed, judgeSeeds } from "./seeds.ts";
import { isTrait, TRAITS, type Trait } from "./world.ts";

/** `npm run simulate`: one seed with its history, or many without. The exit code is 1 if any promise was not kept, 2 for usage. */
const USAGE = `npm run simulate -- --seed N | [--from 1] --seeds N [--until-failure] [--among TRAIT]
TRAIT is one of ${TRAITS.join(", ")}`;

const values = askedFor({ seed: "text", from: "text", seeds: "text", "until-failure": "flag", among: "text" }, USAGE);
const say = (text: string) => process.stdout.write(`${text}\n`);
const refuse = (wrong: string): never => endSaying(`${wrong}\n${USAGE}`, 2);

if (values.seed !== undefined) process.exitCode = await one(counted("seed", values.seed));
else if (values.seeds === undefined) refuse("Cannot simulate without a seed: name one by --seed, or how many by --seeds");
else process.exitCode = await many(counted("from", values.from ?? "1"), counted("seeds", values.seeds), traitOf(values.among));

function counted(option: string, text: string): number {
  const count = wholeNumber(option, text);
  return typeof count === "number" ? count : refuse(count);
}

function traitOf(text: string | undefined): Trait | undefined {
  return text === undefined || isTrait(text) ? text : refuse(`Cannot take --among ${text}: there is no such trait`);
}

async function one(wanted: number): Promise<number> {
  const { run, violations } = await judgeSeed(wanted);
  say(historyText(run));
  say(violations.length === 0 ? `seed ${wanted}: every promise was kept` : failureOf(wanted, violations));
  return violations.length === 0 ? 0 : 1;
}

/** Says what failed, and in a last line what there was. */
async function many(from: number, count: number, among: Trait | undefined): Promise<number> {
  const tally = await judgeSeeds({ from, count, untilFailure: values["until-failure"] === true, among }, say);
  const troubles = [...tally.troubles].map(([kind, worlds]) => `${kind} ${worlds}`).join(", ");
  say(
    `${tally.failing.length} of ${tally.seeds} seeds failed; ${tally.turns} turns, ${tally.written} batches written, ${tally.kept} kept, ${tally.told} notices told; worlds with trouble: ${troubles}`,
  );
  return tally.failing.length === 0 ? 0 : 1;
}
