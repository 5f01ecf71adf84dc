import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What this repository was when the agent's packages first had their test, built in `folder`. Null = its history does not go back so far. */
export async function olderSources(root: string, folder: string): Promise<{ readonly commit: string } | null> {
  const asked = ["log", "--first-parent", "-m", "--diff-filter=A", "--format=%h", "--", "test/agent-package.acceptance.test.ts"];
  const commit = spawnSync("git", asked, { cwd: root, encoding: "utf8" }).stdout.trim().split("\n").at(-1);
  if (commit === undefined || commit === "") return null;
  const words = (command: string) => run("sh", ["-ec", command], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  await words(`git clone -q --no-checkout . ${folder} && git -C ${folder} checkout -q ${commit}`);
  await words(`cd ${folder} && npm ci --no-progress && node bin/build.js`);
  return { commit };
}
