#!/usr/bin/env node
import { ConfigError, readConfig } from "./config.ts";
import { VERSION } from "./version.ts";
import { runCheck } from "./wiring/check.ts";
import { runDoctor } from "./wiring/doctor.ts";
import { runAgent } from "./wiring/run.ts";

const USAGE = `usage: truebound-agent COMMAND
  run       measure this host and report to the server (TRUEBOUND_SERVER_URL)
  check     one measurement against named servers: truebound-agent check HOST[:PORT]…
  doctor    whether this host is fit, and which limits can be proved on it
  config show --effective   the settings in force, or everything that is wrong with them
  version   print the version
Settings come from TRUEBOUND_ variables; see README.md.`;

function showConfig([what]: readonly string[]): number {
  if (what !== "show") {
    process.stderr.write("Cannot do that with config: write truebound-agent config show --effective\n");
    return 2;
  }
  process.stdout.write(`${JSON.stringify(readConfig(process.env), null, 2)}\n`);
  return 0;
}

async function main([command, ...args]: readonly string[]): Promise<number> {
  switch (command) {
    case "run":
      return runAgent(process.env);
    case "check":
      return runCheck(args, process.env);
    case "doctor":
      return runDoctor(args, process.env);
    case "config":
      return showConfig(args);
    case "version":
    case "--version":
      process.stdout.write(`truebound-agent ${VERSION}\n`);
      return 0;
    case "help":
    case "--help":
      process.stdout.write(`${USAGE}\n`);
      return 0;
    default:
      process.stderr.write(
        `${command === undefined ? "Cannot run without a command" : `Cannot run "${command}": there is no such command`}\n${USAGE}\n`,
      );
      return 2;
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
    // Sockets of a stopped agent may linger for a second; nothing is waiting for them.
    setTimeout(() => process.exit(code), 1500).unref();
  },
  (error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  },
);
