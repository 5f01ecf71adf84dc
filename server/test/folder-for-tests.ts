import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_FOLDER } from "../../test/run-folder.ts";

/** A folder that is there as long as this run of tests, for what the tests of several files share or no hook can end. */
export const folderForTests = (name: string): string => mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), `${name}-`));
