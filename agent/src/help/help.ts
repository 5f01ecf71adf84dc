import { nearest, type OptionKinds, type Options, readOptions } from "@truebound/wire";
import { flagOf } from "../settings/setting-key.ts";
import { COMMANDS, type CommandHelp, type CommandName, SETTING_HELP, type SettingName } from "./commands.ts";

export const isCommand = (word: string): word is CommandName => Object.hasOwn(COMMANDS, word);

/** All commands, a line each. */
export function overview(): string {
  const commands = table(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary]));
  return `usage: truebound-agent COMMAND\n${commands}\ntruebound-agent COMMAND --help says more. Settings come from flags, TRUEBOUND_ variables and files; see README.md.`;
}

/** All that there is to know of one command. */
export function helpOf(command: CommandName): string {
  const { does, options, settings, example, exit }: CommandHelp = COMMANDS[command];
  return [
    usageOf(command),
    indent(does),
    section("options", [...Object.entries(options), ["--help, -h", "this text"]]),
    settings.length === 0
      ? null
      : section(
          "settings, each by its variable or by the flag that follows it",
          settings.map((name) => [`${name}${flagBeside(command, name)}`, SETTING_HELP[name]] as const),
        ),
    `example:\n  ${example}`,
    `exit code: ${exit}`,
  ]
    .filter((part) => part !== null)
    .join("\n");
}

/** The command's own options are told above. */
function flagBeside(command: CommandName, name: SettingName): string {
  const flag = `--${flagOf(name)}`;
  return name === "TRUEBOUND_DATA_DIR" || ownFlags(command).includes(flag) ? "" : ` ${flag}`;
}

/** The options that are a command's own, without their values. */
export const ownFlags = (command: CommandName): string[] =>
  Object.keys(COMMANDS[command].options).map((option) => option.split(" ")[0] as string);

/** The options of its settings, for who misspells one. */
const settingKinds = (command: CommandName): Record<string, "text"> =>
  Object.fromEntries(
    COMMANDS[command].settings.filter((name) => flagBeside(command, name) !== "").map((name) => [flagOf(name), "text" as const]),
  );

export const usageOf = (command: CommandName): string => `usage: truebound-agent ${COMMANDS[command].usage}`;

/** What stands below a complaint about a command line. */
export const hintOf = (command: CommandName): string => `${usageOf(command)}\ntruebound-agent ${command} --help says more`;

/** The options of a command that takes no words, or what is wrong with them. */
export function optionsOf<const K extends OptionKinds>(command: CommandName, args: readonly string[], kinds: K): Options<K> | string {
  const read = readOptions(args, { ...settingKinds(command), ...kinds, help: "flag" });
  if (typeof read === "string") return read;
  const [stray] = read.words;
  return stray === undefined ? (read as Options<K>) : `Cannot take ${JSON.stringify(stray)}: truebound-agent ${command} takes no words`;
}

/** What stands behind -- is another program's. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some((word) => word === "--help" || word === "-h");
}

/** Of a command that there is not. */
export const meantCommand = (word: string): string => nearest(word, [...Object.keys(COMMANDS), "help"]);

const indent = (text: string): string => text.replace(/^/gm, "  ");
const section = (title: string, rows: readonly (readonly [string, string])[]): string => `${title}:\n${table(rows)}`;

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`).join("\n");
}
