import { SETTING_HELP, type SettingName } from "../help/commands.ts";

/** The settings that files and flags can make: one name for each, so TRUEBOUND_DATA_DIR, of which the agent's is a part, has none. */
const SETTABLE = (Object.keys(SETTING_HELP) as SettingName[]).filter((name) => name !== "TRUEBOUND_DATA_DIR");

/** In a file: `TRUEBOUND_PROBE_INTERVAL` is `probe_interval`, and what is the agent's anyway does not say so: `http_port`. */
export const keyOf = (name: SettingName): string => name.replace(/^TRUEBOUND_(AGENT_)?/, "").toLowerCase();

/** On a command line, without its dashes. */
export const flagOf = (name: SettingName): string => keyOf(name).replaceAll("_", "-");

const BY_KEY: ReadonlyMap<string, SettingName> = new Map(SETTABLE.map((name) => [keyOf(name), name]));

export const settingOfKey = (key: string): SettingName | null => BY_KEY.get(key) ?? null;

/** Where files lie is no setting that a file can make. */
export const FILE_KEYS: readonly string[] = SETTABLE.map(keyOf).filter((key) => key !== "config_dir");
