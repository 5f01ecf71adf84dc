import { nearest } from "@truebound/wire";
import type { SettingName } from "../help/commands.ts";
import { FILE_KEYS, settingOfKey } from "./setting-key.ts";

/** A line of a file that sets something, as it was written. */
export interface FileEntry {
  readonly key: string;
  readonly line: number;
  /** Null = the key alone, which sets nothing; undefined = what no setting can be. */
  readonly value: string | readonly string[] | ReadonlyMap<string, string> | null | undefined;
}

export interface SettingFile {
  readonly path: string;
  readonly entries: readonly FileEntry[];
  /** Why it could not be read, with its line where that is known. */
  readonly problems: readonly string[];
}

export interface Found {
  /** The value as its variable would have it. */
  readonly value: string;
  /** File and line. */
  readonly at: string;
}

export interface FileSettings {
  readonly set: Readonly<Partial<Record<SettingName, Found>>>;
  readonly problems: readonly string[];
}

/** What files set: of two that set the same the later wins. Everything that is wrong is told, not only the first. */
export function fileSettings(files: readonly SettingFile[]): FileSettings {
  const set: Partial<Record<SettingName, Found>> = {};
  const problems = files.flatMap((file) => file.problems);
  for (const { path, entries } of files)
    for (const { key, line, value } of entries) {
      const at = `${path}:${line}`;
      const name = FILE_KEYS.includes(key) ? settingOfKey(key) : null;
      const text = textOf(value);
      if (name === null) problems.push(`Cannot use ${key} of ${at}: there is no such setting; did you mean ${nearest(key, FILE_KEYS)}?`);
      else if (typeof text === "object") problems.push(`Cannot use ${key} of ${at}: ${text.why}`);
      else if (text !== undefined) set[name] = { value: text, at };
    }
  return { set, problems };
}

/** As the variable has it: lists and maps by commas. Undefined = not set. */
function textOf(value: FileEntry["value"]): string | undefined | { readonly why: string } {
  if (value === null) return undefined;
  if (value === undefined) return { why: "write a text, a number, true or false, a list of such, or NAME: VALUE pairs" };
  if (typeof value === "string") return value;
  const items = value instanceof Map ? [...value].map(([name, text]) => `${name}=${text}`) : [...(value as readonly string[])];
  const torn = items.find((item) => item.includes(","));
  return torn === undefined ? items.join(",") : { why: `${JSON.stringify(torn)} holds a comma, which no part of it can` };
}
