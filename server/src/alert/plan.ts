import type { Severity } from "@truebound/wire";
import { type AlertDraft, type AlertState, draftOf, type OpenAlert, stateOf } from "./alert.ts";
import type { AlertConfig } from "./alert-config.ts";
import { isMeant } from "./alert-config.ts";
import type { Cause } from "./cause.ts";
import { isLessCertain, isWorse, worstCertainty, worstSeverity } from "./certainty.ts";
import type { FleetCounts } from "./fleet-index.ts";
import { groupBy } from "./group-by.ts";
import type { IncidentChange, OpenIncident, Plan, Summary, Told } from "./incident.ts";
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
  /** Where the page is served on its own machine, without a final slash. */
  readonly localPage: string;
}

/** What is remembered of an incident's notices. */
export interface Noticed {
  /** Since this process saw the last one. */
  readonly sinceMs: number;
  /** By ordinal: of so many hosts it held then, those among them that had no alert yet. */
  readonly hosts: ReadonlyMap<number, number>;
}

/** An alert with the incident that it is in after this look. */
interface Placed {
  readonly alert: AlertDraft;
  readonly cause: Cause;
}

const FLIGHTS_MOST = 10;
export const pageOf = ({ settings }: AlertConfig): string | null => settings.page_url?.replace(/\/+$/, "") ?? null;

/** What becomes of alerts and incidents; nothing is decided after this. */
export function planOf(facts: PlanFacts): Plan {
  const { book, judged, causes, config } = facts;
  const page = pageOf(config) ?? facts.localPage;
  const begun = judged.begins.map((one): Placed => placed(draftOf(one, page), causes));
  const current = new Map(judged.conditions.map((one) => [one.condition.key, one]));
  const going = [...book.alerts.values()].filter(({ key }) => !judged.ends.has(key));
  const states = new Map(going.flatMap((alert) => presentState(alert, current.get(alert.key))));
  const incidentsById = new Map([...book.incidents.values()].map(({ id, cause }) => [id, cause]));
  const kept = going.map((alert): Placed => placed({ ...alert, ...states.get(alert.id) }, causes, incidentsById.get(alert.incident)));
  const moved = kept.flatMap(({ alert, cause }) => {
    const { id, incident } = book.alerts.get(alert.key) as OpenAlert;
    return book.incidents.get(cause.key)?.id === incident ? [] : [{ id, rule: alert.rule, from: incident, incident: cause.key }];
  });
  const leaving = groupBy(moved, ({ from }) => from);
  const incidents = changesOf(facts, [...begun, ...kept], leaving, affectedBy(facts));
  const noticed = new Set(incidents.flatMap(({ cause, notice }) => (notice === null ? [] : [cause.key])));
  const restated = kept.flatMap(({ alert, cause }) => {
    const known = book.alerts.get(alert.key) as OpenAlert;
    const state = states.get(known.id);
    return state !== undefined && (noticed.has(cause.key) || isNews(known, state)) ? [{ id: known.id, state }] : [];
  });
  return {
    begun: begun.map(({ alert, cause }) => ({ alert, incident: cause.key })),
    moved: moved.map(({ id, incident }) => ({ id, incident })),
    ended: [...book.alerts.values()].filter(({ key }) => judged.ends.has(key)).map(({ id }) => id),
    restated,
    incidents,
    open: new Map([...book.incidents].map(([key, { id }]) => [key, id])),
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

/** What can be said of an alert that goes on, as long as anything is known of its host. One that is real stays so in a rehearsal. */
function presentState({ id, isRehearsal }: OpenAlert, judgement: Judgement | undefined): [bigint, AlertState][] {
  if (judgement === undefined || judgement.condition.truth !== "holds") return [];
  const state = stateOf(judgement);
  return [[id, { ...state, isRehearsal: isRehearsal && state.isRehearsal }]];
}

const REPORTS_UNTIL_STALE = 12;

/** Words and bounds grow old: they are written again after a dozen reports, and whenever people are told. */
const isNews = (known: OpenAlert, now: AlertState): boolean =>
  now.certainty !== known.certainty ||
  now.severity !== known.severity ||
  now.limit !== known.limit ||
  now.isRehearsal !== known.isRehearsal ||
  (now.evidence !== null && now.evidence.seq - (known.evidence?.seq ?? 0) >= REPORTS_UNTIL_STALE) ||
  now.evidence?.epoch !== known.evidence?.epoch;

/** By cause: all of whom it holds, whether or not it is an alert of theirs yet. Whose alert ends now is none of them. */
export function affectedBy({ judged, causes }: Pick<PlanFacts, "judged" | "causes">): Map<string, Affected[]> {
  const found = new Map<string, Affected[]>();
  for (const { condition, host } of judged.conditions) {
    const key = causes.get(condition.key)?.key;
    if (key === undefined || judged.ends.has(condition.key)) continue;
    const one = { finding: condition.inForce.finding, host: host === null ? null : host.facts.record };
    const some = found.get(key);
    if (some === undefined) found.set(key, [one]);
    else some.push(one);
  }
  return found;
}

/** By incident: the rules of the alerts that go on elsewhere now, each with the key of the incident there. */
type Leaving = ReadonlyMap<bigint, readonly { readonly rule: string; readonly incident: string }[]>;

function changesOf(
  facts: PlanFacts,
  all: readonly Placed[],
  leaving: Leaving,
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
    ...[...members.values()].flatMap(({ cause, alerts }) => changeOf(facts, cause, alerts, affected.get(cause.key) ?? [], leaving)),
    ...over.map((incident) =>
      ending(incident, members.get(leaving.get(incident.id)?.[0]?.incident ?? "")?.cause ?? null, reasonsOf(facts, incident)),
    ),
  ];
}

/** Nothing where nothing changed. */
function changeOf(
  facts: PlanFacts,
  cause: Cause,
  alerts: readonly AlertDraft[],
  affected: readonly Affected[],
  leaving: Leaving,
): IncidentChange[] {
  const known = facts.book.incidents.get(cause.key) ?? null;
  const summary = summaryOf(alerts, known, (isRehearsal) => titleOf(cause, alerts, affected, facts.fleet, isRehearsal));
  const silence = silencedBy({ cause, rules: [...summary.rules], alerts }, facts.config);
  const fitting = channelsFor(summary.severity, alerts, facts.config);
  const moved = known === null ? [] : (leaving.get(known.id) ?? []);
  // Of one host each alert is told by its source, of many all of a rule are told as one.
  const left = moved.map(({ rule }) => rule).filter((rule) => cause.kind === "host" || !summary.rules.includes(rule));
  const now = { ...summary, affected: Math.max(summary.hosts, hostsOf(affected).length), left };
  const channels = silence === null ? channelsDue(now, known, facts.noticed.get(cause.key), fitting, facts.config) : [];
  const notice = channels.length === 0 ? null : (known?.told.size ?? 0) === 0 ? "opened" : "changed";
  const entries = [
    ...storyOf(summary, known),
    ...silenceStory(silence, known, facts.config),
    ...untold(known, silence, fitting, facts.config),
  ];
  if (known !== null && entries.length === 0 && notice === null && sameSummary(summary, known)) return [];
  return [{ cause, id: known?.id ?? null, summary, silencedBy: silence, isOver: false, absorbedBy: null, entries, notice, channels }];
}

function summaryOf(alerts: readonly AlertDraft[], known: OpenIncident | null, title: (isRehearsal: boolean) => string): Summary {
  const isRehearsal = alerts.every((one) => one.isRehearsal);
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
const FEWER_EVERY_MS = 300_000;

/** `affected`: its hosts, those that have no alert yet among them. `left`: rules of what it told apart and moves elsewhere now. */
type Present = Summary & { readonly affected: number; readonly left: readonly string[] };

/** Those that were never told of it, and those that were told something that is so no more. */
function channelsDue(
  now: Present,
  known: OpenIncident | null,
  noticed: Noticed | undefined,
  fitting: readonly string[],
  { channels, settings }: AlertConfig,
): string[] {
  const told = known?.told ?? new Map<string, Told>();
  const fresh = fitting.filter((channel) => !told.has(channel));
  if (settings.alerting === "prometheus") return [];
  const enabled = new Set(channels.flatMap(({ body }) => (body.enabled ? [body.name] : [])));
  const behind = [...told].filter(([channel, last]) => enabled.has(channel) && isBehind(now, last, noticed));
  return [...fresh, ...behind.map(([channel]) => channel)];
}

/**
 * It got worse, a rule joined or left, it eased, or its hosts at least doubled, or halved. Certainty alone is no news: where it
 * matters a rule says so, and waits for a second report. What is more urgent does not wait, nor does what moves elsewhere: only now
 * it is known that it ends here. All else waits until the last notice is a while ago. What eased is told too: who was told of a great
 * matter and hears nothing more would take the next one for the same.
 */
function isBehind(now: Present, told: Told, noticed: Noticed | undefined): boolean {
  if (isWorse(now.severity, told.severity) || now.left.some((rule) => told.rules.includes(rule))) return true;
  if (noticed === undefined || noticed.sinceMs < CHANGED_EVERY_MS) return false;
  const hosts = Math.max(told.hosts, noticed.hosts.get(told.ordinal) ?? 0);
  return (
    now.severity !== told.severity ||
    now.rules.join() !== told.rules.join() ||
    (hosts > 0 && now.hosts >= 2 * hosts) ||
    (noticed.sinceMs >= FEWER_EVERY_MS && now.affected * 2 <= hosts)
  );
}

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

function silenceStory(silence: string | null, known: OpenIncident | null, config: AlertConfig): Entries {
  if (silence === (known?.silencedBy ?? null)) return [];
  return silence === null
    ? [{ kind: "unsilenced", words: "Nothing silences it any more" }]
    : [{ kind: "silenced", words: `Nobody is told of it: ${quietedBy(silence, config)}` }];
}

/** Who keeps it quiet, and why, in their own words. */
function quietedBy(id: string, { silences, maintenance }: AlertConfig): string {
  const silence = silences.find((one) => one.id === id);
  if (silence !== undefined) return `silence ${id} by ${silence.who}${reasonGiven(silence.comment)}`;
  const window = maintenance.find(({ body }) => body.name === id);
  return `maintenance ${id}${window?.origin === "file" ? ", set by a file" : ""}${reasonGiven(window?.body.comment ?? "")}`;
}

const reasonGiven = (comment: string): string => (comment === "" ? "" : `: ${comment}`);

/** Said once, when it opens: a channel that is set later is told then. */
function untold(known: OpenIncident | null, silence: string | null, fitting: readonly string[], { settings }: AlertConfig): Entries {
  if (known !== null || silence !== null || fitting.length > 0) return [];
  const why = settings.alerting === "prometheus" ? "Prometheus tells people, and this server does not" : "no enabled channel is for it";
  return [{ kind: "not_notified", words: `Nobody was told that it opened: ${why}` }];
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
    summary: into === null ? incident : { ...incident, title: `Now part of another incident (${into.name}): ${incident.title}` },
    silencedBy: incident.silencedBy,
    isOver: true,
    absorbedBy: into?.key ?? null,
    entries: [
      ...(into === null ? [] : [{ kind: "absorbed" as const, words }]),
      { kind: "resolved", words: into === null ? words : "Its alerts go on there" },
    ],
    notice: incident.told.size > 0 ? "resolved" : null,
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
