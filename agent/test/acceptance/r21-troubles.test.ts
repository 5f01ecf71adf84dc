import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabases } from "../../../server/test/database.ts";
import { IdentityFiles } from "../../src/adapters/identity-file.ts";
import { SIGALRM } from "../../src/adapters/kernel-fuse.ts";
import type { Identity } from "../../src/report/ports.ts";
import { AGENT, loggedIn, temporaryFolder } from "../helpers.ts";
import { startDatabases } from "./reporting-world.ts";
import { times } from "./scale.ts";

const SERVER = join(import.meta.dirname, "../../../bin/truebound.js");
const HANG = join(import.meta.dirname, "../../../packages/testkit/dist/child/hang.js");
const ID = "00000000-0000-4000-8000-000000000001";

let folder: ReturnType<typeof temporaryFolder>;
let running: ChildProcess[] = [];
let databases: TestDatabases;
beforeAll(async () => {
  databases = await startDatabases();
});
afterAll(() => databases?.stop());
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running = [];
  folder.remove();
});

const data = () => join(folder.path, "agent");
const inData = (name: string) => join(data(), name);

/** A host that enrolled before, at a server that is away. */
function enrolled(): void {
  const files = new IdentityFiles(data());
  const { publicKey } = files.signer();
  const identity: Identity = {
    version: 1,
    agent: ID,
    server: "http://127.0.0.1:9/",
    epoch: 1,
    receiptKey: "r".repeat(43),
    pins: [],
    publicKey,
  };
  files.keep(identity);
}

interface Run {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

function run(args: readonly string[], env: Record<string, string>, options: { uid?: number } = {}): Run {
  const own = {
    PATH: process.env.PATH ?? "",
    HOME: folder.path,
    TRUEBOUND_SOURCES: "127.0.0.1:9",
    TRUEBOUND_AGENT_DATA_DIR: data(),
    ...env,
  };
  const child = spawn(process.execPath, args, { env: own, stdio: ["ignore", "pipe", "pipe"], ...options });
  running.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      text += chunk;
    });
  return { child, text: () => text, ended: new Promise((resolve) => child.once("close", resolve)) };
}

const agent = (env: Record<string, string> = {}, options: { uid?: number } = {}) => run([AGENT, "run"], env, options);
const lines = (text: string) =>
  loggedIn(text)
    .map(({ said }) => said)
    .filter((line) => !/^(stamps by|measuring against)/.test(line));

interface Refusal {
  readonly name: string;
  readonly prepare: () => void;
  readonly env?: Record<string, string>;
  readonly uid?: number;
  readonly says: RegExp;
}

/** Each ends the agent within seconds, with one line that names what is wrong and what mends it. */
const REFUSALS: readonly Refusal[] = [
  {
    name: "a key that is lost",
    prepare: () => {
      enrolled();
      rmSync(inData("key.pem"));
    },
    says: /^Cannot report as 0{8}-.*: its key .*key\.pem is gone; put the right one back, or run truebound-agent unenroll and enrol again$/,
  },
  {
    name: "a key that was swapped for another",
    prepare: () => {
      enrolled();
      const other = join(folder.path, "other");
      new IdentityFiles(other).signer();
      spawnSync("cp", [join(other, "key.pem"), inData("key.pem")]);
    },
    says: /^Cannot report as 0{8}-.*: .*key\.pem holds another key than the one that it enrolled with; /,
  },
  {
    name: "a key that others may read",
    prepare: () => {
      enrolled();
      chmodSync(inData("key.pem"), 0o644);
    },
    says: /^Cannot use .*key\.pem: others may read this key; run chmod 600 on it/,
  },
  {
    name: "a key that is none",
    prepare: () => {
      enrolled();
      writeFileSync(inData("key.pem"), "rubbish", { mode: 0o600 });
    },
    says: /^Cannot use .*key\.pem: .*; run truebound-agent unenroll and enrol again$/,
  },
  {
    name: "an identity that is torn",
    prepare: () => {
      enrolled();
      writeFileSync(inData("identity.json"), '{"version":1,"agent":"0000');
    },
    says: /^Cannot read .*identity\.json: it is torn, or not an identity of version 1; truebound-agent unenroll forgets it/,
  },
  {
    name: "settings that make no sense",
    prepare: () => undefined,
    env: { TRUEBOUND_FAULTS: "many" },
    says: /^Cannot use TRUEBOUND_FAULTS=many: it must be a whole number from 0 to 10$/,
  },
  {
    name: "a data folder that is a file",
    prepare: () => writeFileSync(data(), "no folder"),
    says: /^Cannot use the folder .*agent: .*; set TRUEBOUND_DATA_DIR to one that this user may write$/,
  },
];

describe("R21 an agent that cannot work as it is", () => {
  it.each(REFUSALS)("$name: ends at once, with one clear line", async ({ prepare, env, says }) => {
    prepare();
    const { text, ended } = agent(env);
    expect(await ended).toBe(78);
    const said = lines(text()).filter((line) => !line.startsWith("status"));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(says);
  });

  it.skipIf(process.getuid?.() !== 0)("a data folder that it may not read (skipped unless root may become somebody else)", async () => {
    enrolled();
    chmodSync(folder.path, 0o755);
    const { text, ended } = agent({}, { uid: 65_534 });
    expect(await ended).toBe(78);
    expect(lines(text())).toEqual([expect.stringMatching(/^Cannot use the folder .*permission denied.*TRUEBOUND_DATA_DIR/)]);
  });

  it("a policy that is torn: measures on by the default", async () => {
    enrolled();
    writeFileSync(inData("policy.json"), '{"version":3,"pro');
    const { child, text, ended } = agent();
    await expect.poll(text, { timeout: 20_000 }).toContain("status unknown (never_measured)");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("a spool whose folder is a file: kept aside, and a spool made", async () => {
    enrolled();
    writeFileSync(inData("spool"), "no folder");
    const { child, ended } = agent();
    const segments = () => (existsSync(inData("spool/sealed.mark")) ? readdirSync(inData("spool")) : []);
    await expect.poll(() => segments().length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(readdirSync(data()).some((name) => /^spool\.[0-9a-f-]{36}\.damaged$/.test(name))).toBe(true);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("a file of the spool that cannot be read: set aside, and the rest goes on", { timeout: 60_000 }, async () => {
    enrolled();
    mkdirSync(inData("spool/000001-000000000001.spool"), { recursive: true });
    const { child, text, ended } = agent();
    await expect.poll(() => existsSync(inData("spool/sealed.mark")), { timeout: 20_000 }).toBe(true);
    expect(text()).toContain("the spool was damaged: 0 bytes torn, 1 files set aside");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});

describe("R21 a server whose port is taken", () => {
  let taken: Server;
  afterEach(() => taken?.close());

  it("ends at once, with one clear line", async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { text, ended } = run([SERVER, "serve"], {
      DATABASE_URL: await databases.create(),
      TRUEBOUND_DATA_DIR: folder.path,
      TRUEBOUND_HTTP_PORT: "0",
      TRUEBOUND_LISTEN: `127.0.0.1:${port}`,
    });
    expect(await ended).not.toBe(0);
    const complaint = text()
      .split("\n")
      .filter((line) => line.includes("Cannot"));
    expect(complaint).toEqual([expect.stringMatching(new RegExp(`127\\.0\\.0\\.1.*${port}.*(in use|taken|EADDRINUSE)`))]);
    expect(text()).not.toMatch(/^\s+at /m);
  });
});

describe("R21 an agent whose event loop is blocked", () => {
  const hang = (rules: object) => run([HANG, JSON.stringify(rules)], {});
  const stuck =
    /^alive\nblocked\n(\S+ host-clock error|\S+:) cannot go on: no clock was read and no report kept for [\d.]+ s; ending .*to be started again/;
  /** By the C library's alarm; by a thread where native code is absent. */
  const ENDED = [SIGALRM, 70];

  it("is ended by its watchdog, with its own exit code and one clear line", { timeout: 30_000 }, async () => {
    const { text, ended } = hang({ periodMs: 2000, lookMs: 100, aliveMs: 3000 });
    expect(ENDED).toContain(await ended);
    expect(text()).toMatch(stuck);
  });

  it("is ended by a thread, as where the C library cannot be called: so short a period is not for its alarm", {
    timeout: 30_000,
  }, async () => {
    const { text, ended } = hang({ periodMs: 1500, lookMs: 100, aliveMs: 1000 });
    expect(await ended).toBe(70);
    expect(text()).toMatch(stuck);
  });

  it("is not taken for one that was stopped: after that it has the whole period anew", { timeout: 30_000 }, async () => {
    const { child, text, ended } = hang({ periodMs: 2000, lookMs: 100, aliveMs: 8000 });
    await expect.poll(text, { timeout: 10_000 }).toContain("alive");
    const since = performance.now();
    child.kill("SIGSTOP");
    await expect.poll(() => performance.now() - since > 4000, { timeout: 10_000 }).toBe(true);
    child.kill("SIGCONT");
    expect(ENDED).toContain(await ended);
    expect(text()).toContain("blocked\n");
  });

  // Its ninety seconds are for the long run.
  if (times(0, 1) > 0)
    it("as it is installed, within two minutes", { timeout: 200_000 }, async () => {
      enrolled();
      const block = join(folder.path, "block.mjs");
      writeFileSync(block, "setTimeout(() => { for (;;); }, 5000);\n");
      const { text, ended } = run(["--import", block, AGENT, "run"], {});
      const since = performance.now();
      expect(ENDED).toContain(await ended);
      expect((performance.now() - since) / 1000).toBeLessThan(120);
      expect(text()).toMatch(/cannot go on: no clock was read and no report kept for (85|90) s/);
    });
});
