import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];
process.once("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is there as long as this process of tests, for what the tests of several files share or no hook can end. */
export function folderForTests(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `truebound-${name}-`));
  made.push(folder);
  return folder;
}
