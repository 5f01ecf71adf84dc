import { join } from "node:path";
import { Child } from "./adapters/children/child.ts";
import { ChildrenFile } from "./adapters/children/leftovers.ts";
import { runOnce } from "./adapters/children/run-once.ts";
import { stopRequest } from "./adapters/children/signals.ts";
import { DataFolder } from "./adapters/data-folder.ts";
import { StartupError, startEmbeddedPostgres } from "./adapters/embedded-postgres/index.ts";
import { migrate } from "./adapters/postgres/migrate.ts";
import { ROOT } from "./adapters/software.ts";
import { childEnvironment } from "./child-environment.ts";
import type { Config, Environment } from "./config.ts";
import { DEMO_RULES } from "./demo-rules.ts";
import type { Log } from "./log.ts";
import { type RunningServer, startServer } from "./server.ts";

export interface Up {
  readonly config: Config;
  readonly environment: Environment;
  readonly demo: boolean;
  readonly log: Log;
  /** Told the address of the page once it is served. */
  readonly ready: (url: string) => void;
}

const HOUR_SECONDS = 3600;
const DEMO_TOKEN = { uses: 100, ttlSeconds: 24 * HOUR_SECONDS, labels: { demo: "true" } };
const AGENT_TOKEN = { uses: 1, ttlSeconds: HOUR_SECONDS, labels: {} };

/** A whole Truebound on this machine: database, server, an agent for this host, on request a demo fleet. Ends when asked to. */
export async function up(options: Up): Promise<void> {
  const { config, log } = options;
  await checkAgentSettings(options);
  const undo: (() => Promise<void>)[] = [];
  const children: Child[] = [];
  const asked = stopRequest(() => {
    for (const child of children) child.kill();
    process.exit(1);
  });
  try {
    const databaseUrl = config.databaseUrl ?? (await embedded(config, log, undo));
    await migrate(databaseUrl, log);
    const server = await startServer({
      databaseUrl,
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
      databaseDir: config.databaseUrl === null ? config.dataDir : null,
      log,
    });
    undo.unshift(() => server.stop());
    children.push(...(await startChildren(options, server)));
    undo.unshift(async () => void (await Promise.all(children.map((child) => child.stop()))));
    options.ready(`${server.peopleUrl}/`);
    await asked;
    log.info("Stopping");
  } finally {
    for (const step of undo) await step();
  }
}

const AGENT_PROGRAM = join(ROOT, "bin/truebound-agent.js");
export const SITE = join(ROOT, "web/dist/site");

async function embedded({ dataDir }: Config, log: Log, undo: (() => Promise<void>)[]): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: (message) => log.info(message) });
  undo.unshift(() => postgres.stop());
  return postgres.url;
}

async function startChildren(options: Up, server: RunningServer): Promise<Child[]> {
  const folder = new DataFolder(options.config.dataDir);
  folder.makeFolder(options.config.dataDir);
  const running = new ChildrenFile(options.config.dataDir);
  await running.stopLeftovers(options.log);
  const started = (pid: number) => running.add(pid);
  const agent = await startAgent(options, server, folder, started);
  return options.demo ? [agent, await startDemo(options, server, folder, started)] : [agent];
}

async function startAgent(
  { environment, log }: Up,
  server: RunningServer,
  folder: DataFolder,
  started: (pid: number) => void,
): Promise<Child> {
  folder.makeFolder(folder.agent);
  if (!folder.agentIsEnrolled()) folder.writeSecret(folder.agentToken, await server.createToken(AGENT_TOKEN));
  const env = { ...childEnvironment(environment, server), TRUEBOUND_TOKEN_FILE: folder.agentToken, TRUEBOUND_AGENT_DATA_DIR: folder.agent };
  return new Child({ name: "agent", args: [AGENT_PROGRAM, "run"], env, log, started });
}

async function startDemo(
  { environment, log }: Up,
  server: RunningServer,
  folder: DataFolder,
  started: (pid: number) => void,
): Promise<Child> {
  for (const { selector, block } of DEMO_RULES) await server.setPolicy(selector, block);
  folder.makeFolder(folder.demo);
  folder.writeSecret(folder.demoToken, await server.createToken(DEMO_TOKEN));
  const env = {
    ...childEnvironment(environment, server),
    TRUEBOUND_DEMO_TOKEN_FILE: folder.demoToken,
    TRUEBOUND_DEMO_DATA_DIR: folder.demo,
  };
  return new Child({ name: "demo", args: [join(ROOT, "packages/testkit/dist/demo/main.js")], env, log, started });
}

/** The agent reads its settings itself; asked before anything is started, a mistake in them is one clear end, not half a product. */
async function checkAgentSettings({ environment }: Up): Promise<void> {
  const asked = await runOnce([AGENT_PROGRAM, "config", "show", "--effective"], environment);
  if (asked.code !== 0) throw new StartupError(asked.stderr.trim().split("\n").join("; "), 78);
}
