import type { Alarm, Clocks, HostWitness } from "@truebound/agent";
import { type HostReading, raw } from "@truebound/time";
import { type ClockFaults, endOf, SimClock } from "../sim/sim-clock.ts";
import type { Scheduler } from "./scheduler.ts";

/** RAW of one boot, as a function of true time since the start. */
export interface SimRuler {
  readonly machine: Machine;
  /** RAW after `elapsed` ns. */
  readonly rawAt: (elapsed: bigint) => bigint;
  /** When RAW first read so, to the ns. */
  readonly elapsedAt: (read: bigint) => bigint;
}

interface Pause {
  readonly atS: number;
  readonly forS: number;
}

const LEAP_NS = 2_000_000_000n;
/** A look at the clocks takes time: here as little as covers what they are rounded by, which else would look like steps of 1 ns. */
const READ_WITHIN_NS = 4n;

/** The hardware and the kernel of one host: its clocks, when it sleeps, when its processes stand still, how often it booted. */
export class Machine implements Clocks, Alarm {
  readonly ruler = "raw";
  readonly clock: SimClock;
  readonly #scheduler: Scheduler;
  readonly #faults: ClockFaults;
  readonly #pauses: Pause[] = [];
  /** What RAW read when it booted. */
  #bootedAt = 0n;
  boots = 0;

  constructor(scheduler: Scheduler, faults: ClockFaults) {
    this.#scheduler = scheduler;
    this.#faults = faults;
    this.clock = new SimClock(scheduler.truth, faults);
  }

  /** A new boot: RAW, MONOTONIC and BOOTTIME begin anew, REALTIME goes on. */
  boot(): void {
    this.boots += 1;
    this.#bootedAt = this.clock.rawAt(this.#scheduler.now) - 20_000_000_000n;
  }

  /** What a kernel tells; no kernel knows how far off its clock is. */
  read(): HostReading {
    const { injected: _, ...reading } = this.clock.read();
    const since = this.#bootedAt;
    return {
      ...reading,
      rawBefore: raw(reading.rawBefore - since),
      rawAfter: raw(reading.rawAfter - since),
      rawEnd: raw(reading.rawEnd - since + READ_WITHIN_NS),
      monotonic: reading.monotonic - since,
      boottime: reading.boottime - since,
    };
  }

  rawAt(elapsed: bigint): bigint {
    return this.clock.rawAt(elapsed) - this.#bootedAt;
  }

  /** RAW as it counts in the present boot. */
  rulerNow(): SimRuler {
    const since = this.#bootedAt;
    return {
      machine: this,
      rawAt: (elapsed) => this.clock.rawAt(elapsed) - since,
      elapsedAt: (read) => this.clock.elapsedAt(read + since),
    };
  }

  witness(): HostWitness {
    return this.clock.witness();
  }

  /** Its processes stand still from now on. */
  pause(forS: number): void {
    this.#pauses.push({ atS: Number(this.#scheduler.now) / 1e9, forS });
  }

  /** ms of MONOTONIC. */
  now(): number {
    return Number(this.read().monotonic / 1000n) / 1000;
  }

  later(delayMs: number, act: () => void): () => void {
    let isCancelled = false;
    this.#scheduler.after(delayMs, () => this.whenAwake(() => isCancelled || act()));
    return () => {
      isCancelled = true;
    };
  }

  get isAwake(): boolean {
    return this.#wakes() === null;
  }

  /** null = it sleeps no more, or never did. */
  #wakes(): bigint | null {
    return this.clock.sleepsUntil(this.#scheduler.now) ?? endOf(this.#pauses, this.#scheduler.now);
  }

  /** At once, or when it goes on. */
  whenAwake(act: () => void): void {
    const wakes = this.#wakes();
    if (wakes === null) act();
    else this.#scheduler.at(wakes, () => this.whenAwake(act));
  }

  steppedWithin(from: bigint, to: bigint): boolean {
    const steps = this.#faults.steps ?? [];
    return (
      steps.some(({ atS }) => BigInt(Math.round(atS * 1e9)) >= from && BigInt(Math.round(atS * 1e9)) <= to) ||
      this.sleptWithin(from, to) ||
      this.#leaptWithin(from, to)
    );
  }

  /** UTC had a leap within, or this clock got to where it took it. */
  #leaptWithin(from: bigint, to: bigint): boolean {
    const passes = (at: (elapsed: bigint) => bigint, midnight: bigint) => at(from) < midnight + LEAP_NS && at(to) > midnight - LEAP_NS;
    const { leaps } = this.#scheduler.truth;
    return leaps.some(
      ({ utc_ns }) =>
        passes((elapsed) => this.clock.realtimeAt(elapsed), utc_ns) || passes((elapsed) => this.#scheduler.utcAt(elapsed), utc_ns),
    );
  }

  /** It slept or stood still within: whatever was measured across is another matter. */
  sleptWithin(from: bigint, to: bigint): boolean {
    const spans = [...(this.#faults.suspends ?? []), ...(this.#faults.standstills ?? [])];
    return spans.some(({ atS, forS }) => BigInt(Math.round(atS * 1e9)) < to && BigInt(Math.round((atS + forS) * 1e9)) > from);
  }
}
