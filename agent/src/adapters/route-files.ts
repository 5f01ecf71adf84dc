import { readFileSync } from "node:fs";
import { bitsOf, type KernelRoute, parseRoutes4, parseRoutes6, routeTo } from "../observe/routes.ts";

const TABLES = { 4: "/proc/net/route", 6: "/proc/net/ipv6_route" } as const;

/** The kernel's routes as of one moment; a table that cannot be read has none. */
export function readRoutes(): (address: string) => Pick<KernelRoute, "interface" | "nextHop"> | null {
  const tables = { 4: parseRoutes4(textOf(TABLES[4])), 6: parseRoutes6(textOf(TABLES[6])) };
  return (address) => {
    const found = bitsOf(address);
    return found && routeTo(tables[found.family], found.bits, found.family);
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // not Linux, or hidden from this process: nothing is known of routes
  }
}
