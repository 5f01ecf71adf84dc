import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DEFAULT_CLIENT, decode, FRESH_MEMORY, makeRequest } from "@truebound/ntp";

/**
 * A real ntpd of NTPsec. Its package and chrony's exclude each other, so it is unpacked into a folder of its own, as
 * `.ci/run` does. It always listens on port 123 and always wants to set the clock: it is run in a network namespace and a
 * user namespace that were made for it, where the kernel refuses both to reach outside.
 */
const PROGRAMS = [
  process.env.TRUEBOUND_TEST_NTPSEC,
  join(homedir(), ".cache/truebound/ntpsec/usr/sbin/ntpd"),
  "/var/cache/truebound/ntpsec/usr/sbin/ntpd",
  "/usr/sbin/ntpd",
];

export const ntpsecPath = (): string | null => PROGRAMS.find((path) => path !== undefined && path !== "" && existsSync(path)) ?? null;

export interface Ntpsec {
  stop(): Promise<void>;
}

const ASK = makeRequest(FRESH_MEMORY, { transmit: 79n, receive: 80n }, DEFAULT_CLIENT).bytes;
const TRIES = 60;

/** Orphan mode makes it a server within a second; `limits` is its own line, e.g. "limit average 2". */
export async function startNtpsec(limits: readonly string[]): Promise<Ntpsec> {
  const program = ntpsecPath();
  if (program === null) throw new Error("Cannot start ntpd: not found; unpack the ntpsec package and set TRUEBOUND_TEST_NTPSEC");
  if (maySetClock()) throw new Error("Cannot start ntpd here: it could set this machine's clock; run it in a user namespace");
  const folder = mkdtempSync(join(tmpdir(), "truebound-ntpsec-"));
  const config = [
    "disable ntp",
    "tos orphan 5 orphanwait 1 minsane 1",
    "interface ignore wildcard",
    "interface listen 127.0.0.1",
    "restrict default limited kod",
    `driftfile ${folder}/drift`,
    `statsdir ${folder}/`,
    ...limits,
  ];
  writeFileSync(join(folder, "ntp.conf"), `${config.join("\n")}\n`);
  const child = spawn(program, ["-n", "-c", join(folder, "ntp.conf"), "-l", join(folder, "log")], { stdio: "ignore" });
  const stop = async () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill("SIGTERM")) await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(() => readFileSync(join(folder, "log"), "utf8"));
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Setting the clock needs CAP_SYS_TIME in the first user namespace: the one that maps every user to itself. */
function maySetClock(): boolean {
  const [inside, outside] = readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/);
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"}`);
  const size = readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/)[2];
  const isFirst = inside === "0" && outside === "0" && size === "4294967295";
  return isFirst && (capabilities & (1n << 25n)) !== 0n;
}

/** Limits are per client address: each question comes from another, so as not to use up what a test wants to see. */
async function answering(log: () => string): Promise<void> {
  for (let attempt = 1; attempt <= TRIES; attempt++) if (await answers(`127.0.9.${attempt}`)) return;
  throw new Error(`Cannot get an answer from ntpd: ${log().trim().split("\n").at(-1)}`);
}

async function answers(from: string): Promise<boolean> {
  const socket = createSocket("udp4");
  let answered = false;
  socket.on("error", () => undefined);
  socket.on("message", (bytes) => {
    const packet = decode(bytes);
    answered = typeof packet !== "string" && packet.leap !== 3 && packet.stratum > 0 && packet.stratum < 16;
  });
  await new Promise<void>((resolve) => socket.bind(0, from, resolve));
  socket.send(ASK, 123, "127.0.0.1");
  await pause(250);
  socket.close();
  return answered;
}
