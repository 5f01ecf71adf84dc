import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runningTime } from "../sim/sim-clock.ts";
import { startReferenceServer } from "../udp/reference-server.ts";
import { median } from "./statistics.ts";

/** What an agent weighs as it is installed: the artefact's own Node, bundle and launcher. MiB, ms, shares of one processor. */
export interface AgentWeight {
  readonly sources: number;
  /** Until it answers on its loopback, of each start; and the processor time spent by then. */
  readonly startMs: readonly number[];
  readonly startProcessorMs: number;
  /** Until it has a proven bound. */
  readonly boundMs: number;
  readonly early: Memory;
  readonly late: Memory;
  /** Exchanges before `late` was read. */
  readonly exchanges: number;
  /** At a poll of 16 s, over `observedS`. */
  readonly processorShare: number;
  readonly wakeUpsPerS: number;
  readonly observedS: number;
}

export interface Memory {
  readonly rss: number;
  readonly pss: number;
  readonly anonymous: number;
}

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** Eight sources, and as many exchanges as six peers would make. */
const SOURCES = 14;
const HOUR_OF_EXCHANGES = (SOURCES * 3600) / 16;
const PORT = 18_124;
const STARTS = 5;

export async function measureAgentWeight(observeS: number, log: (text: string) => void): Promise<AgentWeight> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-weight-"));
  const truth = runningTime();
  const servers = await Promise.all(
    Array.from({ length: SOURCES }, (_, index) => startReferenceServer({ address: `127.0.31.${index + 1}`, truth })),
  );
  const sources = servers.map(({ address, port }) => `${address}:${port}`).join(",");
  try {
    const program = install(folder, log);
    const installed = { program, sources, data: join(folder, "data") };
    const starts: Started[] = [];
    for (let start = 0; start < STARTS; start++) {
      const started = await startInstalled(installed, "16s");
      starts.push(started);
      await stopped(started.child);
    }
    log(`started in ${starts.map(({ ms }) => ms.toFixed(0)).join(", ")} ms`);
    const hour = await anHour(installed, log);
    const steady = await atItsPace(installed, observeS, log);
    const startProcessorMs = median(starts.map(({ processorMs }) => processorMs));
    return { sources: SOURCES, startMs: starts.map(({ ms }) => ms), startProcessorMs, ...hour, ...steady };
  } finally {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  }
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
  readonly program: string;
  readonly sources: string;
  readonly data: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly ms: number;
  readonly processorMs: number;
}

async function startInstalled({ program, sources, data }: Installed, interval: string): Promise<Started> {
  const env = {
    PATH: process.env.PATH ?? "",
    TRUEBOUND_CONFIG_DIR: "/nonexistent",
    TRUEBOUND_AGENT_DATA_DIR: data,
    TRUEBOUND_SOURCES: sources,
    TRUEBOUND_PROBE_INTERVAL: interval,
    TRUEBOUND_AGENT_HTTP_PORT: String(PORT),
  };
  const since = performance.now();
  const child = spawn(program, ["run"], { env, stdio: "ignore" });
  await answering("/livez");
  return { child, ms: performance.now() - since, processorMs: processorMs(child.pid as number) };
}

/** An hour's worth of exchanges, at a poll a second. */
async function anHour(installed: Installed, log: (text: string) => void) {
  const since = performance.now();
  const { child } = await startInstalled(installed, "1s");
  const pid = child.pid as number;
  await answering("/ready");
  const boundMs = performance.now() - since;
  const early = memoryOf(pid);
  let exchanges = 0;
  while (exchanges < HOUR_OF_EXCHANGES) {
    await pause(5000);
    const { sources } = JSON.parse(await ask("/status")) as { readonly sources: readonly { readonly replies: number }[] };
    exchanges = sources.reduce((sum, { replies }) => sum + replies, 0);
  }
  const late = memoryOf(pid);
  log(`${exchanges} exchanges: ${late.rss.toFixed(1)} MiB`);
  await stopped(child);
  return { boundMs, early, late, exchanges };
}

async function atItsPace(installed: Installed, observedS: number, log: (text: string) => void) {
  const { child } = await startInstalled(installed, "16s");
  const pid = child.pid as number;
  await answering("/ready");
  await pause(20_000);
  const [before, woken] = [processorMs(pid), switchesOf(pid)];
  log(`at a poll of 16 s, for ${observedS} s`);
  await pause(observedS * 1000);
  const processorShare = (processorMs(pid) - before) / (observedS * 1000);
  const wakeUpsPerS = (switchesOf(pid) - woken) / observedS;
  await stopped(child);
  return { processorShare, wakeUpsPerS, observedS };
}

async function answering(path: string): Promise<void> {
  for (let attempt = 0; attempt < 6000; attempt++) {
    const found = await ask(path).catch(() => null);
    if (found !== null) return;
    await pause(10);
  }
  throw new Error(`Cannot reach ${path} of the agent within a minute`);
}

function ask(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: PORT, path, agent: false }, (res) => {
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

const TICK_MS = 10;

function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** How often one of its threads was put to sleep and woke again. */
const switchesOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8"))?.[1]))
    .reduce((sum, count) => sum + count, 0);

function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const mebibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]) / 1024;
  return { rss: mebibytes("Rss"), pss: mebibytes("Pss"), anonymous: mebibytes("Anonymous") };
}
