import { parseArgs } from "node:util";
import { LANGUAGES } from "../readers/readers.ts";
import { acceptancePart } from "./acceptance.ts";
import { cReaderPart } from "./c-reader.ts";
import { fuzzPart } from "./fuzz/part.ts";
import { observersPart } from "./observers.ts";
import { count, type LongOptions, type Part } from "./part.ts";
import { planPart } from "./plan/part.ts";
import { publishedPart } from "./published/part.ts";
import { readersPart } from "./readers.ts";
import { realPart } from "./real.ts";
import { simulatedPart } from "./simulated.ts";
import { spoolPart } from "./spool.ts";
import { worldsPart } from "./worlds.ts";

/** `npm run test:long`: what takes too long for every change. Each part ends in one line; the exit code is 1 if any is broken. */
const PARTS: readonly Part[] = [
  publishedPart,
  acceptancePart,
  simulatedPart,
  realPart,
  fuzzPart,
  cReaderPart,
  observersPart,
  spoolPart,
  worldsPart,
  readersPart,
  planPart,
];

const USAGE = `npm run test:long -- [--only ${PARTS.map(({ name }) => name).join(",")}]
    [--exchanges 1000000] [--real 100000] [--cases 10000000] [--parsers WORD,WORD] [--flips 524288] [--worlds 10000] [--seed 1] [--write]
    [--minutes 10] [--reads 10000000] [--languages ${LANGUAGES.join(",")}] [--every 30] [--looks 8]`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    exchanges: { type: "string", default: "1000000" },
    real: { type: "string", default: "100000" },
    cases: { type: "string", default: "10000000" },
    parsers: { type: "string" },
    flips: { type: "string", default: "524288" },
    worlds: { type: "string", default: "10000" },
    reads: { type: "string", default: "10000000" },
    minutes: { type: "string", default: "10" },
    languages: { type: "string" },
    every: { type: "string", default: "30" },
    looks: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const options: LongOptions = {
  exchanges: Number(values.exchanges),
  real: Number(values.real),
  cases: Number(values.cases),
  parsers: values.parsers?.split(",") ?? null,
  flips: Number(values.flips),
  worlds: Number(values.worlds),
  reads: Number(values.reads),
  languages: values.languages?.split(",") ?? null,
  minutes: Number(values.minutes),
  every: Number(values.every),
  looks: Number(values.looks),
  seed: Number(values.seed),
  write: values.write,
};
const wanted = values.only?.split(",") ?? PARTS.map(({ name }) => name);
const stranger = wanted.find((name) => !PARTS.some((part) => part.name === name));
const counts = [
  options.exchanges,
  options.real,
  options.cases,
  options.flips,
  options.worlds,
  options.reads,
  options.minutes,
  options.looks,
  options.seed,
];
if (stranger !== undefined || !counts.every(Number.isSafeInteger)) {
  process.stderr.write(`Cannot run ${stranger ?? "with counts that are no whole numbers"}:\n${USAGE}\n`);
  process.exit(2);
}

const log = (text: string) => process.stderr.write(`${text}\n`);
const summary: string[] = [];
let broken = 0;
for (const part of PARTS.filter(({ name }) => wanted.includes(name))) {
  log(`${part.name}: ${part.about}`);
  const since = performance.now();
  const { ok, lines } = await part.run(options, log);
  if (!ok) broken += 1;
  process.stdout.write(`${lines.join("\n")}\n\n`);
  summary.push(`${ok ? "held  " : "BROKEN"} ${part.name}, ${count((performance.now() - since) / 1000)} s: ${lines[0]}`);
}
process.stdout.write(`${summary.join("\n")}\n`);
process.exit(broken === 0 ? 0 : 1);
