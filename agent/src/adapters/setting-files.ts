import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../config.ts";
import type { FileEntry, SettingFile } from "../settings/file-settings.ts";
import { plainSettings } from "../settings/plain-settings.ts";

/** agent.yaml, then agent.d/*.yaml by name. Folders and files that are not there set nothing. */
export async function readSettingFiles(folder: string): Promise<SettingFile[]> {
  const names = ["agent.yaml", ...namesIn(join(folder, "agent.d")).map((name) => join("agent.d", name))];
  const texts = names.map((name) => [join(folder, name), textOf(join(folder, name))] as const);
  const there = texts.filter((one): one is readonly [string, string] => one[1] !== null);
  const plain = there.map(([path, text]) => ({ path, text, entries: plainSettings(text) }));
  // Loaded only where there is more to read than plain lines: an agent without such a file does not pay for it.
  const yaml = plain.some(({ entries }) => entries === null) ? await import("yaml") : null;
  return plain.map(({ path, text, entries }) => (entries === null ? parsed(yaml as Yaml, path, text) : { path, entries, problems: [] }));
}

const namesIn = (folder: string): string[] =>
  orNothing(() => readdirSync(folder), folder, [])
    .filter((name) => /^[^.].*\.yaml$/.test(name))
    .sort();

const textOf = (path: string): string | null => orNothing(() => readFileSync(path, "utf8"), path, null);

function orNothing<T, N>(read: () => T, path: string, nothing: N): T | N {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing;
    throw new ConfigError(`Cannot read the settings in ${path}: ${(error as Error).message}`);
  }
}

type Yaml = typeof import("yaml");

/** YAML 1.2, core schema: `off` is a text, and a key that comes twice is an error. */
export function parsed({ parseDocument, LineCounter, isMap, isScalar }: Yaml, path: string, text: string): SettingFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", schema: "core", prettyErrors: false, stringKeys: true });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const wrong = [...document.errors, ...document.warnings];
  const cannot = (line: number, why: string): SettingFile => ({ path, entries: [], problems: [`Cannot read ${path}:${line}: ${why}`] });
  if (wrong.length > 0)
    return { path, entries: [], problems: wrong.flatMap(({ pos, message }) => cannot(lineAt(pos[0]), message).problems) };
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return { path, entries: [], problems: [] };
  if (!isMap(root)) return cannot(1, "write NAME: VALUE, a line for each setting");
  const value = valueIn.bind(null, { isMap, isScalar, isSeq: (node) => "items" in node && !isMap(node) } satisfies Kinds);
  return {
    path,
    problems: [],
    entries: root.items.map(({ key, value: node }) => ({
      key: isScalar(key) ? String(key.value) : String(key),
      line: lineAt(isScalar(key) ? (key.range?.[0] ?? 0) : 0),
      value: value(node),
    })),
  };
}

interface Kinds {
  readonly isMap: Yaml["isMap"];
  readonly isScalar: Yaml["isScalar"];
  readonly isSeq: (node: object) => boolean;
}

function valueIn(kinds: Kinds, node: unknown): FileEntry["value"] {
  if (node === null || typeof node !== "object") return null;
  if (kinds.isScalar(node)) return scalarText(node);
  if (kinds.isMap(node)) {
    const pairs = node.items.map(({ key, value }) => [String(key), itemText(kinds, value)] as const);
    return pairs.every((pair): pair is readonly [string, string] => pair[1] !== null) ? new Map(pairs) : undefined;
  }
  if (!kinds.isSeq(node)) return undefined;
  const items = (node as { readonly items: readonly unknown[] }).items.map((item) => itemText(kinds, item));
  return items.every((item) => item !== null) ? items : undefined;
}

const itemText = (kinds: Kinds, node: unknown): string | null => (kinds.isScalar(node) ? scalarText(node) : null);

/** As it is written, for `16s` and `007` mean what they say; true and false are the variables' 1 and 0. */
function scalarText({ value, source }: { readonly value: unknown; readonly source?: string }): string | null {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "string" ? value : (source ?? null);
}
