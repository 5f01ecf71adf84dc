import {
  BILLION,
  type Disruption,
  type Drift,
  defaultFaults,
  FRESH_POLLS,
  fastest,
  type HostBound,
  type HostReading,
  hasBentLately,
  hostBound,
  hullBetween,
  type Interval,
  intersect,
  type LeapCalendar,
  maxOf,
  NO_CALENDAR,
  offsetAt,
  type PartsPerBillion,
  type PublishedBound,
  ppb,
  type RawInstant,
  type Refutation,
  RulerWatch,
  refute,
  rulerWentBack,
  type SourceFacts,
  type Steering,
  sameLeaps,
  sayingsOf,
  stepBetween,
  stepped,
  suspendBetween,
  together,
  utcMinusRaw,
  utcOf,
  wasSet,
  widen,
} from "@truebound/time";
import type { Assumptions, Policy, StampMode } from "@truebound/wire";
import { type LeapView, leapNews, leapOfStep, lookForLeaps } from "../leap/leap-watch.ts";
import type { Sighting } from "../observe/ports.ts";
import type { Clocks } from "../probe/ports.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import type { Evidence } from "../probe/source-window.ts";
import { BendWatch } from "./bend-watch.ts";
import type { BoundRow } from "./bound-row.ts";
import { rulesOf } from "./drift-rules.ts";
import { assumed, type DriftRules, type DriftState, driftFinding, nextDrift, refuted, renewed, sameAssumption } from "./drift-watch.ts";
import { type Finding, transitions } from "./findings.ts";
import { LastProof } from "./last-proof.ts";
import { type Observation, Observations } from "./observations.ts";
import { type Present, presentSource } from "./present.ts";
import { RateWatch } from "./rate-watch.ts";
import { SlewWatch } from "./slew-watch.ts";
import { SpanBuilder } from "./span-builder.ts";
import { Stretch } from "./stretch.ts";
import { WidthWatch } from "./terms.ts";

/** What the monitor cannot see for itself. */
export interface Surroundings {
  readonly ruler: Clocks["ruler"];
  readonly steering: () => Steering;
  /** The clock was moved faster than that allows: nobody carries a stamp by it any more. */
  readonly distrustSteering: () => void;
  /** False on a virtual machine without a migration marker: its ruler may change its rate unseen. */
  readonly mayCalibrate: boolean;
}

/** A step smaller than this is felt by the bound but is no news. */
const SMALLEST_STEP = 100_000n;

/** Rows between two reports are for reports that are far apart: every row speaks for all that came since the one before. */
const ROW_EVERY = 60n * BILLION;

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
  #previous: HostReading | null = null;
  #current: BoundRow | null = null;
  #present: Present | null = null;
  /** When the ruler last seemed to jump; `null` = never. */
  #jumpedAt: RawInstant | null = null;
  /** Replies of all sources, as of the last look. */
  #heard = 0;
  #disrupted: { readonly at: RawInstant; readonly by: Disruption } | null = null;
  #calendar: LeapCalendar = NO_CALENDAR;
  #leaps: LeapView = [];
  readonly #last = new LastProof();
  readonly #slew: SlewWatch;
  readonly #ruler = new RulerWatch();
  readonly #rate = new RateWatch();
  readonly #bends = new BendWatch();
  readonly #stretch = new Stretch();
  readonly #spanning = new SpanBuilder((reading, bound) => this.#utcMinusRaw(reading, bound));
  readonly #width = new WidthWatch();
  readonly #seen: Observations;

  constructor(probes: readonly SourceProbe[], policy: Policy, surroundings: Surroundings, stampMode: StampMode) {
    this.#probes = probes;
    this.#policy = policy;
    this.#surroundings = surroundings;
    this.#stampMode = stampMode;
    this.#drift = assumed(this.#rules());
    this.#slew = new SlewWatch(surroundings.steering);
    this.#seen = new Observations(
      () => this.present,
      () => this.#slew.reported(),
    );
  }

  get probes(): readonly SourceProbe[] {
    return this.#probes;
  }

  get current(): BoundRow | null {
    return this.#current;
  }

  /** How the host stood at its latest reading: what came after that is no part of it. */
  get present(): Present {
    if (this.#present === null) throw new Error("Cannot report before the first reading of the clock");
    return this.#present;
  }

  #presentAt(row: BoundRow): Present {
    const sources = this.#probes.map((probe) => {
      const own = probe.boundAt(row.reading.rawAfter);
      return presentSource(probe, row, own.kind === "bound" ? this.offsetOf(row.reading, own.interval) : null);
    });
    return { row, assumptions: this.assumptions, sources, terms: this.#width.terms(row, this.#probes, this.drift) };
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
      slew_ppm: this.#slew.ppm(this.#current?.reading ?? null),
      slew_basis: this.#slew.basis,
      stamp_mode: this.#stampMode,
    };
  }

  /** New sources or assumptions. Probes that stay keep their evidence; their windows are laid out under what is assumed now. */
  reconfigure(probes: readonly SourceProbe[], policy: Policy): void {
    // What was proved under other assumptions, or by other sources, is not proved under these.
    const changed = this.#premises(this.#probes, this.#policy) !== this.#premises(probes, policy);
    if (changed || policy.sigma_ppb !== this.#policy.sigma_ppb) this.#seen.seal();
    this.#probes = probes;
    this.#policy = policy;
    if (changed) {
      this.#forgetProof();
      this.breakContinuity();
    }
    this.#assume(changed ? renewed(this.#drift, this.#rules()) : this.#drift);
  }

  /** Another leap list: what was proved lies on the axis of the old one, and moves with it. The caller tells the probes. */
  learnLeaps(calendar: LeapCalendar): void {
    const before = this.#calendar;
    this.#calendar = calendar;
    if (sameLeaps(before.leaps, calendar.leaps)) return;
    this.#spanning.disrupt();
    this.#last.learnLeaps(before, calendar);
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
    this.#stretch.breakOff();
  }

  #premises(probes: readonly SourceProbe[], { rho_ppb, calibrated_residual_ppb, faults, trusted, peers }: Policy): string {
    return JSON.stringify([rho_ppb, calibrated_residual_ppb, faults, trusted, peers, probes.map(({ source }) => source.id)]);
  }

  #rules(): DriftRules {
    return rulesOf(this.#policy, this.#surroundings);
  }

  /** Evidence from an exchange; it counts from the next reading on. */
  learned(evidence: readonly Evidence[]): void {
    this.#seen.evidence(evidence);
    const best = evidence.find(({ sample }) => sample.mode === "kernel_interleaved") ?? evidence[0];
    if (best !== undefined) this.#stampMode = best.sample.mode;
    const newest = evidence.reduce<bigint>((latest, { sample }) => (sample.exchange.t4 > latest ? sample.exchange.t4 : latest), 0n);
    if (this.#disrupted !== null && newest > this.#disrupted.at) this.#disrupted = null;
  }

  /** The ruler became another one: all that was measured on it is void, and nothing is claimed until a new exchange. */
  disrupt(by: Disruption, reading: HostReading): void {
    for (const probe of this.#probes) probe.forget();
    this.#forgetProof();
    this.#disrupted = { at: reading.rawEnd, by };
    this.#assume(renewed(this.#drift, this.#rules()));
  }

  #forgetProof(): void {
    this.#last.forget();
    this.#ruler.forget();
    this.#spanning.disrupt();
  }

  /** Takes in what a witness of the host saw by the time of `reading`. */
  heed({ kind, detail, disrupts }: Sighting, reading: HostReading): void {
    if (disrupts !== null) this.disrupt(disrupts, reading);
    this.note({ kind, reading, source: null, detail });
  }

  note(finding: Finding): void {
    this.#seen.findings([finding]);
  }

  /** Looks at the clocks: first whether they jumped or slept, then what can be said of them. */
  observe(reading: HostReading): BoundRow {
    const continuous = this.#notice(reading);
    if (this.#hasNews()) {
      this.#noticeJump(reading);
      this.#police(reading);
      this.#noteBends(reading);
    }
    const { bound, crossed } = this.#prove(reading);
    const row = this.#row(reading, bound, continuous);
    this.#seen.findings(transitions(this.#current, row));
    this.#watchLeaps(row);
    // Past a possible leap nothing may look back over it: what is known by then may lie a second away.
    if (crossed) this.#spanning.disrupt();
    else this.#spanning.look(row, row.slew, continuous);
    this.#current = row;
    this.#previous = reading;
    this.#slew.recorded(row.slew);
    this.#present = this.#presentAt(row);
    return row;
  }

  /** True once for each reply: only an exchange can contradict what was assumed. */
  #hasNews(): boolean {
    const heard = this.#probes.reduce((sum, { replies }) => sum + replies, 0);
    const news = heard !== this.#heard;
    this.#heard = heard;
    return news;
  }

  /** What the sources prove at a reading; once more where the drift assumption changes with it. */
  #prove(reading: HostReading): { readonly bound: HostBound; readonly crossed: boolean } {
    const first = this.#evaluate(reading);
    const { rate } = first.bound;
    const before = this.#drift;
    const next = nextDrift(before, this.#rules(), rate, reading.rawAfter);
    this.#assume(next);
    if (sameAssumption(before, next)) return first;
    // What the windows still hold may contradict a narrower assumption: then it is too soon.
    if (refute(this.#facts(reading), this.faults, reading.rawAfter) !== null) {
      this.#assume({ ...before, goodSince: null, refutedAt: before.refutedAt && reading.rawAfter });
      return first;
    }
    this.note({ ...driftFinding(before, next, rate, null), reading, source: null });
    const again = this.#evaluate(reading);
    return { bound: again.bound, crossed: first.crossed || again.crossed };
  }

  #facts({ rawAfter }: Pick<HostReading, "rawAfter">): SourceFacts[] {
    return this.#probes.map((probe) => probe.facts(rawAfter));
  }

  #evaluate(reading: HostReading): { readonly bound: HostBound; readonly crossed: boolean } {
    const last = this.#last.at(reading.rawAfter, this.drift, this.#calendar);
    const doubtful = last !== this.#last.proof;
    const bound = hostBound({
      now: reading.rawAfter,
      drift: this.drift,
      sigma: this.sigma,
      faults: this.faults,
      sources: this.#facts(reading),
      disrupted: this.#disrupted !== null,
      disruptedBy: this.#disrupted?.by ?? "suspended_or_moved",
      last,
      leapUnknown: doubtful,
    });
    // A doubt is of the moment: what is kept is what was proved.
    if (bound.last !== last) this.#last.keep(bound.last);
    return { bound, crossed: doubtful || this.#hasCrossedLeap(bound, reading) };
  }

  /** Keeps the current row for the report; the hull starts again behind it. */
  record(): void {
    const row = this.#current;
    if (row === null || this.#seen.isLast(row)) return;
    this.#seen.row(row, this.#spanning.settle(row, this.drift));
    this.#stretch.restart();
  }

  /** The same, unless a row was kept not long ago: the next one speaks for the time since that. */
  recordIfDue(): void {
    const [row, newest] = [this.#current, this.#seen.newestAt];
    if (row !== null && (newest === null || row.reading.rawAfter - newest >= ROW_EVERY)) this.record();
  }

  /** Hands over what has been seen since the last call: mostly one observation, and one more for each change of the assumptions. */
  drain(): Observation[] {
    return this.#seen.drain();
  }

  /** How much waits for the next report. */
  get pending(): number {
    return this.#seen.pending;
  }

  /** True when what waits should not wait long. */
  get isUrgent(): boolean {
    return this.#seen.urgent;
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
    const fast = step === 0n && !set && slept === 0n && stepped(before, reading, this.#slew.between(before, reading));
    if (fast) this.#brokenSlew(reading);
    return slept === 0n && step === 0n && !set && !fast;
  }

  /** What no clock of this host shows: that all of them jumped together. The sources tell. */
  #noticeJump(reading: HostReading): void {
    const now = reading.rawAfter;
    const last = this.#last.at(now, this.drift, this.#calendar);
    if (last === null || this.#sinceJump(reading) === "again") return;
    const sources = this.#facts(reading);
    const facts = {
      now,
      rho: fastest(this.drift),
      faults: this.faults,
      last: this.#undeniable(last, sources),
      sayings: sayingsOf(sources),
    };
    this.#ruler.agree(facts);
    const jump = this.#ruler.jump(facts);
    if (jump === null) return;
    this.#jumped(reading);
    this.disrupt("ruler_jumped", reading);
    const detail = { by_ns: jump.by.toString(), votes: jump.votes, need: jump.need };
    this.note({ kind: "ruler_jumped", reading, source: null, detail });
  }

  /** Of what was proved under a calibrated frequency, what rho alone would have proved: a residual that falls is no jump. */
  #undeniable(last: PublishedBound, sources: readonly SourceFacts[]): PublishedBound {
    if (this.#drift.basis !== "calibrated") return last;
    const slowest = sources.reduce((longest, { poll }) => maxOf(longest, poll), 0n);
    return { ...last, interval: widen(last.interval, ppb(this.#rules().rho), FRESH_POLLS * slowest) };
  }

  /** The reading before a step is kept, so that what cannot be bounded is no longer than the stretch in which it happened. */
  #stepped(before: HostReading, reading: HostReading, step: bigint, set: boolean): void {
    this.record();
    const leap = leapOfStep(step, before.realtime, reading.realtime, this.#calendar.leaps);
    const kind = leap === null ? "clock_stepped" : "leap_applied";
    this.note({ kind, reading, source: null, detail: { by_ns: step.toString(), kernel_notice: set } });
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
    if (this.#slew.broken) return;
    const detail = { assumed_ppm: Number(this.#slew.allowance(reading) / 1000n), basis: this.#slew.basis };
    this.#seen.seal();
    this.note({ kind: "slew_assumption_broken", reading, source: null, detail });
    this.#slew.break();
    this.#surroundings.distrustSteering();
    // Stamps were carried to the ruler under the allowance that fell.
    for (const probe of this.#probes) probe.forget();
    this.#forgetProof();
    this.breakContinuity();
  }

  /**
   * Holds the drift assumption against the exchanges. Where more votes than can lie contradict themselves, it falls: a
   * calibrated one to rho, rho to what was measured. Where they stopped fitting a line it may be a jump: then only what
   * came after is kept, and judged again.
   */
  #police(reading: HostReading): void {
    const refutation = () => refute(this.#facts(reading), this.faults, reading.rawAfter);
    let found = refutation();
    if (found !== null && this.#drift.basis === "calibrated") found = this.#fall(found, reading) ?? refutation();
    if (found?.kind === "jump" && this.#sinceJump(reading) !== "again") {
      this.#jumped(reading);
      this.#dropBeforeBends(reading);
      found = refutation();
    }
    if (found !== null) found = this.#fall(found, reading) ?? refutation();
    // No rate explains it: what came before the newest exchanges is of no use.
    if (found !== null) for (const probe of this.#probes) if (probe.facts(reading.rawAfter).conflict) probe.keepNewest();
  }

  /**
   * What a jump is to the one before: the sources notice one after the other, within a poll; one that they notice again, a
   * poll later, is none: the ruler runs away.
   */
  #sinceJump({ rawAfter }: HostReading): "first" | "same" | "again" {
    const slowest = this.#facts({ rawAfter }).reduce((longest, { poll }) => maxOf(longest, poll), 0n);
    const age = this.#jumpedAt === null ? null : rawAfter - this.#jumpedAt;
    if (age === null || age > (FRESH_POLLS + 1n) * slowest) return "first";
    return 8n * age < 7n * slowest ? "same" : "again";
  }

  #jumped(reading: HostReading): void {
    if (this.#sinceJump(reading) === "first") this.#jumpedAt = reading.rawAfter;
  }

  /** Always null: what refuted the assumption before has to be asked of the next one. */
  #fall(refutation: Refutation, reading: HostReading): null {
    const before = this.#drift;
    const next = refuted(before, this.#rules(), refutation, reading.rawAfter);
    this.#assume(next);
    this.#refute();
    const why = before.basis === "calibrated" ? "residual" : "rho";
    this.note({ ...driftFinding(before, next, refutation.rate, why), reading, source: null });
    return null;
  }

  #dropBeforeBends(reading: HostReading): void {
    for (const probe of this.#probes) if (hasBentLately(probe.facts(reading.rawAfter), reading.rawAfter)) probe.dropBeforeBend();
  }

  /** What was proved under an assumption that fell is not built upon: not by later bounds, nor by rows and spans that look back. */
  #refute(): void {
    this.#last.forget();
    this.#spanning.disrupt();
    this.breakContinuity();
  }

  #assume(state: DriftState): void {
    if (!sameAssumption(this.#drift, state)) this.#seen.seal();
    this.#drift = state;
    for (const probe of this.#probes) probe.assume(state.drift);
  }

  /**
   * Where more sources than can lie stopped fitting one line at the same time, our own ruler moved by more than sigma: what
   * they said before says nothing of what came after, and what was calibrated is void.
   */
  #noteBends(reading: HostReading): void {
    const { news, began, moved } = this.#bends.look(this.#facts(reading), this.faults, reading.rawAfter);
    for (const source of news) this.note({ kind: "frequency_or_step_change", reading, source, detail: {} });
    if (moved && news.length > 0 && this.#sinceJump(reading) !== "again") {
      this.#jumped(reading);
      this.#dropBeforeBends(reading);
    }
    if (began === null) return;
    const detail = { why: "sigma", sigma_ppb: this.#policy.sigma_ppb, sources: began };
    this.note({ kind: "drift_assumption_broken", reading, source: null, detail });
    if (this.#drift.basis === "calibrated") this.#assume(assumed(this.#rules()));
  }

  #row(reading: HostReading, bound: HostBound, continuous: boolean): BoundRow {
    const offset = bound.guaranteed && this.offsetOf(reading, bound.guaranteed);
    const tight = offset && bound.tight && intersect(offset, this.offsetOf(reading, bound.tight));
    // Through a leap UTC and REALTIME need not step together: the whole way since the reading before is allowed for.
    const through = bound.guaranteed && this.offsetOf(reading, bound.guaranteed, this.#previous?.rawBefore);
    const before = this.#current;
    const slew = before === null ? this.#slew.allowance(reading) : this.#slew.between(before.reading, reading);
    const between = before?.offset && through && continuous ? this.#between(before, reading, through, slew) : null;
    const apart = this.#previous === null ? null : reading.rawAfter - this.#previous.rawAfter;
    const stretch = this.#stretch.look({ at: through, between: before === null ? offset : between, apart });
    const { status, reason } = bound;
    const daemonSlew = this.#rate.look(reading, continuous);
    return { reading, bound, status, reason, offset, tight, ...stretch, slew, daemonSlew };
  }

  #between(before: BoundRow, reading: HostReading, offset: Interval, slew: PartsPerBillion): Interval {
    const elapsed = reading.rawAfter - before.reading.rawBefore;
    return hullBetween(before.offset as Interval, offset, elapsed, together(fastest(this.drift), slew));
  }
}
