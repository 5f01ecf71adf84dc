import {
  BILLION,
  carryInterval,
  changeOfAxis,
  type Disruption,
  type Drift,
  defaultFaults,
  fastest,
  greaterSlew,
  grow,
  type HostBound,
  type HostReading,
  halfWidth,
  hostBound,
  hull,
  hullBetween,
  type Interval,
  intersect,
  LEAP_MARGIN,
  type LeapCalendar,
  maxOf,
  NO_CALENDAR,
  offsetAt,
  type PartsPerBillion,
  type PublishedBound,
  ppb,
  type RawInstant,
  RulerWatch,
  rulerWentBack,
  type SlopeRange,
  type Steering,
  sameLeaps,
  slewAllowance,
  stepBetween,
  stepped,
  suspendBetween,
  together,
  UNKNOWN_SLEW,
  unlistedLeapBefore,
  utc,
  utcMinusRaw,
  utcOf,
  wasSet,
} from "@truebound/time";
import type { Assumptions, Policy, Reason, StampMode, Status } from "@truebound/wire";
import { type LeapView, leapNews, leapOfStep, lookForLeaps } from "../leap/leap-watch.ts";
import type { Sighting } from "../observe/ports.ts";
import type { Clocks } from "../probe/ports.ts";
import type { Evidence, SourceProbe } from "../probe/source-probe.ts";
import { assumed, type DriftRules, type DriftState, nextDrift } from "./drift-watch.ts";
import { type Finding, transitions } from "./findings.ts";
import { RateWatch } from "./rate-watch.ts";
import { type Span, SpanBuilder } from "./span-builder.ts";

/** The bound on the host's offset at one reading of its clocks. */
export interface BoundRow {
  readonly reading: HostReading;
  readonly bound: HostBound;
  readonly status: Status;
  readonly reason: Reason | null;
  /** Guaranteed bound on the offset (UTC − REALTIME); null = none can be given. */
  readonly offset: Interval | null;
  /** Tight bound on the offset, within the guaranteed one; null = none can be given. */
  readonly tight: Interval | null;
  /** Hull over every reading since the last drained row, this one included; null when one of them had none. */
  readonly since: Interval | null;
  /**
   * Hull over every *instant* since the last drained row: `since`, and how far the clock can have strayed between two
   * readings. Null when that is not known: the clock was set in between, or one of the readings had no bound.
   */
  readonly throughout: Interval | null;
  /** Greatest RAW distance, ns, between two neighbouring readings since the last drained row; null for the very first. */
  readonly gap: bigint | null;
  /** S since the reading before, ppb. */
  readonly slew: PartsPerBillion;
  /** What the daemon lately added to REALTIME's rate, ppb; null = not known yet, or not since a step. */
  readonly daemonSlew: Interval | null;
}

/** What was seen under one set of assumptions, in the order in which it was seen. */
export interface Observation {
  readonly assumptions: Assumptions;
  readonly rows: readonly BoundRow[];
  readonly evidence: readonly Evidence[];
  readonly findings: readonly Finding[];
  readonly spans: readonly Span[];
}

/** What the monitor cannot see for itself. */
export interface Surroundings {
  readonly ruler: Clocks["ruler"];
  readonly steering: () => Steering;
  /** False on a virtual machine without a migration marker: its ruler may change its rate unseen. */
  readonly mayCalibrate: boolean;
}

/** A step smaller than this is felt by the bound but is no news. */
const SMALLEST_STEP = 100_000n;

/**
 * The host under observation: its sources, its last reading, what was last proved, and what has been seen since the last
 * report. All decisions are pure functions'; this keeps what they need from one evaluation to the next.
 */
export class HostMonitor {
  #probes: readonly SourceProbe[];
  #policy: Policy;
  readonly #surroundings: Surroundings;
  #stampMode: StampMode;
  #drift: DriftState;
  #last: PublishedBound | null = null;
  #previous: HostReading | null = null;
  #current: BoundRow | null = null;
  #disruptedAt: RawInstant | null = null;
  #slewBroken = false;
  #moved = false;
  #disruptedBy: Disruption = "suspended_or_moved";
  readonly #rulerWatch = new RulerWatch();
  #since: Interval | null | undefined;
  #throughout: Interval | null | undefined;
  #gap: bigint | null = null;
  readonly #rate = new RateWatch();
  #bends = new Map<string, RawInstant | null>();
  readonly #spanning = new SpanBuilder((reading, bound) => this.#utcMinusRaw(reading, bound));
  #calendar: LeapCalendar = NO_CALENDAR;
  #leaps: LeapView = [];
  #rows: BoundRow[] = [];
  #evidence: Evidence[] = [];
  #findings: Finding[] = [];
  #spans: Span[] = [];
  /** The greatest S of the rows that wait. */
  #slewSeen: PartsPerBillion = ppb(0n);
  /** Seen under assumptions that are no longer in force. */
  #sealed: Observation[] = [];

  constructor(probes: readonly SourceProbe[], policy: Policy, surroundings: Surroundings, stampMode: StampMode) {
    this.#probes = probes;
    this.#policy = policy;
    this.#surroundings = surroundings;
    this.#stampMode = stampMode;
    this.#drift = assumed(this.#rules());
  }

  get probes(): readonly SourceProbe[] {
    return this.#probes;
  }

  get current(): BoundRow | null {
    return this.#current;
  }

  get drift(): Drift {
    return this.#drift.drift;
  }

  get sigma(): PartsPerBillion {
    return ppb(BigInt(this.#policy.sigma_ppb));
  }

  get faults(): number {
    return this.#policy.faults ?? defaultFaults(this.#probes.length + this.#policy.peers.length);
  }

  get assumptions(): Assumptions {
    return {
      rho_ppb: Number(this.drift.rho),
      oscillator_ppb: this.#drift.basis === "calibrated" ? -Number(this.drift.centre) : null,
      drift_basis: this.#drift.basis,
      sigma_ppb: this.#policy.sigma_ppb,
      faults: this.faults,
      slew_ppm: Number((greaterSlew(this.#slewSeen, this.#slew(this.#current?.reading ?? null)) + 999n) / 1000n),
      slew_basis: this.#slewBroken ? "unknown" : this.#surroundings.steering().kind,
      stamp_mode: this.#stampMode,
    };
  }

  /** New sources or assumptions. Probes that stay keep their evidence; their windows are laid out under what is assumed now. */
  reconfigure(probes: readonly SourceProbe[], policy: Policy): void {
    // What was proved under other assumptions, or by other sources, is not proved under these.
    const changed = this.#premises(this.#probes, this.#policy) !== this.#premises(probes, policy);
    this.#probes = probes;
    this.#policy = policy;
    if (changed) {
      this.#last = null;
      this.#rulerWatch.forget();
      this.#spanning.disrupt();
    }
    this.#assume(changed ? assumed(this.#rules()) : this.#drift);
  }

  /** Another leap list: what was proved lies on the axis of the old one, and moves with it. The caller tells the probes. */
  learnLeaps(calendar: LeapCalendar): void {
    const before = this.#calendar.leaps;
    this.#calendar = calendar;
    if (sameLeaps(before, calendar.leaps)) return;
    this.#spanning.disrupt();
    if (this.#last === null) return;
    const by = changeOfAxis(utc(this.#last.at + this.#last.interval.lo), before, calendar.leaps);
    this.#last = by === null ? null : moveBy(this.#last, by);
  }

  /** A bound on the host's offset, from one on leap-free − RAW at the same reading. */
  offsetOf(reading: HostReading, bound: Interval, since: RawInstant = reading.rawBefore): Interval {
    return offsetAt(reading, this.#utcMinusRaw(reading, bound, since), fastest(this.drift));
  }

  #utcMinusRaw(reading: HostReading, bound: Interval, since: RawInstant = reading.rawBefore): Interval {
    return utcMinusRaw(bound, since, reading.rawAfter, this.#calendar.leaps);
  }

  /** Rows between here and the next one are lost to the record: nobody may bridge them. */
  breakContinuity(): void {
    this.#since = null;
    this.#throughout = null;
  }

  #premises(probes: readonly SourceProbe[], { rho_ppb, calibrated_residual_ppb, faults, trusted, peers }: Policy): string {
    return JSON.stringify([rho_ppb, calibrated_residual_ppb, faults, trusted, peers, probes.map(({ source }) => source.id)]);
  }

  #rules(): DriftRules {
    return rulesOf(this.#policy, this.#surroundings);
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
    // An oscillator that broke rho is not trusted again because its counter was disturbed.
    this.#assume(this.#drift.basis === "broken" ? { ...this.#drift, goodSince: null } : assumed(this.#rules()));
    this.#spanning.disrupt();
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
    const continuous = this.#notice(reading);
    this.#noticeJump(reading);
    const { bound, crossed } = this.#prove(reading);
    const row = this.#row(reading, bound, continuous);
    this.#findings.push(...transitions(this.#current, row));
    this.#watchLeaps(row);
    // Past a possible leap nothing may look back over it: what is known by then may lie a second away.
    if (crossed) this.#spanning.disrupt();
    else this.#spanning.look(row, row.slew, continuous);
    this.#current = row;
    this.#previous = reading;
    return row;
  }

  /** What the sources prove at a reading. Where it shows that an assumption fell, it is proved anew under the one that stands now. */
  #prove(reading: HostReading): { readonly bound: HostBound; readonly crossed: boolean } {
    const first = this.#evaluate(reading);
    if (!this.#watchDrift(first.bound, reading)) return first;
    const again = this.#evaluate(reading);
    return { bound: again.bound, crossed: first.crossed || again.crossed };
  }

  #evaluate(reading: HostReading): { readonly bound: HostBound; readonly crossed: boolean } {
    const last = this.#lastAt(reading.rawAfter);
    const bound = hostBound({
      now: reading.rawAfter,
      drift: this.drift,
      sigma: this.sigma,
      faults: this.faults,
      sources: this.#probes.map((probe) => probe.facts(reading.rawAfter)),
      disrupted: this.#disruptedAt !== null,
      disruptedBy: this.#disruptedBy,
      last,
      leapUnknown: last !== this.#last,
    });
    const crossed = last !== this.#last || this.#hasCrossedLeap(bound, reading);
    // A doubt is of the moment: what is kept is what was proved.
    if (bound.last !== last) this.#last = bound.last;
    return { bound, crossed };
  }

  /** Keeps the current row for the report; the hull starts again behind it. */
  record(): void {
    const row = this.#current;
    if (row === null || this.#rows.at(-1)?.reading === row.reading) return;
    this.#rows.push(row);
    this.#slewSeen = greaterSlew(this.#slewSeen, row.slew);
    this.#spans.push(...this.#spanning.settle(row, this.drift));
    this.#since = undefined;
    this.#throughout = undefined;
    this.#gap = null;
  }

  /** Hands over what has been seen since the last call: mostly one observation, and one more for each change of the assumptions. */
  drain(): Observation[] {
    const seen = [...this.#sealed, this.#take()];
    this.#sealed = [];
    return seen;
  }

  /** What was seen so far rests on the assumptions of now, and names them whatever is assumed later. */
  #seal(): void {
    if (this.#rows.length + this.#evidence.length + this.#spans.length > 0) this.#sealed.push(this.#take());
  }

  #take(): Observation {
    const { assumptions } = this;
    const seen = { assumptions, rows: this.#rows, evidence: this.#evidence, findings: this.#findings, spans: this.#spans };
    this.#rows = [];
    this.#evidence = [];
    this.#findings = [];
    this.#spans = [];
    this.#slewSeen = ppb(0n);
    return seen;
  }

  /** How much waits for the next report. */
  get pending(): number {
    const sealed = this.#sealed.reduce((sum, { rows, evidence }) => sum + rows.length + evidence.length, 0);
    return sealed + this.#rows.length + this.#evidence.length;
  }

  get hasFindings(): boolean {
    return this.#findings.length > 0 || this.#sealed.length > 0;
  }

  /** What happened since the reading before; true when nothing did that would keep the stretch between from being bounded. */
  #notice(reading: HostReading): boolean {
    const before = this.#previous;
    if (before === null) return false;
    const back = rulerWentBack(before, reading);
    if (back > 0n) {
      this.disrupt("ruler_jumped", reading);
      this.note({ kind: "ruler_jumped", reading, source: null, detail: { by_ns: back.toString(), ruler_went_back: true } });
      return false;
    }
    const slept = suspendBetween(before, reading);
    if (slept > 0n) {
      this.disrupt("suspended_or_moved", reading);
      this.note({ kind: "suspended", reading, source: null, detail: { for_ns: slept.toString() } });
    }
    // A resume gives notice too, and REALTIME has gone on while MONOTONIC stood still: neither is a step of its own.
    const step = slept > 0n ? 0n : stepBetween(before, reading);
    const set = slept === 0n && wasSet(before, reading);
    if (set || step > SMALLEST_STEP || step < -SMALLEST_STEP) this.#stepped(before, reading, step, set);
    const fast = step === 0n && !set && slept === 0n && stepped(before, reading, this.#slewBetween(before, reading));
    if (fast) this.#brokenSlew(reading);
    return slept === 0n && step === 0n && !set && !fast;
  }

  /** What no clock of this host shows: that all of them jumped together. The sources tell. */
  #noticeJump(reading: HostReading): void {
    const now = reading.rawAfter;
    const last = this.#lastAt(now);
    if (last === null) return;
    const sayings = this.#probes.map((probe) => probe.saying(now)).filter((saying) => saying !== null);
    const facts = { now, rho: fastest(this.drift), faults: this.faults, last, sayings };
    this.#rulerWatch.agree(facts);
    const jump = this.#rulerWatch.jump(facts);
    if (jump === null) return;
    this.disrupt("ruler_jumped", reading);
    const detail = { by_ns: jump.by.toString(), votes: jump.votes, need: jump.need };
    this.note({ kind: "ruler_jumped", reading, source: null, detail });
  }

  /** The reading before a step is kept, so that what cannot be bounded is no longer than the stretch in which it happened. */
  #stepped(before: HostReading, reading: HostReading, step: bigint, set: boolean): void {
    this.record();
    const leap = leapOfStep(step, before.realtime, reading.realtime, this.#calendar.leaps);
    const kind = leap === null ? "clock_stepped" : "leap_applied";
    this.note({ kind, reading, source: null, detail: { by_ns: step.toString(), kernel_notice: set } });
  }

  /** The last proof, with a second more on both sides once a leap of which no list tells may have come since. */
  #lastAt(now: RawInstant): PublishedBound | null {
    if (this.#last === null) return null;
    const { interval, at } = this.#last;
    const then = utcOf({ lo: at + interval.lo, hi: at + interval.hi }, this.#calendar.leaps);
    const held = carryInterval(interval, this.drift, now - at);
    const present = utcOf({ lo: now + held.lo, hi: now + held.hi }, this.#calendar.leaps);
    const crossed = unlistedLeapBefore(utc(present.hi + LEAP_MARGIN), this.#calendar) !== unlistedLeapBefore(utc(then.lo), this.#calendar);
    return crossed ? { ...this.#last, interval: grow(interval, BILLION), tight: null } : this.#last;
  }

  #hasCrossedLeap({ agree }: HostBound, { rawAfter }: HostReading): boolean {
    return this.#probes.some((probe) => agree.includes(probe.source.id) && probe.hasCrossedLeap(rawAfter));
  }

  #watchLeaps({ reading, bound }: BoundRow): void {
    const { guaranteed } = bound;
    // Without an estimate nothing has changed.
    if (guaranteed === null) return;
    const now = utcOf({ lo: reading.rawBefore + guaranteed.lo, hi: reading.rawAfter + guaranteed.hi }, this.#calendar.leaps);
    const sources = this.#probes.map((probe) => ({
      id: probe.source.id,
      leap: probe.latest.packet?.leap ?? null,
      timescale: probe.timescale,
      agrees: bound.agree.includes(probe.source.id),
    }));
    const view = lookForLeaps({ utc: now, sources, calendar: this.#calendar });
    for (const news of leapNews(this.#leaps, view)) this.note({ ...news, reading, source: null });
    this.#leaps = view;
  }

  /** The clock was moved faster than S allows: whoever steers it is not who we think. */
  #brokenSlew(reading: HostReading): void {
    if (this.#slewBroken) return;
    const detail = { assumed_ppm: Number(this.#slew(reading) / 1000n), basis: this.#surroundings.steering().kind };
    this.#seal();
    this.note({ kind: "slew_assumption_broken", reading, source: null, detail });
    this.#slewBroken = true;
  }

  #slew(reading: HostReading | null): PartsPerBillion {
    return this.#slewBroken || reading === null ? UNKNOWN_SLEW : slewAllowance(this.#surroundings.steering(), reading.kernel ?? null);
  }

  #slewBetween(before: HostReading, after: HostReading): PartsPerBillion {
    return greaterSlew(this.#slew(before), this.#slew(after));
  }

  /** Holds the drift assumption against what is measured; true where it fell or changed, and the windows were laid out anew. */
  #watchDrift(bound: HostBound, reading: HostReading): boolean {
    for (const probe of this.#probes) this.#noteBend(probe, reading);
    const before = this.#drift;
    const next = this.#bentTogether(bound, reading)
      ? assumed(this.#rules())
      : nextDrift(before, this.#rules(), bound.slope, reading.rawAfter);
    if (sameAssumption(before, next)) {
      this.#drift = next;
      return false;
    }
    this.#assume(next);
    if (next.basis === "broken") this.#refute();
    this.note({ ...driftFinding(before, next, bound.slope), reading, source: null });
    return true;
  }

  /** What was proved under an assumption that fell is not built upon: not by later bounds, nor by rows and spans that look back. */
  #refute(): void {
    this.#last = null;
    this.#spanning.disrupt();
    this.breakContinuity();
  }

  #assume(state: DriftState): void {
    if (!sameAssumption(this.#drift, state)) this.#seal();
    this.#drift = state;
    for (const probe of this.#probes) probe.assume(state.drift);
  }

  /**
   * Independent sources stopped fitting one line at the same time: it is our own frequency that moved by more than sigma.
   * rho still holds as far as is measured, so what is guaranteed stands; what was calibrated does not.
   */
  #bentTogether(bound: HostBound, reading: HostReading): boolean {
    const recent = this.#probes.filter(
      ({ bentAt, pollSeconds }) => bentAt !== null && reading.rawAfter - bentAt < BigInt(Math.round(3e9 * pollSeconds)),
    );
    const together = recent.length >= Math.max(2, bound.need);
    const news = together && !this.#moved;
    this.#moved = together;
    if (news)
      this.note({
        kind: "drift_assumption_broken",
        reading,
        source: null,
        detail: { why: "sigma", sigma_ppb: this.#policy.sigma_ppb, sources: recent.length },
      });
    return news && this.#drift.basis === "calibrated";
  }

  #noteBend(probe: SourceProbe, reading: HostReading): void {
    const known = this.#bends.get(probe.source.id) ?? null;
    this.#bends.set(probe.source.id, probe.bentAt);
    if (probe.bentAt === known || probe.bentAt === null) return;
    this.note({ kind: "frequency_or_step_change", reading, source: probe.source.id, detail: {} });
  }

  #row(reading: HostReading, bound: HostBound, continuous: boolean): BoundRow {
    const offset = bound.guaranteed && this.offsetOf(reading, bound.guaranteed);
    const tight = offset && bound.tight && intersect(offset, this.offsetOf(reading, bound.tight));
    // Through a leap UTC and REALTIME need not step together: the whole way since the reading before is allowed for.
    const through = bound.guaranteed && this.offsetOf(reading, bound.guaranteed, this.#previous?.rawBefore);
    const before = this.#current;
    const slew = before === null ? this.#slew(reading) : this.#slewBetween(before.reading, reading);
    const between = before?.offset && through && continuous ? this.#between(before, reading, through, slew) : null;
    const whole = before === null ? offset : between;
    this.#since = this.#since === undefined ? through : this.#since && through && hull(this.#since, through);
    this.#throughout = this.#throughout === undefined ? whole : this.#throughout && whole && hull(this.#throughout, whole);
    this.#gap = this.#previous === null ? null : maxOf(this.#gap ?? 0n, reading.rawAfter - this.#previous.rawAfter);
    const { status, reason } = bound;
    const daemonSlew = this.#rate.look(reading, continuous);
    return {
      reading,
      bound,
      status,
      reason,
      offset,
      tight,
      since: this.#since,
      throughout: this.#throughout,
      gap: this.#gap,
      slew,
      daemonSlew,
    };
  }

  #between(before: BoundRow, reading: HostReading, offset: Interval, slew: PartsPerBillion): Interval {
    const elapsed = reading.rawAfter - before.reading.rawBefore;
    return hullBetween(before.offset as Interval, offset, elapsed, together(fastest(this.drift), slew));
  }
}

const sameAssumption = (a: DriftState, b: DriftState): boolean =>
  a.basis === b.basis && a.drift.rho === b.drift.rho && a.drift.centre === b.drift.centre;

const shifted = ({ lo, hi }: Interval, by: bigint): Interval => ({ lo: lo + by, hi: hi + by });

const moveBy = (last: PublishedBound, by: bigint): PublishedBound => ({
  ...last,
  interval: shifted(last.interval, by),
  tight: last.tight && { ...last.tight, interval: shifted(last.tight.interval, by) },
});

/** What is told of a change of the drift assumption. */
function driftFinding(before: DriftState, next: DriftState, measured: SlopeRange | null): Pick<Finding, "kind" | "detail"> {
  const detail = {
    before: before.basis,
    basis: next.basis,
    rho_ppb: Number(next.drift.rho),
    oscillator_ppb: -Number(next.drift.centre),
    measured_min_ppb: measured === null ? null : Math.floor(-measured.max),
    measured_max_ppb: measured === null ? null : Math.ceil(-measured.min),
  };
  return next.basis === "broken"
    ? { kind: "drift_assumption_broken", detail: { why: "rho", ...detail } }
    : { kind: "drift_assumption_changed", detail };
}

/** rho on this ruler: where MONOTONIC stands in for RAW, the daemon's slew is drift too. */
export const rulerRho = (policy: Pick<Policy, "rho_ppb">, ruler: Clocks["ruler"]): PartsPerBillion =>
  ppb(BigInt(policy.rho_ppb) + (ruler === "raw" ? 0n : UNKNOWN_SLEW));

const rulesOf = (policy: Policy, { ruler, mayCalibrate }: Surroundings): DriftRules => ({
  rho: rulerRho(policy, ruler),
  residual: policy.calibrated_residual_ppb === null ? null : BigInt(policy.calibrated_residual_ppb),
  mayCalibrate: mayCalibrate && ruler === "raw",
});

/** Epsilon of a row, ns; null = unknown. */
export const epsilon = (row: BoundRow): bigint | null => (row.offset === null ? null : halfWidth(row.offset));
