import { readPassword } from "./cluster.ts";
import { urlOf } from "./database.ts";
import { layoutOf } from "./layout.ts";
import { judge, readPidFile } from "./postmaster-pid.ts";
import { observe } from "./process-facts.ts";

/** Where the embedded database of this data folder serves, for commands beside a running Truebound; null = it does not run. */
export function runningDatabase(dataDir: string): string | null {
  const layout = layoutOf(dataDir);
  const file = readPidFile(layout.cluster);
  const verdict = judge(file, file && observe(file.pid), layout.cluster);
  return verdict.kind === "serving" ? urlOf({ port: verdict.port, password: readPassword(layout.password) }) : null;
}
