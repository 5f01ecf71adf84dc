import { type UtcInstant, utc } from "@truebound/time";
import { DEFAULT_ALERT_SETTINGS } from "@truebound/wire";
import type { OpenAlert } from "./alert.ts";
import type { AlertConfig } from "./alert-config.ts";
import type { EventNews } from "./findings/event.ts";
import type { NoticeKind, OpenIncident, Plan } from "./incident.ts";
import type { AlertStore, JudgesSeat } from "./ports.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";

/** What people were told. */
export interface ToldOf {
  readonly kind: NoticeKind;
  readonly incident: bigint;
  readonly title: string;
  readonly cause: string;
  readonly channels: readonly string[];
}

export const CONFIG: AlertConfig = {
  rules: SHIPPED_RULES.map((body) => ({ body, origin: "shipped" })),
  groups: [],
  calendars: [],
  maintenance: [],
  channels: [
    {
      origin: "file",
      body: {
        kind: "webhook",
        name: "ops",
        url: "http://ops.example/",
        severities: ["critical", "warning", "info"],
        enabled: true,
        allow_private: true,
      },
    },
  ],
  silences: [],
  settings: DEFAULT_ALERT_SETTINGS,
  now: utc(0n),
};

/** What the database would hold after each plan: a twin of the SQL, for runs that are too long for one. */
export class MemoryStore implements AlertStore {
  config: AlertConfig = CONFIG;
  events: EventNews[] = [];
  now: UtcInstant = utc(1_795_000_000_000_000_000n);
  /** What to throw in the next call of this name. */
  failing: "look" | "write" | "book" | null = null;
  readonly alerts = new Map<string, OpenAlert>();
  readonly ended: OpenAlert[] = [];
  readonly incidents = new Map<string, OpenIncident>();
  readonly resolved: OpenIncident[] = [];
  readonly told: ToldOf[] = [];
  readonly story: { readonly cause: string; readonly kind: string; readonly words: string }[] = [];
  readonly bursts = new Map<string, string>();
  writes = 0;
  #id = 0n;

  async takeSeat(): Promise<JudgesSeat> {
    return {
      look: async () => {
        this.#fail("look");
        const events = this.events;
        this.events = [];
        return { config: { ...this.config, now: this.now }, events, mark: "0" };
      },
      book: async () => {
        this.#fail("book");
        return { alerts: new Map(this.alerts), incidents: new Map(this.incidents) };
      },
      write: async (plan) => {
        this.#fail("write");
        this.#apply(plan);
      },
      ask: async (bursts) => {
        for (const [host, word] of bursts) this.bursts.set(host, word);
        return [...bursts.keys()];
      },
      leave: async () => {},
    };
  }

  #fail(where: NonNullable<MemoryStore["failing"]>): void {
    if (this.failing === where) throw new Error(`The database went away at ${where}`);
  }

  #apply(plan: Plan): void {
    this.writes += 1;
    for (const { cause, id, summary, silencedBy } of plan.incidents)
      if (id === null) this.incidents.set(cause.key, { ...summary, id: ++this.#id, cause, silencedBy, told: new Map(), notices: 0 });
    const ids = new Map([
      ...plan.open,
      ...plan.incidents.map(({ cause }) => [cause.key, (this.incidents.get(cause.key) as OpenIncident).id] as const),
    ]);
    const idOf = (key: string): bigint => {
      const id = ids.get(key);
      if (id === undefined) throw new Error(`The plan names no open incident ${key}`);
      return id;
    };
    for (const { id, incident } of plan.moved) this.#change(id, { incident: idOf(incident) });
    for (const { alert, incident } of plan.begun) {
      if (this.alerts.has(alert.key)) throw new Error(`Begun twice: ${alert.key}`);
      this.alerts.set(alert.key, { ...alert, id: ++this.#id, incident: idOf(incident) });
    }
    for (const { id, state } of plan.restated) this.#change(id, state);
    for (const [key, alert] of this.alerts)
      if (plan.ended.includes(alert.id)) {
        this.alerts.delete(key);
        this.ended.push(alert);
      }
    for (const change of plan.incidents) {
      const known = this.incidents.get(change.cause.key) as OpenIncident;
      for (const { kind, words } of change.entries) this.story.push({ cause: change.cause.key, kind, words });
      const toldOf = change.notice === "resolved" ? [...known.told.keys()] : change.channels;
      const told =
        change.notice === null
          ? {}
          : {
              told: new Map([
                ...known.told,
                ...toldOf.map((channel) => [channel, { ...change.summary, ordinal: known.notices + 1 }] as const),
              ]),
              notices: known.notices + 1,
            };
      const now = { ...known, ...change.summary, silencedBy: change.silencedBy, ...told };
      if (change.notice !== null)
        this.told.push({
          kind: change.notice,
          incident: known.id,
          title: change.summary.title,
          cause: change.cause.key,
          channels: toldOf,
        });
      if (change.isOver) this.resolved.push(now);
      if (change.isOver) this.incidents.delete(change.cause.key);
      else this.incidents.set(change.cause.key, now);
    }
    this.#check();
  }

  #change(id: bigint, more: Partial<OpenAlert>): void {
    for (const [key, alert] of this.alerts) if (alert.id === id) this.alerts.set(key, { ...alert, ...more });
  }

  /** What must be so after every write. */
  #check(): void {
    const members = new Map<bigint, number>();
    for (const { incident } of this.alerts.values()) members.set(incident, (members.get(incident) ?? 0) + 1);
    const open = new Set([...this.incidents.values()].map(({ id }) => id));
    for (const id of members.keys()) if (!open.has(id)) throw new Error(`An alert is in incident ${id}, which is not open`);
    for (const { id, cause, alerts } of this.incidents.values())
      if (members.get(id) !== alerts) throw new Error(`${cause.key} says ${alerts} alerts and has ${members.get(id) ?? 0}`);
  }
}
