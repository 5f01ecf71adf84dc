import { parseArgs } from "node:util";
import { type AgainstChronyd, measureAgainstChronyd, type RungResult } from "./against-chronyd.ts";
import { chronydPath } from "./chronyd.ts";
import { measureStartUp } from "./start-up.ts";

/** `npm run bench -- [--exchanges N] [--compare SECONDS] [--observe SECONDS] [--only chronyd|start]`: every figure as a ratio inside this run. */
const { values } = parseArgs({
  options: { exchanges: { type: "string" }, observe: { type: "string" }, compare: { type: "string" }, only: { type: "string" } },
});
const exchanges = Number(values.exchanges ?? "20000");
const compareS = Number(values.compare ?? "60");
const observeS = Number(values.observe ?? "120");
const log = (text: string) => process.stderr.write(`${text}\n`);
const print = (text: string) => process.stdout.write(`${text}\n`);
const us = (value: number) => value.toFixed(2).padStart(9);

function verdict(what: string, value: number, limit: number, digits = 2): void {
  print(`  ${value <= limit ? "met   " : "MISSED"}  ${what}: ${value.toFixed(digits)} (budget ≤ ${limit})`);
}

const HEADING = "mode                 exchanges  missed  failed    |err| p50       p99   64-sample  half-width  over floor";

function row(one: RungResult): string {
  const counts = [String(one.exchanges).padStart(9), String(one.missed).padStart(7), String(one.failures).padStart(7)].join(" ");
  return `${one.mode.padEnd(20)} ${counts}    ${us(one.medianError)} ${us(one.p99Error)}   ${us(one.median64)}   ${us(one.medianHalfWidth)}   ${one.widthRatio.toFixed(3).padStart(8)}`;
}

function tables({ rungs, paced, chronyd }: AgainstChronyd): void {
  print(`\nAgainst chronyd on loopback, back to back; true offset 0; µs\n${HEADING}`);
  for (const one of rungs) print(row(one));
  print(`\nAt chronyd's own pace, in the same ${compareS} s; µs\n${HEADING}`);
  for (const one of paced) print(row(one));
  for (const { name, samples, medianError, p99Error } of chronyd)
    print(`${`chronyd ${name}`.padEnd(20)} ${String(samples).padStart(9)} ${" ".repeat(19)} ${us(medianError)} ${us(p99Error)}`);
  print("");
}

function verdicts({ rungs, paced, chronyd }: AgainstChronyd): void {
  const ours = (mode: string, figure: "medianError" | "median64") => paced.find((one) => one.mode === mode)?.[figure] ?? Number.NaN;
  const theirs = (name: string) => chronyd.find((one) => one.name === name)?.medianError ?? Number.NaN;
  for (const one of rungs) verdict(`intervals of ${one.mode} that miss the truth, of ${one.exchanges}`, one.missed, 0, 0);
  verdict("median |offset| basic over chronyd basic", ours("kernel_basic", "medianError") / theirs("basic"), 1.2);
  verdict("median |offset| interleaved over chronyd interleaved", ours("kernel_interleaved", "medianError") / theirs("interleaved"), 1.5);
  verdict(
    "midpoint of 64 interleaved over chronyd's single interleaved sample",
    ours("kernel_interleaved", "median64") / theirs("interleaved"),
    1,
  );
  verdict("midpoint of 64 basic over chronyd's single basic sample", ours("kernel_basic", "median64") / theirs("basic"), 1);
  for (const one of rungs) verdict(`half-width of ${one.mode} over its floor`, one.widthRatio, 1.1, 3);
}

if (values.only !== "start") {
  if (chronydPath() === null) print("skipped: chronyd not found");
  else {
    const result = await measureAgainstChronyd(exchanges, compareS, log);
    tables(result);
    verdicts(result);
  }
}
if (values.only !== "chronyd") {
  const result = await measureStartUp(observeS, log);
  print(
    `\nStart: page after ${result.firstUrlS.toFixed(2)} s on an empty folder, first bound on it after ${result.firstBoundS.toFixed(2)} s`,
  );
  verdict("seconds to the page at the second start", result.secondUrlS, 3);
  verdict(`agent RSS in MB, 4 sources every 16 s, after ${result.observedS} s`, result.agentRssMb, 80, 1);
  verdict("agent CPU in per cent of a core", result.agentCpuRatio * 100, 0.5);
}
process.exit(0);
