import type { Clocks, HostWitness } from "@truebound/agent";
import {
  type HostReading,
  type KernelDiscipline,
  kernelUtc,
  type Leap,
  leapFree,
  placeLeaps,
  ppb,
  raw,
  STA_UNSYNC,
  type Steering,
  utc,
} from "@truebound/time";
import { trueInstant } from "./server-clock.ts";
import { gainOf, type Wander } from "./wander.ts";

/** What is wrong with a simulated host's clocks; all of it known exactly. */
export interface ClockFaults {
  /** Error of the oscillator, and so of RAW and everything that hangs on it: positive = fast. */
  readonly driftPpb?: number;
  /** How that error moves. */
  readonly wander?: Wander;
  /** What the daemon adds to REALTIME's rate on top: positive = fast. */
  readonly slewPpb?: number;
  /** REALTIME − UTC at the start, ns: positive = ahead. */
  readonly aheadNs?: number;
  /** Steps of REALTIME at seconds since the start; `every` repeats them. */
  readonly steps?: readonly { readonly atS: number; readonly byNs: number; readonly everyS?: number }[];
  /** The host sleeps: RAW and MONOTONIC stop, BOOTTIME and REALTIME go on. */
  readonly suspends?: readonly { readonly atS: number; readonly forS: number }[];
  /** The counter under all of the host's clocks stands still, as when a virtual machine is moved or restored: none of them tells. */
  readonly standstills?: readonly Standstill[];
}

export interface Standstill {
  readonly atS: number;
  readonly forS: number;
  /** The counter runs at another rate from there on: positive = faster. */
  readonly ratePpb?: number;
  /** The kernel counts on another clocksource from there on. */
  readonly clocksource?: string;
  /** The hypervisor changes its marker. */
  readonly marked?: boolean;
}

/** True time since the start, ns; and what UTC was then. */
export interface TrueTime {
  readonly startUtc: bigint;
  /** Leap seconds of this world; none where absent. */
  readonly leaps?: readonly Leap[];
  elapsed(): bigint;
}

const BOOTED_BEFORE = 1_000_000_000_000n;
const PER_BILLION = 1_000_000_000n;

/** Simulated daemons slew at a constant rate that the kernel tells of, and never faster than this beside it. */
export const SIM_SLEW = ppb(100_000n);
export const SIM_STEERING: Steering = { kind: "chrony", maxSlew: SIM_SLEW };
/** Nobody vouches for this clock before the kernel, as under a chronyd without rtcsync. */
const SIM_KERNEL: KernelDiscipline = {
  freq: 0n,
  tick: 10_000n,
  offset: 0n,
  status: STA_UNSYNC,
  constant: 2n,
  maxError: 16_000_000n,
  estimatedError: 16_000_000n,
  tai: 0,
};

/** A host's clocks as functions of true time. The reading carries the injected offset, which a real host cannot know. */
export class SimClock implements Clocks {
  readonly ruler = "raw";
  readonly #truth: TrueTime;
  readonly #faults: ClockFaults;
  readonly #wandered: (ran: bigint) => bigint;

  constructor(truth: TrueTime, faults: ClockFaults) {
    this.#truth = truth;
    this.#faults = faults;
    this.#wandered = faults.wander === undefined ? () => 0n : gainOf(faults.wander);
  }

  read(): HostReading {
    const at = this.#truth.elapsed();
    const now = this.rawAt(at);
    const realtime = this.realtimeAt(at);
    return {
      rawBefore: raw(now),
      realtime: utc(realtime),
      rawAfter: raw(now),
      monotonic: this.#monotonicAt(at),
      boottime: this.#monotonicAt(at) + this.#slept(at),
      rawEnd: raw(now),
      boottimeResolution: 1_000_000n,
      kernel: { ...SIM_KERNEL, freq: (BigInt(this.#faults.slewPpb ?? 0) * 65_536n) / 1000n },
      sets: this.#sets(at),
      injected: this.offsetAt(at),
    };
  }

  raw(): bigint {
    return this.rawAt(this.#truth.elapsed());
  }

  /** RAW after `elapsed` ns of true time. */
  rawAt(elapsed: bigint): bigint {
    const awake = elapsed - this.#slept(elapsed);
    // A counter that stands still does not drift either: RAW never goes back.
    const counted = awake - this.#stood(elapsed);
    const drifted = (counted * BigInt(this.#faults.driftPpb ?? 0)) / PER_BILLION + this.#wandered(counted);
    return BOOTED_BEFORE + awake + drifted - this.#missed(elapsed);
  }

  /** True time since the start at which RAW first read so, to the ns. */
  elapsedAt(read: bigint): bigint {
    let [before, at] = [0n, 1n];
    while (this.rawAt(at) < read) [before, at] = [at, at * 2n];
    while (at - before > 1n) {
      const middle = (before + at) / 2n;
      if (this.rawAt(middle) < read) before = middle;
      else at = middle;
    }
    return at;
  }

  /** MONOTONIC is slewed with REALTIME, never stepped, and stops in a suspend. */
  #monotonicAt(elapsed: bigint): bigint {
    const counted = elapsed - this.#slept(elapsed) - this.#stood(elapsed);
    return this.rawAt(elapsed) + (counted * BigInt(this.#faults.slewPpb ?? 0)) / PER_BILLION;
  }

  /** REALTIME as a Linux kernel keeps it that was told of the leap: it takes it when it gets there by its own count. */
  realtimeAt(elapsed: bigint): bigint {
    return kernelUtc(leapFree(this.#keeps(elapsed)), this.#truth.leaps ?? []);
  }

  /** REALTIME without leaps. */
  #keeps(elapsed: bigint): bigint {
    const rate = BigInt((this.#faults.driftPpb ?? 0) + (this.#faults.slewPpb ?? 0));
    const ahead = BigInt(Math.round(this.#faults.aheadNs ?? 0));
    const ran = elapsed - this.#stood(elapsed);
    const gained = (ran * rate) / PER_BILLION + this.#wandered(ran - this.#slept(elapsed));
    return trueInstant(this.#truth, elapsed) + gained + ahead + this.#stepped(elapsed) - this.#missed(elapsed);
  }

  /** The injected offset, UTC − REALTIME: positive = behind. */
  offsetAt(elapsed: bigint): bigint {
    return kernelUtc(trueInstant(this.#truth, elapsed), this.#truth.leaps ?? []) - this.realtimeAt(elapsed);
  }

  /** When a host that sleeps or stands still at `elapsed` goes on; null when it runs. */
  sleepsUntil(elapsed: bigint): bigint | null {
    return endOf([...(this.#faults.suspends ?? []), ...(this.#faults.standstills ?? [])], elapsed);
  }

  /** What the kernel tells beside the clocks of such a host. */
  witness(): HostWitness {
    const passed = () => (this.#faults.standstills ?? []).filter(({ atS }) => this.#truth.elapsed() > nanoseconds(atS));
    const marked = this.#faults.standstills?.some((one) => one.marked) === true;
    return {
      clocksource: () => passed().findLast(({ clocksource }) => clocksource !== undefined)?.clocksource ?? "tsc",
      vmMarker: () =>
        marked ? { kind: "marker", disruption: BigInt(passed().filter((one) => one.marked).length), generation: null } : { kind: "absent" },
      cpuTimes: () => null,
      auditTail: () => ({ kind: "absent" }),
      close: () => undefined,
    };
  }

  #stepped(elapsed: bigint): bigint {
    const passed = Number(elapsed / 1000n) / 1e6;
    return (this.#faults.steps ?? []).reduce((sum, { atS, byNs, everyS }) => {
      if (passed < atS) return sum;
      const times = everyS === undefined ? 1 : 1 + Math.floor((passed - atS) / everyS);
      return sum + BigInt(Math.round(byNs)) * BigInt(times);
    }, 0n);
  }

  /** The kernel's notice: how often the clock was set by now. */
  #sets(elapsed: bigint): number {
    const passed = Number(elapsed / 1000n) / 1e6;
    const leaps = placeLeaps(this.#truth.leaps ?? []).filter(({ begins }) => begins <= this.#keeps(elapsed)).length;
    return (this.#faults.steps ?? []).reduce(
      (sum, { atS, everyS }) => sum + (passed < atS ? 0 : everyS === undefined ? 1 : 1 + Math.floor((passed - atS) / everyS)),
      leaps,
    );
  }

  #slept(elapsed: bigint): bigint {
    return (this.#faults.suspends ?? []).reduce((sum, span) => sum + passedOf(span, elapsed), 0n);
  }

  /** How long the counter has stood still. */
  #stood(elapsed: bigint): bigint {
    return (this.#faults.standstills ?? []).reduce((sum, span) => sum + passedOf(span, elapsed), 0n);
  }

  /** What the counter did not count, less what it counted too fast afterwards. */
  #missed(elapsed: bigint): bigint {
    return (this.#faults.standstills ?? []).reduce((sum, span) => {
      const since = elapsed - nanoseconds(span.atS) - nanoseconds(span.forS);
      const gained = since <= 0n ? 0n : (since * BigInt(span.ratePpb ?? 0)) / PER_BILLION;
      return sum + passedOf(span, elapsed) - gained;
    }, 0n);
  }
}

interface Span {
  readonly atS: number;
  readonly forS: number;
}

const nanoseconds = (seconds: number): bigint => BigInt(Math.round(seconds * 1e9));

/** How much of a span has passed at `elapsed`. */
function passedOf({ atS, forS }: Span, elapsed: bigint): bigint {
  const [since, length] = [elapsed - nanoseconds(atS), nanoseconds(forS)];
  return since <= 0n ? 0n : since < length ? since : length;
}

/** The end of the span within which `elapsed` falls, or null. */
export function endOf(spans: readonly Span[], elapsed: bigint): bigint | null {
  const span = spans.find((one) => elapsed > nanoseconds(one.atS) && elapsed < nanoseconds(one.atS) + nanoseconds(one.forS));
  return span === undefined ? null : nanoseconds(span.atS) + nanoseconds(span.forS);
}

/** True time that a test moves by hand. */
export class ManualTime implements TrueTime {
  readonly startUtc: bigint;
  readonly leaps: readonly Leap[];
  #elapsed = 0n;

  constructor(startUtc = 1_795_000_000_000_000_000n, leaps: readonly Leap[] = []) {
    this.startUtc = startUtc;
    this.leaps = leaps;
  }

  elapsed(): bigint {
    return this.#elapsed;
  }

  moveTo(elapsed: bigint): void {
    if (elapsed < this.#elapsed) throw new RangeError(`Cannot move true time back from ${this.#elapsed} to ${elapsed} ns`);
    this.#elapsed = elapsed;
  }
}

/** True time tied to this machine's hrtime, so that a child process can share it. */
export interface RunningTime extends TrueTime {
  readonly startsAt: bigint;
}

/** This machine's monotonic clock taken as the truth: for demos over real sockets. `startsAt` is an hrtime reading. */
export function runningTime(startUtc = BigInt(Date.now()) * 1_000_000n, startsAt = process.hrtime.bigint()): RunningTime {
  return { startUtc, startsAt, elapsed: () => process.hrtime.bigint() - startsAt };
}
