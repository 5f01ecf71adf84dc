import { readFileSync } from "node:fs";
import { type Glance, type HostReading, raw, tightest, type UtcInstant, utc } from "@truebound/time";
import type { Clocks } from "../probe/ports.ts";
import { type DisciplineTestimony, KernelDisciplineReader } from "./kernel-discipline.ts";
import type { Libc } from "./libc.ts";
import { StepWatch } from "./step-watch.ts";

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;
const CLOCK_MONOTONIC_RAW = 4;
const CLOCK_BOOTTIME = 7;
const ATTEMPTS = 8;
/** Of a glance: one that was interrupted is then most likely not both. */
const GLANCES = 2;

/** The clocks of a Linux host, ns resolution, about 0.1 µs a read. */
export class KernelClocks implements Clocks {
  readonly ruler = "raw";
  readonly #get: Libc["clockGettime"];
  readonly #timespec = new BigInt64Array(2);
  readonly #bytes = new Uint8Array(this.#timespec.buffer);
  readonly #discipline: KernelDisciplineReader;
  /** Null where the kernel gives no notice of steps. */
  readonly steps: StepWatch | null;

  constructor(libc: Libc, steps: StepWatch | null = StepWatch.open(libc)) {
    this.#get = libc.clockGettime;
    this.#discipline = new KernelDisciplineReader(libc);
    this.steps = steps;
  }

  /**
   * REALTIME within two reads of RAW, then MONOTONIC and BOOTTIME; the tightest of eight, all taken within some µs. The
   * notice of steps is asked for last: one that came in between is then counted here or, at the latest, in the next reading.
   */
  read(): HostReading {
    const readings: HostReading[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) readings.push(this.#readOnce());
    const reading = { ...tightest(readings), ...kernelIn(this.#discipline.ask()) };
    return this.steps === null ? reading : { ...reading, sets: this.steps.count() };
  }

  /** What it takes to carry one stamp, for an eighth of the cost. */
  glance(): Glance {
    const glances: Glance[] = [];
    for (let attempt = 0; attempt < GLANCES; attempt++) glances.push(this.#glanceOnce());
    const glance = tightest(glances);
    return this.steps === null ? glance : { ...glance, sets: this.steps.count() };
  }

  close(): void {
    this.steps?.close();
  }

  readRaw(): bigint {
    return this.#now(CLOCK_MONOTONIC_RAW);
  }

  readRealtime(): UtcInstant {
    return utc(this.#now(CLOCK_REALTIME));
  }

  #readOnce(): HostReading {
    const rawBefore = raw(this.#now(CLOCK_MONOTONIC_RAW));
    const realtime = utc(this.#now(CLOCK_REALTIME));
    const rawAfter = raw(this.#now(CLOCK_MONOTONIC_RAW));
    const monotonic = this.#now(CLOCK_MONOTONIC);
    const boottime = this.#now(CLOCK_BOOTTIME);
    const rawEnd = raw(this.#now(CLOCK_MONOTONIC_RAW));
    return { rawBefore, realtime, rawAfter, monotonic, boottime, rawEnd, boottimeResolution: 1_000_000n };
  }

  #glanceOnce(): Glance {
    const rawBefore = raw(this.#now(CLOCK_MONOTONIC_RAW));
    const realtime = utc(this.#now(CLOCK_REALTIME));
    const rawAfter = raw(this.#now(CLOCK_MONOTONIC_RAW));
    const monotonic = this.#now(CLOCK_MONOTONIC);
    return { rawBefore, realtime, rawAfter, monotonic, rawEnd: raw(this.#now(CLOCK_MONOTONIC_RAW)) };
  }

  #now(clock: number): bigint {
    if (this.#get(clock, this.#bytes) !== 0) throw new Error(`Cannot read clock ${clock} of this host`);
    return (this.#timespec[0] as bigint) * 1_000_000_000n + (this.#timespec[1] as bigint);
  }
}

/** What a reading carries of the kernel's word on its discipline. */
export const kernelIn = (testimony: DisciplineTestimony): Pick<HostReading, "kernel" | "kernelRefusal"> =>
  testimony.kind === "said"
    ? { kernel: testimony.said }
    : { kernel: null, kernelRefusal: testimony.kind === "denied" ? testimony.kind : testimony.why };

/**
 * Without native code: MONOTONIC (hrtime) stands in for RAW, and REALTIME is what `wall` makes of it. The daemon's slew is
 * then in the ruler, so the caller must add the slew allowance to rho: wide between probes, and honest.
 */
abstract class RulerlessClocks implements Clocks {
  readonly ruler = "monotonic";

  /** REALTIME at an hrtime reading, and how far off on either side, both in ns. */
  protected abstract wall(): { monotonic: bigint; realtime: bigint; error: bigint };

  read(): HostReading {
    const { monotonic, realtime, error } = this.wall();
    const boottime = uptime() ?? monotonic + error;
    // Read last of all: whoever stops this process on the way is then within the reading, and is no suspend.
    const rawEnd = raw(process.hrtime.bigint());
    return {
      rawBefore: raw(monotonic - error),
      realtime: utc(realtime),
      rawAfter: raw(monotonic + error),
      // As if read behind the bracket: REALTIME − MONOTONIC is then unsure on both sides, as it is.
      monotonic: monotonic + error,
      boottime,
      rawEnd: rawEnd > monotonic + error ? rawEnd : raw(monotonic + error),
      boottimeResolution: 30_000_000n,
    };
  }
}

/** BOOTTIME to 10 ms from /proc/uptime; null where there is none. */
function uptime(): bigint | null {
  try {
    const [whole = "", fraction = "0"] = (readFileSync("/proc/uptime", "latin1").split(" ")[0] ?? "").split(".");
    return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
  } catch {
    return null; // no /proc here: suspends cannot be seen, and the ruler says so by its name
  }
}

const SPIN_LIMIT_NS = 8_000_000n;
const MILLISECOND = 1_000_000n;

/**
 * Rung 5: hrtime and Date.now() tied together at an edge of Date.now()'s milliseconds, anew at each reading: a tie from
 * before would not know of a step since. Spins for a millisecond on average.
 */
export class CalibratedClocks extends RulerlessClocks {
  protected wall() {
    const { difference, error } = findEdge();
    const monotonic = process.hrtime.bigint();
    return { monotonic, realtime: monotonic + difference, error: error + 300n };
  }
}

/** REALTIME − hrtime at an edge: hrtime before and after the Date.now() that first shows a new millisecond. */
function findEdge(): { difference: bigint; error: bigint } {
  const start = process.hrtime.bigint();
  let before = start;
  let shown = Date.now();
  for (;;) {
    const earlier = process.hrtime.bigint();
    const now = Date.now();
    const after = process.hrtime.bigint();
    // The edge fell after the previous read of Date.now() began and before this one returned.
    const half = (after - before + 1n) / 2n;
    const difference = BigInt(now) * MILLISECOND - (before + half);
    if (now === shown + 1) return { difference, error: half };
    // Stepped while we looked, or no edge at all: all that is known is the millisecond shown now.
    if (now !== shown || after - start > SPIN_LIMIT_NS) return { difference: difference + MILLISECOND / 2n, error: half + MILLISECOND };
    before = earlier;
    shown = now;
  }
}

/** Rung 6: the process's own start plus what has passed since, checked against Date.now(): that it may err by a millisecond. */
export class ProcessClocks extends RulerlessClocks {
  protected wall() {
    const before = process.hrtime.bigint();
    const shown = BigInt(Date.now()) * MILLISECOND;
    const sinceOrigin = BigInt(Math.round(performance.now() * 1e6));
    const after = process.hrtime.bigint();
    const claimed = BigInt(Math.round(performance.timeOrigin * 1e3)) * 1000n + sinceOrigin;
    // timeOrigin knows of no step since the start; Date.now() does, to a millisecond.
    const away = claimed - (shown + MILLISECOND / 2n);
    const agrees = away < MILLISECOND && away > -MILLISECOND;
    return {
      monotonic: (before + after) / 2n,
      realtime: agrees ? claimed : shown + MILLISECOND / 2n,
      error: MILLISECOND + MILLISECOND / 2n + (after - before),
    };
  }
}
