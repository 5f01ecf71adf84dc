import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DEFAULT_CLIENT, decode, FRESH_MEMORY, makeRequest } from "@truebound/ntp";

/** Real chronyd processes with `-x`: they never touch this machine's clock. */
const PROGRAMS = ["/usr/sbin/chronyd", "/usr/local/sbin/chronyd", "/sbin/chronyd"];

export const chronydPath = (): string | null => PROGRAMS.find((path) => existsSync(path)) ?? null;

export interface Chronyd {
  readonly port: number;
  readonly folder: string;
  stop(): Promise<void>;
}

const ASK = makeRequest(FRESH_MEMORY, { transmit: 77n, receive: 78n }, DEFAULT_CLIENT).bytes;

/** A server on loopback that claims this machine's own clock: against it the true offset is zero. */
export async function startChronydServer(): Promise<Chronyd> {
  const port = await freePort();
  const server = startChronyd(port, ["allow 127.0.0.0/8", "bindaddress 127.0.0.1", "local stratum 2"]);
  await answering(port, server.log);
  return server;
}

/**
 * chronyd's own client of such a server, sixteen polls a second, logging each measurement. `noselect`: it must not learn
 * and subtract the very error that it is here to show.
 */
export function startChronydClient(
  serverPort: number,
  options: string,
): Chronyd & { measurements: () => { offset: number; delay: number }[] } {
  const client = startChronyd(0, [`server 127.0.0.1 port ${serverPort} minpoll -4 maxpoll -4 noselect ${options}`, "log measurements"]);
  return { ...client, measurements: () => readMeasurements(join(client.folder, "measurements.log")) };
}

export function startChronyd(port: number, lines: readonly string[]): Chronyd & { log: () => string } {
  const program = chronydPath();
  if (program === null) throw new Error("Cannot start chronyd: not found");
  const folder = mkdtempSync(join(tmpdir(), "truebound-chronyd-"));
  mkdirSync(join(folder, "run"));
  const config = [
    `port ${port}`,
    "cmdport 0",
    "bindcmdaddress /",
    `pidfile ${folder}/run/pid`,
    `logdir ${folder}`,
    `driftfile ${folder}/drift`,
    ...lines,
  ];
  writeFileSync(join(folder, "chrony.conf"), `${config.join("\n")}\n`);
  let log = "";
  const child = spawn(
    program,
    ["-x", "-d", "-u", process.getuid?.() === 0 ? "root" : "", "-f", join(folder, "chrony.conf")].filter((arg) => arg !== ""),
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  return { port, folder, log: () => log, stop: () => end(child, folder) };
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null) {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
}

/** date time address leap stratum tests×3 polls×2 score offset delay …, both in seconds. */
export function readMeasurements(path: string): { offset: number; delay: number }[] {
  if (!existsSync(path)) return [];
  const rows = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => /^\d{4}-/.test(line));
  return rows.map((line) => {
    const fields = line.trim().split(/\s+/);
    return { offset: Number(fields[11]), delay: Number(fields[12]) };
  });
}

export async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

const TRIES = 100;

export async function answering(port: number, log: () => string): Promise<void> {
  const socket = createSocket("udp4");
  try {
    let answered = false;
    socket.on("error", () => undefined);
    socket.on("message", (bytes) => {
      const packet = decode(bytes);
      answered ||= typeof packet !== "string" && packet.leap !== 3 && packet.stratum > 0 && packet.stratum < 16;
    });
    for (let attempt = 0; attempt < TRIES && !answered; attempt++) {
      socket.send(ASK, port, "127.0.0.1");
      await pause(50);
    }
    if (!answered) throw new Error(`Cannot get an answer from chronyd on port ${port}: ${log().trim().split("\n").at(-1)}`);
  } finally {
    socket.close();
  }
}
