import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import type { Surroundings } from "../config.ts";

/** This process and this machine, as far as settings depend on them. */
export const ownSurroundings = (): Surroundings => ({
  home: homedir(),
  isRoot: process.getuid?.() === 0,
  read: (path) => readFileSync(path, "utf8"),
});
