import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { takeBuiltins } from "./builtins.ts";
import type { Component } from "./component.ts";

/** The programs of the agent: its main one, and the threads that it starts by their file's name. */
const ENTRIES = { main: "main.js", "watchdog-thread": "adapters/watchdog-thread.js", "busy-thread": "adapters/busy-thread.js" } as const;

/** Bundles the built agent into a folder; returns the packages whose code is in it, by name. */
export async function bundleAgent(root: string, folder: string): Promise<Component[]> {
  const input = Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(root, "agent/dist", file)]));
  const bundle = await rolldown({ input, platform: "node", cwd: root });
  const names = { entryFileNames: "[name].js", chunkFileNames: "[name].js" };
  // A running agent keeps the text of its program: comments are read in the repository.
  const { output } = await bundle.write({ dir: folder, format: "esm", ...names, comments: { jsdoc: false, annotation: false } });
  await bundle.close();
  for (const { fileName } of output) rewrite(join(folder, fileName), (code) => asciiOnly(takeBuiltins(code)));
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  return componentsOf(modules.filter((id) => id.startsWith("/")));
}

/** V8 keeps a source with one letter beyond Latin-1 at two bytes a letter. An escape means the same in a text and in a pattern. */
const asciiOnly = (code: string): string =>
  code.replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

const rewrite = (file: string, change: (code: string) => string): void => writeFileSync(file, change(readFileSync(file, "utf8")));

/** The packages that these files belong to. */
function componentsOf(files: readonly string[]): Component[] {
  const homes = [...new Set(files.map((file) => homeOf(dirname(file))))];
  return homes.map(componentIn).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The nearest folder above with a package.json that names a package. */
function homeOf(folder: string): string {
  const manifest = join(folder, "package.json");
  if (existsSync(manifest) && typeof JSON.parse(readFileSync(manifest, "utf8")).name === "string") return folder;
  if (dirname(folder) === folder) throw new Error("Cannot tell whose code is bundled: no package.json above it");
  return homeOf(dirname(folder));
}

const LICENCE_FILE = /^licen[cs]e([.-]|$)/i;

/** What a package says of itself. */
export function componentIn(home: string): Component {
  const { name, version, license } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as Record<string, string>;
  const found = readdirSync(home)
    .sort()
    .find((one) => LICENCE_FILE.test(one));
  const file = found === undefined ? undefined : join(home, found);
  return { name: name ?? "", version: version ?? "", licence: license ?? "", text: file === undefined ? null : readFileSync(file, "utf8") };
}
