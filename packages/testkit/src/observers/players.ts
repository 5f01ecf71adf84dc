import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  askNtpd,
  askPtp4l,
  askTimesyncd,
  Chronyc,
  type DaemonKind,
  type DaemonWitness,
  type OtherDaemons,
  type RunningDaemon,
} from "@truebound/agent";
import { endWithUs } from "../bench/children.ts";
import { chronydPath } from "../bench/chronyd.ts";
import { ntpsecPath } from "../harm/ntpsec.ts";
import { linuxptpFolder } from "../harm/ptp.ts";
import { ADDRESSES, type CaseName, type DaemonName } from "./cast.ts";
import type { Stage } from "./stage.ts";

/** A daemon on the stage. */
export interface Player {
  readonly witness: DaemonWitness;
  /** The process that may be killed or stopped. */
  readonly child: ChildProcess;
  /** Whether it says of itself what the scene wants, so that the scene can be timed. */
  readonly isReady: () => Promise<boolean>;
  close(): void;
}

interface Plan {
  readonly daemon: DaemonName;
  readonly case: CaseName;
  readonly stage: Stage;
  readonly everySeconds: number;
}

/** A daemon that just began claims little: a second or more. */
const SETTLED_NS = 20_000_000n;

/** Where it may not set any clock: CAP_SYS_TIME is in no set of it. */
const POWERLESS = ["setpriv", "--bounding-set=-sys_time", "--inh-caps=-sys_time"];

export function openPlayer(plan: Plan): Player {
  return { chronyd: chronyd, ntpsec, ptp4l, timesyncd }[plan.daemon](plan);
}

/** A process on the stage. chronyd -x, and daemons without the right to set clocks, stand for one that steers. */
const runningAs = (kind: DaemonKind, child: ChildProcess) => (): RunningDaemon => {
  const lives = child.exitCode === null && child.signalCode === null && existsSync(`/proc/${child.pid}`);
  const daemon = { kind, pid: child.pid ?? 0, steers: true, startTicks: null, configPath: null, directives: [] };
  return { kind: lives ? "one" : "none", daemons: lives ? [daemon] : [], bystanders: [], seesAll: true };
};

function begin(words: readonly string[]): ChildProcess {
  const [command = "", ...rest] = [...POWERLESS, ...words];
  const child = spawn(command, rest, { stdio: "ignore" });
  return endWithUs(child, () => child.kill("SIGKILL"));
}

const folderOf = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `truebound-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
};

const closing = (child: ChildProcess, folder: string) => (): void => {
  child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
};

/** chronyc without a chronyd: what runs is another. */
const NO_CHRONYD: Pick<DaemonWitness, "sources" | "tracking"> = {
  sources: async () => ({ kind: "absent", why: "chronyd does not run here" }),
  tracking: async () => ({ kind: "absent", why: "chronyd does not run here" }),
};

function chronyd({ case: what, everySeconds }: Plan): Player {
  const folder = folderOf("chronyd");
  mkdirSync(join(folder, "run"));
  const cmdport = 3323;
  const servers: Readonly<Partial<Record<CaseName, readonly string[]>>> = { own_clock: ["local stratum 10"], unsynchronised: [] };
  const config = [
    "port 0",
    `cmdport ${cmdport}`,
    "bindcmdaddress 127.0.0.1",
    "bindcmdaddress /",
    `pidfile ${folder}/run/pid`,
    ...(servers[what] ?? [`server ${ADDRESSES.followed} minpoll 1 maxpoll 4 iburst`]),
  ];
  writeFileSync(join(folder, "chrony.conf"), `${config.join("\n")}\n`);
  const child = begin([chronydPath() ?? "chronyd", "-x", "-d", "-u", "root", "-f", join(folder, "chrony.conf")]);
  const asked = new Chronyc({ host: "127.0.0.1", port: cmdport, everySeconds });
  const witness: DaemonWitness = {
    everySeconds,
    sources: () => asked.sources(),
    tracking: () => asked.tracking(),
    running: runningAs("chronyd", child),
  };
  const isReady = async () => {
    const said = await asked.tracking();
    if (said.kind !== "ok" || (said.value.leap === "unsynchronised") !== (what === "unsynchronised")) return false;
    return what === "unsynchronised" || said.value.rootDispersionNs < SETTLED_NS;
  };
  return { witness, child, isReady, close: closing(child, folder) };
}

function ntpsec({ case: what, everySeconds }: Plan): Player {
  const folder = folderOf("ntpsec");
  const server = `server ${ADDRESSES.followed} minpoll 3 maxpoll 4 iburst`;
  const lines: Readonly<Partial<Record<CaseName, readonly string[]>>> = {
    own_clock: ["tos orphan 5 orphanwait 1"],
    // Nobody answers at the address.
    unsynchronised: ["server 10.203.8.77 minpoll 3 maxpoll 4"],
  };
  const config = [
    ...(lines[what] ?? [server]),
    "tos minsane 1 mindist 0.001",
    "interface ignore wildcard",
    "interface listen 127.0.0.1",
    `interface listen ${ADDRESSES.host}`,
    "restrict default",
    "restrict 127.0.0.1",
    `driftfile ${folder}/drift`,
    `statsdir ${folder}/`,
  ];
  // With a known frequency it is synchronised with its first update.
  writeFileSync(join(folder, "drift"), "0.000\n");
  writeFileSync(join(folder, "ntp.conf"), `${config.join("\n")}\n`);
  const child = begin([ntpsecPath() ?? "ntpd", "-n", "-c", join(folder, "ntp.conf"), "-l", join(folder, "log")]);
  const ask = () => askNtpd({ address: "127.0.0.1" });
  const others = async (running: RunningDaemon): Promise<OtherDaemons> => (running.kind === "none" ? {} : { ntpd: await ask() });
  const isReady = async () => {
    const said = await ask();
    if (said.kind !== "ok" || said.value.isSynchronised === (what === "unsynchronised")) return false;
    return what === "unsynchronised" || said.value.rootDispersionNs < SETTLED_NS;
  };
  const witness = { everySeconds, ...NO_CHRONYD, others, running: runningAs("ntpd", child) };
  return { witness, child, isReady, close: closing(child, folder) };
}

/** Nothing that a busy machine delays may look like a leader that is gone, and no servo may ask for what it is not allowed. */
const STEADILY = ["--logAnnounceInterval=-1", "--announceReceiptTimeout=20", "--logSyncInterval=-2", "--logMinDelayReqInterval=-2"];
const UNSTEERED = ["--first_step_threshold=0", "--step_threshold=0", "--sanity_freq_limit=0"];

function ptp4l({ case: what, stage, everySeconds }: Plan): Player {
  const programs = linuxptpFolder() ?? "/usr/sbin";
  const folder = folderOf("ptp4l");
  const words = (card: string, name: string, more: readonly string[]) => [
    join(programs, "ptp4l"),
    "-i",
    card,
    "-S",
    "-2",
    "-q",
    `--uds_address=${join(folder, name)}`,
    ...STEADILY,
    ...more,
  ];
  // Class 6 = locked to a primary reference; 248 = a clock like any other.
  const leads = what === "own_clock" ? [] : ["--clockClass=6", "--timeSource=0x20"];
  const leader = begin([...stage.insideServers, ...words(stage.cards.servers, "leader", ["--free_running=1", "--priority1=10", ...leads])]);
  const child = begin(words(stage.cards.host, "host", ["-s", ...UNSTEERED]));
  const ask = () => askPtp4l({ program: join(programs, "pmc"), socket: join(folder, "host") });
  const others = async (running: RunningDaemon): Promise<OtherDaemons> => (running.kind === "none" ? {} : { ptp4l: await ask() });
  const isReady = async () => {
    const said = await ask();
    if (what === "killed" || what === "hangs") return said.kind === "ok";
    return said.kind === "ok" && said.value.portState === "SLAVE" && said.value.isGrandmasterPresent;
  };
  const witness = { everySeconds, ...NO_CHRONYD, others, running: runningAs("ptp4l", child) };
  const close = () => {
    leader.kill("SIGKILL");
    closing(child, folder)();
  };
  return { witness, child, isReady, close };
}

/** What timedatectl of systemd 252 printed, with our address and values. */
const RECORDED = `       Server: ${ADDRESSES.followed} (${ADDRESSES.followed})
Poll interval: 34min 8s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 1
    Reference: PPS
    Precision: 1us (-20)
Root distance: 106us (max: 5s)
       Offset: +12us
        Delay: 204us
       Jitter: 31us
 Packet count: 9
    Frequency: -0.870ppm
`;
const NOBODY_HEARD = `       Server: ${ADDRESSES.followed} (${ADDRESSES.followed})\nPoll interval: 0 (min: 32s; max 34min 8s)\n Packet count: 0\n`;

/** systemd's own bus is not to be had here: a program prints what timedatectl printed, and a process that sleeps stands for timesyncd. */
function timesyncd({ case: what, everySeconds }: Plan): Player {
  const folder = folderOf("timesyncd");
  const program = join(folder, "timedatectl");
  const child = begin(["sleep", "3600"]);
  const stopped = `grep -q '^State:.T' /proc/${child.pid}/status && exec sleep 60`;
  writeFileSync(join(folder, "answer"), what === "unsynchronised" ? NOBODY_HEARD : RECORDED);
  writeFileSync(program, `#!/bin/sh\n${stopped}\ncat ${join(folder, "answer")}\n`);
  chmodSync(program, 0o755);
  const ask = () => askTimesyncd(program);
  const others = async (running: RunningDaemon): Promise<OtherDaemons> => (running.kind === "none" ? {} : { timesyncd: await ask() });
  const witness = { everySeconds, ...NO_CHRONYD, others, running: runningAs("timesyncd", child) };
  return { witness, child, isReady: async () => (await ask()).kind === "ok", close: closing(child, folder) };
}

/** Why a daemon cannot be played here; null = it can. */
export function lacksFor(daemon: DaemonName): string | null {
  const found: Readonly<Record<DaemonName, string | null>> = {
    chronyd: chronydPath(),
    ntpsec: ntpsecPath(),
    ptp4l: linuxptpFolder(),
    timesyncd: "recorded",
  };
  return found[daemon] === null ? `${daemon} not found` : null;
}

/** The daemon's log, where it has one. */
export const lastLineOf = (path: string): string => (existsSync(path) ? (readFileSync(path, "utf8").trim().split("\n").at(-1) ?? "") : "");
