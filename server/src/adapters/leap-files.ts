import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { LeapFile, LeapFiles } from "../leap/leap-keeper.ts";
import { errorCode, messageOf } from "./embedded-postgres/startup-error.ts";
import { ROOT } from "./software.ts";

const SHIPPED = join(ROOT, "server/data/leap-seconds.list");
/** Real ones have 5 to 11 kB; whatever else the path names is not read. */
const BYTES_MAX = 65_536;

export const leapFiles = (named: string | null): LeapFiles => ({
  shipped: () => read(SHIPPED),
  named: () => (named === null ? null : read(named)),
});

const TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
};

function read(path: string): LeapFile {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { path, text: null, trouble: "it is no file" };
    if (stat.size > BYTES_MAX) return { path, text: null, trouble: `it is longer than ${BYTES_MAX} bytes` };
    return { path, text: readFileSync(path, "latin1") };
  } catch (error) {
    return { path, text: null, trouble: TROUBLES[errorCode(error) ?? ""] ?? messageOf(error) };
  }
}
