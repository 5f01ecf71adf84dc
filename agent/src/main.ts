#!/usr/bin/env node
import { nearest } from "@truebound/wire";
import { ConfigError } from "./config.ts";
import { VERSION } from "./version.ts";
import { runCheck } from "./wiring/check.ts";
import { showConfig } from "./wiring/config.ts";
import { runDoctor } from "./wiring/doctor.ts";
import { runEnrol, runKey, runRotate, runUnenrol, UNENROL_USAGE } from "./wiring/enrol.ts";
import { runAgent } from "./wiring/run.ts";

const USAGE = `usage: truebound-agent COMMAND
  run       measure this host and report to the server (TRUEBOUND_SERVER_URL)
  enroll    makes this host known to a server: truebound-agent enroll --token-file FILE
  unenroll  forgets that
  key       print the public key of this host, for a host list
  rotate    has the agent agree with its server on another key, at its next report
  check     one measurement against named servers: truebound-agent check HOST[:PORT]…
  doctor    whether this host is fit, and which limits can be proved on it
  config show --effective   the settings in force, or everything that is wrong with them
  version   print the version
Settings come from TRUEBOUND_ variables; see README.md.`;

const COMMANDS = ["run", "enroll", "unenroll", "key", "rotate", "check", "doctor", "config", "version", "help"];

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function complain(problem: string): number {
  process.stderr.write(`${problem}\n${USAGE}\n`);
  return 2;
}

/** For a command that takes nothing beside its name. */
function alone(command: string, args: readonly string[], act: () => number | Promise<number>): number | Promise<number> {
  if (args.some((word) => word === "--help" || word === "-h")) return say(USAGE);
  return args.length === 0 ? act() : complain(`Cannot take ${JSON.stringify(args[0])}: truebound-agent ${command} takes nothing`);
}

function config(args: readonly string[]): number | Promise<number> {
  if (args[0] !== "show") return complain("Cannot do that with config: write truebound-agent config show --effective");
  return alone(
    "config show --effective",
    args.slice(1).filter((word) => word !== "--effective"),
    () => showConfig(process.env),
  );
}

/** In the plan, not in this version. */
const NOT_YET: readonly string[] = ["now", "wait", "status", "stamp-test"];

async function main([command, ...args]: readonly string[]): Promise<number> {
  switch (command) {
    case "run":
      return alone("run", args, () => runAgent(process.env));
    case "enroll":
      return runEnrol(args, process.env);
    case "unenroll":
      return args.includes("--help") ? say(UNENROL_USAGE) : alone("unenroll", args, () => runUnenrol(process.env));
    case "key":
      return alone("key", args, () => runKey(process.env));
    case "rotate":
      return alone("rotate", args, () => runRotate(process.env));
    case "check":
      return runCheck(args, process.env);
    case "doctor":
      return runDoctor(args, process.env);
    case "config":
      return config(args);
    case "version":
    case "--version":
      return alone("version", args, () => say(`truebound-agent ${VERSION}`));
    case "help":
    case "--help":
    case "-h":
      return say(USAGE);
    case undefined:
      return complain("Cannot run without a command");
    default:
      return complain(
        NOT_YET.includes(command)
          ? `Cannot run "${command}": it is not built yet`
          : `Cannot run "${command}": there is no such command; did you mean ${nearest(command, COMMANDS)}?`,
      );
  }
}

function end(code: number): void {
  process.exitCode = code;
  // Sockets of a stopped agent may linger for a second; nothing is waiting for them.
  setTimeout(() => process.exit(code), 1500).unref();
}

main(process.argv.slice(2)).then(end, (error: unknown) => {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  end(error.exitCode);
});
