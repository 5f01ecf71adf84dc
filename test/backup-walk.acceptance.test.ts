import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startNumbersChild } from "@truebound/testkit";
import { afterEach, expect, it } from "vitest";
import { REPORT_NUMBERS } from "../agent/test/acceptance/reporting-world.ts";
import { migrate } from "../server/src/adapters/postgres/migrate.ts";
import type { RunningServer } from "../server/src/server.ts";
import { ask, quiet } from "../server/test/database.ts";
import { serverOn } from "../server/test/server-under-test.ts";
import { until } from "../server/test/until.ts";
import { DEBIAN_POSTGRES, type DebianPostgres, debianPostgres } from "./debian-postgres.ts";
import { walkedCommands } from "./doc-commands.ts";
import { refilled, storedIn } from "./restored-scene.ts";

/** The commands of docs/backup.md, as they stand there, on a PostgreSQL of Debian's, while an agent reports. */
const PAGE = join(import.meta.dirname, "../docs/backup.md");
const ROOT = join(import.meta.dirname, "..");
const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function begun() {
  const folder = mkdtempSync(join(tmpdir(), "truebound-backup-"));
  chmodSync(folder, 0o755);
  ends.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const postgres = await anotherPostgres(folder, "first");
  postgres.run(`psql "$ADMIN_URL" -c 'create database truebound'`, { ADMIN_URL: postgres.url("postgres") });
  await migrate(postgres.url("truebound"), quiet);
  const [backup, tools, state] = ["backup", "tools", "state"].map((name) => join(folder, name)) as [string, string, string];
  for (const place of [backup, tools, state]) mkdirSync(place);
  if (process.getuid?.() === 0) execFileSync("chown", ["postgres", backup, state]);
  // As a person has it who installed it.
  writeFileSync(join(tools, "truebound"), `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "server/dist/main.js")}" "$@"\n`, {
    mode: 0o755,
  });
  const key = join(state, "receipt-key.pem");
  const agentsPort = await freePort();
  const serve = (url: string) => serverOn(url, { agents: { host: "127.0.0.1", port: agentsPort }, receiptKeyFile: key, log: quiet });
  const envOf = (on: DebianPostgres) => ({
    DATABASE_URL: on.url("truebound"),
    ADMIN_URL: on.url("postgres"),
    BACKUP: backup,
    TOOLS: tools,
    TRUEBOUND_RECEIPT_KEY_FILE: key,
  });
  const walk = (name: string, on: DebianPostgres) => on.run(walkedCommands(PAGE, name), envOf(on));
  const server = await serve(postgres.url("truebound"));
  if (process.getuid?.() === 0) execFileSync("chown", ["postgres", key]);
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), { mode: 0o600 });
  const agent = startNumbersChild(REPORT_NUMBERS, {
    dataDir: join(folder, "agent"),
    server: server.agentsUrl,
    tokenFile,
    from: 0,
    everyMs: 50,
    padBytes: 0,
  });
  agent.begin();
  ends.push(async () => {
    agent.process.kill("SIGKILL");
    await agent.ended;
  });
  const stored = async (on: DebianPostgres) => (await storedIn(on.url("truebound"))).size;
  await until("the agent reports", async () => (await stored(postgres)) > 20, 60_000);
  return { folder, postgres, walk, serve, server, agent, stored };
}

async function anotherPostgres(folder: string, name: string): Promise<DebianPostgres> {
  const postgres = await debianPostgres(join(folder, name));
  ends.push(() => postgres.stop());
  return postgres;
}

const serving = (server: RunningServer) => {
  ends.push(() => server.stop());
  return server;
};

it.skipIf(DEBIAN_POSTGRES === null)(
  "a dump of yesterday, restored on another PostgreSQL: agents refill it, and nothing that was acknowledged is lost",
  async () => {
    const { folder, postgres, walk, serve, server, agent, stored } = await begun();
    walk("dump", postgres);
    const dumped = await stored(postgres);
    await until("reports that the dump does not have", async () => (await stored(postgres)) > dumped + 40, 60_000);
    const acknowledged = await storedIn(postgres.url("truebound"));
    await server.stop();
    postgres.stop();

    const other = await anotherPostgres(folder, "second");
    walk("restore-dump", other);
    const restored = await stored(other);
    expect([restored >= dumped - 40, restored < acknowledged.size]).toEqual([true, true]);
    const again = serving(await serve(other.url("truebound")));
    await refilled({ pair: { url: other.url("truebound") }, lives: [agent] });
    const kept = await storedIn(other.url("truebound"));
    expect([...acknowledged].filter((number) => !kept.has(number))).toEqual([]);
    const heard = async () =>
      ((await (await fetch(`${again.peopleUrl}/api/v1/hosts`)).json()) as { items: { last_received_at: string | null }[] }).items[0]
        ?.last_received_at;
    const before = await heard();
    await until("the page to hear of it anew", async () => (await heard()) !== before, 60_000);
  },
);

it.skipIf(DEBIAN_POSTGRES === null)(
  "a point in time, from a base backup and the log since: what came after it comes back from the agents",
  async () => {
    const { postgres, walk, serve, server, agent, stored } = await begun();
    const url = postgres.url("truebound");
    await server.stop();
    walk("archive-wal", postgres);
    const second = await serve(url);
    walk("base-backup", postgres);
    const based = await stored(postgres);
    await until("reports that the base backup does not have", async () => (await stored(postgres)) > based + 40, 60_000);
    await ask(url, "select pg_create_restore_point('before')");
    const marked = await stored(postgres);
    await ask(url, "create table mistake (a int)");
    await until("reports after the point", async () => (await stored(postgres)) > marked + 40, 60_000);
    await ask(url, "select pg_switch_wal()");
    const acknowledged = await storedIn(url);
    await second.stop();

    walk("restore-point", postgres);
    await until(
      "the end of recovery",
      async () => (await ask<{ is: boolean }>(url, "select pg_is_in_recovery() as is"))[0]?.is === false,
      60_000,
    );
    const restored = await stored(postgres);
    expect([restored > based, restored < acknowledged.size, await ask(url, "select to_regclass('mistake')::text as found")]).toEqual([
      true,
      true,
      [{ found: null }],
    ]);
    serving(await serve(url));
    await refilled({ pair: { url }, lives: [agent] });
    const kept = await storedIn(url);
    expect([...acknowledged].filter((number) => !kept.has(number))).toEqual([]);
  },
);
