import { type Check, exitCode } from "./check.ts";

export const doctorJson = (checks: readonly Check[]): object => ({ fit: exitCode(checks) === 0, checks });

/** One line for each check, and beneath it what to do. */
export function doctorText(checks: readonly Check[]): string {
  const [verdicts, names] = [width(checks.map(({ verdict }) => verdict)), width(checks.map(({ id }) => id))];
  const lines = checks.flatMap(({ id, verdict, says, do: todo }) => [
    `${verdict.padEnd(verdicts)}  ${id.padEnd(names)}  ${says}`,
    ...todo.map((one) => `${" ".repeat(verdicts + 2)}do: ${one}`),
  ]);
  return `${[...lines, "", summary(checks)].join("\n")}\n`;
}

const width = (words: readonly string[]): number => Math.max(0, ...words.map(({ length }) => length));

function summary(checks: readonly Check[]): string {
  const count = (verdict: Check["verdict"]) => checks.filter((one) => one.verdict === verdict).length;
  const [bad, warn, unknown] = [count("bad"), count("warn"), count("unknown")];
  if (bad > 0) return `Not fit: ${bad} to mend first.`;
  if (warn + unknown > 0)
    return `Fit to measure; ${warn} ${warn === 1 ? "thing limits" : "things limit"} what can be proved, ${unknown} could not be looked at.`;
  return "Fit to measure, and nothing here limits what can be proved.";
}
