import type { LeapList, UtcInstant } from "@truebound/time";
import { ObservedTime } from "../fleet/liveness.ts";
import type { MeshState } from "../peer/peer-keeper.ts";
import type { PolicyRule } from "../policy/choose-policy.ts";
import { assign } from "./assign.ts";
import { caseOf } from "./cases.ts";
import type { Cause } from "./cause.ts";
import { EventsOnce } from "./events-once.ts";
import { domainConflicts, type FleetFinding, leapFileExpired, leapPending, serverClock } from "./findings/fleet.ts";
import { houseFindings } from "./findings/house.ts";
import type { HostSeen } from "./host-facts.ts";
import type { HouseFacts } from "./house-facts.ts";
import { idlePlan, isIdle, type OpenIncident, type Plan } from "./incident.ts";
import { type Affected, hostsOf } from "./incident-words.ts";
import { Judge, type Judged } from "./judge.ts";
import { affectedBy, type Noticed, type OpenBook, planOf } from "./plan.ts";
import type { AlertLook, AlertStore, JudgesSeat } from "./ports.ts";
import { RuleBook } from "./rules-in-force.ts";

export interface AlertPorts {
  readonly store: AlertStore;
  readonly fleet: { entries(): readonly HostSeen[]; readonly rules: readonly PolicyRule[] };
  /** Null = the mesh was not solved yet. */
  readonly mesh: () => MeshState | null;
  readonly leaps: () => LeapList;
  /** Null = it was not looked at yet. */
  readonly house: () => HouseFacts | null;
  /** Of this machine; null = it has none. */
  readonly bootId: string | null;
  /** ms of this process's monotonic clock. */
  readonly monotonic: () => number;
  /** Where the page is served on its own machine, without a final slash. */
  readonly localPage: () => string;
  /** A word that nobody used before. */
  readonly word: () => string;
}

/** What is known of alerts here, for the metrics. */
export interface AlertFigures {
  readonly book: OpenBook;
  readonly tookMs: number;
  readonly judgedAtMs: number;
}

/** Of one incident: its last notice, when this process saw that it was written, and of how many hosts it held at each. */
interface Notices {
  readonly ordinal: number;
  readonly atMs: number;
  readonly hosts: ReadonlyMap<number, number>;
}

/** What is kept while the seat is. What this process saw of the fleet outlasts a connection. */
interface Term {
  readonly seat: JudgesSeat;
  readonly judge: Judge;
  readonly events: EventsOnce;
  readonly wanted: Map<string, { readonly word: string; readonly tries: number }>;
  readonly noticed: Map<bigint, Notices>;
  book: OpenBook;
  /** As they were set when that was read; null = no look was made yet. */
  channels: string | null;
  mark: string | null;
  rules: RuleBook | null;
  /** What the last plan rested on, and how many looks ago that was. */
  planned: { readonly on: string; readonly looks: number };
}

/** Without the seat for longer than this somebody else may have judged, and what was seen before is history. */
const FORGOTTEN_MS = 60_000;

/**
 * Judges the fleet again and again where no other server does, and writes what follows. All that matters lies in the database:
 * whoever has the seat next goes on with the alerts and the incidents that are open.
 */
export class AlertKeeper {
  readonly #ports: AlertPorts;
  readonly #time = new ObservedTime();
  #term: Term | null = null;
  #last: Pick<Term, "judge" | "events" | "noticed"> | null = null;
  #figures: AlertFigures | null = null;

  constructor(ports: AlertPorts) {
    this.#ports = ports;
  }

  /** Null = this process does not judge. */
  get figures(): AlertFigures | null {
    return this.#term === null ? null : this.#figures;
  }

  /** Right after a look at the fleet. */
  async look(): Promise<void> {
    const term = this.#term ?? (await this.#begin());
    if (term === null) return;
    this.#term = term;
    try {
      await this.#judge(term);
    } catch (error) {
      this.#term = null;
      await term.seat.leave(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  async stop(): Promise<void> {
    const term = this.#term;
    this.#term = null;
    await term?.seat.leave();
  }

  async #begin(): Promise<Term | null> {
    const seat = await this.#ports.store.takeSeat();
    if (seat === null) return null;
    if (this.#ports.monotonic() - (this.#figures?.judgedAtMs ?? 0) > FORGOTTEN_MS) this.#last = null;
    try {
      const book = await seat.book();
      this.#last ??= { judge: new Judge({ word: this.#ports.word }, this.#time.now), events: new EventsOnce(), noticed: new Map() };
      return { seat, ...this.#last, wanted: new Map(), book, channels: null, mark: null, rules: null, planned: { on: "", looks: 0 } };
    } catch (error) {
      await seat.leave(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  async #judge(term: Term): Promise<void> {
    const found = await term.seat.look(term.mark);
    await this.#readAnew(term, found);
    const startedMs = this.#ports.monotonic();
    this.#time.looked(startedMs);
    const judged = this.#findingsOf(term, found);
    const on = basisOf(judged, found);
    const isQuiet = on === term.planned.on && term.planned.looks < PLAN_EVERY && judged.begins.length + judged.ends.size === 0;
    const plan = isQuiet ? idlePlan(judged.bursts) : this.#planOf(term, judged, found);
    const tookMs = this.#ports.monotonic() - startedMs;
    await term.seat.write(plan, found.mark);
    term.mark = found.mark;
    term.planned = isQuiet ? { on, looks: term.planned.looks + 1 } : { on, looks: 0 };
    term.events.taken(found.events, found.mark);
    if (!isIdle(plan)) term.book = await term.seat.book();
    this.#figures = { book: term.book, tookMs, judgedAtMs: this.#ports.monotonic() };
    await this.#ask(term, judged);
  }

  /** What waited for a channel when it was switched off was given up since: it is to be told when it is switched on. */
  async #readAnew(term: Term, { config }: AlertLook): Promise<void> {
    const channels = JSON.stringify(config.channels);
    if (term.channels !== null && term.channels !== channels) term.book = await term.seat.book();
    term.channels = channels;
  }

  #findingsOf(term: Term, { config, events }: AlertLook): Judged {
    const fresh = new RuleBook(config, this.#ports.fleet.rules);
    if (term.rules === null || term.rules.version !== fresh.version) term.rules = fresh;
    const entries = this.#ports.fleet.entries();
    const mesh = this.#ports.mesh();
    return term.judge.judge(
      {
        entries,
        rules: term.rules,
        isMeshKnown: mesh !== null,
        fleet: this.#fleetFindings(entries, mesh, config.now),
        events: term.events.fresh(events),
        nowMs: this.#time.now,
      },
      openKeys(term.book),
    );
  }

  #fleetFindings(entries: readonly HostSeen[], mesh: MeshState | null, now: UtcInstant): FleetFinding[] {
    const list = this.#ports.leaps();
    const nodeOf = (id: string) => {
      const [member, target] = [mesh?.members.get(id), mesh?.targets.get(id)];
      return member !== undefined ? { domain: member.domain, name: member.record.name } : (target ?? null);
    };
    return [
      leapPending(list, now),
      leapFileExpired(list, now),
      serverClock(entries, this.#ports.bootId),
      ...houseFindings(this.#ports.house()),
      ...domainConflicts(mesh?.conflicts ?? [], nodeOf),
    ];
  }

  #planOf(term: Term, judged: Judged, { config }: AlertLook): Plan {
    const { book, judge } = term;
    const cases = judged.conditions.map((one) => caseOf(one, judge.index, book.alerts.get(one.condition.key)?.isRehearsal ?? null));
    const open = [...book.incidents.values()].map(({ cause }) => cause);
    const byId = new Map([...book.incidents.values()].map(({ id, cause }) => [id, cause]));
    const inIncident = new Map([...book.alerts.values()].map(({ key, incident }) => [key, byId.get(incident) as Cause]));
    const causes = assign(cases, open, inIncident, judge.index);
    const noticed = this.#noticed(term, affectedBy({ judged, causes }));
    return planOf({ book, judged, causes, fleet: judge.index, config, noticed, localPage: this.#ports.localPage() });
  }

  /** By what this process saw: the clock of the database may be set. */
  #noticed({ book, noticed }: Term, affected: ReadonlyMap<string, readonly Affected[]>): Map<string, Noticed> {
    const nowMs = this.#time.now;
    const ids = new Set([...book.incidents.values()].map(({ id }) => id));
    for (const id of noticed.keys()) if (!ids.has(id)) noticed.delete(id);
    return new Map(
      [...book.incidents.values()].map((incident) => {
        const { id, cause, notices } = incident;
        const known = noticed.get(id);
        const hosts = hostsOf(affected.get(cause.key) ?? []).length;
        const seen = known?.ordinal === notices ? known : noticesOf(incident, known, nowMs, hosts);
        noticed.set(id, seen);
        return [cause.key, { sinceMs: nowMs - seen.atMs, hosts: seen.hosts }];
      }),
    );
  }

  /** Whom it could not ask now is asked in the next looks; after some of them the report that shows it again has to do. */
  async #ask({ seat, wanted }: Term, { bursts }: Judged): Promise<void> {
    for (const [host, word] of bursts) wanted.set(host, { word, tries: 0 });
    if (wanted.size === 0) return;
    for (const host of await seat.ask(new Map([...wanted].map(([id, { word }]) => [id, word])))) wanted.delete(host);
    for (const [host, { word, tries }] of wanted)
      if (tries < ASK_TRIES) wanted.set(host, { word, tries: tries + 1 });
      else wanted.delete(host);
  }
}

/** `hosts`: as many as it holds now; of notices that were written before this process looked nothing better is known. */
const noticesOf = ({ notices, told }: OpenIncident, known: Notices | undefined, atMs: number, hosts: number): Notices => ({
  ordinal: notices,
  atMs,
  hosts: new Map([...told.values()].map(({ ordinal }) => [ordinal, known?.hosts.get(ordinal) ?? hosts])),
});

const ASK_TRIES = 10;

/** Windows open and close, and what changed a minute ago may be told now. */
const PLAN_EVERY = 10;

/** While this stays the same and nothing begins or ends, another plan would say the same. */
const basisOf = ({ changes }: Judged, { config }: AlertLook): string =>
  JSON.stringify([changes, config.silences, config.maintenance, config.channels, config.groups, config.settings]);

const openKeys = ({ alerts }: OpenBook) =>
  new Map([...alerts].map(([key, { rule, subject, finding, host }]) => [key, { key, rule, subject, finding, host: host?.id ?? null }]));
