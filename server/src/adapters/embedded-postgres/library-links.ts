import { readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { errorCode } from "./startup-error.ts";
import { statIfAny } from "./stat-if-any.ts";

export interface LibraryLink {
  /** Both relative to the folder with bin, lib and share. */
  readonly at: string;
  readonly to: string;
}

/*
 * npm packages cannot hold symbolic links, so the package lists them and its install script makes them. Install scripts
 * are off here, so we make them; without them the programs do not find their libraries. May run twice at once.
 */
export function hydrateLinks(native: string): void {
  const links = parseLinks(readFileSync(join(native, "pg-symlinks.json"), "utf8"));
  for (const link of links) {
    if (statIfAny(join(native, link.at)) === undefined) makeLink(native, link);
  }
}

function makeLink(native: string, { at, to }: LibraryLink): void {
  try {
    symlinkSync(relative(dirname(at), to), join(native, at));
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/** The list names paths from the package's root, and calls the link "target" and the file that it leads to "source". */
export function parseLinks(json: string): readonly LibraryLink[] {
  const entries: readonly { readonly source: string; readonly target: string }[] = JSON.parse(json);
  return entries.map(({ source, target }) => ({ at: relative("native", target), to: relative("native", source) }));
}
