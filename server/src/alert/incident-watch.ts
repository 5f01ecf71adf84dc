import type { Incident } from "@truebound/wire";

export type IncidentListener = (incident: Incident) => void;

export interface ChangedIncidents {
  /** Those that changed within so many seconds, by the clock of the database; the oldest change first. */
  changedWithin(seconds: number): Promise<readonly Incident[]>;
}

/** A change is seen when it is committed, some time after its stamp; so each look goes back further than the look before. */
const BACK_S = 60;

/** Tells who listens of each incident that changed, whichever server changed it. */
export class IncidentWatch {
  readonly #store: ChangedIncidents;
  readonly #listeners = new Set<IncidentListener>();
  /** By id: when it changed, as it was told. */
  #seen = new Map<string, string>();
  #lookedMs: number | null = null;

  constructor(store: ChangedIncidents) {
    this.#store = store;
  }

  subscribe(listener: IncidentListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Of what a first look finds nobody is told: whoever listens has loaded its list by then, or will. */
  async look(monotonic: () => number): Promise<void> {
    const beginsMs = monotonic();
    const sinceS = this.#lookedMs === null ? 0 : (beginsMs - this.#lookedMs) / 1000;
    const changed = await this.#store.changedWithin(BACK_S + sinceS);
    const news = this.#lookedMs === null ? [] : changed.filter(({ id, changed_at }) => this.#seen.get(id) !== changed_at);
    this.#seen = new Map(changed.map(({ id, changed_at }) => [id, changed_at]));
    this.#lookedMs = beginsMs;
    for (const incident of news) for (const listener of this.#listeners) listener(incident);
  }
}
