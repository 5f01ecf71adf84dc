import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { unkeepable } from "./kernel-file-system.ts";

const CLOCKSOURCE = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/** The kernel's clock source; null where it cannot be read. */
export function readClocksource(path = CLOCKSOURCE): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

const UDP_TABLES = ["/proc/net/udp", "/proc/net/udp6"];

/** Whether a socket of this host has that UDP port, whoever's it is; null = no table can be read. */
export function isUdpPortTaken(port: number, tables = UDP_TABLES): boolean | null {
  const texts = tables.flatMap((path) => (existsSync(path) ? [readFileSync(path, "utf8")] : []));
  const name = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const isIt = (line: string) => line.trim().split(/\s+/)[1]?.endsWith(name) === true;
  return texts.length === 0 ? null : texts.some((text) => text.split("\n").some(isIt));
}

/** What keeps this user from writing in `folder`, which need not exist yet; null = nothing. Makes nothing. */
export function writingProblem(folder: string): string | null {
  const why = unkeepable(folder);
  if (why !== null) return why;
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
