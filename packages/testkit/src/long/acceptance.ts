import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Part } from "./part.ts";

/** From `packages/testkit/dist/long`. */
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const RUN = ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.long.config.ts", "--reporter", "verbose"];

export const acceptancePart: Part = {
  name: "acceptance",
  about: "what has a test of its name, with the figures of the acceptance list",
  run: async (_, log) => {
    const { code, lines } = await runTests(log);
    const plain = lines.map((line) => line.trim());
    const tests = plain.filter((line) => /^[✓×↓]/.test(line));
    const counted = plain.findLast((line) => line.startsWith("Tests ")) ?? "no summary of the tests";
    return { ok: code === 0, lines: [counted.replace(/ +/g, " "), ...tests.map((line) => `  ${line}`)] };
  },
};

function runTests(log: (text: string) => void): Promise<{ code: number | null; lines: string[] }> {
  const child = spawn(process.execPath, RUN, { cwd: ROOT, env: { ...process.env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      lines.push(...text.split("\n"));
      log(text.trimEnd());
    });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, lines })));
}
