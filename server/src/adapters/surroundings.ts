import { readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import type { Surroundings } from "../config.ts";

/** This process and this machine, as far as settings depend on them. */
export const ownSurroundings = (): Surroundings => ({
  home: homedir(),
  isRoot: process.getuid?.() === 0,
  read: (path) => readFileSync(path, "utf8"),
});

/** Who runs this, for the action book. A container's user is often a number without a name. */
export function ownName(ask: () => { readonly username: string } = userInfo): string {
  try {
    return ask().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
