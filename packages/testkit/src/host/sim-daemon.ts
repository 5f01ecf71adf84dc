import {
  type DaemonSource,
  type DaemonTracking,
  type DaemonWitness,
  parseTracking,
  type RunningDaemon,
  type Testimony,
} from "@truebound/agent";
import type { SimClock } from "../sim/sim-clock.ts";

/** What is wrong with a simulated host's own daemon; all of it known exactly. */
export interface DaemonFaults {
  /** Half-width of what it claims, ns: it says that its clock is off by no more, beside what it has still to correct. */
  readonly claimsNs: number;
  /** By how much it is wrong about that: what it believes less what is true, ns. */
  readonly errorNs?: number;
  /** Address of the server that it follows; absent = its own clock (chrony.conf(5), local). */
  readonly follows?: string;
  /** Its process ends after so many seconds of true time. */
  readonly diesAfterS?: number;
  /** From then on its process is there and answers nothing. */
  readonly hangsAfterS?: number;
}

const OWN_CLOCK = "7F7F0101,,10";

/** A chronyd beside a simulated clock. It answers in chronyc's own words, which are read as a real one's are. */
export class SimDaemon implements DaemonWitness {
  readonly everySeconds: number;
  readonly #clock: Pick<SimClock, "read">;
  readonly #faults: DaemonFaults;
  readonly #elapsed: () => bigint;

  /** @param elapsed true time since the start, ns. */
  constructor(clock: Pick<SimClock, "read">, faults: DaemonFaults, elapsed: () => bigint, everySeconds = 30) {
    this.#clock = clock;
    this.#faults = faults;
    this.#elapsed = elapsed;
    this.everySeconds = everySeconds;
  }

  running(): RunningDaemon {
    if (this.#passed(this.#faults.diesAfterS)) return { kind: "none", daemons: [], bystanders: [], seesAll: true };
    const chronyd = { kind: "chronyd", pid: 612, steers: true, startTicks: null, configPath: null, directives: [] } as const;
    return { kind: "one", daemons: [chronyd], bystanders: [], seesAll: true };
  }

  async sources(): Promise<Testimony<readonly DaemonSource[]>> {
    const { follows } = this.#faults;
    if (this.#isSilent || follows === undefined) return { kind: "refused", why: "the simulated daemon does not answer" };
    const counts = { stratum: 1, poll: 4, reach: 0xff, lastSampleS: 1, offsetNs: 0n, errorNs: BigInt(this.#faults.claimsNs) };
    return { kind: "ok", value: [{ mode: "server", state: "selected", name: follows, address: follows, ...counts }], malformed: [] };
  }

  async tracking(): Promise<Testimony<DaemonTracking>> {
    if (this.#isSilent) return { kind: this.#passed(this.#faults.diesAfterS) ? "refused" : "timeout", why: "it does not answer" };
    const read = parseTracking(this.#line());
    if ("field" in read) throw new Error(`Cannot read the simulated daemon's ${read.field}: "${read.text}"`);
    return { kind: "ok", value: read, malformed: [] };
  }

  get #isSilent(): boolean {
    return this.#passed(this.#faults.diesAfterS) || this.#passed(this.#faults.hangsAfterS);
  }

  #passed(afterS: number | undefined): boolean {
    return afterS !== undefined && this.#elapsed() >= BigInt(Math.round(afterS * 1e9));
  }

  /** One line of `chronyc -c -n tracking`. The simulated reading carries the true offset; a real daemon would have to measure it. */
  #line(): string {
    const { claimsNs, errorNs = 0, follows } = this.#faults;
    const believed = (this.#clock.read().injected ?? 0n) + BigInt(Math.round(errorNs));
    const head = follows === undefined ? OWN_CLOCK : `47505300,${follows},2`;
    return `${head},1.0,${seconds(believed)},0.000000000,0.000000000,0.000,0.000,0.010,0.000000000,${seconds(BigInt(claimsNs))},16.0,Normal`;
  }
}

function seconds(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  return `${ns < 0n ? "-" : ""}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, "0")}`;
}
