import { type ExecFileException, execFile } from "node:child_process";
import { oneLine } from "./startup-error.ts";

/** Whom PostgreSQL runs as. Undefined stands for ourselves: only root must become somebody else. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

export interface Outcome {
  readonly ok: boolean;
  /** Both streams on success; the reason and the last lines on failure. */
  readonly text: string;
}

const LINES_KEPT = 6;

/**
 * What every PostgreSQL program is started with. An environment of our own: PGDATA, PGPORT, LD_PRELOAD and our secrets
 * stay out, messages are English, times UTC. The folder is one that every user can enter.
 */
export const spawnSettings = (runAs: RunAs | undefined) => ({
  cwd: "/",
  env: { PATH: `${process.env.PATH ?? "/usr/bin:/bin"}:/usr/sbin:/sbin`, LC_ALL: "C", TZ: "UTC" },
  ...(runAs === undefined ? {} : { uid: runAs.uid, gid: runAs.gid }),
});

export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly runAs?: RunAs | undefined; readonly timeoutMs: number },
): Promise<Outcome> {
  const settings = { ...spawnSettings(options.runAs), timeout: options.timeoutMs, killSignal: "SIGKILL" } as const;
  return new Promise((resolve) => {
    try {
      execFile(program, [...args], settings, (error, stdout, stderr) => {
        if (error === null) return resolve({ ok: true, text: `${stdout}${stderr}` });
        const said = lastLines(`${stdout}${stderr}`);
        resolve({
          ok: false,
          text: [reasonOf(error, options.timeoutMs), said].filter((part) => part !== "").join(": "),
        });
      });
    } catch (error) {
      // An unusable uid is reported by throwing on some versions of Node and through the callback on others.
      resolve({ ok: false, text: oneLine(String(error)) });
    }
  });
}

export const lastLines = (text: string, count: number = LINES_KEPT): string => oneLine(text.trimEnd().split("\n").slice(-count).join("\n"));

/** `code` is the exit code of a program that ran, or the name of the reason why it could not be started. */
function reasonOf({ killed, code, signal, message }: ExecFileException, timeoutMs: number): string {
  if (killed === true) return `no end after ${timeoutMs} ms`;
  if (typeof code === "number") return `exit code ${code}`;
  return signal ?? oneLine(message);
}
