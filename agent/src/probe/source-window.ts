import {
  type Binding,
  type Constraints,
  ConstraintWindow,
  changeOfAxis,
  DEFAULT_WINDOW,
  type Drift,
  delay,
  type ErrorBudget,
  fastest,
  growBy,
  hasCrossedUnlisted,
  type Interval,
  isDoubt,
  type LeapCalendar,
  type LeapDoubt,
  leapDoubt,
  leapFreeConstraints,
  leapNear,
  maxOf,
  mustLeave,
  NO_DOUBT,
  type PartsPerBillion,
  type RawInstant,
  raw,
  SlidingHull,
  type SlopeRange,
  type SourceFacts,
  sameLeaps,
  saysAlone,
  smearOfRefid,
  straddlesUnlisted,
  type Timescale,
  type UtcInstant,
  unlistedLeapBefore,
  utcOf,
  type WindowBound,
} from "@truebound/time";
import { scaleOfReply } from "../leap/source-timescale.ts";
import { budgetOf, type Sample, sidesOf } from "./samples.ts";

/** An accepted sample with its budget, as it goes into the record. */
export interface Evidence {
  readonly source: string;
  readonly sample: Sample;
  readonly budget: ErrorBudget;
}

/** Why a sample that answers our request is no evidence. */
export type Unfit = "too_uncertain" | "delay_too_large" | "negative_delay" | "client_order" | "server_order" | "leap_unknown";

/** What the samples are laid out under. */
export interface WindowRules {
  readonly drift: Drift;
  /** ppb by which the frequency may move within the window of the tight tier. */
  readonly sigma: PartsPerBillion;
  /** What the server's clock keeps to around a leap second; `unknown` where nobody has said. */
  readonly timescale: Timescale;
  readonly calendar: LeapCalendar;
}

/** What a source's evidence says at one instant. */
export type Testimony = Pick<
  SourceFacts,
  "interval" | "conflict" | "newest" | "bentAt" | "timescaleUnknown" | "leapUnknown" | "tight" | "slope"
>;

/** Worked out for one instant: each reading asks for it several times. */
interface Known {
  readonly at: RawInstant;
  readonly own: WindowBound;
  readonly doubt: LeapDoubt;
  tight: Pick<Testimony, "tight" | "slope"> | null;
}

const LONGEST_DELAY = 1_000_000_000n;
/** A server that admits to be off by more than a second (RFC 5905: MAXDIST) is no source of time. */
const LARGEST_ERROR = 1_000_000_000n;
/** Slopes looked for, ppb: far beyond any oscillator, so that a broken drift assumption shows itself. */
const ANY_SLOPE: SlopeRange = { min: -5_000_000, max: 5_000_000 };

/** The evidence of one source, on the leap-free axis: M4's window and M5's hull over the same samples. */
export class SourceWindow {
  readonly #source: string;
  #rules: WindowRules;
  #window: ConstraintWindow<Evidence>;
  readonly #hull = new SlidingHull();
  #kept: { readonly sides: Constraints; readonly evidence: Evidence }[] = [];
  #bentAt: RawInstant | null = null;
  #newest: Constraints | null = null;
  /** The newest reading of the server behind the window. */
  #measured: UtcInstant | null = null;
  /** Null once anything that it was worked out from has changed. */
  #known: Known | null = null;

  constructor(source: string, rules: WindowRules) {
    this.#source = source;
    this.#rules = rules;
    this.#window = new ConstraintWindow(rules.drift);
  }

  get drift(): Drift {
    return this.#rules.drift;
  }

  /** Another window with the same samples, each as it is shown there, which goes its own way from here. */
  copy(show: (sample: Sample) => Sample): SourceWindow {
    const copy = new SourceWindow(this.#source, this.#rules);
    for (const { evidence } of this.#kept) copy.admit(show(evidence.sample));
    copy.#bentAt = this.#bentAt;
    return copy;
  }

  /** Takes a sample in, or says why it is no evidence. */
  admit(sample: Sample): Evidence | Unfit {
    const budget = budgetOf(sample);
    if (budget.total > LARGEST_ERROR) return "too_uncertain";
    if (delay(sample.exchange) > LONGEST_DELAY) return "delay_too_large";
    const sides = sidesOf(sample, budget, fastest(this.drift));
    if (typeof sides === "string") return sides === "empty_interval" ? "negative_delay" : sides;
    const { timescale, calendar } = this.#rules;
    const { t3 } = sample.exchange;
    if (straddlesUnlisted(t3, budget.total, calendar)) return "leap_unknown";
    // Across a leap of which no list tells, older evidence cannot be carried: by now it may be a second off.
    if (this.#measured !== null && unlistedLeapBefore(this.#measured, calendar) !== unlistedLeapBefore(t3, calendar)) this.clear();
    const scale = scaleOfReply(timescale, sample.refids, { lo: t3, hi: t3 }, budget.total, calendar.leaps);
    const evidence = { source: this.#source, sample, budget };
    this.#take(leapFreeConstraints(sides, sample.exchange, scale, calendar), evidence);
    this.#measured = t3;
    return evidence;
  }

  clear(): void {
    this.#known = null;
    this.#newest = null;
    this.#window.clear();
    this.#hull.clear();
    this.#kept = [];
    this.#bentAt = null;
    this.#measured = null;
  }

  /** Another drift assumption: the window is laid out anew from the samples that it would hold. The same again changes nothing. */
  assume(drift: Drift): void {
    const { rho, centre } = this.#rules.drift;
    if (drift.rho === rho && drift.centre === centre) return;
    this.#rules = { ...this.#rules, drift };
    this.#layOut();
  }

  #layOut(): void {
    this.#window = new ConstraintWindow(this.drift);
    for (const { sides, evidence } of this.#kept) this.#window.add(sides, evidence);
    this.#known = null;
  }

  /** What was measured before the last bend says nothing of what came after: only the newer samples stay. */
  dropBeforeBend(): void {
    const from = this.#bentAt;
    if (from === null) return;
    this.#kept = this.#kept.filter(({ sides }) => sides.lower.at >= from);
    this.#layOut();
  }

  /** Nothing explains what was measured: only the newest sample stays. */
  keepNewest(): void {
    const newest = this.#newest?.lower.at;
    this.#kept = this.#kept.filter(({ sides }) => sides.lower.at === newest);
    this.#layOut();
  }

  retune(sigma: PartsPerBillion): void {
    this.#known = null;
    this.#rules = { ...this.#rules, sigma };
  }

  /**
   * Other leaps or another timescale. Far from any leap the samples move with the axis; near one they were placed by what
   * is now void: false = they had to be dropped.
   */
  relearn(timescale: Timescale, calendar: LeapCalendar): boolean {
    const before = this.#rules;
    this.#known = null;
    this.#rules = { ...before, timescale, calendar };
    const same = timescale === before.timescale && sameLeaps(calendar.leaps, before.calendar.leaps);
    if (same || this.#measured === null) return true;
    const perReply = timescale === "refid254" || before.timescale === "refid254";
    const by = perReply ? null : changeOfAxis(this.#measured, before.calendar.leaps, calendar.leaps);
    if (by === null) this.clear();
    else if (by !== 0n) this.#move(by);
    return by !== null;
  }

  /** The bound on leap-free − RAW, with room for a leap of which no list tells. */
  boundAt(now: RawInstant): WindowBound {
    const { own, doubt } = this.#knownAt(now);
    return own.kind === "bound" ? { kind: "bound", interval: growBy(own.interval, doubt) } : own;
  }

  /** The evidence behind the two ends of its bound. */
  get binding(): Binding<Evidence> | null {
    return this.#window.binding();
  }

  /** What its newest sample alone says; null when there is none. */
  #alone(now: RawInstant): Interval | null {
    return this.#newest && saysAlone(this.#newest, fastest(this.drift), now);
  }

  /** What it is taken to keep to: as declared or known, or ntpd's smear where its last reply's reference id says one. */
  timescale(refid: number | null): Timescale {
    const { timescale } = this.#rules;
    const says = refid !== null && smearOfRefid(refid) !== null;
    return timescale === "unknown" && says && this.#measuredNearLeap() ? "refid254" : timescale;
  }

  /** True when what it proves lies before a possible leap of which no list tells, and now may lie after it. */
  hasCrossedLeap(now: RawInstant): boolean {
    const { own } = this.#knownAt(now);
    if (own.kind !== "bound" || this.#measured === null) return false;
    return hasCrossedUnlisted({ measured: this.#measured, now: this.#utcAt(own.interval, now) }, this.#rules.calendar);
  }

  testimony(now: RawInstant, refid: number | null): Testimony {
    const known = this.#knownAt(now);
    const { own, doubt } = known;
    const doubtful = isDoubt(doubt);
    return {
      interval: own.kind === "bound" ? growBy(own.interval, doubt) : null,
      conflict: own.kind === "conflict",
      newest: this.#alone(now),
      bentAt: this.#bentAt,
      timescaleUnknown: this.#mustLeave(own, now, refid),
      leapUnknown: doubtful,
      ...(doubtful ? { tight: null, slope: null } : this.#tightOf(known)),
    };
  }

  #knownAt(now: RawInstant): Known {
    if (this.#known?.at === now) return this.#known;
    const own = this.#window.boundAt(now);
    const doubt = own.kind === "bound" ? this.#doubt(own.interval, now) : NO_DOUBT;
    this.#known = { at: now, own, doubt, tight: null };
    return this.#known;
  }

  #tightOf(known: Known): NonNullable<Known["tight"]> {
    known.tight ??= this.#tight(known.at);
    return known.tight;
  }

  /** M5 under the drift assumption, and the slopes that fit whatever that assumption says. */
  #tight(now: RawInstant): Pick<Testimony, "tight" | "slope"> {
    const { rho, centre } = this.drift;
    const sigmaPpb = Number(this.#rules.sigma);
    const allowed = { min: Number(centre - rho), max: Number(centre + rho) };
    const slope = this.#hull.size === 0 ? null : this.#hull.slopesAt({ at: now, sigmaPpb, allowed: ANY_SLOPE });
    return { tight: this.#hull.boundAt({ at: now, sigmaPpb, allowed })?.interval ?? null, slope };
  }

  #take(sides: Constraints, evidence: Evidence): void {
    this.#known = null;
    this.#window.add(sides, evidence);
    this.#keep(sides, evidence);
    if (this.#newest === null || sides.lower.at >= this.#newest.lower.at) this.#newest = sides;
  }

  /** Keeps the sample for the hull; what no longer fits one line with it is let go, oldest half by oldest half. */
  #keep(sides: Constraints, evidence: Evidence): void {
    this.#kept = [...this.#kept.slice(1 - DEFAULT_WINDOW.samples), { sides, evidence }];
    this.#hull.add(sides);
    const question = { at: sides.lower.at, sigmaPpb: Number(this.#rules.sigma), allowed: ANY_SLOPE };
    while (this.#hull.size > 1 && this.#hull.slopesAt(question) === null) {
      this.#hull.dropOlderHalf();
      // Only the newest is surely from after the bend: a sample can be completed late.
      this.#bentAt = raw(this.#kept.reduce((latest, { sides: { lower } }) => maxOf(latest, lower.at), 0n));
    }
  }

  #move(by: bigint): void {
    const moved = this.#kept.map(({ sides, evidence }) => ({ sides: moveBy(sides, by), evidence }));
    this.#kept = [];
    this.#hull.clear();
    for (const { sides, evidence } of moved) this.#keep(sides, evidence);
    this.#newest = this.#newest && moveBy(this.#newest, by);
    this.#layOut();
  }

  #doubt(bound: Interval, now: RawInstant): LeapDoubt {
    if (this.#measured === null) return NO_DOUBT;
    const { timescale, calendar } = this.#rules;
    return leapDoubt({ measured: this.#measured, now: this.#utcAt(bound, now), timescale }, calendar);
  }

  #utcAt(bound: Interval, now: RawInstant): Interval {
    return utcOf({ lo: now + bound.lo, hi: now + bound.hi }, this.#rules.calendar.leaps);
  }

  /** Judged by its own bound, or by its last reading where its answers contradict each other. */
  #mustLeave(own: WindowBound, now: RawInstant, refid: number | null): boolean {
    if (this.#measured === null) return false;
    const range = own.kind === "bound" ? this.#utcAt(own.interval, now) : { lo: this.#measured, hi: this.#measured };
    return mustLeave(this.timescale(refid), range, this.#rules.calendar.leaps);
  }

  #measuredNearLeap(): boolean {
    const at = this.#measured;
    return at !== null && leapNear({ lo: at, hi: at }, this.#rules.calendar.leaps) !== null;
  }
}

const moveBy = ({ upper, lower }: Constraints, by: bigint): Constraints => ({
  upper: { ...upper, value: upper.value + by },
  lower: { ...lower, value: lower.value + by },
});
