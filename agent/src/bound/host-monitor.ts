import {
  type Disruption,
  defaultFaults,
  type HostBound,
  type HostReading,
  halfWidth,
  hostBound,
  hull,
  type Interval,
  maxOf,
  offsetAt,
  type PartsPerBillion,
  type PublishedBound,
  ppb,
  type RawInstant,
  RulerWatch,
  stepBetween,
  suspendBetween,
  UNKNOWN_SLEW_PPM,
} from "@truebound/time";
import type { Assumptions, Policy, Reason, StampMode, Status } from "@truebound/wire";
import type { Sighting } from "../observe/ports.ts";
import type { Clocks } from "../probe/ports.ts";
import type { Evidence, SourceProbe } from "../probe/source-probe.ts";
import { type Finding, transitions } from "./findings.ts";

/** The bound on the host's offset at one reading of its clocks. */
export interface BoundRow {
  readonly reading: HostReading;
  readonly bound: HostBound;
  readonly status: Status;
  readonly reason: Reason | null;
  /** Guaranteed bound on the offset (UTC − REALTIME); null = none can be given. */
  readonly offset: Interval | null;
  /** Hull over every reading since the last drained row, this one included; null when one of them had none. */
  readonly since: Interval | null;
  /** Greatest RAW distance, ns, between two neighbouring readings since the last drained row; null for the very first. */
  readonly gap: bigint | null;
}

export interface Observation {
  readonly rows: readonly BoundRow[];
  readonly evidence: readonly Evidence[];
  readonly findings: readonly Finding[];
}

/** A step smaller than this is felt by the bound but is no news. */
const SMALLEST_STEP = 100_000n;

/**
 * The host under observation: its sources, its last reading, what was last proved, and what has been seen since the last
 * report. All decisions are `hostBound`'s; this keeps what they need from one evaluation to the next.
 */
export class HostMonitor {
  #probes: readonly SourceProbe[];
  #policy: Policy;
  readonly #ruler: Clocks["ruler"];
  #stampMode: StampMode;
  #last: PublishedBound | null = null;
  #previous: HostReading | null = null;
  #current: BoundRow | null = null;
  #disruptedAt: RawInstant | null = null;
  #disruptedBy: Disruption = "suspended_or_moved";
  readonly #rulerWatch = new RulerWatch();
  #since: Interval | null | undefined;
  #gap: bigint | null = null;
  #rows: BoundRow[] = [];
  #evidence: Evidence[] = [];
  #findings: Finding[] = [];

  constructor(probes: readonly SourceProbe[], policy: Policy, ruler: Clocks["ruler"], stampMode: StampMode) {
    this.#probes = probes;
    this.#policy = policy;
    this.#ruler = ruler;
    this.#stampMode = stampMode;
  }

  get probes(): readonly SourceProbe[] {
    return this.#probes;
  }

  get current(): BoundRow | null {
    return this.#current;
  }

  get slewPpm(): bigint {
    return UNKNOWN_SLEW_PPM;
  }

  /** rho on this ruler: where MONOTONIC stands in for RAW, the daemon's slew is drift too. */
  get rho(): PartsPerBillion {
    return rulerRho(this.#policy, this.#ruler);
  }

  get faults(): number {
    return this.#policy.faults ?? defaultFaults(this.#probes.length + this.#policy.peers.length);
  }

  get assumptions(): Assumptions {
    return { rho_ppb: Number(this.rho), sigma_ppb: null, faults: this.faults, slew_ppm: Number(this.slewPpm), stamp_mode: this.#stampMode };
  }

  /** New sources or assumptions: the windows were built on the old rho, so the caller hands in fresh probes where it changed. */
  reconfigure(probes: readonly SourceProbe[], policy: Policy): void {
    // What was proved under other assumptions, or by other sources, is not proved under these.
    if (this.#premises(this.#probes, this.#policy) !== this.#premises(probes, policy)) {
      this.#last = null;
      this.#rulerWatch.forget();
    }
    this.#probes = probes;
    this.#policy = policy;
  }

  /** Rows between here and the next one are lost to the record: nobody may bridge them. */
  breakContinuity(): void {
    this.#since = null;
  }

  #premises(probes: readonly SourceProbe[], { rho_ppb, faults, trusted, peers }: Policy): string {
    return JSON.stringify([rho_ppb, faults, trusted, peers, probes.map(({ source }) => source.id)]);
  }

  /** Evidence from an exchange; it counts from the next reading on. */
  learned(evidence: readonly Evidence[]): void {
    this.#evidence.push(...evidence);
    const best = evidence.find(({ sample }) => sample.mode === "kernel_interleaved") ?? evidence[0];
    if (best !== undefined) this.#stampMode = best.sample.mode;
    const newest = evidence.reduce<bigint>((latest, { sample }) => (sample.exchange.t4 > latest ? sample.exchange.t4 : latest), 0n);
    if (this.#disruptedAt !== null && newest > this.#disruptedAt) this.#disruptedAt = null;
  }

  /** The ruler became another one: all that was measured on it is void, and nothing is claimed until a new exchange. */
  disrupt(by: Disruption, reading: HostReading): void {
    for (const probe of this.#probes) probe.forget();
    this.#rulerWatch.forget();
    this.#last = null;
    this.#disruptedAt = reading.rawEnd;
    this.#disruptedBy = by;
  }

  /** Takes in what a witness of the host saw by the time of `reading`. */
  heed({ kind, detail, disrupts }: Sighting, reading: HostReading): void {
    if (disrupts !== null) this.disrupt(disrupts, reading);
    this.note({ kind, reading, source: null, detail });
  }

  note(finding: Finding): void {
    this.#findings.push(finding);
  }

  /** Looks at the clocks: first whether they jumped or slept, then what can be said of them. */
  observe(reading: HostReading): BoundRow {
    this.#notice(reading);
    this.#noticeJump(reading);
    const bound = hostBound({
      now: reading.rawAfter,
      rho: this.rho,
      faults: this.faults,
      sources: this.#probes.map((probe) => probe.facts(reading.rawAfter)),
      disrupted: this.#disruptedAt !== null,
      disruptedBy: this.#disruptedBy,
      last: this.#last,
    });
    this.#last = bound.last;
    const row = this.#row(reading, bound);
    this.#findings.push(...transitions(this.#current, row));
    this.#current = row;
    this.#previous = reading;
    return row;
  }

  /** Keeps the current row for the report; the hull starts again behind it. */
  record(): void {
    if (this.#current === null || this.#rows.at(-1)?.reading === this.#current.reading) return;
    this.#rows.push(this.#current);
    this.#since = undefined;
    this.#gap = null;
  }

  /** Hands over what has been seen since the last call. */
  drain(): Observation {
    const seen = { rows: this.#rows, evidence: this.#evidence, findings: this.#findings };
    this.#rows = [];
    this.#evidence = [];
    this.#findings = [];
    return seen;
  }

  /** How much waits for the next report. */
  get pending(): number {
    return this.#rows.length + this.#evidence.length;
  }

  get hasFindings(): boolean {
    return this.#findings.length > 0;
  }

  #notice(reading: HostReading): void {
    if (this.#previous === null) return;
    const slept = suspendBetween(this.#previous, reading);
    if (slept > 0n) {
      this.disrupt("suspended_or_moved", reading);
      this.note({ kind: "suspended", reading, source: null, detail: { for_ns: slept.toString() } });
    }
    const step = stepBetween(this.#previous, reading);
    if (step > SMALLEST_STEP || step < -SMALLEST_STEP)
      this.note({ kind: "clock_stepped", reading, source: null, detail: { by_ns: step.toString() } });
  }

  /** What no clock of this host shows: that all of them jumped together. The sources tell. */
  #noticeJump(reading: HostReading): void {
    if (this.#last === null) return;
    const now = reading.rawAfter;
    const sayings = this.#probes.map((probe) => probe.saying(now)).filter((saying) => saying !== null);
    const facts = { now, rho: this.rho, faults: this.faults, last: this.#last, sayings };
    this.#rulerWatch.agree(facts);
    const jump = this.#rulerWatch.jump(facts);
    if (jump === null) return;
    this.disrupt("ruler_jumped", reading);
    const detail = { by_ns: jump.by.toString(), votes: jump.votes, need: jump.need };
    this.note({ kind: "ruler_jumped", reading, source: null, detail });
  }

  #row(reading: HostReading, bound: HostBound): BoundRow {
    const offset = bound.guaranteed === null ? null : offsetAt(reading, bound.guaranteed, this.rho);
    const since = this.#since === undefined ? offset : this.#since && offset && hull(this.#since, offset);
    this.#since = since;
    this.#gap = this.#previous === null ? null : maxOf(this.#gap ?? 0n, reading.rawAfter - this.#previous.rawAfter);
    return { reading, bound, status: bound.status, reason: bound.reason, offset, since, gap: this.#gap };
  }
}

export const rulerRho = (policy: Policy, ruler: Clocks["ruler"]): PartsPerBillion =>
  ppb(BigInt(policy.rho_ppb) + (ruler === "raw" ? 0n : UNKNOWN_SLEW_PPM * 1000n));

/** Epsilon of a row, ns; null = unknown. */
export const epsilon = (row: BoundRow): bigint | null => (row.offset === null ? null : halfWidth(row.offset));
