import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { HostList } from "@truebound/wire";
import { runningTime } from "../sim/sim-clock.ts";
import { startReferenceServer } from "../udp/reference-server.ts";

/** What it takes to start, and what the agent takes once it runs. */
export interface StartUpResult {
  readonly firstUrlS: number;
  readonly firstBoundS: number;
  readonly secondUrlS: number;
  readonly agentRssMb: number;
  /** Share of one core, over the observed time. */
  readonly agentCpuRatio: number;
  readonly observedS: number;
}

const LAUNCHER = fileURLToPath(new URL("../../../../bin/truebound.js", import.meta.url));
const PORT = 18123;
const AGENT_PORT = 18125;
const WARM_UP_S = 20;

/** Starts the product on an empty folder against four servers, twice; then watches its agent at a poll of 16 s. */
export async function measureStartUp(observeS: number, log: (text: string) => void): Promise<StartUpResult> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-bench-"));
  chmodSync(folder, 0o711);
  const truth = runningTime();
  const codes = ["GPS", "PPS", "DCF", "MSF"];
  const servers = await Promise.all(codes.map((code, index) => startReferenceServer({ address: `127.0.9.${index + 1}`, code, truth })));
  const sources = servers.map(({ address, port }) => `${address}:${port}`).join(",");
  try {
    const first = await startProduct(folder, sources);
    const firstBoundS = await first.firstBound();
    log(`first start: page after ${first.urlS.toFixed(2)} s, first bound after ${firstBoundS.toFixed(2)} s`);
    await first.stop();
    const second = await startProduct(folder, sources);
    await second.firstBound();
    await pause(WARM_UP_S * 1000);
    const pid = agentPid(second.pid);
    const before = cpuSeconds(pid);
    await pause(observeS * 1000);
    const agentCpuRatio = (cpuSeconds(pid) - before) / observeS;
    const agentRssMb = rssMb(pid);
    await second.stop();
    return { firstUrlS: first.urlS, firstBoundS, secondUrlS: second.urlS, agentRssMb, agentCpuRatio, observedS: observeS };
  } finally {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Product {
  readonly pid: number;
  readonly urlS: number;
  firstBound(): Promise<number>;
  stop(): Promise<void>;
}

async function startProduct(folder: string, sources: string): Promise<Product> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const env = {
    ...process.env,
    TRUEBOUND_DATA_DIR: folder,
    TRUEBOUND_HTTP_PORT: String(PORT),
    TRUEBOUND_LISTEN: `127.0.0.1:${AGENT_PORT}`,
    TRUEBOUND_SOURCES: sources,
  };
  const child = spawn(process.execPath, [LAUNCHER, "up"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => chunk.includes("http://") && resolve());
    child.once("exit", () => reject(new Error(`Cannot start the product: ${errors.join("")}`)));
  });
  const urlS = seconds();
  return { pid: child.pid as number, urlS, firstBound: () => firstBound(seconds), stop: () => stopped(child) };
}

async function firstBound(seconds: () => number): Promise<number> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const list = (await (await fetch(`http://127.0.0.1:${PORT}/api/v1/hosts`)).json()) as HostList;
    if (list.items.some(({ guaranteed, liveness }) => guaranteed !== null && liveness === "reporting")) return seconds();
    await pause(50);
  }
  throw new Error("Cannot see a first bound within 30 s");
}

async function stopped(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

function agentPid(parent: number): number {
  const table = execFileSync("ps", ["-eo", "pid,ppid,args"], { encoding: "utf8" });
  const line = table.split("\n").find((row) => new RegExp(`^\\s*\\d+\\s+${parent}\\s.*truebound-agent`).test(row));
  if (line === undefined) throw new Error(`Cannot find the agent among the children of ${parent}`);
  return Number(line.trim().split(/\s+/)[0]);
}

const TICKS_PER_SECOND = 100;

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const rssMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN) / 1024;
