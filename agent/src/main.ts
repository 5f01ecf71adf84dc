#!/usr/bin/env node
import { nearest } from "@truebound/wire";
import { toStderr } from "./adapters/log-stream.ts";
import { ConfigError } from "./config.ts";
import { COMMANDS, type CommandName } from "./help/commands.ts";
import { asksForHelp, helpOf, hintOf, isCommand, meantCommand, optionsOf, overview, ownFlags } from "./help/help.ts";
import type { Settings } from "./settings/layers.ts";
import { settingFlags } from "./settings/setting-flags.ts";
import { VERSION } from "./version.ts";
import { gatherSettings } from "./wiring/settings.ts";

type Code = number | Promise<number>;

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function complain(problem: string, hint = overview()): number {
  process.stderr.write(`${problem}\n${hint}\n`);
  return 2;
}

/** For a command that takes nothing beside its name. */
function alone(command: CommandName, args: readonly string[], act: () => Code): Code {
  const options = optionsOf(command, args, {});
  return typeof options === "string" ? complain(options, hintOf(command)) : act();
}

async function config([what, ...args]: readonly string[], settings: Settings): Promise<number> {
  if (what !== "show") {
    const asked = what === undefined ? "config" : `config ${what}`;
    return complain(`Cannot run "${asked}": did you mean truebound-agent config show --effective?`, hintOf("config"));
  }
  const options = optionsOf("config", args, { effective: "flag", json: "flag" });
  return typeof options === "string" ? complain(options, hintOf("config")) : (await import("./wiring/config.ts")).showConfig(settings);
}

function help([command]: readonly string[]): number {
  if (command === undefined) return say(overview());
  return isCommand(command) ? say(helpOf(command)) : unknown(command);
}

const unknown = (command: string): number =>
  complain(`Cannot run "${command}": there is no such command; did you mean ${meantCommand(command)}?`);

async function act(command: CommandName, words: readonly string[]): Promise<number> {
  const taken = settingFlags(words, COMMANDS[command].settings, ownFlags(command));
  if (typeof taken === "string") return complain(taken, hintOf(command));
  const gather = () => gatherSettings(taken.set, process.env);
  try {
    return await perform(command, taken.rest, COMMANDS[command].settings.length === 0 ? NO_SETTINGS : await gather(), gather);
  } catch (error) {
    if (command === "check" && error instanceof ConfigError)
      return (await import("./wiring/check.ts")).cannotCheck(error.message, words.includes("--json"));
    throw error;
  }
}

const NO_SETTINGS: Settings = { env: {}, origins: {} };

/** Each command's own code is loaded by it alone: an agent that runs for months need not hold that of the others. */
async function perform(command: CommandName, args: readonly string[], settings: Settings, again: () => Promise<Settings>): Promise<number> {
  const { env } = settings;
  switch (command) {
    case "run": {
      const { runAgent } = await import("./wiring/run.ts");
      return alone(command, args, () => runAgent(settings, again));
    }
    case "enroll":
      return (await import("./wiring/enrol.ts")).runEnrol(args, env);
    case "spool":
      return (await import("./wiring/carrier.ts")).runSpool(args, env);
    case "unenroll":
    case "key":
    case "rotate": {
      const { runUnenrol, runKey, runRotate } = await import("./wiring/enrol.ts");
      return alone(command, args, () => ({ unenroll: runUnenrol, key: runKey, rotate: runRotate })[command](env));
    }
    case "check":
      return (await import("./wiring/check.ts")).runCheck(args, env);
    case "now":
    case "status":
      return (await import("./wiring/ask.ts")).runAsk(command, args, env);
    case "wait":
      return (await import("./wiring/ask.ts")).runWait(args, env);
    case "doctor":
      return (await import("./wiring/doctor.ts")).runDoctor(args, env);
    case "stamp-test":
      return (await import("./wiring/stamp-test.ts")).runStampTest(args, env);
    case "evidence":
      return (await import("./wiring/evidence.ts")).runEvidence(args);
    case "config":
      return config(args, settings);
    case "version":
      return alone(command, args, () => say(`truebound-agent ${VERSION}`));
    default:
      return command satisfies never;
  }
}

function main([word, ...args]: readonly string[]): Code {
  if (word === undefined) return complain("Cannot run without a command");
  if (word === "help" || word === "--help" || word === "-h") return help(args);
  const command = word === "--version" ? "version" : word;
  if (!isCommand(command)) return word.startsWith("-") ? strangeOption(word) : unknown(word);
  return asksForHelp(args) ? say(helpOf(command)) : act(command, args);
}

const strangeOption = (word: string): number =>
  complain(`Cannot take ${word}: there is no such option; did you mean ${nearest(word, ["--help", "--version"])}?`);

function end(code: number): void {
  process.exitCode = code;
  // Sockets of a stopped agent may linger for a second; nothing is waiting for them.
  setTimeout(() => process.exit(code), 1500).unref();
}

/** Of these what is said goes into a log. */
const LOGGED: readonly string[] = ["run", "enroll", "spool", "unenroll", "rotate"];

async function start(args: readonly string[]): Promise<void> {
  try {
    end(await main(args));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (LOGGED.includes(args[0] ?? "")) toStderr("error", error.message);
    else process.stderr.write(`${error.message}\n`);
    end(error.exitCode);
  }
}

await start(process.argv.slice(2));
