import {
  BILLION,
  type Disruption,
  type Drift,
  defaultFaults,
  FRESH_POLLS,
  fastest,
  type HostReading,
  hullBetween,
  type Interval,
  intersect,
  type LeapCalendar,
  maxOf,
  offsetAt,
  type PartsPerBillion,
  type PublishedBound,
  ppb,
  type RawInstant,
  RulerWatch,
  type SourceFacts,
  sayingsOf,
  together,
  widen,
} from "@truebound/time";
import { type Assumptions, isInterleaved, type Policy, type StampMode } from "@truebound/wire";
import { hasCrossedLeap, LeapLookout } from "../leap/leap-lookout.ts";
import type { Sighting } from "../observe/ports.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import type { Evidence } from "../probe/source-window.ts";
import type { OwnFacts } from "../responder/own-state.ts";
import { type Happened, happenedBetween, isContinuous, isStep } from "./between-readings.ts";
import type { BoundRow } from "./bound-row.ts";
import { DriftPolice } from "./drift-police.ts";
import { rulesOf } from "./drift-rules.ts";
import { type Finding, transitions } from "./findings.ts";
import { type Observation, Observations } from "./observations.ts";
import { ownFactsOf } from "./own-facts.ts";
import { type Present, presentSource } from "./present.ts";
import { NO_PEERS, type PeerVoices, type Premises, Prover } from "./prover.ts";
import { RateWatch } from "./rate-watch.ts";
import { RootWatch } from "./root-watch.ts";
import { SlewWatch } from "./slew-watch.ts";
import { SpanBuilder } from "./span-builder.ts";
import { Stretch } from "./stretch.ts";
import type { Surroundings } from "./surroundings.ts";
import { WidthWatch } from "./terms.ts";
import { WatchedSources } from "./watched-sources.ts";

/** Rows between two reports are for reports that are far apart: every row speaks for all that came since the one before. */
const ROW_EVERY = 60n * BILLION;

/**
 * The host under observation: its sources, its last reading, what was last proved, and what has been seen since the last
 * report. All decisions are pure functions'; this keeps what they need from one evaluation to the next.
 */
export class HostMonitor {
  readonly #sources: WatchedSources;
  #policy: Policy;
  readonly #surroundings: Surroundings;
  #stampMode: StampMode;
  #previous: HostReading | null = null;
  #current: BoundRow | null = null;
  #present: Present | null = null;
  #disrupted: { readonly at: RawInstant; readonly by: Disruption } | null = null;
  readonly #leaps = new LeapLookout();
  readonly #prover = new Prover();
  #peers: PeerVoices = NO_PEERS;
  #disruptions = 0;
  #steps = 0;
  #stretchFrom: bigint | null = null;
  readonly #slew: SlewWatch;
  readonly #ruler = new RulerWatch();
  readonly #rate = new RateWatch();
  readonly #stretch = new Stretch();
  readonly #spanning = new SpanBuilder((reading, bound) => this.#leaps.utcMinusRaw(reading, bound));
  readonly #width = new WidthWatch();
  readonly #roots = new RootWatch();
  readonly #seen: Observations;
  readonly #police: DriftPolice;

  constructor(probes: readonly SourceProbe[], policy: Policy, surroundings: Surroundings, stampMode: StampMode) {
    this.#sources = new WatchedSources(probes);
    this.#policy = policy;
    this.#surroundings = surroundings;
    this.#stampMode = stampMode;
    this.#slew = new SlewWatch(surroundings.steering);
    this.#seen = new Observations(
      () => this.present,
      () => this.#slew.reported(),
    );
    this.#police = new DriftPolice({
      sources: this.#sources,
      rules: () => rulesOf(this.#policy, surroundings),
      faults: () => this.faults,
      sigmaPpb: () => this.#policy.sigma_ppb,
      note: (finding) => this.note(finding),
      changing: () => this.#seen.seal(),
      fell: () => this.#refute(),
    });
  }

  get probes(): readonly SourceProbe[] {
    return this.#sources.probes;
  }

  /** Steps of the clock that were seen; leap seconds are none. */
  get steps(): number {
    return this.#steps;
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
    const sources = this.probes.map((probe) => {
      const own = probe.boundAt(row.reading.rawAfter);
      return presentSource(probe, row, own.kind === "bound" ? this.offsetOf(row.reading, own.interval) : null);
    });
    return { row, assumptions: this.assumptions, sources, terms: this.#width.terms(row, this.#sources.voting, this.drift) };
  }

  get drift(): Drift {
    return this.#police.drift;
  }

  get sigma(): PartsPerBillion {
    return ppb(BigInt(this.#policy.sigma_ppb));
  }

  get faults(): number {
    return faultsOf(this.#policy, this.#sources.voting.length + this.#peers.count);
  }

  /** How often the ruler became another one. */
  get disruptions(): number {
    return this.#disruptions;
  }

  /** From now on these are heard too. With how many may be asked, how many may lie can change: then what was proved is to be proved anew. */
  meet(peers: PeerVoices, change: () => void = () => undefined): void {
    const before = this.faults;
    this.#peers = peers;
    change();
    if (this.faults === before) return;
    this.#seen.seal();
    this.#forgetProof();
    this.breakContinuity();
  }

  get assumptions(): Assumptions {
    const { declared } = this.#sources;
    return {
      rho_ppb: Number(this.drift.rho),
      oscillator_ppb: this.#police.basis === "calibrated" ? -Number(this.drift.centre) : null,
      drift_basis: this.#police.basis,
      sigma_ppb: this.#policy.sigma_ppb,
      faults: this.faults,
      slew_ppm: this.#slew.ppm(this.#current?.reading ?? null),
      slew_basis: this.#slew.basis,
      stamp_mode: this.#stampMode,
      ...(declared.length === 0 ? {} : { declared }),
    };
  }

  /** New sources or assumptions. Probes that stay keep their evidence; their windows are laid out under what is assumed now. */
  reconfigure(probes: readonly SourceProbe[], policy: Policy): void {
    // What was proved under other assumptions, or by other sources, is not proved under these.
    const changed = this.#premises(this.probes, this.#policy) !== this.#premises(probes, policy);
    if (changed || policy.sigma_ppb !== this.#policy.sigma_ppb) this.#seen.seal();
    this.#sources.replace(probes);
    this.#policy = policy;
    if (!changed) return this.#police.reapply();
    this.#forgetProof();
    this.breakContinuity();
    this.#police.renew();
  }

  /** Another leap list: what was proved lies on the axis of the old one, and moves with it. The caller tells the probes. */
  learnLeaps(calendar: LeapCalendar): void {
    const before = this.#leaps.calendar;
    if (!this.#leaps.learn(calendar)) return;
    this.#spanning.disrupt();
    this.#prover.learnLeaps(before, calendar);
  }

  /** A bound on the host's offset, from one on leap-free − RAW at the same reading. */
  offsetOf(reading: HostReading, bound: Interval, since: RawInstant = reading.rawBefore): Interval {
    return offsetAt(reading, this.#leaps.utcMinusRaw(reading, bound, since), fastest(this.drift));
  }

  /** What peers are told of this host's clock rests on this; null = nothing is known yet, or not since the ruler became another one. */
  ownFacts(): OwnFacts | null {
    const row = this.#current;
    if (row === null || row.disruptions !== this.#disruptions) return null;
    const { reading, own } = row;
    const bound = own.guaranteed && this.#leaps.utcMinusRaw(reading, own.guaranteed);
    return ownFactsOf(row, bound, this.#sources.voting, { drift: this.drift, slew: this.#slew.allowance(reading) });
  }

  /** What is assumed from a reading on, for those who carry its bound further without a new one. */
  ahead(reading: HostReading): Ahead {
    return { drift: this.drift, slew: this.#slew.ahead(reading), calendar: this.#leaps.calendar };
  }

  /** What was seen since the last report goes into no record, and nothing that comes later may look back over it. */
  interrupt(): void {
    this.#seen.drain();
    this.#spanning.disrupt();
    this.breakContinuity();
  }

  /** Rows between here and the next one are lost to the record: nobody may bridge them. */
  breakContinuity(): void {
    this.#stretch.breakOff();
  }

  #premises(probes: readonly SourceProbe[], { rho_ppb, calibrated_residual_ppb, faults, trusted, authenticated }: Policy): string {
    return JSON.stringify([
      rho_ppb,
      calibrated_residual_ppb,
      faults,
      trusted,
      authenticated ?? null,
      probes.map(({ source, counts }) => [source.id, counts]),
    ]);
  }

  /** Evidence from an exchange; it counts from the next reading on. */
  learned(evidence: readonly Evidence[]): void {
    this.#seen.evidence(evidence);
    const stamped = evidence.filter(({ sample }) => sample.stated === undefined);
    const best = stamped.find(({ sample }) => isInterleaved(sample.mode)) ?? stamped[0];
    if (best !== undefined) this.#stampMode = best.sample.mode;
    const heard = this.#sources.ofVoting(evidence);
    const newest = heard.reduce<bigint>((latest, { sample }) => (sample.exchange.t4 > latest ? sample.exchange.t4 : latest), 0n);
    if (this.#disrupted !== null && newest > this.#disrupted.at) this.#disrupted = null;
  }

  /** The ruler became another one: all that was measured on it is void, and nothing is claimed until a new exchange. */
  disrupt(by: Disruption, reading: HostReading): void {
    this.#sources.forget();
    this.#peers.forget();
    this.#disruptions += 1;
    this.#forgetProof();
    this.#disrupted = { at: reading.rawEnd, by };
    this.#police.renew();
  }

  #forgetProof(): void {
    this.#prover.forget();
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
    this.#sources.lookAgain();
    const continuous = this.#notice(reading);
    if (this.#sources.hasNews()) {
      this.#noticeJump(reading);
      this.#police.police(reading);
      this.#police.noteBends(reading);
    }
    const { bound, own, crossed } = this.#prove(reading);
    const row = this.#row(reading, { bound, own }, continuous);
    this.#seen.findings(transitions(this.#current, row));
    for (const news of this.#leaps.news(row, this.probes)) this.note({ ...news, reading, source: null });
    for (const news of this.#roots.news(this.probes)) this.note({ ...news, reading });
    // Past a possible leap nothing may look back over it: what is known by then may lie a second away.
    if (crossed) this.#spanning.disrupt();
    else this.#look(row, continuous);
    this.#current = row;
    this.#previous = reading;
    this.#slew.recorded(row.slew);
    this.#present = this.#presentAt(row);
    return row;
  }

  #look(row: BoundRow, continuous: boolean): void {
    this.#spanning.look(row, row.slew, continuous);
    this.#spanning.lookBack(row, this.drift);
  }

  /** What the sources prove at a reading; once more where the drift assumption changes with it. */
  #prove(reading: HostReading): Evaluated {
    const first = this.#evaluate(reading);
    if (!this.#police.follow(first.bound.rate, reading)) return first;
    const again = this.#evaluate(reading);
    return { ...again, crossed: first.crossed || again.crossed };
  }

  #evaluate(reading: HostReading): Evaluated {
    this.#settle(reading);
    const sources = this.#sources.facts(reading);
    const { bound, own: alone, doubtful } = this.#prover.prove(reading, sources, this.#peers, this.#premisesNow);
    return { bound, own: alone, crossed: doubtful || hasCrossedLeap(bound, reading, this.probes) };
  }

  /** A peer that may have a vote and was heard on the ruler as it is now ends a disruption as a source does: some hosts hear nobody else. */
  #settle(reading: HostReading): void {
    const since = this.#disrupted?.at;
    if (since === undefined || this.faults < 1) return;
    // When it was last heard is remembered across the disruption, on another ruler; what it said is not. No source says anything yet.
    const isHeard = ({ restsOn = [], interval, lastExchange }: SourceFacts) =>
      restsOn.length > 0 && interval !== null && lastExchange !== null && lastExchange > since;
    if (this.#peers.facts(reading, this.drift, NOBODY).some(isHeard)) this.#disrupted = null;
  }

  get #premisesNow(): Premises {
    const { drift, sigma, faults } = this;
    const authenticatedOnly = this.#policy.authenticated === "required";
    return { drift, sigma, faults, calendar: this.#leaps.calendar, authenticatedOnly, disrupted: this.#disrupted };
  }

  /** RAW of the kept row from which the newest kept one looks back over all time between; null = there are no two. */
  get stretchFrom(): bigint | null {
    return this.#stretchFrom;
  }

  /** Keeps the current row for the report; the hull starts again behind it. */
  record(): void {
    const row = this.#current;
    if (row === null || this.#seen.isLast(row)) return;
    this.#stretchFrom = this.#seen.newestAt;
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
    const happened = happenedBetween(before, reading, this.#slew.between(before, reading));
    if (happened.back > 0n) this.#wentBack(reading, happened.back);
    if (happened.slept > 0n) {
      this.disrupt("suspended_or_moved", reading);
      this.note({ kind: "suspended", reading, source: null, detail: { for_ns: happened.slept.toString() } });
    }
    if (isStep(happened)) this.#stepped(before, reading, happened);
    if (happened.fast) this.#brokenSlew(reading);
    return isContinuous(happened);
  }

  #wentBack(reading: HostReading, by: bigint): void {
    this.disrupt("ruler_jumped", reading);
    this.note({ kind: "ruler_jumped", reading, source: null, detail: { by_ns: by.toString(), ruler_went_back: true } });
  }

  /** What no clock of this host shows: that all of them jumped together. The sources tell. */
  #noticeJump(reading: HostReading): void {
    const now = reading.rawAfter;
    const last = this.#prover.lastAt(now, this.#premisesNow);
    if (last === null || this.#police.sinceJump(reading) === "again") return;
    const sources = this.#sources.facts(reading);
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
    this.#police.jumped(reading);
    this.disrupt("ruler_jumped", reading);
    const detail = { by_ns: jump.by.toString(), votes: jump.votes, need: jump.need };
    this.note({ kind: "ruler_jumped", reading, source: null, detail });
  }

  /** Of what was proved under a calibrated frequency, what rho alone would have proved: a residual that falls is no jump. */
  #undeniable(last: PublishedBound, sources: readonly SourceFacts[]): PublishedBound {
    if (this.#police.basis !== "calibrated") return last;
    const slowest = sources.reduce((longest, { poll }) => maxOf(longest, poll), 0n);
    return { ...last, interval: widen(last.interval, ppb(rulesOf(this.#policy, this.#surroundings).rho), FRESH_POLLS * slowest) };
  }

  /** The reading before a step is kept, so that what cannot be bounded is no longer than the stretch in which it happened. */
  #stepped(before: HostReading, reading: HostReading, { step, set }: Happened): void {
    this.record();
    const kind = this.#leaps.leapOfStep(step, before, reading) === null ? "clock_stepped" : "leap_applied";
    if (kind === "clock_stepped") this.#steps += 1;
    this.note({ kind, reading, source: null, detail: { by_ns: step.toString(), kernel_notice: set } });
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
    this.#sources.forget();
    this.#peers.forget();
    this.#forgetProof();
    this.breakContinuity();
  }

  /** What was proved under an assumption that fell is not built upon: not by later bounds, nor by rows and spans that look back. */
  #refute(): void {
    this.#prover.forget();
    this.#spanning.disrupt();
    this.breakContinuity();
  }

  #row(reading: HostReading, { bound, own }: Pick<BoundRow, "bound" | "own">, continuous: boolean): BoundRow {
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
    const compared = this.#sources.compared(bound.guaranteed, reading);
    const beside = compared === undefined ? {} : { compared };
    return { reading, bound, own, disruptions: this.#disruptions, status, reason, offset, tight, ...stretch, slew, daemonSlew, ...beside };
  }

  #between(before: BoundRow, reading: HostReading, offset: Interval, slew: PartsPerBillion): Interval {
    const elapsed = reading.rawAfter - before.reading.rawBefore;
    return hullBetween(before.offset as Interval, offset, elapsed, together(fastest(this.drift), slew));
  }
}

export interface Ahead {
  readonly drift: Drift;
  /** How fast REALTIME and MONOTONIC may be moved, ppb. */
  readonly slew: PartsPerBillion;
  readonly calendar: LeapCalendar;
}

const NOBODY: ReadonlySet<string> = new Set();

interface Evaluated extends Pick<BoundRow, "bound" | "own"> {
  readonly crossed: boolean;
}

const faultsOf = ({ faults }: Pick<Policy, "faults">, configured: number): number => faults ?? defaultFaults(configured);
