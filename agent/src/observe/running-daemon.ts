/** Which daemons steer this host's clock, judged by the processes that can be seen. Pure: process table in, verdict out. */
export interface ProcessFacts {
  readonly pid: number;
  /** The kernel's name of it: 15 characters at most. */
  readonly comm: string;
  readonly command: readonly string[];
  /** Clock ticks (1/100 s) of BOOTTIME at its start; null = could not be read. */
  readonly startTicks: bigint | null;
  /** Whether the kernel would let it set this clock: CAP_SYS_TIME, in the first user namespace. Null = could not be read. */
  readonly maySetClock: boolean | null;
}

export interface ProcessTable {
  readonly processes: readonly ProcessFacts[];
  /** False in a container's own pid namespace, or where /proc hides other users' processes: then a daemon may run unseen. */
  readonly seesAll: boolean;
}

export type DaemonKind = "chronyd" | "ntpd" | "ntpd-rs" | "timesyncd" | "ptp4l" | "phc2sys";

export interface Daemon {
  readonly kind: DaemonKind;
  readonly pid: number;
  /** Whether it sets CLOCK_REALTIME: chronyd -x, for one, only watches. */
  readonly steers: boolean;
  readonly startTicks: bigint | null;
  /** The configuration file that its command line names; null = its usual one. */
  readonly configPath: string | null;
  /** chronyd takes directives as arguments, and then reads no file. */
  readonly directives: readonly string[];
}

/** `none` is said only where every process can be seen; elsewhere the same sight is `unseen`. */
export interface RunningDaemon {
  readonly kind: "one" | "several" | "none" | "unseen";
  /** Those that steer. */
  readonly daemons: readonly Daemon[];
  /** Daemons of time that run and do not steer this clock. */
  readonly bystanders: readonly Daemon[];
  readonly seesAll: boolean;
}

const KINDS: Readonly<Record<string, DaemonKind>> = {
  chronyd: "chronyd",
  ntpd: "ntpd",
  "ntp-daemon": "ntpd-rs",
  "systemd-timesyn": "timesyncd",
  "systemd-timesyncd": "timesyncd",
  ptp4l: "ptp4l",
  phc2sys: "phc2sys",
};

/** Whether a process is worth a second look, by its name alone. */
export const isTimeDaemon = (comm: string): boolean => Object.hasOwn(KINDS, comm);

export function runningDaemon({ processes, seesAll }: ProcessTable): RunningDaemon {
  const found = distinctDaemons(processes.filter(({ comm, command }) => isTimeDaemon(comm) && command.length > 0)).map(read);
  const daemons = found.filter(({ steers }) => steers);
  const bystanders = found.filter(({ steers }) => !steers);
  const kind = daemons.length > 1 ? "several" : daemons.length === 1 ? "one" : seesAll ? "none" : "unseen";
  return { kind, daemons, bystanders, seesAll };
}

/** A daemon that splits into helpers shows as processes of one name and one command line: the oldest that may set the clock stands for it. */
function distinctDaemons(processes: readonly ProcessFacts[]): ProcessFacts[] {
  const last = ({ maySetClock }: ProcessFacts) => (maySetClock === false ? 1 : 0);
  const oldestFirst = [...processes].sort((a, b) => last(a) - last(b) || a.pid - b.pid);
  const key = ({ comm, command }: ProcessFacts) => [comm, ...command].join("\0");
  const first = new Map([...oldestFirst].reverse().map((one) => [key(one), one]));
  return oldestFirst.filter((one) => first.get(key(one)) === one);
}

function read({ pid, comm, command, startTicks, maySetClock }: ProcessFacts): Daemon {
  const kind = KINDS[comm] as DaemonKind;
  const { flags, values, rest } = splitOptions(command.slice(1), TAKES_VALUE[kind]);
  const configPath = values.get(kind === "ntpd" || kind === "ntpd-rs" ? "c" : "f") ?? null;
  const directives = kind === "chronyd" ? rest : [];
  const steers = maySetClock !== false && steersRealtime(kind, flags, values);
  return { kind, pid, startTicks, steers, configPath, directives };
}

function steersRealtime(kind: DaemonKind, flags: ReadonlySet<string>, values: ReadonlyMap<string, string>): boolean {
  switch (kind) {
    case "chronyd": // chronyd(8): -x no control of the clock, -Q prints the offset only, -p prints the configuration
      return !["x", "Q", "p"].some((flag) => flags.has(flag));
    case "ptp4l": // with hardware stamps it steers the card's clock; -s with -S, software stamps, this one
      return flags.has("S");
    case "phc2sys": // phc2sys(8): -a follows ptp4l and touches REALTIME only with -r; else -c, by default REALTIME, is steered
      return flags.has("a") ? flags.has("r") : (values.get("c") ?? "CLOCK_REALTIME") === "CLOCK_REALTIME" && values.get("E") !== "ntpshm";
    case "ntpd":
    case "ntpd-rs":
    case "timesyncd":
      return true;
    default:
      return kind satisfies never;
  }
}

/** Short options that take a value, from each daemon's man page. */
const TAKES_VALUE: Readonly<Record<DaemonKind, string>> = {
  chronyd: "fFlLPtu",
  ntpd: "cfiklpPstuUvV",
  "ntpd-rs": "cl",
  timesyncd: "",
  ptp4l: "fipl",
  phc2sys: "cdseEPIRLNOMSlnztfu",
};

/** getopt's reading: bundled flags, a value in the same word or the next, options after operands, `--` ends them. */
export function splitOptions(
  words: readonly string[],
  takesValue: string,
): { flags: Set<string>; values: Map<string, string>; rest: string[] } {
  const [flags, values, rest] = [new Set<string>(), new Map<string, string>(), [] as string[]];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === "--") return { flags, values, rest: [...rest, ...words.slice(at + 1)] };
    if (!word.startsWith("-") || word === "-") rest.push(word);
    else if (!word.startsWith("--")) at += readBundle(word, words[at + 1], takesValue, flags, values);
  }
  return { flags, values, rest };
}

/** Returns how many further words it used up: 0 or 1. */
function readBundle(word: string, next: string | undefined, takesValue: string, flags: Set<string>, values: Map<string, string>): number {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] as string;
    if (!takesValue.includes(letter)) {
      flags.add(letter);
      continue;
    }
    const inWord = word.slice(at + 1);
    if (inWord !== "" || next !== undefined) values.set(letter, inWord === "" ? (next as string) : inWord);
    return inWord === "" ? 1 : 0;
  }
  return 0;
}

/**
 * Whether what stands in the file may be newer than what the daemon read at its start: `changedNs` on REALTIME, `nowNs` on
 * REALTIME, `boottimeNs` on BOOTTIME, read together. Null = unknown. A step of the clock between the two can mislead it.
 */
export function changedSinceStart(daemon: Daemon, changedNs: bigint, nowNs: bigint, boottimeNs: bigint): boolean | null {
  if (daemon.startTicks === null || changedNs === 0n) return null;
  const runsFor = boottimeNs - daemon.startTicks * NS_PER_TICK;
  return nowNs - changedNs < runsFor - SLACK;
}

/** USER_HZ is 100 wherever Linux exports it. */
const NS_PER_TICK = 10_000_000n;
const SLACK = 1_000_000_000n;
