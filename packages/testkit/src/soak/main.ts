import { mkdirSync } from "node:fs";
import { heedSignals } from "../bench/children.ts";
import { describeMachine } from "../bench/machine.ts";
import { askedFor, endSaying } from "../command-line.ts";
import { soak } from "./soak.ts";
import { soakTable } from "./table.ts";

const USAGE =
  "npm run soak -- [--minutes 20] [--warm-up 5 (minutes)] [--agents 1000] [--every 10 (seconds between two reports of one)] [--seed 1] [--snapshots FOLDER (of the heap at rest; memory then says nothing)]";

/** `npm run soak`: the server under agents and faults for so many minutes. Exit code 1 = something is broken, 2 = usage. */
const values = askedFor({ minutes: "text", "warm-up": "text", agents: "text", every: "text", seed: "text", snapshots: "text" }, USAGE);
const numbers = [values.minutes ?? "20", values["warm-up"] ?? "5", values.agents ?? "1000", values.every ?? "10", values.seed ?? "1"].map(
  Number,
);
const [minutes, warmUp, agents, every, seed] = numbers as [number, number, number, number, number];
if (!(minutes > 0 && warmUp >= 0 && every > 0 && Number.isSafeInteger(agents) && agents > 0 && Number.isSafeInteger(seed)))
  endSaying(`Cannot take ${process.argv.slice(2).join(" ")}\n${USAGE}`, 2);
const snapshots = values.snapshots ?? null;
if (snapshots !== null) mkdirSync(snapshots, { recursive: true });

heedSignals();
const log = (text: string) => process.stderr.write(`${text}\n`);
const before = describeMachine();
const result = await soak({ agents, everyMs: every * 1_000, warmUpS: warmUp * 60, seconds: minutes * 60, seed, snapshots }, log);
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
