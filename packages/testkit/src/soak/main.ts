import { parseArgs } from "node:util";
import { heedSignals } from "../bench/children.ts";
import { describeMachine } from "../bench/machine.ts";
import { soak } from "./soak.ts";
import { soakTable } from "./table.ts";

/** `npm run soak`: the server under agents and faults for so many minutes. Exit code 1 = something is broken, 2 = usage. */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "20" },
    agents: { type: "string", default: "1000" },
    every: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
  },
});
const [minutes, agents, every, seed] = [values.minutes, values.agents, values.every, values.seed].map(Number) as [
  number,
  number,
  number,
  number,
];
if (!(minutes > 0 && every > 0 && Number.isSafeInteger(agents) && agents > 0 && Number.isSafeInteger(seed))) {
  process.stderr.write("npm run soak -- [--minutes 20] [--agents 1000] [--every 10 (seconds between two reports of one)] [--seed 1]\n");
  process.exit(2);
}

heedSignals();
const log = (text: string) => process.stderr.write(`${text}\n`);
const before = describeMachine();
const result = await soak({ agents, everyMs: every * 1_000, warmUpS: Math.min(300, minutes * 15), seconds: minutes * 60, seed }, log);
const { text, holds } = soakTable(result);
const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([what, count]) => `${what} ${count}`)
    .join(", ");
const inParts = (means: readonly number[]): string => means.map((mean) => mean.toFixed(0)).join(" ") || "too short to tell";
const grew = ([at, then]: readonly [number, number]): boolean => then > at;
process.stdout.write(`\n${agents} agents, ${result.batches} batches in all, ${result.seconds.toFixed(0)} s after the warm-up, seed ${seed}
on ${before}; at the end ${describeMachine().split(", ").at(-1)}
faults: ${counts(result.tally.faults)}; connections of the database cut ${result.cut}; one agent in twenty at 64 kbit/s
answers: ${counts(result.tally.answers)}

${text}
MiB in twelve parts of the run: memory ${inParts(result.parts.memory)}; heap ${inParts(result.parts.heap)}
${grew(result.connections) ? `connected at the end:\n${result.connected.map((said) => `  ${said}\n`).join("")}` : ""}${result.gaps
  .slice(0, 20)
  .map((gap) => `  ${gap}\n`)
  .join("")}`);
process.exit(holds ? 0 : 1);
