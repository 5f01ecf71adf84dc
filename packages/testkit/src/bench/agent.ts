import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";
import { runningTime } from "../sim/sim-clock.ts";
import { startReferenceServer } from "../udp/reference-server.ts";

/** What an agent weighs as it is installed: the artefact's own Node, bundle and launcher. MiB, ms, shares of one processor. */
export interface AgentWeight {
  /** Of this tree, or of the artefact that was named beside it. */
  readonly name: "this" | "beside";
  /** Until it answers on its loopback, of each start; and the processor time spent by then. */
  readonly startMs: readonly number[];
  readonly startProcessorMs: readonly number[];
  /** Until it has a proven bound. */
  readonly boundMs: number;
  readonly early: Memory;
  readonly late: Memory;
  /** Exchanges before `late` was read. */
  readonly exchanges: number;
  /** At a poll of 16 s. */
  readonly processorShare: number;
  readonly wakeUpsPerS: number;
}

export interface Weighed {
  readonly sources: number;
  readonly weights: readonly AgentWeight[];
  readonly observedS: number;
  /** How many processors others used while the share was measured. */
  readonly othersUsed: number;
}

export interface Memory {
  readonly rss: number;
  readonly pss: number;
  readonly anonymous: number;
  readonly privateDirty: number;
}

export interface WeightOptions {
  /** So long the share of a processor is measured, s. */
  readonly observeS: number;
  /** So long each runs before that, s: windows are full after 64 polls. */
  readonly warmS: number;
  /** The launcher of another artefact, measured in the same run; null = none. */
  readonly beside: string | null;
}

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** Eight sources, and as many exchanges as six peers would make. */
const SOURCES = 14;
const HOUR_OF_EXCHANGES = (SOURCES * 3600) / 16;
const STARTS = 5;

export async function measureAgentWeight(options: WeightOptions, log: (text: string) => void): Promise<Weighed> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-weight-"));
  const truth = runningTime();
  const servers = await Promise.all(
    Array.from({ length: SOURCES }, (_, index) => startReferenceServer({ address: `127.0.31.${index + 1}`, truth })),
  );
  const sources = servers.map(({ address, port }) => `${address}:${port}`).join(",");
  try {
    const installed = [
      { name: "this" as const, program: install(folder, log), sources, data: join(folder, "data"), port: await freePort() },
      ...(options.beside === null
        ? []
        : [{ name: "beside" as const, program: options.beside, sources, data: join(folder, "data-beside"), port: await freePort() }]),
    ];
    const starts = await startedInTurn(installed, log);
    const hours = await Promise.all(installed.map((one) => anHour(one, log)));
    const steady = await atItsPace(installed, options, log);
    const weights = installed.map(({ name }, at) => ({
      name,
      ...(starts[at] as Starts),
      ...(hours[at] as Awaited<ReturnType<typeof anHour>>),
      ...(steady.each[at] as Steady),
    }));
    return { sources: SOURCES, weights, observedS: options.observeS, othersUsed: steady.othersUsed };
  } finally {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Starts = Pick<AgentWeight, "startMs" | "startProcessorMs">;
type Steady = Pick<AgentWeight, "processorShare" | "wakeUpsPerS">;

/** One after the other, by turns: whatever else the machine does meets all of them. */
async function startedInTurn(installed: readonly Installed[], log: (text: string) => void): Promise<Starts[]> {
  const starts = installed.map(() => ({ startMs: [] as number[], startProcessorMs: [] as number[] }));
  for (let start = 0; start < STARTS; start++)
    for (const [at, one] of installed.entries()) {
      const { child, ms, processorMs } = await startInstalled(one, "16s");
      starts[at]?.startMs.push(ms);
      starts[at]?.startProcessorMs.push(processorMs);
      await stopped(child);
    }
  for (const [at, { name }] of installed.entries())
    log(`${name}: started in ${starts[at]?.startMs.map((ms) => ms.toFixed(0)).join(", ")} ms`);
  return starts;
}

/** The tarball of this machine's architecture, unpacked; returns its launcher. */
function install(folder: string, log: (text: string) => void): string {
  log("building the artefact");
  const args = ["--out", folder, "--arch", process.arch, "--kind", "tar.gz", "--compression", "fast"];
  execFileSync(process.execPath, [join(ROOT, "packages/release/dist/main.js"), ...args], { cwd: ROOT, stdio: "ignore" });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tar.gz")) as string;
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", folder, "--strip-components=1"]);
  return join(folder, "usr/bin/truebound-agent");
}

interface Installed {
  readonly name: AgentWeight["name"];
  readonly program: string;
  readonly sources: string;
  readonly data: string;
  readonly port: number;
}

interface Started {
  readonly child: ChildProcess;
  readonly ms: number;
  readonly processorMs: number;
}

async function startInstalled({ program, sources, data, port }: Installed, interval: string): Promise<Started> {
  const env = {
    PATH: process.env.PATH ?? "",
    TRUEBOUND_CONFIG_DIR: "/nonexistent",
    TRUEBOUND_AGENT_DATA_DIR: data,
    TRUEBOUND_SOURCES: sources,
    TRUEBOUND_PROBE_INTERVAL: interval,
    TRUEBOUND_AGENT_HTTP_PORT: String(port),
  };
  const since = performance.now();
  const child = spawn(program, ["run"], { env, stdio: "ignore" });
  await answering(port, "/livez");
  return { child, ms: performance.now() - since, processorMs: processorMs(child.pid as number) };
}

/** An hour's worth of exchanges, at a poll a second. */
async function anHour(installed: Installed, log: (text: string) => void) {
  const since = performance.now();
  const { child } = await startInstalled(installed, "1s");
  const pid = child.pid as number;
  await answering(installed.port, "/ready");
  const boundMs = performance.now() - since;
  const early = memoryOf(pid);
  let exchanges = 0;
  while (exchanges < HOUR_OF_EXCHANGES) {
    await pause(5000);
    const { sources } = JSON.parse(await ask(installed.port, "/status")) as { readonly sources: readonly { readonly replies: number }[] };
    exchanges = sources.reduce((sum, { replies }) => sum + replies, 0);
  }
  const late = memoryOf(pid);
  log(`${installed.name}: ${exchanges} exchanges: ${late.rss.toFixed(1)} MiB`);
  await stopped(child);
  return { boundMs, early, late, exchanges };
}

/** All at once, so that they share what else the machine does. */
async function atItsPace(installed: readonly Installed[], { observeS, warmS }: WeightOptions, log: (text: string) => void) {
  const started = await Promise.all(installed.map((one) => startInstalled(one, "16s")));
  for (const { port } of installed) await answering(port, "/ready");
  log(`at a poll of 16 s: ${warmS} s to warm up, then for ${observeS} s`);
  await pause(warmS * 1000);
  const pids = started.map(({ child }) => child.pid as number);
  const [before, busyBefore] = [pids.map(spentBy), busyMs()];
  await pause(observeS * 1000);
  const [after, busyAfter] = [pids.map(spentBy), busyMs()];
  for (const { child } of started) await stopped(child);
  const each = after.map((spent, at) => ({
    processorShare: (spent.processorMs - (before[at]?.processorMs ?? 0)) / (observeS * 1000),
    wakeUpsPerS: (spent.switches - (before[at]?.switches ?? 0)) / observeS,
  }));
  const own = each.reduce((sum, { processorShare }) => sum + processorShare, 0);
  return { each, othersUsed: (busyAfter - busyBefore) / (observeS * 1000) - own };
}

const spentBy = (pid: number) => ({ processorMs: processorMs(pid), switches: switchesOf(pid) });

async function answering(port: number, path: string): Promise<void> {
  for (let attempt = 0; attempt < 6000; attempt++) {
    const found = await ask(port, path).catch(() => null);
    if (found !== null) return;
    await pause(10);
  }
  throw new Error(`Cannot reach ${path} of the agent within a minute`);
}

function ask(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, agent: false }, (res) => {
      let text = "";
      res.on("data", (chunk: Buffer) => (text += chunk.toString()));
      res.on("end", () => (res.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    asked.on("error", reject).end();
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

const threadsOf = (pid: number): string[] => readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

/** Of all its threads, by the scheduler's own count in ns: that of stat(5) is in hundredths of a second. */
const processorMs = (pid: number): number =>
  sum(threadsOf(pid).map((thread) => Number(readFileSync(`${thread}/schedstat`, "utf8").split(" ")[0]))) / 1e6;

/** How often one of its threads was put to sleep and woke again. */
const switchesOf = (pid: number): number =>
  sum(threadsOf(pid).map((thread) => Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`${thread}/status`, "utf8"))?.[1])));

const TICK_MS = 10;

/** Of the whole machine so far: all that its processors did beside waiting. */
function busyMs(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (/^cpu\s+(.+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "")
    .split(" ")
    .map(Number);
  return (user + nice + system + irq + softirq) * TICK_MS;
}

function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const mebibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]) / 1024;
  return { rss: mebibytes("Rss"), pss: mebibytes("Pss"), anonymous: mebibytes("Anonymous"), privateDirty: mebibytes("Private_Dirty") };
}
