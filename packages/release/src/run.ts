import { spawnSync } from "node:child_process";

export interface Running {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

const MOST_BYTES = 64 * 1024 * 1024;

/** Runs a program to its end and returns what it printed. Throws with its last words where it fails or is not there. */
export function run(program: string, args: readonly string[], { cwd, env, input }: Running = {}): string {
  const done = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: MOST_BYTES,
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? {} : { input }),
    // One language and one timezone: what tools print must not depend on who runs them.
    env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC", ...env },
  });
  if (done.error !== undefined) throw new Error(`Cannot run ${program}: ${done.error.message}`);
  if (done.status !== 0)
    throw new Error(`Cannot run ${program} ${args.join(" ")}: exit code ${done.status}\n${done.stdout}${done.stderr}`.trim());
  return done.stdout;
}

/** Whether a program is to be had on this machine. */
export const isThere = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
