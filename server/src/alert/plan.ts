import type { Severity } from "@truebound/wire";
import { type AlertDraft, type AlertState, draftOf, type OpenAlert, stateOf } from "./alert.ts";
import type { AlertConfig } from "./alert-config.ts";
import { isMeant } from "./alert-config.ts";
import type { Cause } from "./cause.ts";
import { isLessCertain, isWorse, worstCertainty, worstSeverity } from "./certainty.ts";
import type { FleetCounts } from "./fleet-index.ts";
import type { IncidentChange, NoticeKind, OpenIncident, Plan, Summary, Told } from "./incident.ts";
import { type Affected, hostsOf, titleOf } from "./incident-words.ts";
import { type Judged, type Judgement, OVER } from "./judge.ts";
import { silencedBy } from "./silencing.ts";

/** What is stored of all that goes on. */
export interface OpenBook {
  readonly alerts: ReadonlyMap<string, OpenAlert>;
  readonly incidents: ReadonlyMap<string, OpenIncident>;
}

export interface PlanFacts {
  readonly book: OpenBook;
  readonly judged: Judged;
  /** For each alert that begins or goes on, and each condition that holds, by key. */
  readonly causes: ReadonlyMap<string, Cause>;
  readonly fleet: FleetCounts;
  readonly config: AlertConfig;
  /** By incident's key; absent = none was told yet. */
  readonly noticed: ReadonlyMap<string, Noticed>;
}

/** What is remembered of an incident's last notice. */
export interface Noticed {
  /** Since this process saw it. */
  readonly sinceMs: number;
  /** Of so many hosts it held then, those among them that had no alert yet. */
  readonly hosts: number;
}

/** An alert with the incident that it is in after this look. */
interface Placed {
  readonly alert: AlertDraft;
  readonly cause: Cause;
}

const FLIGHTS_MOST = 10;
const LOCAL_PAGE = "http://127.0.0.1:8123";

export const pageOf = ({ settings }: AlertConfig): string | null => settings.page_url?.replace(/\/+$/, "") ?? null;

/** What becomes of alerts and incidents; nothing is decided after this. */
export function planOf(facts: PlanFacts): Plan {
  const { book, judged, causes, config } = facts;
  const page = pageOf(config) ?? LOCAL_PAGE;
  const begun = judged.begins.map((one): Placed => placed(draftOf(one, page), causes));
  const current = new Map(judged.conditions.map((one) => [one.condition.key, one]));
  const going = [...book.alerts.values()].filter(({ key }) => !judged.ends.has(key));
  const restated = going.flatMap((alert) => restate(alert, current.get(alert.key)));
  const states = new Map(restated.map(({ id, state }) => [id, state]));
  const incidentsById = new Map([...book.incidents.values()].map(({ id, cause }) => [id, cause]));
  const kept = going.map((alert): Placed => placed({ ...alert, ...states.get(alert.id) }, causes, incidentsById.get(alert.incident)));
  const moved = kept.flatMap(({ alert, cause }) => {
    const { id, incident } = book.alerts.get(alert.key) as OpenAlert;
    return book.incidents.get(cause.key)?.id === incident ? [] : [{ id, from: incident, incident: cause.key }];
  });
  const incidents = changesOf(facts, [...begun, ...kept], moved, affectedBy(facts));
  return {
    begun: begun.map(({ alert, cause }) => ({ alert, incident: cause.key })),
    moved: moved.map(({ id, incident }) => ({ id, incident })),
    ended: [...book.alerts.values()].filter(({ key }) => judged.ends.has(key)).map(({ id }) => id),
    restated,
    incidents,
    bursts: judged.bursts,
    flights: flightsOf(incidents, begun),
    page: pageOf(config),
  };
}

const placed = (alert: AlertDraft, causes: ReadonlyMap<string, Cause>, present?: Cause): Placed => {
  const cause = causes.get(alert.key) ?? present;
  if (cause === undefined) throw new Error(`Cannot place the alert ${alert.key}: it has no cause`);
  return { alert, cause };
};

/** What is said of an alert that goes on changes with what is known of its host, as long as anything is. */
function restate(alert: OpenAlert, judgement: Judgement | undefined): { id: bigint; state: AlertState }[] {
  if (judgement === undefined || judgement.condition.truth !== "holds") return [];
  const state = stateOf(judgement);
  const isNews = state.certainty !== alert.certainty || state.severity !== alert.severity || state.limit !== alert.limit;
  return isNews ? [{ id: alert.id, state }] : [];
}

/** By cause: all of whom it holds, whether or not it is an alert of theirs yet. */
export function affectedBy({ judged, causes }: Pick<PlanFacts, "judged" | "causes">): Map<string, Affected[]> {
  const found = new Map<string, Affected[]>();
  for (const { condition, host } of judged.conditions) {
    const key = causes.get(condition.key)?.key;
    if (key === undefined) continue;
    const one = { finding: condition.inForce.finding, host: host === null ? null : host.facts.record };
    const some = found.get(key);
    if (some === undefined) found.set(key, [one]);
    else some.push(one);
  }
  return found;
}

function changesOf(
  facts: PlanFacts,
  all: readonly Placed[],
  moved: readonly { from: bigint; incident: string }[],
  affected: ReadonlyMap<string, readonly Affected[]>,
): IncidentChange[] {
  const { book } = facts;
  const members = new Map<string, { cause: Cause; alerts: AlertDraft[] }>();
  for (const { alert, cause } of all) {
    const one = members.get(cause.key) ?? { cause, alerts: [] };
    one.alerts.push(alert);
    members.set(cause.key, one);
  }
  const over = [...book.incidents.values()].filter(({ cause }) => !members.has(cause.key));
  return [
    ...[...members.values()].flatMap(({ cause, alerts }) => changeOf(facts, cause, alerts, affected.get(cause.key) ?? [])),
    ...over.map((incident) =>
      ending(
        incident,
        members.get(moved.find(({ from }) => from === incident.id)?.incident ?? "")?.cause ?? null,
        reasonsOf(facts, incident),
      ),
    ),
  ];
}

/** Nothing where nothing changed. */
function changeOf(facts: PlanFacts, cause: Cause, alerts: readonly AlertDraft[], affected: readonly Affected[]): IncidentChange[] {
  const known = facts.book.incidents.get(cause.key) ?? null;
  const summary = summaryOf(alerts, known, (isRehearsal) => titleOf(cause, alerts, affected, facts.fleet, isRehearsal));
  const silence = silencedBy({ cause, rules: [...summary.rules], alerts }, facts.config);
  const notice = silence === null ? noticeOf(summary, known, facts.noticed.get(cause.key)) : null;
  const channels = notice === null ? [] : channelsFor(summary.severity, alerts, facts.config);
  const entries = [...storyOf(summary, known), ...silenceStory(silence, known), ...untold(notice, channels, facts.config)];
  if (known !== null && entries.length === 0 && notice === null && sameSummary(summary, known)) return [];
  return [{ cause, id: known?.id ?? null, summary, silencedBy: silence, isOver: false, absorbedBy: null, entries, notice, channels }];
}

function summaryOf(alerts: readonly AlertDraft[], known: OpenIncident | null, title: (isRehearsal: boolean) => string): Summary {
  const isRehearsal = known?.isRehearsal === true || alerts.some((one) => one.isRehearsal);
  const hosts = hostsOf(alerts).length;
  const summary = {
    severity: worstSeverity(alerts.map(({ severity }) => severity)),
    certainty: worstCertainty(alerts.map(({ certainty }) => certainty)),
    rules: [...new Set(alerts.map(({ rule }) => rule))].sort(),
    alerts: alerts.length,
    hosts,
    isRehearsal,
  };
  // Counts of the fleet change without end; what is told changes with the alerts.
  const isSame = known !== null && sameSummary({ ...summary, title: known.title }, known);
  return { ...summary, title: isSame ? known.title : title(isRehearsal) };
}

const sameSummary = (a: Summary, b: Summary): boolean =>
  a.severity === b.severity &&
  a.certainty === b.certainty &&
  a.alerts === b.alerts &&
  a.hosts === b.hosts &&
  a.isRehearsal === b.isRehearsal &&
  a.title === b.title &&
  a.rules.join() === b.rules.join();

const CHANGED_EVERY_MS = 60_000;

function noticeOf(summary: Summary, known: OpenIncident | null, noticed: Noticed | undefined): NoticeKind | null {
  if (known === null || !known.isTold || known.told === null) return "opened";
  if (noticed === undefined || noticed.sinceMs < CHANGED_EVERY_MS) return null;
  return isWorth(summary, { ...known.told, hosts: Math.max(known.told.hosts, noticed.hosts) }) ? "changed" : null;
}

/** It got worse, another rule joined, or its hosts at least doubled. */
const isWorth = (now: Told, told: Told): boolean =>
  isWorse(now.severity, told.severity) ||
  isLessCertain(now.certainty, told.certainty) ||
  now.rules.some((rule) => !told.rules.includes(rule)) ||
  (told.hosts > 0 && now.hosts >= 2 * told.hosts);

/** Enabled channels for such a severity, and for one of its hosts where they are for certain hosts. */
export const channelsFor = (
  severity: Severity,
  alerts: readonly Pick<AlertDraft, "host">[],
  { channels, groups, settings }: AlertConfig,
): string[] =>
  settings.alerting === "prometheus"
    ? []
    : channels
        .filter(({ body }) => body.enabled && body.severities.includes(severity))
        .filter(
          ({ body }) => body.hosts === undefined || alerts.some(({ host }) => host !== null && isMeant(host.labels, body.hosts, groups)),
        )
        .map(({ body }) => body.name);

type Entries = IncidentChange["entries"];

function storyOf(now: Summary, known: OpenIncident | null): Entries {
  if (known === null) return [{ kind: "opened", words: now.title }];
  const entries: Entries[number][] = [];
  if (now.alerts > known.alerts || now.hosts > known.hosts) entries.push({ kind: "grew", words: `Now ${sizeOf(now)}` });
  else if (now.alerts < known.alerts || now.hosts < known.hosts) entries.push({ kind: "shrank", words: `Now ${sizeOf(now)}` });
  if (isWorse(now.severity, known.severity) || isLessCertain(now.certainty, known.certainty))
    entries.push({ kind: "worsened", words: `${now.severity}, ${now.certainty.replaceAll("_", " ")}: ${now.title}` });
  else if (isWorse(known.severity, now.severity) || isLessCertain(known.certainty, now.certainty))
    entries.push({ kind: "eased", words: `${now.severity}, ${now.certainty.replaceAll("_", " ")}: ${now.title}` });
  return entries;
}

const sizeOf = ({ alerts, hosts }: Summary): string =>
  `${alerts} alert${alerts === 1 ? "" : "s"} of ${hosts} host${hosts === 1 ? "" : "s"}`;

function silenceStory(silence: string | null, known: OpenIncident | null): Entries {
  if (silence === (known?.silencedBy ?? null)) return [];
  return silence === null
    ? [{ kind: "unsilenced", words: "Nothing silences it any more" }]
    : [{ kind: "silenced", words: `Nobody is told of it: ${/^\d+$/.test(silence) ? `silence ${silence}` : `maintenance ${silence}`}` }];
}

function untold(notice: NoticeKind | null, channels: readonly string[], { settings }: AlertConfig): Entries {
  if (notice === null || channels.length > 0) return [];
  const why = settings.alerting === "prometheus" ? "Prometheus tells people, and this server does not" : "no enabled channel is for it";
  return [{ kind: "not_notified", words: `Nobody was told that it ${notice}: ${why}` }];
}

/** Why its alerts end, where that is not only that they are over. */
const reasonsOf = ({ book, judged }: PlanFacts, { id }: OpenIncident): string[] => [
  ...new Set(
    [...book.alerts.values()]
      .filter(({ incident }) => incident === id)
      .flatMap(({ key }) => judged.ends.get(key) ?? [])
      .filter((reason) => reason !== OVER),
  ),
];

/** `into` = where its alerts moved to; null = they are over. */
function ending(incident: OpenIncident, into: Cause | null, reasons: readonly string[]): IncidentChange {
  const over = reasons.length === 0 ? "All its alerts are over" : `Its alerts ended: ${reasons.join("; ")}`;
  const words = into === null ? over : `It is part of another incident, of ${into.name}`;
  return {
    cause: incident.cause,
    id: incident.id,
    summary: incident,
    silencedBy: incident.silencedBy,
    isOver: true,
    absorbedBy: into?.key ?? null,
    entries: [...(into === null ? [] : [{ kind: "absorbed" as const, words }]), { kind: "resolved", words }],
    notice: incident.isTold ? "resolved" : null,
    channels: [],
  };
}

/** Hosts of incidents that begin, the first of each: what they recorded is worth keeping. */
const flightsOf = (incidents: readonly IncidentChange[], begun: readonly Placed[]): Map<string, string[]> =>
  new Map(
    incidents
      .filter(({ id }) => id === null)
      .map(({ cause }) => [
        cause.key,
        hostsOf(begun.filter((one) => one.cause.key === cause.key).map(({ alert }) => alert)).slice(0, FLIGHTS_MOST),
      ]),
  );
