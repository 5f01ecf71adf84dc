import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
export const AGENT = join(ROOT, "agent/dist/main.js");

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built agent to its end. Two of them at once have no port in common: without a word they serve nothing. */
export function runAgent(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [AGENT, ...args],
      { env: { ...clean(), TRUEBOUND_AGENT_HTTP_PORT: "0", ...env }, timeout: 25_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

export function startAgent(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [AGENT, "run"], {
    env: { ...clean(), TRUEBOUND_AGENT_HTTP_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const clean = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("TRUEBOUND_"))) as Record<string, string>;

const HEAD = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z host-clock (info|warn|error) +/;

/** What a log says, a line each. Throws where one does not look like all others. */
export function loggedIn(text: string): { readonly level: string; readonly said: string }[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [head, level] = HEAD.exec(line) ?? [];
    if (head === undefined || level === undefined) throw new Error(`This is no line of the agent's log: ${line}`);
    return { level, said: line.slice(head.length) };
  });
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "truebound-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
