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

/** Runs the built agent to its end. */
export function runAgent(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [AGENT, ...args], { env: { ...clean(), ...env }, timeout: 25_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ code, stdout, stderr });
    });
  });
}

export function startAgent(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [AGENT, "run"], { env: { ...clean(), ...env }, stdio: ["ignore", "pipe", "pipe"] });
}

const clean = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("TRUEBOUND_"))) as Record<string, string>;

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "truebound-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
