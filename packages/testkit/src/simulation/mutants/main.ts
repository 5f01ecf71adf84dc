import { fileURLToPath } from "node:url";
import { askedFor, endSaying, wholeNumber } from "../../command-line.ts";
import { MUTANTS } from "./mutants.ts";
import { runMutants } from "./run-mutants.ts";

/** `npm run simulate:mutants`: every mistake of the list, or those whose names have these words in them. The exit code is 1 if one is not caught. */
const USAGE = "npm run simulate:mutants -- [--only WORDS] [--seeds 200]";

const values = askedFor({ only: "text", seeds: "text" }, USAGE);
const most = wholeNumber("seeds", values.seeds ?? "200");
if (typeof most === "string") endSaying(`${most}\n${USAGE}`, 2);
const wanted = MUTANTS.filter(({ name }) => name.includes(values.only ?? ""));
if (wanted.length === 0) endSaying(`Cannot take --only ${values.only}: no mistake has these words in its name\n${USAGE}`, 2);
const root = fileURLToPath(new URL("../../../../../", import.meta.url));
const caught = await runMutants(root, wanted, most, (text) => process.stdout.write(`${text}\n`));
const missed = caught.filter(({ seeds }) => seeds === null).length;
process.stdout.write(`${caught.length - missed} of ${caught.length} caught\n`);
process.exitCode = missed === 0 ? 0 : 1;
