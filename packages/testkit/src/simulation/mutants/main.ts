import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MUTANTS } from "./mutants.ts";
import { runMutants } from "./run-mutants.ts";

/** `npm run simulate:mutants`: every mistake of the list, or those whose names have a word in them. The exit code is 1 if one is not caught. */
const { values } = parseArgs({ options: { only: { type: "string", default: "" }, seeds: { type: "string", default: "200" } } });
const wanted = MUTANTS.filter(({ name }) => name.includes(values.only));
const root = fileURLToPath(new URL("../../../../../", import.meta.url));
const caught = await runMutants(root, wanted, Number(values.seeds), (text) => process.stdout.write(`${text}\n`));
const missed = caught.filter(({ seeds }) => seeds === null).length;
process.stdout.write(`${caught.length - missed} of ${caught.length} caught\n`);
process.exitCode = missed === 0 && caught.length > 0 ? 0 : 1;
