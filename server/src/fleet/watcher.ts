import type { HostSummary, Liveness } from "@truebound/wire";
import { LIMIT_OTHERWISE_NS } from "../alert/certainty.ts";
import type { MemberStanding } from "../peer/standing.ts";
import { choosePolicy, type LabelSet, type PolicyRule } from "../policy/choose-policy.ts";
import type { HostRecord } from "./host-record.ts";
import { summarize } from "./host-view.ts";
import { Heartbeat, livenessOf, ObservedTime } from "./liveness.ts";

/** What changed since a look. The mark belongs to the database and says from where the next look must begin. */
export interface Look {
  readonly records: readonly HostRecord[];
  readonly rules: readonly PolicyRule[];
  readonly mark: string;
}

export interface FleetStore {
  /** Every host that changed since the look that gave `mark`, perhaps some more; null = all. Misses none, whatever commits when. */
  look(mark: string | null): Promise<Look>;
}

export interface FleetEntry {
  readonly record: HostRecord;
  readonly liveness: Liveness;
  readonly ageMs: number | null;
  readonly summary: HostSummary;
  /** How it stands in the mesh; null or absent = it is in none, or nobody has looked yet. */
  readonly standing?: MemberStanding | null;
}

/** Told of a host whose state or liveness changed. `mark` = everything up to here has been told. */
export type FleetListener = (summary: HostSummary, mark: string) => void;

interface Watched {
  record: HostRecord;
  heartbeat: Heartbeat;
  liveness: Liveness;
  summary: HostSummary | null;
  standing: MemberStanding | null;
}

/**
 * One process's view of the fleet, kept by looking at the database, where all processes that ingest meet. It learns each
 * host's rhythm from what it sees, on its own monotonic clock, so that no clock of anybody else decides who is silent.
 */
export class FleetWatcher {
  readonly #store: FleetStore;
  readonly #watched = new Map<string, Watched>();
  readonly #listeners = new Set<FleetListener>();
  readonly #time = new ObservedTime();
  #mark: string | null = null;
  #rules: readonly PolicyRule[] = [];

  constructor(store: FleetStore) {
    this.#store = store;
  }

  /** `monotonic` gives ms of this process's monotonic clock; it is read after the look, when what was seen is known. */
  async look(monotonic: () => number): Promise<void> {
    const { records, rules, mark } = await this.#store.look(this.#mark);
    this.#time.looked(monotonic());
    this.#mark = mark;
    const changed = this.#follow(rules);
    for (const record of records) if (this.#take(record, rules)) changed.add(record.id);
    for (const [id, watched] of this.#watched) if (this.#judge(watched)) changed.add(id);
    for (const id of changed) this.#tell(id);
  }

  /** What the mesh says of its hosts, by id; of whom nothing is said stands in none. */
  stand(standings: ReadonlyMap<string, MemberStanding>): void {
    for (const [id, watched] of this.#watched) {
      const standing = standings.get(id) ?? null;
      const isNews = standing?.standing !== watched.standing?.standing || standing?.tier !== watched.standing?.tier;
      watched.standing = standing;
      if (!isNews) continue;
      watched.summary = null;
      this.#tell(id);
    }
  }

  /** From where the next look begins; it moves with every look that may have found something. */
  get mark(): string | null {
    return this.#mark;
  }

  /** Of the latest look. */
  get rules(): readonly PolicyRule[] {
    return this.#rules;
  }

  subscribe(listener: FleetListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  entries(): FleetEntry[] {
    return [...this.#watched.values()].map((watched) => this.#entry(watched));
  }

  /** Of every host that has this id or name, retired ones too. */
  labelsOf(idOrName: string): LabelSet[] {
    return [...this.#watched.values()].flatMap(({ record: { id, name, labels } }) =>
      id === idOrName || name === idOrName ? [labels] : [],
    );
  }

  entry(id: string): FleetEntry | null {
    const watched = this.#watched.get(id);
    return watched ? this.#entry(watched) : null;
  }

  /** What a listener missed that was last told of `mark`: hosts changed since, and those whose silence may be news to it. */
  since(mark: bigint): HostSummary[] {
    return this.entries()
      .filter(({ record, liveness }) => record.changedXid >= mark || liveness === "late" || liveness === "silent")
      .map(({ summary }) => summary);
  }

  /** The hosts of which other rules say something else. */
  #follow(rules: readonly PolicyRule[]): Set<string> {
    const before = this.#rules;
    this.#rules = rules;
    const changed = new Set<string>();
    if (JSON.stringify(before) === JSON.stringify(rules)) return changed;
    for (const [id, watched] of this.#watched) {
      if (limitOf(watched.record, before) === limitOf(watched.record, rules)) continue;
      watched.summary = null;
      changed.add(id);
    }
    return changed;
  }

  /** True when there is something new in it. The same change is seen twice whenever a long transaction holds the mark back. */
  #take(record: HostRecord, rules: readonly PolicyRule[]): boolean {
    const known = this.#watched.get(record.id);
    const intervalMs = choosePolicy(record.labels, rules).report_interval_s * 1000;
    if (known === undefined) {
      this.#watched.set(record.id, {
        record,
        heartbeat: new Heartbeat(intervalMs, this.#time.now),
        liveness: livenessOf(record, 0),
        summary: null,
        standing: null,
      });
      return true;
    }
    if (known.heartbeat.intervalMs !== intervalMs) known.heartbeat = new Heartbeat(intervalMs, this.#time.now);
    if (known.record.changedXid === record.changedXid) return false;
    if (isNewReport(known.record, record)) known.heartbeat.heard(this.#time.now);
    known.record = record;
    known.summary = null;
    return true;
  }

  #judge(watched: Watched): boolean {
    const liveness = livenessOf(watched.record, watched.heartbeat.phi(this.#time.now));
    if (liveness === watched.liveness) return false;
    watched.liveness = liveness;
    watched.summary = null;
    return true;
  }

  #tell(id: string): void {
    const entry = this.entry(id);
    if (entry !== null) for (const listener of this.#listeners) listener(entry.summary, this.#mark ?? "0");
  }

  #entry(watched: Watched): FleetEntry {
    const { record, liveness, heartbeat, standing } = watched;
    watched.summary ??= { ...summarize(record, liveness, standing), limit_ns: limitOf(record, this.#rules).toString() };
    return { record, liveness, ageMs: heartbeat.ageMs(this.#time.now), summary: watched.summary, standing };
  }
}

/** ns */
const limitOf = ({ labels }: HostRecord, rules: readonly PolicyRule[]): number =>
  choosePolicy(labels, rules).limit_ns ?? LIMIT_OTHERWISE_NS;

/** A file of what a host did not deliver yet moves its chain, and says nothing of whether the host is there. */
const isNewReport = (before: HostRecord, after: HostRecord): boolean =>
  after.seq > 0 && before.receivedAt !== after.receivedAt && (before.epoch !== after.epoch || before.seq !== after.seq);
