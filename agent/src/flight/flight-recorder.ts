import type { KernelDiscipline } from "@truebound/time";
import type { Flight, Rehearsal, Status } from "@truebound/wire";
import type { BoundRow } from "../bound/bound-row.ts";
import type { DaemonTracking } from "../observe/chronyc.ts";
import type { LastExchange } from "../probe/source-terms.ts";
import type { Evidence } from "../probe/source-window.ts";
import { Ring } from "./ring.ts";

const MINUTE_NS = 60_000_000_000n;
const KEPT_NS = 10n * MINUTE_NS;
/** Some 300 bytes a reading and 800 an exchange: all of it stays below 8 MiB. */
const MOST_ROWS = 5000;
const MOST_SAYINGS = 1000;

export interface RecordedReading {
  readonly raw: bigint;
  readonly bracket: bigint;
  readonly realtime: bigint;
  readonly status: Status;
  readonly lo: bigint | null;
  readonly hi: bigint | null;
  readonly stealPpm: number | null;
  readonly injected: bigint | null;
}

/** An exchange that gave no evidence. */
export interface RecordedRefusal extends LastExchange {
  readonly source: string;
  readonly raw: bigint;
  readonly reason: string;
}

export type Saying = Flight["daemon"][number];
type Says = Saying["says"];

/** The latest ten minutes at full resolution, as of one moment. */
export interface Recorded {
  readonly readings: readonly RecordedReading[];
  readonly evidence: readonly Evidence[];
  readonly refusals: readonly RecordedRefusal[];
  readonly kernel: readonly Saying[];
  readonly daemon: readonly Saying[];
  readonly routes: readonly Saying[];
  readonly missing: Flight["missing"];
  /** The latest that any of it was shown under; null = all of it is as it was. */
  readonly rehearsal: Rehearsal | null;
}

/** Keeps in memory what happened lately, whether or not anybody will ever want to know. Bounded in time and in entries. */
export class FlightRecorder {
  readonly #readings = new Ring<RecordedReading>(MOST_ROWS, KEPT_NS);
  readonly #evidence = new Ring<Evidence>(MOST_ROWS, KEPT_NS);
  readonly #refusals = new Ring<RecordedRefusal>(MOST_ROWS, KEPT_NS);
  readonly #kernel = new Ring<Saying>(MOST_SAYINGS, KEPT_NS);
  readonly #daemon = new Ring<Saying>(MOST_SAYINGS, KEPT_NS);
  readonly #routes = new Ring<Saying>(MOST_SAYINGS, KEPT_NS);
  #rehearsed: { readonly rehearsal: Rehearsal; readonly at: bigint } | null = null;
  /** RAW at the newest reading. */
  #now = 0n;

  /** @param rehearsal that it is shown under; null = it is as it was. */
  reading({ reading, status, offset }: BoundRow, stealPpm: number | null, rehearsal: Rehearsal | null): void {
    const { rawBefore, rawAfter, realtime, kernel = null, injected = null } = reading;
    if (rawAfter < this.#now) this.#clear();
    this.#now = rawAfter;
    if (rehearsal !== null) this.#rehearsed = { rehearsal, at: rawAfter };
    const bound = { lo: offset?.lo ?? null, hi: offset?.hi ?? null };
    this.#readings.add(rawAfter, { raw: rawAfter, bracket: rawAfter - rawBefore, realtime, status, ...bound, stealPpm, injected });
    if (kernel !== null) this.#say(this.#kernel, kernelSays(kernel));
  }

  /** What an exchange gave. A late one is of the exchange before: it is kept by when it was learned. */
  evidence(evidence: readonly Evidence[]): void {
    for (const one of evidence) this.#evidence.add(this.#now, one);
  }

  refused(source: string, reason: string, exchange: LastExchange): void {
    this.#refusals.add(this.#now, { source, raw: this.#now, reason, ...exchange });
  }

  daemon(tracking: DaemonTracking | { readonly trouble: string }): void {
    this.#say(this.#daemon, "trouble" in tracking ? { ...tracking } : trackingSays(tracking));
  }

  route(source: string, route: { readonly interface: string; readonly nextHop: string | null } | null): void {
    const says: Says = { source, interface: route?.interface ?? null, next_hop: route?.nextHop ?? null };
    this.#routes.add(this.#now, { raw_ns: this.#now.toString(), says });
  }

  get recorded(): Recorded {
    return {
      readings: this.#readings.entries,
      evidence: this.#evidence.entries,
      refusals: this.#refusals.entries,
      kernel: this.#kernel.entries,
      daemon: this.#daemon.entries,
      routes: this.#routes.entries,
      missing: { readings: this.#readings.missing, exchanges: this.#evidence.missing + this.#refusals.missing },
      rehearsal: this.#rehearsed !== null && this.#now - this.#rehearsed.at <= KEPT_NS ? this.#rehearsed.rehearsal : null,
    };
  }

  /** RAW is another one from here on. */
  #clear(): void {
    for (const ring of [this.#readings, this.#evidence, this.#refusals, this.#kernel, this.#daemon, this.#routes]) ring.clear();
    this.#rehearsed = null;
  }

  /** What is said again without a change is kept once a minute. */
  #say(ring: Ring<Saying>, says: Says): void {
    const { last } = ring;
    const isNew = last === undefined || changed(last.says, says) || this.#now - BigInt(last.raw_ns) >= MINUTE_NS;
    if (isNew) ring.add(this.#now, { raw_ns: this.#now.toString(), says });
  }
}

/** It grows by itself all the time. */
const GROWS = "max_error_us";

const changed = (a: Says, b: Says): boolean => Object.keys(b).some((name) => name !== GROWS && a[name] !== b[name]);

const kernelSays = ({ freq, tick, offset, status, constant, maxError, tai }: KernelDiscipline): Says => ({
  freq_2_16_ppm: Number(freq),
  tick_us: Number(tick),
  offset_ns: Number(offset),
  status,
  constant: Number(constant),
  [GROWS]: Number(maxError),
  tai_s: tai,
});

const trackingSays = (tracking: DaemonTracking): Says => ({
  refid: tracking.refid,
  follows: tracking.follows === "" ? null : tracking.follows,
  stratum: tracking.stratum,
  system_offset_ns: Number(tracking.systemOffsetNs),
  rms_offset_ns: Number(tracking.rmsOffsetNs),
  frequency_ppm: tracking.frequencyPpm,
  residual_frequency_ppm: tracking.residualFrequencyPpm,
  skew_ppm: tracking.skewPpm,
  root_delay_ns: Number(tracking.rootDelayNs),
  root_dispersion_ns: Number(tracking.rootDispersionNs),
  update_interval_s: tracking.updateIntervalS,
  leap: tracking.leap,
});
