import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * One folder for what tests of several files share or no hook of theirs can end: it goes with the run. By its name it is no setting
 * of the product, for programs that tests start refuse one that they do not know.
 */
export const RUN_FOLDER = "RUN_OF_TESTS_FOLDER";

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "truebound-run-"));
  process.env[RUN_FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
