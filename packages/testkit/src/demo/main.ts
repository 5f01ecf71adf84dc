import { fork } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { RunningAgent } from "@truebound/agent";
import { SeededRandom } from "../sim/random.ts";
import { type RunningTime, runningTime, type TrueTime } from "../sim/sim-clock.ts";
import { type ReferenceServer, startReferenceServer } from "../udp/reference-server.ts";
import { startRelay } from "../udp/relay.ts";
import { type DemoHost, type DemoServer, HOSTS, SERVERS } from "./fleet.ts";
import { type DemoPlace, startDemoHost } from "./host.ts";
import { type LeapWorld, leapWorld } from "./leap-world.ts";

/**
 * The demo fleet: reference servers and hosts with known faults, over real UDP and real HTTP. Run by `npm start -- --demo`
 * with TRUEBOUND_SERVER_URL, TRUEBOUND_DEMO_TOKEN_FILE and TRUEBOUND_DEMO_DATA_DIR.
 */
const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`Cannot run the demo without ${name}`);
  return value;
};

const log = (name: string) => (level: "info" | "warn", message: string) => {
  if (level === "warn" && /cannot (enrol|report)/.test(message)) process.stderr.write(`${name}: ${message}\n`);
};

const secondsOf = (elapsed: bigint): number => Number(elapsed / 1_000_000n) / 1000;

function startServer(
  { address, code, errorNs, silentFromS, leaps }: DemoServer,
  truth: TrueTime,
  rehearsal: LeapWorld,
): Promise<ReferenceServer> {
  return startReferenceServer({
    address,
    code,
    truth: leaps === undefined ? truth : rehearsal.truth,
    timescale: leaps ?? "utc",
    error: (elapsed) => BigInt(Math.round(errorNs?.(secondsOf(elapsed)) ?? 0)),
    answers: (elapsed) => secondsOf(elapsed) < (silentFromS ?? Number.POSITIVE_INFINITY),
  });
}

async function endpointsOf(host: DemoHost, servers: ReadonlyMap<string, ReferenceServer>, random: SeededRandom) {
  const named = host.servers.map((name) => servers.get(name) as ReferenceServer);
  if (host.path === undefined) return named;
  const { path } = host;
  // Each relay has an address of its own, as each path leads to another server.
  return Promise.all(named.map((server, index) => startRelay(relayAddress(host, index), server, path, random)));
}

const relayAddress = (host: DemoHost, index: number): string => `127.0.${HOSTS.indexOf(host) + 1}.${index + 1}`;

const START_GAP_MS = 150;

async function main(): Promise<void> {
  const truth = runningTime();
  const rehearsal = leapWorld(truth);
  const servers = new Map(
    await Promise.all(SERVERS.map(async (server) => [server.name, await startServer(server, truth, rehearsal)] as const)),
  );
  const random = new SeededRandom(2026);
  const place: DemoPlace = {
    server: new URL(env("TRUEBOUND_SERVER_URL")),
    tokenFile: env("TRUEBOUND_DEMO_TOKEN_FILE"),
    dataDir: env("TRUEBOUND_DEMO_DATA_DIR"),
    truth,
  };
  const running: RunningAgent[] = [];
  for (const host of HOSTS) {
    // One after the other: fourteen first exchanges at once would delay each other and be wide for nothing.
    await pause(START_GAP_MS);
    const endpoints = await endpointsOf(host, servers, random);
    if (host.diesAfterS === undefined)
      running.push(await startDemoHost(host, endpoints, host.leaps ? { ...place, ...rehearsal } : place, log(host.name)));
    else killLater(host, endpoints, truth);
  }
  const stop = async () => {
    await Promise.all(running.map((agent) => agent.stop()));
    process.exit(0);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

/** The host that falls silent is a process of its own, and really is killed. */
function killLater(host: DemoHost, endpoints: readonly { address: string; port: number }[], truth: RunningTime): void {
  const plain = endpoints.map(({ address, port }) => ({ address, port }));
  const child = fork(fileURLToPath(import.meta.url), [
    "--host",
    host.name,
    JSON.stringify(plain),
    truth.startUtc.toString(),
    truth.startsAt.toString(),
  ]);
  const timer = setTimeout(() => child.kill("SIGKILL"), (host.diesAfterS ?? 0) * 1000);
  child.once("exit", () => clearTimeout(timer));
  process.once("exit", () => child.kill("SIGKILL"));
}

async function runOne([name, endpoints, startUtc, startsAt]: readonly string[]): Promise<void> {
  const host = HOSTS.find((one) => one.name === name);
  if (host === undefined || endpoints === undefined || startUtc === undefined || startsAt === undefined)
    throw new Error("Cannot run a demo host without its name and place");
  const truth = runningTime(BigInt(startUtc), BigInt(startsAt));
  const place: DemoPlace = {
    server: new URL(env("TRUEBOUND_SERVER_URL")),
    tokenFile: env("TRUEBOUND_DEMO_TOKEN_FILE"),
    dataDir: env("TRUEBOUND_DEMO_DATA_DIR"),
    truth,
  };
  await startDemoHost(host, JSON.parse(endpoints) as { address: string; port: number }[], place, log(host.name));
  process.once("disconnect", () => process.exit(0));
}

const [flag, ...rest] = process.argv.slice(2);
await (flag === "--host" ? runOne(rest) : main());
