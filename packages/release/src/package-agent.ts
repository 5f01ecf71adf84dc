import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ARCHITECTURES, type Architecture } from "./architecture.ts";
import { describe, KINDS, type Making } from "./artefacts.ts";
import { isThere, run } from "./run.ts";
import { layOut } from "./tree.ts";

export interface Wanted extends Making {
  readonly architectures: readonly Architecture["name"][];
  readonly kinds: readonly string[];
}

/** Builds the artefacts that are wanted; returns their paths, each SBOM after its artefact. */
export async function packageAgent(wanted: Wanted): Promise<string[]> {
  mkdirSync(wanted.out, { recursive: true });
  mkdirSync(wanted.cache, { recursive: true });
  const made: string[] = [];
  for (const architecture of ARCHITECTURES.filter(({ name }) => wanted.architectures.includes(name))) {
    const folder = join(wanted.out, `.tree-${architecture.name}`);
    const tree = await layOut(wanted, architecture, folder);
    for (const kind of wanted.kinds) {
      const file = KINDS[kind]?.(wanted, architecture, tree);
      if (file !== undefined) made.push(file, describe(file, wanted, tree));
    }
    rmSync(folder, { recursive: true });
  }
  return made;
}

/** The version of the agent as its sources say it. */
export const versionOf = (root: string): string => JSON.parse(readFileSync(join(root, "agent/package.json"), "utf8")).version as string;

/**
 * Seconds since 1970: SOURCE_DATE_EPOCH, else when the source was committed, else, in a copy without its history, when the copy's
 * package.json was written.
 */
export function epochOf(root: string, told: string | undefined): number {
  const text = told ?? committedAt(root) ?? String(Math.floor(statSync(join(root, "package.json")).mtimeMs / 1000));
  if (!/^\d{1,11}$/.test(text)) throw new Error(`Cannot use SOURCE_DATE_EPOCH=${text}: write seconds since 1970`);
  return Number(text);
}

const committedAt = (root: string): string | null =>
  existsSync(join(root, ".git")) && isThere("git") ? run("git", ["log", "-1", "--format=%ct"], { cwd: root }).trim() : null;
