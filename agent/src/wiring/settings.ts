import { readSettingFiles } from "../adapters/setting-files.ts";
import { ConfigError, type Environment, readConfig } from "../config.ts";
import type { SettingName } from "../help/commands.ts";
import { fileSettings } from "../settings/file-settings.ts";
import { inOwnWords, layered, type Settings } from "../settings/layers.ts";

export type FlagsSet = Readonly<Partial<Record<SettingName, string>>>;

/** Flags, variables and files as one. Throws with everything that is wrong with any of them. */
export async function gatherSettings(flags: FlagsSet, env: Environment): Promise<Settings> {
  const folder = flags.TRUEBOUND_CONFIG_DIR ?? env.TRUEBOUND_CONFIG_DIR;
  const { set, problems } = fileSettings(folder ? await readSettingFiles(folder) : []);
  const settings = layered(flags, env, set);
  const all = [...problems, ...problemsOf(settings)];
  if (all.length > 0) throw new ConfigError(all.join("\n"));
  return settings;
}

function problemsOf({ env, origins }: Settings): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [inOwnWords(error.message, origins)];
  }
}
