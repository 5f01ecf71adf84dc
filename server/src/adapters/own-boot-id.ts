import { readFileSync } from "node:fs";

/** The boot that this process runs in; null where the system does not tell. An agent of the same boot measures this machine's clock. */
export function ownBootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null; // no Linux: nobody can tell
  }
}
