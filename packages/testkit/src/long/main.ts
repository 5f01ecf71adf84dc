import { heedSignals } from "../bench/children.ts";
import { askedFor, endSaying, wholeNumber } from "../command-line.ts";
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

const COUNTS = {
  exchanges: "1000000",
  real: "100000",
  cases: "10000000",
  flips: "524288",
  worlds: "10000",
  reads: "10000000",
  minutes: "10",
  every: "30",
  looks: "8",
  seed: "1",
} as const;
type CountName = keyof typeof COUNTS;
const KINDS = Object.fromEntries(Object.keys(COUNTS).map((name) => [name, "text"])) as Record<CountName, "text">;

const values = askedFor({ ...KINDS, only: "text", parsers: "text", languages: "text", write: "flag" }, USAGE);
const refuse = (wrong: string): never => endSaying(`${wrong}\n${USAGE}`, 2);
const counted = (name: CountName): number => {
  const count = wholeNumber(name, values[name] ?? COUNTS[name]);
  return typeof count === "number" ? count : refuse(count);
};
const options: LongOptions = {
  exchanges: counted("exchanges"),
  real: counted("real"),
  cases: counted("cases"),
  parsers: values.parsers?.split(",") ?? null,
  flips: counted("flips"),
  worlds: counted("worlds"),
  reads: counted("reads"),
  languages: values.languages?.split(",") ?? null,
  minutes: counted("minutes"),
  every: counted("every"),
  looks: counted("looks"),
  seed: counted("seed"),
  write: values.write === true,
};
const wanted = values.only?.split(",") ?? PARTS.map(({ name }) => name);
const stranger = wanted.find((name) => !PARTS.some((part) => part.name === name));
if (stranger !== undefined) refuse(`Cannot run ${stranger}: there is no such part`);

const log = (text: string) => process.stderr.write(`${text}\n`);
const summary: string[] = [];
let broken = 0;
for (const part of PARTS.filter(({ name }) => wanted.includes(name))) {
  log(`${part.name}: ${part.about}`);
  const since = performance.now();
  const letGo = part.startsOthers ? heedSignals() : () => undefined;
  const { ok, lines } = await part.run(options, log);
  letGo();
  if (!ok) broken += 1;
  process.stdout.write(`${lines.join("\n")}\n\n`);
  summary.push(`${ok ? "held  " : "BROKEN"} ${part.name}, ${count((performance.now() - since) / 1000)} s: ${lines[0]}`);
}
process.stdout.write(`${summary.join("\n")}\n`);
process.exit(broken === 0 ? 0 : 1);
