import {
  ConfigError,
  distinct,
  parseCheck,
  parseSource,
  readConfig as readAgentConfig,
  sourcesOfCloud,
  sourcesOfNtpConf,
  sourcesOfTimesyncd,
} from "@truebound/agent";
import { parseCommand, readConfig as readServerConfig } from "@truebound/server";
import * as right from "./examples.ts";
import { sourceProblem, sourcesProblem } from "./sources.ts";
import { type FuzzTarget, text, unless } from "./target.ts";

/** What people set: environments, command lines, and the files in which sources are named. */
export const settingsTargets: readonly FuzzTarget[] = [
  text("agent's environment", right.AGENT_ENVIRONMENT, (input) => orProblems(() => readAgentConfig(environment(input))), agentConfigured),
  text("server's environment", right.SERVER_ENVIRONMENT, serverConfig, (wrong) => wrong),
  text(
    "source",
    right.AGENT_ENVIRONMENT.join(",").split(/[,=\n]/),
    (input) => parseSource(input),
    (source) => (typeof source === "string" ? unless(source.startsWith("Cannot "), "a problem without words") : sourceProblem(source)),
  ),
  text("chrony.conf and ntp.conf", right.NTP_CONF, (input) => distinct(sourcesOfNtpConf(input)), sourcesProblem),
  text("timesyncd.conf", right.TIMESYNCD_CONF, (input) => distinct(sourcesOfTimesyncd(input)), sourcesProblem),
  text("DMI names", ["Amazon EC2", "Google", "Google Compute Engine"], (input) => sourcesOfCloud(input, input), sourcesProblem),
  text(
    "arguments of check",
    right.CHECK_ARGUMENTS,
    (input) => parseCheck(input.split(" ")),
    (options) => unless(typeof options === "string" || options.samples >= 1, "options that cannot be"),
  ),
  text(
    "arguments of truebound",
    right.COMMANDS,
    (input) => parseCommand(input.split(" ")),
    ({ name }) => unless(name !== undefined, "no command"),
  ),
];

const environment = (input: string): Record<string, string> =>
  Object.fromEntries(input.split("\n").map((line) => [line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1)]));

/** The configuration, or the text of what is wrong with it. */
function orProblems<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

function agentConfigured(config: ReturnType<typeof readAgentConfig> | string): string | null {
  if (typeof config === "string") return unless(config.startsWith("Cannot "), "a problem without words");
  const { probeIntervalS, faults, sources } = config;
  if (probeIntervalS !== null && !(probeIntervalS >= 1 && probeIntervalS <= 3600)) return `a probe every ${probeIntervalS} s`;
  if (faults !== null && !(faults >= 0 && faults <= 10)) return `${faults} faults`;
  return sourcesProblem(sources ?? []);
}

/** What is read from a file stays out of this. */
function noFile(): never {
  throw new Error("there are no files here");
}

function serverConfig(input: string): string | null {
  const read = readServerConfig(environment(input), { home: "/root", isRoot: true, read: noFile });
  if ("problems" in read) return unless(read.problems.length > 0, "a refusal without a problem");
  return unless(read.config.httpPort >= 0 && read.config.httpPort <= 65_535, "no port");
}
