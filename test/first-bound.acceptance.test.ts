import { type ChildProcess, execFile, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Chronyd, chronydPath, makeStar, type Star, startChronyd } from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { cleanDebian } from "./clean-debian.ts";
import { walkedCommands } from "./doc-commands.ts";
import { ThrowawayRoot, whyNoThrowawayRoot } from "./throwaway-root.ts";

/**
 * Two fresh Debian 12 and what the README says to type, literally: until the first has a bound, and then the second, by the package
 * and the lines that the page gives. What is put beside it is the machine: programs are fetched by its own network; then each host
 * has one of its own, with servers in the place of the public pool, and no systemd: the service is started as that would.
 */
const ROOT = join(import.meta.dirname, "..");
const README = join(ROOT, "README.md");
const FOLDER = "/root/truebound";
const CERTIFICATES = process.env.NODE_EXTRA_CA_CERTS;
/** Different networks, as the pool's servers are in. */
const POOL = [1, 2, 3, 4].map((index) => ({ name: `${index - 1}.pool.ntp.org`, address: `10.206.${index}.1`, above: `10.205.0.${index}` }));
/** The address that the README gives the server. */
const SERVER = "10.0.0.5";
const PACKAGE = "truebound-agent_0.1.0_amd64.deb";

const run = promisify(execFile);
const missing = ["debootstrap", "ip", "unshare"].find((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
const WHY_NOT = missing !== undefined ? `${missing} not found` : chronydPath() === null ? "chronyd not found" : whyNoThrowawayRoot();

interface HostSeen {
  readonly name: string;
  readonly guaranteed: unknown;
  readonly last_received_at: string | null;
}

interface Walk {
  commands: number;
  seconds: number;
}

describe.skipIf(WHY_NOT !== null)(`a fresh Debian 12, by the README alone${WHY_NOT === null ? "" : ` (skipped: ${WHY_NOT})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "truebound-first-bound-"));
  chmodSync(folder, 0o755);
  const shared = join(folder, "shared");
  const systems: ThrowawayRoot[] = [];
  const daemons: Chronyd[] = [];
  const running: ChildProcess[] = [];
  let star: Star;
  let clean: string;
  let first: Host;
  let second: Host;

  beforeAll(async () => {
    mkdirSync(shared);
    if (CERTIFICATES !== undefined) copyFileSync(CERTIFICATES, join(shared, "certificates.crt"));
    await run("sh", ["-ec", `git ls-files -z | tar --null -cf ${shared}/truebound.tar -T -`], { cwd: ROOT });
    clean = await cleanDebian();
    const made = await makeStar(2);
    if (typeof made === "string") throw new Error(made);
    star = made;
    await servePool(star, daemons);
    [first, second] = [await hostNamed("truebound", 0, "tar -xf /mnt/truebound.tar -C ."), await hostNamed("web-1", 1, ":")];
  }, 900_000);
  afterAll(async () => {
    for (const child of running) signalAll(child, "SIGKILL");
    for (const daemon of daemons) await daemon.stop();
    for (const system of systems) await system.close();
    await star?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** A system with what lies in its folder before the first command. */
  async function hostNamed(name: string, index: number, filled: string): Promise<Host> {
    const system = await ThrowawayRoot.open(clean, join(folder, name), shared);
    systems.push(system);
    const pool = POOL.map((one) => `${one.address} ${one.name}`).join("\\n");
    const made = await system.run(
      `mkdir ${FOLDER} && cd ${FOLDER} && ${filled} && printf '127.0.0.1 localhost\\n${pool}\\n' >> /etc/hosts`,
    );
    if (made.code !== 0) throw new Error(made.out);
    return new Host(system, name, star.hosts[index]?.inside ?? [], running);
  }

  it("has a bound, and a second one is let in", { timeout: 1_800_000 }, async () => {
    const alone: Walk = { commands: 0, seconds: 0 };
    let since = performance.now();
    await first.install(walkedCommands(README, "node"), alone);
    expect((await first.system.run(`cd ${FOLDER} && npm config get ignore-scripts`)).out.trim()).toBe("true");
    const product = await first.type(walkedCommands(README, "start"), alone);
    await first.boundOf("truebound");
    alone.seconds = (performance.now() - since) / 1000;

    const more: Walk = { commands: 1, seconds: 0 }; // Ctrl-C
    since = performance.now();
    await product.stop("SIGINT");
    await first.type(walkedCommands(README, "listen"), more);
    await first.install(walkedCommands(README, "package"), more);
    expect((await first.system.run(`cp ${FOLDER}/artefacts/packages/${PACKAGE} /mnt`)).code).toBe(0);
    expect((await second.system.run(`cp /mnt/${PACKAGE} ${FOLDER}`)).code).toBe(0);
    more.commands += 1; // the copy
    await second.install(walkedCommands(README, "install"), more);
    const service = second.startService();
    const lines = await first.joinLines(`https://${SERVER}:8125/`);
    expect(lines.at(-1)).toBe("systemctl reload truebound-agent");
    await second.type(lines.slice(0, -1).join("\n"), more);
    more.commands += 1;
    service.signal("SIGHUP");
    await first.boundOf("web-1");
    // TLS came after the first host: it goes on to report all the same.
    const told = async () => (await first.hosts())?.find(({ name }) => name === "truebound")?.last_received_at;
    const before = await told();
    await until("a report of the first host", async () => (await told()) !== before, 120_000);
    more.seconds = (performance.now() - since) / 1000;
    for (const [what, { commands, seconds }] of Object.entries({ "the first bound": alone, "the second host": more }))
      console.log(`${what}: ${commands} commands, ${(seconds / 60).toFixed(1)} min, load ${loadavg()[0]?.toFixed(1)}`);
    expect([alone.commands, more.commands]).toEqual([4, 9]);
  });
});

/** Four servers in the place of the pool's, each of which follows another one of its own. They claim this machine's clock. */
async function servePool({ insideHub, hosts }: Star, daemons: Chronyd[]): Promise<void> {
  const within = (...words: string[]) => run(insideHub[0] as string, [...insideHub.slice(1), ...words]);
  for (const { address, above } of POOL) {
    await within("ip", "address", "add", `${address}/32`, "dev", "lo");
    daemons.push(startChronyd(123, ["allow all", `bindaddress ${above}`, "local stratum 1"], insideHub));
    const follow = `server ${above} iburst minpoll 0 maxpoll 2`;
    daemons.push(startChronyd(123, ["allow all", `bindaddress ${address}`, follow], insideHub));
  }
  await within("ip", "route", "add", SERVER, "via", hosts[0]?.address ?? "");
  const server = hosts[0]?.inside ?? [];
  await run(server[0] as string, [...server.slice(1), "ip", "address", "add", `${SERVER}/32`, "dev", "lo"]);
}

/** Whoever sits before one of the systems. */
class Host {
  readonly system: ThrowawayRoot;
  /** Into the host's own network and name. */
  readonly #from: readonly string[];
  readonly #running: ChildProcess[];
  readonly #env: Record<string, string> = {
    HOME: "/root",
    ...(CERTIFICATES === undefined ? {} : { NODE_EXTRA_CA_CERTS: "/mnt/certificates.crt" }),
  };

  constructor(system: ThrowawayRoot, name: string, inside: readonly string[], running: ChildProcess[]) {
    this.system = system;
    this.#from = [...inside, "unshare", "--uts", "sh", "-c", `hostname ${name} && exec "$@"`, "sh"];
    this.#running = running;
    this.#env.PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  }

  /** Commands that end, on the machine's own network. */
  async install(commands: string, walk: Walk): Promise<void> {
    for (const line of linesOf(commands)) {
      walk.commands += 1;
      await this.#run(line, []);
    }
  }

  /** Commands in the host's own network. What goes on is left running, and what follows it is typed beside it. */
  async type(commands: string, walk: Walk): Promise<Program> {
    let program = NOTHING;
    let settings = "";
    for (const line of linesOf(commands)) {
      walk.commands += 1;
      if (line.startsWith("export ")) settings += `${line} && `;
      else if (GOES_ON.test(line)) program = this.#start(`${settings}exec ${line}`);
      else await this.#run(`${settings}${line}`, line === "npm ci" ? [] : this.#from);
      if (line === "npm start") await this.answers();
    }
    return program;
  }

  /** Waits for the page. */
  answers = (): Promise<unknown> => until("the page", async () => (await this.hosts()) !== null, 600_000);

  /** Waits until the page has a bound of a host. */
  boundOf = (name: string): Promise<unknown> =>
    until(`a bound of ${name}`, async () => (await this.hosts())?.some((host) => host.name === name && host.guaranteed !== null), 600_000);

  async hosts(): Promise<readonly HostSeen[] | null> {
    const told = await this.#ask("'http://127.0.0.1:8123/api/v1/hosts'");
    return told === null ? null : (told as { items: readonly HostSeen[] }).items;
  }

  /** What the page gives to paste on a host that has the package, once its button was pressed. */
  async joinLines(server: string): Promise<readonly string[]> {
    const wish = { uses: 1, expires_in_s: 600, labels: {}, name_pattern: null, approval: false, ephemeral_hours: null, server };
    const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wish) };
    const made = await this.#ask(`'http://127.0.0.1:8123/api/v1/join-tokens', ${JSON.stringify(request)}`);
    return (made as { package_commands: readonly string[] }).package_commands;
  }

  async #ask(words: string): Promise<unknown> {
    const script = `fetch(${words}).then((r) => r.text()).then(console.log, () => process.exit(1))`;
    const { code, out } = await this.system.run('node -e "$SCRIPT"', { ...this.#env, SCRIPT: script }, { from: this.#from });
    return code === 0 ? JSON.parse(out) : null;
  }

  /** As systemd does once the package is installed. */
  startService = (): Program =>
    this.#start("cd / && exec setpriv --reuid=truebound-agent --regid=truebound-agent --clear-groups truebound-agent run");

  async #run(line: string, from: readonly string[]): Promise<void> {
    const { code, out } = await this.system.run(`cd ${FOLDER} && { ${line}; }`, this.#env, { from, timeoutMs: 900_000 });
    if (code !== 0) throw new Error(`${line}: exit code ${code}\n${out}`);
  }

  #start(line: string): Program {
    const child = this.system.start(["sh", "-c", `cd ${FOLDER} && ${line}`], this.#env, ["setsid", ...this.#from]);
    this.#running.push(child);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (bytes) => (said += String(bytes)));
    child.once("exit", (code) => {
      if (code !== 0) console.error(`${line} ended with ${code}:\n${said}`);
    });
    const signal = (name: NodeJS.Signals) => signalAll(child, name);
    return {
      signal,
      stop: (name) => {
        const ended = new Promise((resolve) => child.once("close", resolve));
        signal(name);
        return ended;
      },
    };
  }
}

/** As a terminal does: the program and all that it started. */
function signalAll({ pid, exitCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended.
  }
}

const GOES_ON = /^npm start$/;

interface Program {
  signal(name: NodeJS.Signals): void;
  stop(name: NodeJS.Signals): Promise<unknown>;
}
const NOTHING: Program = { signal: () => undefined, stop: async () => undefined };

/** What is typed, without what is said beside it. */
const linesOf = (commands: string): string[] =>
  commands
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");
