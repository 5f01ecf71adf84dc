import { execFile } from "node:child_process";

export interface Finished {
  readonly code: number;
  readonly stderr: string;
}

const PATIENCE_MS = 20_000;

/** Runs a Node program to its end. A program that cannot run at all counts as failed, with the reason as its stderr. */
export function runOnce(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...args], { env: { ...env }, timeout: PATIENCE_MS }, (error, _, stderr) => {
      if (error === null) return resolve({ code: 0, stderr });
      resolve({ code: typeof error.code === "number" ? error.code : 1, stderr: stderr || error.message });
    });
  });
}
