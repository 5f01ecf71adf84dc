import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { end, endBeforeUs } from "../bench/children.ts";
import { endPostmasters } from "./left-postmasters.ts";
import type { Part } from "./part.ts";

/** From `packages/testkit/dist/long`. */
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const RUN = ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.long.config.ts", "--reporter", "verbose"];

export const acceptancePart: Part = {
  name: "acceptance",
  startsOthers: true,
  about: "what has a test of its name, with the figures of the acceptance list",
  run: async (_, log) => {
    const { code, lines } = await runTests(log);
    const plain = lines.map((line) => line.trim());
    const tests = plain.filter((line) => /^[✓×↓]/.test(line));
    const counted = plain.findLast((line) => line.startsWith("Tests ")) ?? "no summary of the tests";
    return { ok: code === 0, lines: [counted.replace(/ +/g, " "), ...tests.map((line) => `  ${line}`)] };
  },
};

/** Whatever they lay down lies in a folder of their own: what they left running, ended or killed, is found by it. */
async function runTests(log: (text: string) => void): Promise<{ code: number | null; lines: string[] }> {
  const folder = ownFolder();
  // A group of their own: a Ctrl-C reaches us alone, and we end them in order.
  const child = spawn(process.execPath, RUN, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let tidied: Promise<void> | null = null;
  const tidyUp = (): Promise<void> => {
    tidied ??= endAll(child, folder);
    return tidied;
  };
  const isOver = endBeforeUs(tidyUp);
  try {
    return await outputOf(child, log);
  } finally {
    isOver();
    await tidyUp();
  }
}

async function endAll(child: ChildProcess, folder: string): Promise<void> {
  await end(child);
  killGroup(child);
  await endPostmasters(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Short, since sockets lie in it; and whoever PostgreSQL runs as must be able to pass through. */
function ownFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "tb-")));
  chmodSync(folder, 0o711);
  return folder;
}

/** Those that ran the tests, where they have not ended with the one that started them. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // All have ended.
  }
}

function outputOf(child: ReturnType<typeof spawn>, log: (text: string) => void): Promise<{ code: number | null; lines: string[] }> {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      lines.push(...text.split("\n"));
      log(text.trimEnd());
    });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, lines })));
}
