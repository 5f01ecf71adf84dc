import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Mutant } from "./mutants.ts";
import { Sandbox } from "./sandbox.ts";

/** What became of one mistake. */
export interface Caught {
  readonly name: string;
  /** Seeds until the first that failed; null = none did. */
  readonly seeds: number | null;
  /** The first promise that was not kept. */
  readonly how: string;
}

/** Builds each mistake into a copy of the programs and runs seeds from 1 on until one fails, or `most` did not. */
export async function runMutants(root: string, mutants: readonly Mutant[], most: number, log: (text: string) => void): Promise<Caught[]> {
  const sandbox = new Sandbox(root);
  const caught: Caught[] = [];
  try {
    for (const mutant of mutants) {
      const one = await runOne(sandbox.build(mutant), mutant, most);
      sandbox.restore(mutant);
      caught.push(one);
      log(sayCaught(one));
    }
  } finally {
    sandbox.close();
  }
  return caught;
}

export const sayCaught = ({ name, seeds, how }: Caught): string =>
  seeds === null ? `NOT CAUGHT  ${name}` : `caught by seed ${seeds}  ${name}: ${how}`;

/** A process of its own for each: what was loaded once stays loaded. */
async function runOne(program: string, { name, among }: Mutant, most: number): Promise<Caught> {
  const child = spawn(
    process.execPath,
    [program, "--seeds", String(most), "--until-failure", ...(among === undefined ? [] : ["--among", among])],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (text += part.toString()));
  await once(child, "close");
  const [, seed, how = ""] = /^seed (\d+): (.*)$/m.exec(text) ?? [];
  if (seed !== undefined) return { name, seeds: Number(seed), how };
  if (child.exitCode === 0) return { name, seeds: null, how: "" };
  if (child.signalCode !== null) throw new Error(`Cannot judge the mutant "${name}": its seeds were ended by ${child.signalCode}`);
  // A world that cannot even be gone through to its end is not kept either.
  return {
    name,
    seeds: 1,
    how:
      text
        .trim()
        .split("\n")
        .find((line) => /Error/.test(line)) ?? "the simulation ended with an error",
  };
}
