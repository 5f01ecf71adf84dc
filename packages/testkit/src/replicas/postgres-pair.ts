import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@truebound/server";
import pg from "pg";
import { endWithUs } from "../bench/children.ts";
import { freePort } from "../free-port.ts";
import { startTcpRelay, type TcpRelay } from "../tcp/relay.ts";
import { killWithChildren } from "./postgres-that-falls.ts";

/**
 * A PostgreSQL and a standby of it, at one address: that of whoever is the primary now. The standby begins as a copy of the
 * stopped primary's folder, so nothing is needed but the one program. What streams to it goes through a link that can be cut.
 */
export class PostgresPair {
  readonly #folder: string;
  #primary: EmbeddedPostgres | null = null;
  #standby: { readonly process: ChildProcess; readonly port: number } | null = null;
  #password = "";
  #program = "";
  #target = 0;
  #isStreaming = true;
  #relay: TcpRelay | null = null;
  #stream: TcpRelay | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `prepare` works on the primary before there is a standby. */
  static async start(folder: string, prepare: (url: string) => Promise<unknown>): Promise<PostgresPair> {
    const pair = new PostgresPair(folder);
    mkdirSync(pair.#path("primary"), { recursive: true });
    chmodSync(pair.#path("primary"), 0o711);
    const first = await startIn(pair.#path("primary"));
    pair.#program = readlinkSync(`/proc/${first.pid}/exe`);
    pair.#password = new URL(first.url).password;
    await prepare(first.url);
    await first.stop();
    pair.#copy("primary", "standby");
    pair.#primary = await startIn(pair.#path("primary"));
    pair.#target = portOf(pair.#primary.url);
    const to = (port: () => number | null) => () => (port() === null ? [] : [{ host: "127.0.0.1", port: port() as number }]);
    pair.#relay = await startTcpRelay({ targets: to(() => pair.#target) });
    pair.#stream = await startTcpRelay({ targets: to(() => (pair.#isStreaming ? pair.#target : null)) });
    return pair;
  }

  get url(): string {
    return this.#urlAt(this.#relay?.port ?? 0);
  }

  /** The standby itself; it can be read from. */
  get standbyUrl(): string {
    return this.#urlAt(this.#standby?.port ?? 0);
  }

  async startStandby(isSynchronous: boolean): Promise<void> {
    const cluster = join(this.#path("standby"), "postgres");
    const conninfo = `host=127.0.0.1 port=${this.#stream?.port} user=truebound password=${this.#password} application_name=standby`;
    appendFileSync(join(cluster, "postgresql.auto.conf"), `primary_conninfo = '${conninfo}'\nwal_retrieve_retry_interval = '200ms'\n`);
    writeFileSync(join(cluster, "standby.signal"), "");
    const { uid, gid } = statSync(cluster);
    const port = await freePort();
    const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: "", synchronous_commit: "on" };
    const args = ["-D", cluster, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
    const process_ = spawn(this.#program, args, { cwd: "/", env: { LC_ALL: "C", TZ: "UTC" }, stdio: "ignore", uid, gid });
    this.#standby = { process: endWithUs(process_), port };
    await this.#until(async () => (await ask(this.url, "select count(*)::integer as n from pg_stat_replication"))?.n === 1);
    if (!isSynchronous) return;
    await ask(this.url, "alter system set synchronous_standby_names = 'standby'");
    await ask(this.url, "select pg_reload_conf()");
    await this.#until(async () => (await ask(this.url, "select sync_state as n from pg_stat_replication"))?.n === "sync");
  }

  /** What the primary commits from here on the standby does not get. */
  cutStream(): void {
    this.#isStreaming = false;
    this.#stream?.cut();
  }

  /** The primary ends without a last word, and the standby takes its place at once, but is not given to anybody yet. */
  async promote(): Promise<void> {
    const primary = this.#primary as EmbeddedPostgres;
    killWithChildren(primary.pid);
    await primary.stop();
    this.#primary = null;
    await ask(this.standbyUrl, "select pg_promote()");
    await this.#until(async () => (await ask(this.standbyUrl, "select pg_is_in_recovery() as n"))?.n === false);
  }

  /** From here on the address is that of the standby. */
  switchOver(): void {
    this.#target = this.#standby?.port ?? 0;
    this.#relay?.cut();
  }

  /** A backup as a file copy of the stopped folder; it goes on then. */
  async backUp(): Promise<void> {
    await this.#whileStopped(() => this.#copy("primary", "backup"));
  }

  async restore(): Promise<void> {
    await this.#whileStopped(() => this.#copy("backup", "primary"));
  }

  async stop(): Promise<void> {
    await this.#relay?.close();
    await this.#stream?.close();
    const standby = this.#standby;
    if (standby !== null) {
      const gone = new Promise((resolve) => standby.process.once("exit", resolve));
      standby.process.kill("SIGINT");
      if (standby.process.exitCode === null) await gone;
    }
    await this.#primary?.stop();
  }

  async #whileStopped(work: () => void): Promise<void> {
    await this.#primary?.stop();
    work();
    this.#primary = await startIn(this.#path("primary"));
    this.#target = portOf(this.#primary.url);
    this.#relay?.cut();
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #urlAt(port: number): string {
    return `postgres://truebound:${this.#password}@127.0.0.1:${port}/truebound`;
  }

  /** With owners and modes, as PostgreSQL needs them. */
  #copy(from: string, to: string): void {
    mkdirSync(this.#path(to), { recursive: true, mode: 0o711 });
    rmSync(join(this.#path(to), "postgres"), { recursive: true, force: true });
    const { status, stderr } = spawnSync("cp", ["-a", join(this.#path(from), "postgres"), this.#path(to)], { encoding: "utf8" });
    if (status !== 0) throw new Error(`Cannot copy the data folder: ${stderr}`);
  }

  async #until(look: () => Promise<boolean>): Promise<void> {
    const since = performance.now();
    while (!(await look().catch(() => false))) {
      if (performance.now() - since > 60_000) throw new Error("Waited 60 s in vain for the standby");
      await pause(50);
    }
  }
}

const startIn = (dataDir: string): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDir, log: () => undefined });
const portOf = (url: string): number => Number(new URL(url).port);

async function ask(connectionString: string, sql: string): Promise<{ readonly n?: unknown } | undefined> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<{ n?: unknown }>(sql)).rows[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}
