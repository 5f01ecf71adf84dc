import type { Environment } from "../config.ts";
import type { SettingName } from "../help/commands.ts";
import type { FileSettings } from "./file-settings.ts";
import { flagOf, keyOf } from "./setting-key.ts";

/** Who set a value that did not come by its variable. */
export interface Origin {
  /** As `config show` names it: a flag, or a file and its line. */
  readonly from: string;
  /** As a problem names it. */
  readonly words: string;
}

export type Origins = Readonly<Partial<Record<string, Origin>>>;

/** All settings as one environment, and who set what of it. */
export interface Settings {
  readonly env: Environment;
  readonly origins: Origins;
}

/** Flags before variables before files; what none sets has its default. A variable that is empty sets nothing. */
export function layered(flags: Readonly<Partial<Record<SettingName, string>>>, env: Environment, files: FileSettings["set"]): Settings {
  const merged: Record<string, string | undefined> = { ...env };
  const origins: Record<string, Origin> = {};
  for (const [name, { value, at }] of Object.entries(files) as [SettingName, { value: string; at: string }][])
    if (!isSet(env, name)) {
      merged[name] = value;
      origins[name] = { from: at, words: `${keyOf(name)} of ${at}` };
    }
  for (const [name, value] of Object.entries(flags) as [SettingName, string][]) {
    merged[name] = value;
    origins[name] = { from: `--${flagOf(name)}`, words: `--${flagOf(name)}` };
  }
  return { env: merged, origins };
}

/** The agent's folder is set by either of two variables: neither gives way to a file. */
const isSet = (env: Environment, name: SettingName): boolean =>
  Boolean(env[name]) || (name === "TRUEBOUND_AGENT_DATA_DIR" && Boolean(env.TRUEBOUND_DATA_DIR));

/** A problem names its setting as whoever made it wrote it. */
export const inOwnWords = (problem: string, origins: Origins): string =>
  problem.replace(/\bTRUEBOUND_[A-Z_]+/g, (name) => origins[name]?.words ?? name);
