import { readFileSync } from "node:fs";
import { arch, availableParallelism, loadavg, release } from "node:os";

/** What a figure was measured on, in words. Its load belongs to it: others may share the processor. */
export function describeMachine(): string {
  const virtual = / hypervisor\b/.test(read("/proc/cpuinfo")) ? "virtual machine" : "machine";
  const clocksource = read("/sys/devices/system/clocksource/clocksource0/current_clocksource").trim() || "unknown";
  const [load = 0] = loadavg();
  return `a ${virtual} of ${availableParallelism()} cores (${arch()}, Linux ${release()}, clocksource ${clocksource}, Node ${process.versions.node}), load ${load.toFixed(1)}`;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // elsewhere than Linux there is nothing to tell
  }
}
