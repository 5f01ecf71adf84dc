import {
  type Accepted,
  acceptReply,
  type ClientOptions,
  FRESH_MEMORY,
  type Memory,
  makeRequest,
  type Nonces,
  type Outstanding,
  type Refusal,
} from "@truebound/ntp";
import {
  type Binding,
  type Constraints,
  ConstraintWindow,
  changeOfAxis,
  constraints,
  DEFAULT_WINDOW,
  type Drift,
  delay,
  type ErrorBudget,
  errorBudget,
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
  mustLeave,
  NO_CALENDAR,
  NO_DOUBT,
  type PartsPerBillion,
  type RawInstant,
  type Saying,
  SlidingHull,
  type SlopeRange,
  type SourceFacts,
  type SourceIdentity,
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
import type { Delivery, Failure } from "./ports.ts";
import { type Sample, type StampQuality, samplesOf, type Unfinished } from "./samples.ts";
import { FLOOR_SECONDS, type Source } from "./source.ts";

/** Everything that can keep a request from becoming evidence, counted by name. */
export type Trouble =
  | Refusal
  | Failure
  | "too_uncertain"
  | "negative_delay"
  | "delay_too_large"
  | "local_reference"
  | "client_order"
  | "leap_unknown"
  | "stopped_by_server";

/** An accepted sample with its budget, as it goes into the record. */
export interface Evidence {
  readonly source: string;
  readonly sample: Sample;
  readonly budget: ErrorBudget;
}

export interface ProbeOptions {
  readonly source: Source;
  readonly drift: Drift;
  /** ppb by which the frequency may move within the window of the tight tier. */
  readonly sigma: PartsPerBillion;
  readonly client: ClientOptions;
  readonly quality: StampQuality;
  readonly pollSeconds: number;
  readonly trusted: boolean;
  /** The reference id by which clients of an address name it. */
  readonly refidOf: (address: string) => number;
  /** What its clock keeps to around a leap second; `unknown` where nobody has said. */
  readonly timescale?: Timescale;
  /** None where there is no leap list. */
  readonly calendar?: LeapCalendar;
}

/** Refusals of a reply whose origin has proved that it answers our request. */
const ANSWERS: ReadonlySet<Refusal> = new Set<Refusal>([
  "kiss_rate",
  "kiss_deny",
  "kiss_rstr",
  "kiss_other",
  "unsynchronised",
  "stratum_too_high",
  "zero_timestamp",
  "server_order",
]);

const LOCAL_CLOCK = 0x7f7f;
const LONGEST_DELAY = 1_000_000_000n;
/** A server that admits to be off by more than a second (RFC 5905: MAXDIST) is no source of time. */
const LARGEST_ERROR = 1_000_000_000n;
const LONGEST_POLL_SECONDS = 3600;
/** Replies until the pace after RATE is eased by half: about as long at each of the first steps, never at the first reply. */
const repliesToEase = (backoff: number): number => Math.max(2, 16 / backoff);
const LOST_BEFORE_RESOLVING = 8;
const BURST = { polls: 4, seconds: 2 };
/** Slopes looked for, ppb: far beyond any oscillator, so that a broken drift assumption shows itself. */
const ANY_SLOPE: SlopeRange = { min: -5_000_000, max: 5_000_000 };

/**
 * One source: its dialogue, its window of constraints, its counters and its pace. Holds state, takes no time and sends
 * nothing; the loop around it does.
 */
export class SourceProbe {
  readonly source: Source;
  #options: ProbeOptions;
  #window: ConstraintWindow<Evidence>;
  readonly #hull = new SlidingHull();
  #kept: { readonly sides: Constraints; readonly evidence: Evidence }[] = [];
  #bentAt: RawInstant | null = null;
  #memory: Memory = FRESH_MEMORY;
  #asked: Unfinished | null = null;
  #address: string | null = null;
  #latest: Accepted["packet"] | null = null;
  #lastExchange: RawInstant | null = null;
  #lastDelay: bigint | null = null;
  #backoff = 1;
  #repliesSinceBackoff = 0;
  #slowdown = 1;
  #stopped = false;
  /** The newest reading of the server behind the window. */
  #measured: UtcInstant | null = null;
  #lostInARow = 0;
  #era = 0;
  #newest: Constraints | null = null;
  polls = 0;
  replies = 0;
  readonly troubles = new Map<Trouble, number>();

  constructor(options: ProbeOptions) {
    this.source = options.source;
    this.#options = options;
    this.#window = new ConstraintWindow(options.drift);
  }

  get drift(): Drift {
    return this.#options.drift;
  }

  /** When its window last stopped fitting one line: its frequency changed, or one of the two clocks was stepped. */
  get bentAt(): RawInstant | null {
    return this.#bentAt;
  }

  /** Another drift assumption: the window is laid out anew from the samples that it would hold. */
  assume(drift: Drift): void {
    this.#options = { ...this.#options, drift };
    this.#window = new ConstraintWindow(drift);
    for (const { sides, evidence } of this.#kept) this.#window.add(sides, evidence);
  }

  get address(): string | null {
    return this.#address;
  }

  /** A new address is a new clock: what the old one proved does not count for it. */
  resolved(address: string): void {
    if (address === this.#address) return;
    this.#address = address;
    this.#lostInARow = 0;
    this.#lastExchange = null;
    this.forget();
  }

  /** True when the name should be looked up (again). */
  get needsResolving(): boolean {
    return this.#address === null || (this.#lostInARow > 0 && this.#lostInARow % LOST_BEFORE_RESOLVING === 0);
  }

  /** True after DENY or RSTR: the server does not want us, and is not asked again. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /**
   * Seconds until the next poll: the policy's interval, never below the origin's floor, doubled for each RATE, multiplied
   * where we would harm the host's own daemon, and never beyond an hour for either. Only sources that the operator named
   * are asked faster at the start.
   */
  get pollSeconds(): number {
    const wanted = this.#wantedSeconds;
    const factor = Math.max(this.#backoff, this.#slowdown);
    // At an interval of an hour there is nothing left to double, and yet the burst must end.
    const unwanted = factor > 1 || this.troubles.has("kiss_rate");
    const starting = this.source.origin === "declared" && this.polls < BURST.polls && !unwanted;
    return starting ? Math.min(wanted, BURST.seconds) : Math.min(wanted * factor, Math.max(LONGEST_POLL_SECONDS, wanted));
  }

  get #wantedSeconds(): number {
    return Math.max(FLOOR_SECONDS[this.source.origin], this.#options.pollSeconds);
  }

  /** For the sake of the host's own daemon: so many times slower than we would; 1 = at our own pace. */
  slowDown(factor: number): void {
    this.#slowdown = Math.max(1, factor);
  }

  begin(nonces: Nonces): { bytes: Uint8Array; outstanding: Outstanding } {
    const { bytes, outstanding, memory } = makeRequest(this.#memory, nonces, this.#options.client);
    this.#memory = memory;
    this.polls += 1;
    return { bytes, outstanding };
  }

  /**
   * Takes the one datagram that answers `outstanding`, also one that says by it that it is no evidence; counts and drops
   * whatever does not show our nonce.
   */
  consider(outstanding: Outstanding, bytes: Uint8Array): "take" | "drop" {
    const verdict = acceptReply(this.#memory, outstanding, bytes);
    if (verdict.kind === "accepted" || ANSWERS.has(verdict.reason)) return "take";
    this.count(verdict.reason);
    return "drop";
  }

  /** Digests what came of the request. Returns the evidence it gave: none, one sample, or two when interleaved. */
  finish(outstanding: Outstanding, delivery: Delivery): Evidence[] {
    if (delivery.kind === "failed") return this.#lost(delivery.reason);
    const verdict = acceptReply(this.#memory, outstanding, delivery.bytes);
    if (verdict.kind === "refused") return this.#refused(verdict.reason);
    const { packet } = verdict;
    if (this.#isUnwantedLocalReference(packet)) return this.#refused("local_reference");
    const now: Unfinished = { receive: packet.receive, t1: delivery.t1, t4: delivery.t4, packet, mode: delivery.mode };
    const asked = this.#asked?.receive === outstanding.asksFor ? this.#asked : null;
    const accepted = samplesOf(verdict, now, asked, this.#options.quality).flatMap((sample) => this.#admit(sample));
    if (accepted.length === 0) return [];
    this.#remember(verdict, now);
    return accepted;
  }

  count(trouble: Trouble): void {
    this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
  }

  /** Drops all evidence: after a suspend, a move, or a change of address. That it was measured once stays known. */
  forget(): void {
    this.#era += 1;
    this.#dropEvidence();
    this.#memory = FRESH_MEMORY;
    this.#asked = null;
    this.#latest = null;
  }

  /** Changes whenever evidence was dropped: an exchange begun in an earlier era proves nothing in this one. */
  get era(): number {
    return this.#era;
  }

  /** What its newest exchange alone says of UTC − RAW; null when there is none. */
  saying(now: RawInstant): Saying | null {
    const newest = this.#alone(now);
    if (newest === null || this.#lastExchange === null) return null;
    return { identity: this.identity, poll: this.#poll, lastExchange: this.#lastExchange, newest, bentAt: this.#bentAt };
  }

  #alone(now: RawInstant): Interval | null {
    return this.#newest && saysAlone(this.#newest, fastest(this.drift), now);
  }

  #dropEvidence(): void {
    this.#newest = null;
    this.#window.clear();
    this.#hull.clear();
    this.#kept = [];
    this.#bentAt = null;
    this.#measured = null;
  }

  /** The bound on leap-free − RAW, with room for a leap of which no list tells. */
  boundAt(now: RawInstant): WindowBound {
    const bound = this.#window.boundAt(now);
    return bound.kind === "bound" ? { kind: "bound", interval: growBy(bound.interval, this.#doubt(bound.interval, now)) } : bound;
  }

  /** The evidence behind the two ends of its bound. */
  get binding(): Binding<Evidence> | null {
    return this.#window.binding();
  }

  /** A change of pace, trust or sigma by policy; evidence stays. */
  retune(pollSeconds: number, trusted: boolean, sigma: PartsPerBillion): void {
    this.#options = { ...this.#options, pollSeconds, trusted, sigma };
  }

  /** Other leaps or another timescale. Far from any leap evidence moves with the axis; near one it was placed by what is now void. */
  relearn(timescale: Timescale, calendar: LeapCalendar): void {
    const before = this.#calendar.leaps;
    const same = timescale === this.#declared && sameLeaps(calendar.leaps, before);
    const perReply = timescale === "refid254" || this.#declared === "refid254";
    this.#options = { ...this.#options, timescale, calendar };
    if (same || this.#measured === null) return;
    const by = perReply ? null : changeOfAxis(this.#measured, before, calendar.leaps);
    if (by === null) this.forget();
    else if (by !== 0n) this.#move(by);
  }

  #move(by: bigint): void {
    const moved = this.#kept.map(({ sides, evidence }) => ({ sides: moveBy(sides, by), evidence }));
    this.#kept = [];
    this.#hull.clear();
    for (const { sides, evidence } of moved) this.#keep(sides, evidence);
    this.#newest = this.#newest && moveBy(this.#newest, by);
    this.assume(this.#options.drift);
  }

  /** What it is taken to keep to: as declared or known, or ntpd's smear where its last reply says one. */
  get timescale(): Timescale {
    const says = this.#latest !== null && smearOfRefid(this.#latest.refid) !== null;
    return this.#declared === "unknown" && says && this.#measuredNearLeap() ? "refid254" : this.#declared;
  }

  /** True when what it proves lies before a possible leap of which no list tells, and now may lie after it. */
  hasCrossedLeap(now: RawInstant): boolean {
    const own = this.#window.boundAt(now);
    if (own.kind !== "bound" || this.#measured === null) return false;
    return hasCrossedUnlisted({ measured: this.#measured, now: this.#utcAt(own.interval, now) }, this.#calendar);
  }

  facts(now: RawInstant): SourceFacts {
    const own = this.#window.boundAt(now);
    const doubt = own.kind === "bound" ? this.#doubt(own.interval, now) : NO_DOUBT;
    const doubtful = isDoubt(doubt);
    return {
      identity: this.identity,
      trusted: this.#options.trusted,
      lastExchange: this.#lastExchange,
      poll: this.#poll,
      interval: own.kind === "bound" ? growBy(own.interval, doubt) : null,
      conflict: own.kind === "conflict",
      newest: this.#alone(now),
      timescaleUnknown: this.#mustLeave(own, now),
      leapUnknown: doubtful,
      ...(doubtful ? { tight: null, slope: null } : this.#tight(now)),
    };
  }

  /** M5 under the drift assumption, and the slopes that fit whatever that assumption says. */
  #tight(now: RawInstant): Pick<SourceFacts, "tight" | "slope"> {
    const { drift, sigma } = this.#options;
    const allowed = { min: Number(drift.centre - drift.rho), max: Number(drift.centre + drift.rho) };
    const slope = this.#hull.size === 0 ? null : this.#hull.slopesAt({ at: now, sigmaPpb: Number(sigma), allowed: ANY_SLOPE });
    return { tight: this.#hull.boundAt({ at: now, sigmaPpb: Number(sigma), allowed })?.interval ?? null, slope };
  }

  get identity(): SourceIdentity {
    const address = this.#address ?? this.source.host;
    return {
      id: this.source.id,
      address,
      ownRefid: this.#address === null ? 0 : this.#options.refidOf(this.#address),
      refid: this.#latest?.refid ?? null,
      stratum: this.#latest?.stratum ?? null,
      origin: this.source.origin,
    };
  }

  get latest() {
    return { packet: this.#latest, delay: this.#lastDelay, exchange: this.#lastExchange };
  }

  /** True when something came back that showed our nonce, evidence or not. */
  get answers(): boolean {
    return this.replies > 0 || [...this.troubles.keys()].some((trouble) => ANSWERS.has(trouble as Refusal));
  }

  get localReference(): boolean {
    return this.#latest !== null && isLocalClock(this.#latest.refid);
  }

  /** Its poll interval, ns, as freshness counts it: never the faster pace of the start. */
  get #poll(): bigint {
    return BigInt(Math.round(Math.max(this.pollSeconds, this.#options.pollSeconds) * 1e9));
  }

  #admit(sample: Sample): Evidence[] {
    const budget = errorBudget(sample.terms);
    if (budget.total > LARGEST_ERROR) return this.#refused("too_uncertain");
    if (delay(sample.exchange) > LONGEST_DELAY) return this.#refused("delay_too_large");
    const sides = constraints(sample.exchange, budget, fastest(this.#options.drift));
    if (typeof sides === "string") return this.#refused(sides === "empty_interval" ? "negative_delay" : sides);
    const { t3 } = sample.exchange;
    if (straddlesUnlisted(t3, budget.total, this.#calendar)) return this.#refused("leap_unknown");
    // Across a leap of which no list tells, older evidence cannot be carried: by now it may be a second off.
    if (this.#measured !== null && unlistedLeapBefore(this.#measured, this.#calendar) !== unlistedLeapBefore(t3, this.#calendar))
      this.#dropEvidence();
    const evidence = { source: this.source.id, sample, budget };
    const scale = scaleOfReply(this.#declared, sample.refids, { lo: t3, hi: t3 }, budget.total, this.#calendar.leaps);
    const placed = leapFreeConstraints(sides, sample.exchange, scale, this.#calendar);
    this.#window.add(placed, evidence);
    this.#keep(placed, evidence);
    if (this.#newest === null || placed.lower.at >= this.#newest.lower.at) this.#newest = placed;
    this.#measured = t3;
    this.#lastDelay = delay(sample.exchange);
    return [evidence];
  }

  /** Keeps the sample for the hull; what no longer fits one line with it is let go, oldest half by oldest half. */
  #keep(sides: Constraints, evidence: Evidence): void {
    this.#kept = [...this.#kept.slice(1 - DEFAULT_WINDOW.samples), { sides, evidence }];
    this.#hull.add(sides);
    const question = { at: sides.lower.at, sigmaPpb: Number(this.#options.sigma), allowed: ANY_SLOPE };
    while (this.#hull.size > 1 && this.#hull.slopesAt(question) === null) {
      this.#hull.dropOlderHalf();
      this.#bentAt = sides.lower.at;
    }
  }

  get #declared(): Timescale {
    return this.#options.timescale ?? "unknown";
  }

  get #calendar(): LeapCalendar {
    return this.#options.calendar ?? NO_CALENDAR;
  }

  #doubt(bound: Interval, now: RawInstant): LeapDoubt {
    if (this.#measured === null) return NO_DOUBT;
    return leapDoubt({ measured: this.#measured, now: this.#utcAt(bound, now), timescale: this.#declared }, this.#calendar);
  }

  #utcAt(bound: Interval, now: RawInstant): Interval {
    return utcOf({ lo: now + bound.lo, hi: now + bound.hi }, this.#calendar.leaps);
  }

  /** Judged by its own bound, or by its last reading where its answers contradict each other. */
  #mustLeave(own: WindowBound, now: RawInstant): boolean {
    if (this.#measured === null) return false;
    const range = own.kind === "bound" ? this.#utcAt(own.interval, now) : { lo: this.#measured, hi: this.#measured };
    return mustLeave(this.timescale, range, this.#calendar.leaps);
  }

  #measuredNearLeap(): boolean {
    return this.#measured !== null && leapNear({ lo: this.#measured, hi: this.#measured }, this.#calendar.leaps) !== null;
  }

  #remember(verdict: Accepted, now: Unfinished): void {
    this.#memory = verdict.memory;
    this.#asked = now;
    this.#latest = verdict.packet;
    this.#lastExchange = now.t4.raw;
    this.#lostInARow = 0;
    this.#ease();
    this.replies += 1;
  }

  #ease(): void {
    this.#repliesSinceBackoff += 1;
    if (this.#backoff === 1 || this.#repliesSinceBackoff < repliesToEase(this.#backoff)) return;
    this.#backoff = Math.max(1, this.#backoff / 2);
    this.#repliesSinceBackoff = 0;
  }

  /** No further than the hour that is waited at most: a back-off beyond it would only take longer to ease. */
  #backOff(): void {
    const most = Math.max(1, LONGEST_POLL_SECONDS / this.#wantedSeconds);
    this.#backoff = Math.min(this.#backoff * 2, most);
    this.#repliesSinceBackoff = 0;
  }

  #lost(reason: Trouble): Evidence[] {
    this.#lostInARow += 1;
    return this.#refused(reason);
  }

  #refused(reason: Trouble): Evidence[] {
    this.count(reason);
    if (reason === "kiss_rate") this.#backOff();
    if (reason === "kiss_deny" || reason === "kiss_rstr") this.#stopped = true;
    return [];
  }

  /** `local stratum` servers claim a perfect root over nothing: accepted when the operator named them, never when found. */
  #isUnwantedLocalReference(packet: Accepted["packet"]): boolean {
    return this.source.origin !== "declared" && isLocalClock(packet.refid);
  }
}

const moveBy = ({ upper, lower }: Constraints, by: bigint): Constraints => ({
  upper: { ...upper, value: upper.value + by },
  lower: { ...lower, value: lower.value + by },
});

const isLocalClock = (refid: number): boolean => refid >>> 16 === LOCAL_CLOCK;
