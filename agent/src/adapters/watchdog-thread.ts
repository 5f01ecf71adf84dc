import { writeSync } from "node:fs";
import { Session } from "node:inspector";
import { workerData } from "node:worker_threads";
import { look, startVigil, type Vigil } from "../watchdog/vigil.ts";
import { loadLibc } from "./libc.ts";
import { linesNow } from "./log-stream.ts";
import type { VigilOrder } from "./watchdog.ts";

/** The watchdog's own thread. Its event loop turns while that of the process is blocked. */
const { beats, rules, exitCode } = workerData as VigilOrder;
const counter = new Int32Array(beats);
let vigil: Vigil = startVigil(performance.now());

setInterval(() => {
  const seen = look(vigil, Atomics.load(counter, 0), performance.now(), rules);
  vigil = seen;
  if (seen.stuck) endProcess();
}, rules.lookMs);

/** A thread may end only itself: the C library ends all of them, else the blocked thread is interrupted and made to, else it is killed. */
function endProcess(): void {
  // Not through the streams of the process, which wait for the blocked thread.
  writeSync(
    2,
    linesNow("error", `cannot go on: no clock was read and no report kept for ${rules.periodMs / 1000} s; ending to be started again`),
  );
  loadLibc().libc?.exit(exitCode);
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 1000);
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.evaluate", { expression: `process.reallyExit(${exitCode})` });
}
