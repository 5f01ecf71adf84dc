import type { SettingName } from "../help/commands.ts";
import { flagOf } from "./setting-key.ts";

export interface Flags {
  /** What flags set, by the variable that each stands for. */
  readonly set: Readonly<Partial<Record<SettingName, string>>>;
  /** The command line without them. */
  readonly rest: readonly string[];
}

/**
 * Takes the flags that stand for settings out of a command line: `--probe-interval 16s` for TRUEBOUND_PROBE_INTERVAL. The
 * command's own options stay, and so does all behind `--`. Returns what is wrong where one has no value, or comes twice.
 */
export function settingFlags(args: readonly string[], settings: readonly SettingName[], own: readonly string[]): Flags | string {
  const names: ReadonlyMap<string, SettingName> = new Map(
    settings.map((name) => [`--${flagOf(name)}`, name] as const).filter(([flag]) => !own.includes(flag)),
  );
  const set: Partial<Record<SettingName, string>> = {};
  const rest: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const word = args[index] as string;
    if (word === "--") return { set, rest: [...rest, ...args.slice(index)] };
    const [flag = "", given] = /^(--[^=]*)(?:=([\s\S]*))?$/.exec(word)?.slice(1) ?? [];
    const name = names.get(flag);
    if (name === undefined) {
      rest.push(word);
      continue;
    }
    const value = given ?? args[++index];
    if (value === undefined || value === "") return `Cannot take ${flag} without a value`;
    if (set[name] !== undefined) return `Cannot take ${flag} twice`;
    set[name] = value;
  }
  return { set, rest };
}
