import { type ExecFileException, execFile } from "node:child_process";
import type { WitnessTrouble } from "../observe/ports.ts";

export interface ProgramLimits {
  /** Where the program is looked for, and nothing else of its environment but what is added here. */
  readonly path: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** What a program said in its bounds, or what became of it. `said` = its first line, or why there is none. */
export type ProgramEnd =
  | { readonly kind: "ok"; readonly stdout: string }
  | { readonly kind: Exclude<WitnessTrouble, "malformed" | "refused">; readonly text: string; readonly said: string };

const TIMEOUT_MS = 2000;
const LARGEST_ANSWER = 64 * 1024;

/**
 * Runs a program that speaks for a daemon: no shell, two seconds, 64 KiB, then it is killed. Not with the agent's own PATH: which
 * program speaks for the daemon is not for the environment to say. Never rejects.
 */
export function runBounded(program: string, args: readonly string[], limits: ProgramLimits): Promise<ProgramEnd> {
  const options = {
    timeout: limits.timeoutMs ?? TIMEOUT_MS,
    maxBuffer: LARGEST_ANSWER,
    killSignal: "SIGKILL",
    env: { PATH: limits.path, LC_ALL: "C", ...limits.environment },
  } as const;
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ kind: "ok", stdout });
      const text = `${stderr}${stdout}`;
      resolve({ kind: troubleOf(error), text, said: text.trim().split("\n")[0] || (error.message.split("\n")[0] ?? "") });
    });
  });
}

function troubleOf({ code, killed }: ExecFileException): Exclude<ProgramEnd["kind"], "ok"> {
  if (code === "ENOENT") return "absent";
  if (code === "EACCES" || code === "EPERM") return "denied";
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "too_long";
  return killed === true ? "timeout" : "failed";
}
