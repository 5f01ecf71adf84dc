#!/usr/bin/env node
import { bounded } from "./adapters/bounded.ts";
import { readCaseFile } from "./adapters/case-file.ts";
import { stopRequest } from "./adapters/children/signals.ts";
import { textSha256 } from "./adapters/crypto/node-crypto.ts";
import { StartupError } from "./adapters/embedded-postgres/index.ts";
import { signHostListFile } from "./adapters/host-list-file.ts";
import { openLog } from "./adapters/log/pino-log.ts";
import { parseLossless } from "./adapters/lossless-json.ts";
import { VERSION } from "./adapters/software.ts";
import { ownSurroundings } from "./adapters/surroundings.ts";
import type { Told } from "./admin/admin.ts";
import { tellProfiles } from "./audit/profiles.ts";
import { type Command, HELP, parseCommand } from "./command-line.ts";
import { type Config, readConfig } from "./config.ts";
import { explain } from "./explain/command.ts";

const log = openLog(process.stderr.isTTY === true);

function configured(): Config {
  const read = readConfig(process.env, ownSurroundings());
  if ("problems" in read) throw new StartupError(read.problems.join("; "), 78);
  return read.config;
}

function databaseOf({ databaseUrl }: Config): string {
  if (databaseUrl === null) throw new StartupError("Cannot do this without DATABASE_URL; truebound up brings a database of its own", 78);
  return databaseUrl;
}

/** Resolves when all of it is out: a long answer into a pipe would else be cut by the exit. */
const said = (text: string): Promise<void> => new Promise((resolve) => process.stdout.write(text, () => resolve()));
const say = (text: string): void => void process.stdout.write(text);

// A command loads what it does, and no other's: a server is half a second of reading.

async function migrated(databaseUrl: string): Promise<void> {
  const { migrate } = await import("./adapters/postgres/migrate.ts");
  const done = await migrate(databaseUrl, log);
  say(done.length === 0 ? "The schema is up to date\n" : `Migrated: ${done.join(", ")}\n`);
}

async function serve(config: Config): Promise<void> {
  const [{ startServer }, { SITE }] = await Promise.all([import("./server.ts"), import("./up.ts")]);
  if (config.migrateOnStart) await migrated(databaseOf(config));
  const asked = stopRequest(() => process.exit(1));
  const server = await startServer({
    databaseUrl: databaseOf(config),
    httpPort: config.httpPort,
    people: config.people,
    agents: config.agents,
    siteDir: SITE,
    leapFile: config.leapFile,
    receiptKeyFile: config.receiptKeyFile,
    tls: config.tls,
    tlsProxy: config.tlsProxy,
    keyDays: config.keyDays,
    kubernetes: config.kubernetes,
    hostList: config.hostList,
    rollupDays: config.rollupDays,
    reports: { folder: config.reportsDir, rhythms: config.reports },
    archive: config.archive,
    tsa: config.tsa,
    log,
  });
  say(`Truebound is serving: ${server.peopleUrl}/\n`);
  const signal = await asked;
  log.info(`Stopping at ${signal}: deliveries that are under way are answered first`);
  await bounded(STOP_MS, server.stop(), "Cannot stop in time: something of this server is still under way");
}

/** Longer than what is under way has to end, shorter than what supervisors wait before they kill. */
const STOP_MS = 35_000;

type Work = Extract<
  Command,
  {
    readonly name:
      | "admin"
      | "alerts"
      | "apply"
      | "archive"
      | "carrier"
      | "diagnostics"
      | "doctor"
      | "log"
      | "past"
      | "people"
      | "plan"
      | "rebuild"
      | "record"
      | "rehearse"
      | "scope"
      | "traceability";
  }
>;

async function done(command: Work): Promise<Told> {
  const act = await import("./administer.ts");
  if (command.name === "admin") return act.runAdmin(configured(), command.request, log);
  if (command.name === "alerts") return act.runAlerts(configured(), command.request, log);
  if (command.name === "apply" && command.request.check) return act.runCheck(command.request);
  if (command.name === "apply") return act.runApply(configured(), command.request, log);
  if (command.name === "scope") return act.runScopes(configured(), command.request, log);
  if (command.name === "people") return act.runPeople(configured(), command.request, log);
  if (command.name === "diagnostics") return act.runDiagnostics(configured(), command.request, log, process.env);
  if (command.name === "doctor") return act.runDoctor(configured(), command.request, log);
  if (command.name === "carrier") return act.runCarrier(configured(), command.request, log);
  if (command.name === "log") return act.runLog(configured(), command.request, log);
  if (command.name === "past") return act.runPast(configured(), command.request, said, log);
  if (command.name === "plan") return act.runPlan(configured(), command.request, log);
  if (command.name === "record") return act.runRecord(configured(), command.request, log);
  if (command.name === "traceability") return act.runTraceability(configured(), command.request, log);
  if (command.name === "rehearse") return act.runRehearsal(configured(), command.request, log);
  return command.name === "archive" ? act.runArchive(configured(), command.request, log) : act.runRebuild(configured(), command, log);
}

/** One line that is written over on a terminal; Ctrl-C cancels, and nothing is left of it. */
async function report(request: Extract<Command, { readonly name: "report" }>["request"]): Promise<Told> {
  const cancelling = new AbortController();
  if (request.do === "create") void stopRequest(() => process.exit(1)).then(() => cancelling.abort());
  const progress = (done: number, of: number, name: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done} of ${of} hosts: ${name}${done === of ? "\n" : ""}`);
  };
  const { runReport } = await import("./administer.ts");
  return runReport(configured, request, log, { progress, signal: cancelling.signal });
}

async function run(args: readonly string[]): Promise<number> {
  const command = parseCommand(args);
  switch (command.name) {
    case "up": {
      const { up } = await import("./up.ts");
      await up({
        config: configured(),
        environment: process.env,
        demo: command.demo,
        log,
        ready: (url) => say(`Truebound is measuring this host: ${url}\n`),
      });
      return 0;
    }
    case "serve":
      await serve(configured());
      return 0;
    case "migrate": {
      await migrated(databaseOf(configured()));
      if (command.distribute === null) return 0;
      const { distribute } = await import("./adapters/postgres/distribute.ts");
      const spread = await distribute(databaseOf(configured()), log);
      say(spread.length === 0 ? "The tables are distributed already\n" : `Distributed:\n${spread.map((line) => `  ${line}\n`).join("")}`);
      return 0;
    }
    case "explain": {
      const { code, out, err } = await explain(command.what, command.file, { read: readCaseFile, parse: parseLossless });
      process.stderr.write(err);
      await said(out);
      return code;
    }
    case "admin":
    case "alerts":
    case "apply":
    case "archive":
    case "carrier":
    case "diagnostics":
    case "doctor":
    case "log":
    case "past":
    case "rebuild":
    case "record":
    case "rehearse":
    case "people":
    case "plan":
    case "scope":
    case "traceability": {
      const { code, out, err } = await done(command);
      process.stderr.write(err);
      await said(out);
      return code;
    }
    case "profile": {
      const { customProfiles } = await import("./administer.ts");
      const custom = await customProfiles(process.env, log);
      const { code, out, err } = tellProfiles(command.request, custom.profiles, textSha256);
      process.stderr.write(custom.err + err);
      await said(out);
      return code;
    }
    case "report": {
      const { code, out, err } = await report(command.request);
      process.stderr.write(err);
      await said(out);
      return code;
    }
    case "sign_host_list": {
      const { text, publicKey, hosts } = signHostListFile(command.file, command.keyFile);
      process.stderr.write(
        `Signed for ${hosts === 1 ? "one host" : `${hosts} hosts`}; the server knows the list by TRUEBOUND_HOST_LIST_KEY=${publicKey}\n`,
      );
      await said(text);
      return 0;
    }
    case "say":
      say(command.text);
      return 0;
    case "version":
      say(`truebound ${VERSION}\n`);
      return 0;
    case "help":
      say(HELP);
      return 0;
    case "usage":
      process.stderr.write(`${command.problem}\n`);
      return 2;
    default:
      return command satisfies never;
  }
}

/** What nobody foresaw ends the process; a supervisor starts a sound one. */
function fail(error: unknown): never {
  if (error instanceof StartupError) process.stderr.write(`${error.message}\n`);
  else log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(error instanceof StartupError ? error.exitCode : 1);
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
run(process.argv.slice(2)).then((code) => process.exit(code), fail);
