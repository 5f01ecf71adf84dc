import { readFileSync } from "node:fs";

/** Changes with every boot; RAW readings of two boots cannot be compared. */
export function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return `process-${process.pid}-${process.hrtime.bigint()}`; // no boot id here: a process is then as long as a boot
  }
}
