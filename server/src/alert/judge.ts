import type { SourceState } from "@truebound/wire";
import { advance, mayBegin, mayEnd, type Witness } from "./alert-progress.ts";
import { certaintyOf } from "./certainty.ts";
import { type Condition, type HostBook, hostSubject, keyOf, newCondition, type OpenKey, sourceOf, sourceSubject } from "./conditions.ts";
import type { RuleInForce, Truth } from "./finding.ts";
import { type EventNews, findingOfEvent, isFresh, isLeftOver } from "./findings/event.ts";
import type { FleetFinding } from "./findings/fleet.ts";
import { isSound } from "./findings/source.ts";
import { isEventOnly } from "./findings/tests.ts";
import { FleetConditions } from "./fleet-conditions.ts";
import { FleetIndex } from "./fleet-index.ts";
import { factsOf, GLITCH_REPORTS, type HostSeen, looksLikeGlitch } from "./host-facts.ts";
import { inhibitedBy } from "./inhibition.ts";
import { shownFault } from "./rehearsed.ts";
import type { RuleBook } from "./rules-in-force.ts";
import { isWell } from "./well.ts";

/** One look, as the judge is told of it. */
export interface Scene {
  readonly entries: readonly HostSeen[];
  readonly rules: RuleBook;
  readonly isMeshKnown: boolean;
  readonly fleet: readonly FleetFinding[];
  readonly events: readonly EventNews[];
  /** Observed time of this process, ms. */
  readonly nowMs: number;
}

export interface Judged {
  /** All that hold, or have an alert. */
  readonly conditions: readonly Judgement[];
  readonly begins: readonly Judgement[];
  /** By key, with the reason. */
  readonly ends: ReadonlyMap<string, string>;
  /** Hosts to be asked to measure anew, each with its word. */
  readonly bursts: ReadonlyMap<string, string>;
  /** Differs where another condition holds than before, or something else is known of one. */
  readonly changes: number;
}

export interface Judgement {
  readonly condition: Condition;
  readonly host: HostBook | null;
}

export interface JudgePorts {
  /** A word that nobody used before. */
  readonly word: () => string;
}

/** The usual reason for which an alert ends. */
export const OVER = "it is over";

const BURST_MS = 15_000;

/**
 * Holds every rule against every host that it concerns, and knows how long each has held. Only hosts that changed are looked at,
 * and those of which something holds or has an alert.
 */
export class Judge {
  readonly #word: () => string;
  readonly #hosts = new Map<string, HostBook>();
  readonly #busy = new Set<HostBook>();
  readonly #fleet = new FleetConditions();
  readonly index: FleetIndex;
  readonly #begunMs: number;
  #lastMs: number;
  #rulesFor = "";
  #isMeshKnown = false;
  #bursts = new Map<string, string>();
  #changes = 0;

  constructor({ word }: JudgePorts, nowMs: number) {
    this.#word = word;
    this.#begunMs = nowMs;
    this.#lastMs = nowMs;
    this.index = new FleetIndex((id) => isHeard(this.#hosts.get(id)));
  }

  judge(scene: Scene, open: ReadonlyMap<string, OpenKey>): Judged {
    const tookMs = scene.nowMs - this.#lastMs;
    this.#lastMs = scene.nowMs;
    this.#bursts = new Map();
    this.#mark(open);
    const isNews = scene.rules.version !== this.#rulesFor || scene.isMeshKnown !== this.#isMeshKnown;
    [this.#rulesFor, this.#isMeshKnown] = [scene.rules.version, scene.isMeshKnown];
    const fresh = this.#takeHosts(scene, isNews, open);
    const gone = this.#adopt(scene.rules, open);
    this.#takeEvents(scene);
    for (const book of this.#busy) this.#step(book, fresh.has(book), tookMs);
    this.#changes += this.#fleet.step(scene, tookMs);
    return this.#sum(open, gone);
  }

  /** What was written since the look before. */
  #mark(open: ReadonlyMap<string, OpenKey>): void {
    for (const { conditions } of this.#busy) for (const one of conditions.values()) one.isFiring = open.has(one.key);
    for (const one of this.#fleet.all()) one.isFiring = open.has(one.key);
  }

  /** Hosts of which something is new; each is judged at once. */
  #takeHosts(scene: Scene, isNews: boolean, open: ReadonlyMap<string, OpenKey>): Set<HostBook> {
    const fresh = new Set<HostBook>();
    const seen = new Set<string>();
    for (const entry of scene.entries) {
      if (entry.record.state !== "active") continue;
      seen.add(entry.record.id);
      const known = this.#hosts.get(entry.record.id);
      if (known !== undefined && !isNews && isSame(known, entry)) continue;
      fresh.add(this.#take(entry, scene, isNews, known));
    }
    if (seen.size < this.#hosts.size) for (const id of this.#hosts.keys()) if (!seen.has(id)) this.#forget(id);
    for (const book of fresh) this.#test(book, open);
    if (isNews) this.#changes += 1;
    return fresh;
  }

  #take(entry: HostSeen, scene: Scene, isNews: boolean, known: HostBook | undefined): HostBook {
    const book = known ?? this.#begin(entry, scene);
    const isReport = known === undefined || known.facts.record.seq !== entry.record.seq || known.facts.record.epoch !== entry.record.epoch;
    if (known !== undefined && known.facts.record.seq === 0 && entry.record.seq > 0) book.sinceMs = scene.nowMs;
    if (isReport) book.reportedMs = scene.nowMs;
    if (isReport) book.glitches = looksLikeGlitch(entry.record) ? book.glitches + 1 : 0;
    if (isNews || book.facts.record.labels !== entry.record.labels) book.rules = scene.rules.of(entry.record.labels);
    book.facts = factsOf(entry, scene.isMeshKnown, book.glitches > 0 && book.glitches < GLITCH_REPORTS);
    this.index.take(book.facts);
    return book;
  }

  #begin(entry: HostSeen, scene: Scene): HostBook {
    const book: HostBook = {
      facts: factsOf(entry, scene.isMeshKnown, false),
      rules: scene.rules.of(entry.record.labels),
      sinceMs: scene.nowMs,
      glitches: 0,
      reportedMs: scene.nowMs,
      fault: null,
      burst: null,
      conditions: new Map(),
    };
    this.#hosts.set(entry.record.id, book);
    return book;
  }

  #forget(id: string): void {
    const book = this.#hosts.get(id);
    if (book !== undefined) this.#busy.delete(book);
    this.#hosts.delete(id);
    this.index.drop(id);
  }

  /** Every rule that concerns it, against its latest report. */
  #test(book: HostBook, open: ReadonlyMap<string, OpenKey>): void {
    const { facts, rules, conditions } = book;
    for (const [name, one] of conditions) {
      const now = rules.byName.get(one.inForce.rule.name);
      if (now?.finding !== one.inForce.finding) conditions.delete(name);
      else one.inForce = now;
    }
    if (conditions.size === 0 && isWell(facts, rules)) return;
    for (const one of rules.host) {
      const known = conditions.size === 0 ? undefined : conditions.get(one.rule.name);
      const truth = one.test(facts, one, known?.isFiring ?? false);
      if (known !== undefined) this.#restate(book, known, truth, one);
      else if (truth === "holds")
        this.#add(book, one.rule.name, newCondition(one, hostSubject(facts.record.id), null, false)).truth = truth;
    }
    if (rules.source.length > 0) this.#testSources(book, open);
  }

  #testSources(book: HostBook, open: ReadonlyMap<string, OpenKey>): void {
    const { facts, rules, conditions } = book;
    const suspects = facts.record.sources.filter(({ state }) => !isSound(state as SourceState));
    for (const one of suspects)
      for (const inForce of rules.source) {
        const subject = sourceSubject(facts.record.id, one.id);
        if (inForce.test(facts, one) !== "holds" || conditions.has(keyOf(inForce.rule.name, subject))) continue;
        const made = newCondition(inForce, subject, one.id, open.has(keyOf(inForce.rule.name, subject)));
        this.#add(book, made.key, made);
      }
    for (const one of conditions.values()) {
      const inForce = rules.byName.get(one.inForce.rule.name) ?? one.inForce;
      if (one.sourceId !== null) this.#restate(book, one, sourceTruth(book, one), inForce);
    }
  }

  /** What is said of an alert follows what is known of its host. */
  #restate({ facts, rules }: HostBook, condition: Condition, truth: Truth, inForce: RuleInForce): void {
    const certainty = condition.isFiring ? certaintyOf(facts, inForce.limit || rules.strictest) : condition.certainty;
    if (condition.truth !== truth || condition.certainty !== certainty) this.#changes += 1;
    Object.assign(condition, { truth, inForce, certainty });
  }

  #add(book: HostBook, name: string, condition: Condition): Condition {
    this.#changes += 1;
    book.conditions.set(name, condition);
    this.#busy.add(book);
    return condition;
  }

  /** Alerts that go on and that this process does not know yet; and those that no rule or no host has any more, with the reason. */
  #adopt(rules: RuleBook, open: ReadonlyMap<string, OpenKey>): Map<string, string> {
    const gone = new Map<string, string>();
    for (const alert of open.values()) {
      const reason = alert.host === null ? this.#fleet.adopt(rules, alert) : this.#adoptHost(alert, alert.host);
      if (reason !== null) gone.set(alert.key, reason);
    }
    return gone;
  }

  #adoptHost({ rule, subject, key, finding }: OpenKey, host: string): string | null {
    const book = this.#hosts.get(host);
    if (book === undefined) return "the host is no active part of the fleet any more";
    const inForce = book.rules.byName.get(rule);
    if (inForce === undefined) return "the rule is gone, or does not concern the host now";
    if (inForce.finding !== finding) return "the rule looks for something else now";
    const own = hostSubject(host);
    const source = subject === own ? null : subject.slice(sourceSubject(host, "").length);
    const name = source === null ? rule : key;
    const known = book.conditions.get(name);
    if (known !== undefined) known.isFiring = true;
    if (known !== undefined) return null;
    const adopted = this.#add(book, name, newCondition(inForce, subject, source, true));
    const test = book.rules.host.find((one) => one.rule.name === rule)?.test;
    adopted.truth = source !== null ? sourceTruth(book, adopted) : (test?.(book.facts, inForce, true) ?? "over");
    return null;
  }

  /** An event holds in the look that finds it, and is over from then on. */
  #takeEvents({ events, nowMs }: Scene): void {
    for (const event of events) {
      const finding = findingOfEvent(event);
      const book = this.#hosts.get(event.host);
      if (finding === null || book === undefined || !isFresh(event, book.facts.record)) continue;
      if (isLeftOver(event, book.facts.record)) continue;
      for (const inForce of book.rules.event)
        if (inForce.finding === finding && nowMs - this.#watchedSince(book) >= inForce.rule.grace_s * 1000)
          this.#happened(book, inForce, event);
    }
  }

  #happened(book: HostBook, inForce: RuleInForce, event: EventNews): void {
    const name = inForce.rule.name;
    const condition = book.conditions.get(name) ?? this.#add(book, name, newCondition(inForce, hostSubject(event.host), null, false));
    this.#changes += 1;
    condition.truth = "holds";
    condition.event = event;
  }

  #step(book: HostBook, isNews: boolean, tookMs: number): void {
    const { facts, conditions } = book;
    const fault = shownFault(facts.record, this.#lastMs - book.reportedMs);
    if (book.fault?.id !== fault?.id) this.#changes += 1;
    book.fault = fault;
    for (const [name, one] of conditions) {
      const isEvent = isEventOnly(one.inForce.finding);
      if (isEvent && one.event === null) one.truth = "over";
      const word = one.truth === "holds" && one.progress.first === null ? this.#wordFor(book, one, isNews) : null;
      one.progress = advance(one.progress, one.truth, tookMs, facts.record, word);
      if (!one.isFiring && one.truth === "over" && conditions.delete(name)) this.#changes += 1;
    }
    if (conditions.size === 0) this.#busy.delete(book);
  }

  /** The host is asked once for all that begins to hold at about the same time. */
  #wordFor(book: HostBook, { inForce, isFiring }: Condition, isReport: boolean): string | null {
    if (!inForce.rule.confirm || isFiring || !isReport) return null;
    const { id } = book.facts.record;
    const recent = book.burst !== null && this.#lastMs - book.burst.atMs < BURST_MS && book.burst.word !== book.facts.record.burstDone;
    if (!recent) book.burst = { word: this.#word(), atMs: this.#lastMs };
    const word = (book.burst as NonNullable<HostBook["burst"]>).word;
    this.#bursts.set(id, word);
    return word;
  }

  #sum(open: ReadonlyMap<string, OpenKey>, gone: ReadonlyMap<string, string>): Judged {
    const conditions: Judgement[] = [...this.#fleet.all()].map((condition) => ({ condition, host: null }));
    for (const host of this.#busy) for (const condition of host.conditions.values()) conditions.push({ condition, host });
    const begins = conditions.filter((one) => !open.has(one.condition.key) && this.#begins(one));
    const inhibited = inhibitedBy(conditions, begins);
    const ends = new Map(gone);
    for (const { condition } of conditions) {
      const reason = inhibited.get(condition.key) ?? (isOver(condition) ? OVER : null);
      if (condition.isFiring && open.has(condition.key) && reason !== null && !ends.has(condition.key)) ends.set(condition.key, reason);
    }
    for (const { condition } of conditions) condition.event = condition.isFiring ? null : condition.event;
    return {
      conditions: conditions.filter(({ condition }) => condition.truth === "holds" || condition.isFiring),
      begins: begins.filter(({ condition }) => !inhibited.has(condition.key)),
      ends,
      bursts: this.#bursts,
      changes: this.#changes,
    };
  }

  #begins({ condition: { inForce, progress, truth }, host }: Judgement): boolean {
    if (truth !== "holds") return false;
    if (host !== null && isEventOnly(inForce.finding)) return true;
    const confirms = host === null ? { ...inForce.rule, confirm: false } : inForce.rule;
    return mayBegin(confirms, progress, this.#witness(host));
  }

  #witness(host: HostBook | null): Witness {
    const watchedMs = this.#lastMs - (host === null ? this.#begunMs : this.#watchedSince(host));
    if (host === null) return { epoch: 0, seq: 0, burstDone: null, watchedMs };
    const { epoch, seq, burstDone } = host.facts.record;
    return { epoch, seq, burstDone, watchedMs };
  }

  #watchedSince = ({ sinceMs }: HostBook): number => Math.max(sinceMs, this.#begunMs);
}

const isHeard = (book: HostBook | undefined): boolean => book?.facts.isPresent === true;

const isOver = ({ truth, progress, inForce }: Condition): boolean => truth === "over" && mayEnd(inForce.rule, progress);

/** A source that the host does not have any more is no trouble. */
function sourceTruth({ facts, rules }: HostBook, { sourceId, inForce }: Condition): Truth {
  const source = sourceOf(facts.record, sourceId);
  if (source === null) return facts.isPresent ? "over" : "unknown";
  return rules.source.find(({ rule }) => rule.name === inForce.rule.name)?.test(facts, source) ?? "over";
}

const isSame = ({ facts }: HostBook, { record, liveness, ageMs, standing = null }: HostSeen): boolean =>
  facts.record === record && facts.standing === standing && facts.presence === quickPresence(liveness, ageMs);

const quickPresence = (liveness: HostSeen["liveness"], ageMs: number | null): string =>
  liveness === "silent" ? "silent" : ageMs === null || liveness === "carried" ? "unheard" : liveness === "late" ? "late" : "heard";
