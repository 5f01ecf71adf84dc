import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

const CLOCKSOURCE = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/** The kernel's clock source; null where it cannot be read. */
export function readClocksource(path = CLOCKSOURCE): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

/** What keeps this user from writing in `folder`, which need not exist yet; null = nothing. Makes nothing. */
export function writingProblem(folder: string): string | null {
  const nearest = nearestExisting(folder);
  try {
    if (!statSync(nearest).isDirectory()) return `${nearest} is not a folder`;
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return `${nearest}: ${(error as NodeJS.ErrnoException).code}`;
  }
}

function nearestExisting(path: string): string {
  const above = dirname(path);
  return existsSync(path) || above === path ? path : nearestExisting(above);
}
