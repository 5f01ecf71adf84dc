import { type Accepted, acceptReply, FRESH_MEMORY, type Memory, makeRequest, type Nonces, type Refusal } from "@truebound/ntp";
import {
  type Binding,
  type Drift,
  delay,
  fastest,
  type LeapCalendar,
  maxOf,
  NO_CALENDAR,
  type PartsPerBillion,
  type RawInstant,
  type SourceFacts,
  type SourceIdentity,
  type Timescale,
  type WindowBound,
} from "@truebound/time";
import type { RootVoid } from "@truebound/wire";
import type { IntervalReading, IntervalSource, Taken } from "../interval-source/ports.ts";
import { whyVoid } from "./declared-root.ts";
import type { DateTrouble, NtsDialogue, Proof } from "./nts-dialogue.ts";
import type { Delivery, Failure, RandomNonce } from "./ports.ts";
import { type Sample, samplesOf, statedSample, type Unfinished } from "./samples.ts";
import type { Source } from "./source.ts";
import { SourcePace } from "./source-pace.ts";
import {
  ANSWERS,
  type Asked,
  isLocalClock,
  type LastExchange,
  NO_REPLY,
  type ProbeOptions,
  stampsOf,
  type Trouble,
} from "./source-terms.ts";
import { type Evidence, SourceWindow, type Testimony } from "./source-window.ts";
import { agreedSample } from "./stamps-agree.ts";

/** What nobody may hear of. */
const BARRED: Testimony & Pick<SourceFacts, "notAuthenticated"> = {
  interval: null,
  conflict: false,
  newest: null,
  bentAt: null,
  tight: null,
  slope: null,
  notAuthenticated: true,
};

const LOST_BEFORE_RESOLVING = 8;

/**
 * One source: its dialogue and its counters, around its evidence and its pace. Holds state, takes no time and sends nothing;
 * the loop around it does.
 */
export class SourceProbe {
  readonly source: Source;
  #options: ProbeOptions;
  #window: SourceWindow;
  #pace: SourcePace;
  #memory: Memory = FRESH_MEMORY;
  #asked: Unfinished | null = null;
  #address: string | null = null;
  #latest: Accepted["packet"] | null = null;
  #lastExchange: RawInstant | null = null;
  #lastDelay: bigint | null = null;
  #stopped = false;
  #lostInARow = 0;
  #refusal: Trouble | null = null;
  #stamps: LastExchange = NO_REPLY;
  #era = 0;
  /** The same one as long as nothing of it changes. */
  #identity: { readonly of: string | null; readonly is: SourceIdentity } | null = null;
  #named: { readonly address: string; readonly refid: number } | null = null;
  /** It asks nobody, and the keys are another's. */
  #isCopy = false;
  #root: "declared" | RootVoid | null = null;
  /** All that its window holds came in authentic replies. */
  #authentic = false;
  /** The era in which a source of intervals was last listened to. */
  #takenIn = 0;
  /** When it was first listened to in that era; null = since the start. */
  #takenFrom: RawInstant | null = null;
  #document: string | null = null;
  polls = 0;
  replies = 0;
  readonly troubles = new Map<Trouble, number>();

  constructor(options: ProbeOptions) {
    this.source = options.source;
    this.#options = options;
    const { drift, sigma, timescale = "unknown", calendar = NO_CALENDAR } = options;
    this.#window = new SourceWindow(options.source.id, { drift, sigma, timescale, calendar });
    this.#pace = new SourcePace(options.source.origin, options.pollSeconds);
  }

  /** Another one with the same samples, each as it is shown there. It asks nobody: what it hears from now on it is told (`overhear`). */
  copy(show: (sample: Sample) => Sample): SourceProbe {
    const copy = new SourceProbe(this.#options);
    copy.#isCopy = true;
    copy.#window = this.#window.copy(show);
    copy.#pace = this.#pace;
    copy.#address = this.#address;
    copy.#follow(this);
    copy.#heard(this);
    return copy;
  }

  /** What came of an exchange of another probe of this source, and perhaps not as it came. Returns what of it is evidence here too. */
  overhear(other: SourceProbe, samples: readonly Sample[]): Evidence[] {
    this.#follow(other);
    const accepted = samples.flatMap((sample) => this.#admit(sample));
    if (accepted.length > 0) this.#heard(other);
    return accepted;
  }

  /** Whom it asks, and how often it did. */
  #follow(other: SourceProbe): void {
    if (other.#address !== null) this.resolved(other.#address);
    this.polls = other.polls;
    for (const [trouble, count] of other.troubles) this.troubles.set(trouble, Math.max(count, this.troubles.get(trouble) ?? 0));
  }

  #heard(other: SourceProbe): void {
    this.#latest = other.#latest;
    this.#lastExchange = other.#lastExchange;
    this.#lastDelay ??= other.#lastDelay;
    this.#document = other.#document;
    this.#authentic = other.#authentic;
    this.#root = other.#root;
    this.replies = other.replies;
  }

  get drift(): Drift {
    return this.#window.drift;
  }

  /** Another drift assumption; the evidence stays. */
  assume(drift: Drift): void {
    this.#window.assume(drift);
  }

  /** Where NTP is asked. */
  get address(): string | null {
    return this.#address && (this.nts?.endpoint?.address ?? this.#address);
  }

  get port(): number {
    return this.nts?.endpoint?.port ?? this.source.port;
  }

  /** Where keys are asked for. */
  get keyAddress(): string | null {
    return this.#address;
  }

  get nts(): NtsDialogue | null {
    return this.#options.nts ?? null;
  }

  /** What gives intervals of itself, in place of a server that is asked; null = a server is. */
  get intervals(): IntervalSource | null {
    return this.#options.intervals ?? null;
  }

  /** False = it is drawn and compared, and has no vote: its error is declared to nobody who may trust that, or it is a mere opinion. */
  get counts(): boolean {
    const { intervals, declared = false } = this.#options;
    return intervals === undefined || (declared && intervals.kind !== "opinion");
  }

  /** SHA-256 of the document that declares the error of what it said last; null = it named none. */
  get document(): string | null {
    return this.#document;
  }

  /** By whom what it says is authenticated; null = not by NTS, or by nothing yet. */
  get authenticatedBy(): Proof | null {
    return this.#authentic ? (this.nts?.proof ?? null) : null;
  }

  /** A new address is a new clock: what the old one proved does not count for it. */
  resolved(address: string): void {
    if (address === this.#address) return;
    this.#address = address;
    if (!this.#isCopy) this.nts?.moved();
    this.#lostInARow = 0;
    this.#lastExchange = null;
    this.#root = null;
    this.forget();
  }

  /** True when the name should be looked up (again). */
  get needsResolving(): boolean {
    if (this.intervals !== null) return false;
    return this.#address === null || (this.#lostInARow > 0 && this.#lostInARow % LOST_BEFORE_RESOLVING === 0);
  }

  /** True after DENY or RSTR: the server does not want us, and is not asked again. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Seconds until the next poll. */
  get pollSeconds(): number {
    return this.#pace.seconds(this.polls);
  }

  /** Seconds that must pass since the last poll before one out of turn. */
  get soonestSeconds(): number {
    return this.#pace.soonest(this.polls);
  }

  /** For the sake of the host's own daemon: so many times slower than we would; 1 = at our own pace. */
  slowDown(factor: number): void {
    if (this.intervals === null) this.#pace.slowDown(factor);
  }

  /** A source of intervals is listened to. Returns the instant from which on what it says counts. */
  listen(now: RawInstant): RawInstant | null {
    this.#pace.polled(this.polls);
    this.polls += 1;
    // What it said before the evidence was dropped is of another ruler, or of another assumption.
    if (this.#takenIn !== this.era) this.#takenFrom = now;
    this.#takenIn = this.era;
    return this.#takenFrom;
  }

  /** Takes what a source of intervals says. @param since nothing from before it counts @param now nothing can be later */
  hear(taken: Taken, since: RawInstant | null, now: RawInstant): Evidence[] {
    this.#refusal = null;
    this.#stamps = NO_REPLY;
    if (taken.kind === "refused") return this.#lost(taken.reason);
    return taken.readings.flatMap((reading) => this.#hearOne(reading, since, now));
  }

  #hearOne(reading: IntervalReading, since: RawInstant | null, now: RawInstant): Evidence[] {
    if (reading.raw > now) return this.#refused("kind_in_the_future");
    const newest = since !== null && this.#lastExchange !== null ? maxOf(since, this.#lastExchange) : (since ?? this.#lastExchange);
    if (newest !== null && reading.raw <= newest) return this.#refused("kind_not_newer");
    const accepted = this.#admit(statedSample(reading));
    if (accepted.length === 0) return [];
    this.#document = reading.document;
    this.#lastExchange = reading.raw;
    this.#lostInARow = 0;
    this.replies += 1;
    return accepted;
  }

  /** @param random for what only an authenticated request has; without it there are none. */
  begin(nonces: Nonces, random?: RandomNonce): { bytes: Uint8Array; outstanding: Asked } {
    const { bytes, outstanding, memory } = makeRequest(this.#memory, nonces, this.#options.client);
    this.#memory = memory;
    this.#pace.polled(this.polls);
    this.polls += 1;
    const guarded = random === undefined ? null : (this.nts?.protect(bytes, random) ?? null);
    if (guarded !== null) return { bytes: guarded.bytes, outstanding: { ...outstanding, sealed: guarded.sealed } };
    return { bytes, outstanding: this.#mustBeSealed ? { ...outstanding, muted: "nts_no_keys" } : outstanding };
  }

  /**
   * Takes the one datagram that answers `outstanding`, also one that says by it that it is no evidence; counts and drops
   * whatever does not show our nonce.
   */
  consider(outstanding: Asked, bytes: Uint8Array): "take" | "drop" {
    const unproved = outstanding.sealed && this.nts?.whyUnproved(outstanding.sealed, bytes);
    if (unproved) {
      this.count(unproved);
      return "drop";
    }
    const verdict = acceptReply(this.#memory, outstanding, bytes);
    if (verdict.kind === "accepted" || ANSWERS.has(verdict.reason)) return "take";
    this.count(verdict.reason);
    return "drop";
  }

  /** Digests what came of the request. Returns the evidence it gave: none, one sample, or two when interleaved. */
  finish(outstanding: Asked, delivery: Delivery): Evidence[] {
    this.#refusal = null;
    this.#stamps = stampsOf(delivery);
    if (delivery.kind === "failed") return this.#unanswered(outstanding, delivery.reason);
    const unproved = outstanding.sealed && this.nts?.takeProof(outstanding.sealed, delivery.bytes);
    if (unproved) return this.#refused(unproved);
    const verdict = acceptReply(this.#memory, outstanding, delivery.bytes);
    if (verdict.kind === "refused") return this.#refused(verdict.reason);
    const { packet } = verdict;
    if (this.#isUnwantedLocalReference(packet)) return this.#refused("local_reference");
    const untimely = outstanding.sealed && this.nts?.judgeOwnTime(packet.transmit);
    if (untimely) {
      this.#window.clear();
      return this.#refused(untimely);
    }
    this.#becomes(outstanding.sealed !== undefined);
    this.#followRoot(packet);
    const { t1, t4, mode, kernel } = delivery;
    const now: Unfinished = { receive: packet.receive, t1, t4, packet, mode, ...(kernel && { kernel }) };
    const asked = this.#asked?.receive === outstanding.asksFor ? this.#asked : null;
    const accepted = samplesOf(verdict, now, asked, this.#options.quality).flatMap((sample) => this.#admit(sample));
    if (accepted.length === 0) return [];
    this.#remember(verdict, now);
    return accepted;
  }

  /** What is asked without NTS would not count, and spoil what does. */
  get #mustBeSealed(): boolean {
    return this.nts !== null && (this.nts.isRequired || this.#options.authenticatedOnly === true);
  }

  #unanswered({ sealed }: Asked, reason: Failure): Evidence[] {
    if (sealed !== undefined) this.nts?.unanswered(sealed);
    return this.#lost(reason);
  }

  /** What came without proof says nothing beside what comes with it; one exchange without makes the whole window one without. */
  #becomes(authentic: boolean): void {
    if (authentic && !this.#authentic) {
      this.#window.clear();
      this.#asked = null;
    }
    this.#authentic = authentic;
  }

  /** What was laid under a declaration goes with it: whatever left its baseline may have been off before. */
  #followRoot(packet: Accepted["packet"]): void {
    const { declared } = this.source;
    if (declared === undefined) return;
    const before = this.#root;
    this.#root = whyVoid(declared, packet) ?? "declared";
    if (before !== "declared" || this.#root === "declared") return;
    this.#window.clear();
    this.#asked = null;
  }

  /** Whether the declaration of its root counts, or why not; null = there is none, or it has not answered yet. */
  get root(): "declared" | RootVoid | null {
    return this.#root;
  }

  /** The certificate behind its keys does not hold: what they authenticated is of no use. */
  distrust(why: DateTrouble): void {
    this.count(why);
    if (this.#authentic) this.#window.clear();
  }

  count(trouble: Trouble): void {
    this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
  }

  /** Drops all evidence: after a suspend, a move, or a change of address. That it was measured once stays known. */
  forget(): void {
    this.#era += 1;
    this.#window.clear();
    this.#memory = FRESH_MEMORY;
    this.#asked = null;
    this.#latest = null;
  }

  /** Changes whenever evidence was dropped: an exchange begun in an earlier era proves nothing in this one. */
  get era(): number {
    return this.#era;
  }

  /** Keeps only the newest sample. */
  keepNewest(): void {
    this.#window.keepNewest();
  }

  /** Keeps only what was measured since its exchanges last stopped fitting one line. */
  dropBeforeBend(): void {
    this.#window.dropBeforeBend();
  }

  /** The bound on leap-free − RAW, with room for a leap of which no list tells. */
  boundAt(now: RawInstant): WindowBound {
    return this.#window.boundAt(now);
  }

  /** The evidence behind the two ends of its bound. */
  get binding(): Binding<Evidence> | null {
    return this.#window.binding;
  }

  /** A change of pace, trust or sigma by policy; evidence stays. */
  retune(pollSeconds: number, trusted: boolean, sigma: PartsPerBillion, authenticatedOnly = false, declared = false): void {
    this.#options = { ...this.#options, trusted, authenticatedOnly, declared };
    this.#pace.retune(pollSeconds);
    this.#window.retune(sigma);
  }

  /** Other leaps or another timescale: where the evidence had to be dropped, an exchange under way is void with it. */
  relearn(timescale: Timescale, calendar: LeapCalendar): void {
    if (!this.#window.relearn(timescale, calendar)) this.forget();
  }

  /** What it is taken to keep to around a leap second. */
  get timescale(): Timescale {
    return this.#window.timescale(this.#latest?.refid ?? null);
  }

  /** True when what it proves lies before a possible leap of which no list tells, and now may lie after it. */
  hasCrossedLeap(now: RawInstant): boolean {
    return this.#window.hasCrossedLeap(now);
  }

  facts(now: RawInstant): SourceFacts {
    return {
      identity: this.identity,
      trusted: this.#options.trusted,
      lastExchange: this.#lastExchange,
      poll: this.#poll,
      ...(this.isBarred ? BARRED : this.#window.testimony(now, this.#latest?.refid ?? null)),
    };
  }

  /** The policy lets only what is authenticated count. */
  get isBarred(): boolean {
    return this.#options.authenticatedOnly === true && this.counts && !this.#authentic;
  }

  /** Of the clock that is heard: where servers of keys send to one server of NTP, it is one, whoever sent there. */
  get identity(): SourceIdentity {
    const { address } = this;
    const { id, host, origin } = this.source;
    const { refid = null, stratum = null } = this.#latest ?? {};
    const known = this.#identity;
    if (known?.of === address && known.is.refid === refid && known.is.stratum === stratum) return known.is;
    const is = { id, address: address ?? host, ownRefid: this.#ownRefid(address), refid, stratum, origin };
    this.#identity = { of: address, is };
    return is;
  }

  /** Worked out once for an address: an IPv6 one is hashed. */
  #ownRefid(address: string | null): number {
    if (address === null) return 0;
    if (this.#named?.address !== address) this.#named = { address, refid: this.#options.refidOf(address) };
    return this.#named.refid;
  }

  /** Why the exchange that was finished last gave no evidence, and its stamps; null = it did. */
  get lastRefusal(): { readonly reason: Trouble; readonly exchange: LastExchange } | null {
    return this.#refusal && { reason: this.#refusal, exchange: this.#stamps };
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

  /** The interval by which freshness counts, ns. */
  get #poll(): bigint {
    return this.#pace.nanoseconds(this.polls);
  }

  #admit(taken: Sample): Evidence[] {
    const sample = agreedSample(taken, fastest(this.drift));
    const admitted = this.#window.admit(sample);
    if (typeof admitted === "string") return this.#refused(admitted);
    if (sample.stated === undefined) this.#lastDelay = delay(sample.exchange);
    return [admitted];
  }

  #remember(verdict: Accepted, now: Unfinished): void {
    this.#memory = verdict.memory;
    this.#asked = now;
    this.#latest = verdict.packet;
    this.#lastExchange = now.t4.raw;
    this.#lostInARow = 0;
    this.#pace.ease();
    this.replies += 1;
  }

  #lost(reason: Trouble): Evidence[] {
    this.#lostInARow += 1;
    return this.#refused(reason);
  }

  #refused(reason: Trouble): Evidence[] {
    this.count(reason);
    this.#refusal = reason;
    if (reason === "kiss_rate") this.#pace.backOff();
    if (reason === "kiss_deny" || reason === "kiss_rstr") this.#stopped = true;
    return [];
  }

  /** `local stratum` servers claim a perfect root over nothing: accepted when the operator named them, never when found. */
  #isUnwantedLocalReference(packet: Accepted["packet"]): boolean {
    return this.source.origin !== "declared" && isLocalClock(packet.refid);
  }
}
