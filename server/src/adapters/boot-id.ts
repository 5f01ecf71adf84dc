import { readFileSync } from "node:fs";

/** By which the agent on this machine is known among all others; null where the kernel has none. */
export function readBootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null;
  }
}
