import { readFileSync } from "node:fs";

/** True on a virtual machine, and where that cannot be told: only a physical machine's counter is known to keep its rate. */
export function mayBeVirtual(): boolean {
  try {
    return !/^flags\s*:/m.test(cpuInfo()) || /^flags\s*:.*\bhypervisor\b/m.test(cpuInfo());
  } catch {
    return true; // no /proc here: assume the worse
  }
}

const cpuInfo = (): string => readFileSync("/proc/cpuinfo", "latin1");
