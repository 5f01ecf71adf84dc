import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Endpoint } from "@truebound/agent";
import { DEFAULT_CLIENT, decode, FRESH_MEMORY, makeRequest } from "@truebound/ntp";
import { freePort } from "../free-port.ts";
import { end, endWithUs } from "./children.ts";
import { type Measurement, parseMeasurements } from "./measurements-log.ts";

/** Real chronyd processes with `-x`: they never touch this machine's clock. */
const PROGRAMS = ["/usr/sbin/chronyd", "/usr/local/sbin/chronyd", "/sbin/chronyd"];

export const chronydPath = (): string | null => PROGRAMS.find((path) => existsSync(path)) ?? null;

export interface Chronyd {
  readonly port: number;
  readonly folder: string;
  stop(): Promise<void>;
}

const ASK = makeRequest(FRESH_MEMORY, { transmit: 77n, receive: 78n }, DEFAULT_CLIENT).bytes;

export interface ServerPlace {
  readonly address: string;
  /** Whom it answers. */
  readonly allow: string;
  readonly port: number;
  /** A command that runs another one in its place; empty = right here. */
  readonly inside: readonly string[];
}

/** A server on loopback that claims this machine's own clock: against it the true offset is zero. */
export async function startChronydServer(): Promise<Chronyd> {
  const port = await freePort();
  const server = startChronydServerAt({ address: "127.0.0.1", allow: "127.0.0.0/8", port, inside: [] });
  try {
    await answering(port, server.log);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The same at another place. Whether it answers is for those to find out who can reach it. */
export const startChronydServerAt = ({ address, allow, port, inside }: ServerPlace): Chronyd & { log: () => string } =>
  startChronyd(port, [`allow ${allow}`, `bindaddress ${address}`, "local stratum 2"], inside);

/**
 * chronyd's own client of such a server, sixteen polls a second, logging each measurement. `noselect`: it must not learn
 * and subtract the very error that it is here to show.
 */
export function startChronydClient(server: Endpoint, options: string): Chronyd & { measurements: () => Measurement[] } {
  const client = startChronyd(0, [
    `server ${server.address} port ${server.port} minpoll -4 maxpoll -4 noselect ${options}`,
    "log measurements",
  ]);
  return { ...client, measurements: () => readMeasurements(join(client.folder, "measurements.log")) };
}

export function startChronyd(port: number, lines: readonly string[], inside: readonly string[] = []): Chronyd & { log: () => string } {
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
  const as = process.getuid?.() === 0 ? ["-u", "root"] : [];
  const [command = program, ...rest] = [...inside, program, "-x", "-d", ...as, "-f", join(folder, "chrony.conf")];
  const forget = () => rmSync(folder, { recursive: true, force: true });
  // In a hurry: a chronyd that is asked to end writes into its folder first.
  const child = endWithUs(spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] }), () => {
    child.kill("SIGKILL");
    forget();
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  return { port, folder, log: () => log, stop: () => end(child).then(forget) };
}

const readMeasurements = (path: string): Measurement[] => (existsSync(path) ? parseMeasurements(readFileSync(path, "utf8")) : []);

const TRIES = 100;

/** Waits, a bounded time, until an NTP server answers as a synchronised one. `log` tells what it said meanwhile. */
export async function answering(port: number, log: () => string = () => "", address = "127.0.0.1"): Promise<void> {
  const socket = createSocket("udp4");
  try {
    let answered = false;
    socket.on("error", () => undefined);
    socket.on("message", (bytes) => {
      const packet = decode(bytes);
      answered ||= typeof packet !== "string" && packet.leap !== 3 && packet.stratum > 0 && packet.stratum < 16;
    });
    for (let attempt = 0; attempt < TRIES && !answered; attempt++) {
      socket.send(ASK, port, address);
      await pause(50);
    }
    if (!answered)
      throw new Error(`Cannot get an answer from chronyd at ${address}:${port} within 5 s: ${log().trim().split("\n").at(-1)}`);
  } finally {
    socket.close();
  }
}
