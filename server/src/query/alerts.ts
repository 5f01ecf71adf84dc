import {
  type AcknowledgeRequest,
  type AlertList,
  type AlertRuleList,
  type ChannelList,
  type ChannelTest,
  type CommentRequest,
  type IncidentDetail,
  type IncidentList,
  type MaintenanceEnd,
  type MaintenanceList,
  type MaintenanceMade,
  type MaintenanceRequest,
  type MaintenanceView,
  nearest,
  type Silence,
  type SilenceList,
  type SilenceMade,
  type SilenceRequest,
} from "@truebound/wire";
import { whereTo } from "../alert/channel-words.ts";
import { coveredWords, nextTimes, windowState, wishedWindow } from "../alert/maintenance-window.ts";
import { whenInWords } from "../alert/maintenance-words.ts";
import { ruleInWords } from "../alert/rule-words.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { ALERT_STATES, type AlertPorts, INCIDENT_STATES, type KnownWindow, type NotDone, type OfFile, type Paging } from "./alert-ports.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { type Parameters, readCount } from "./questions.ts";

const LIMIT_DEFAULT = 200;
const LIMIT_MAX = 1_000;

export async function askRules({ incidents }: AlertPorts): Promise<AlertRuleList> {
  const { rules } = await incidents.config();
  const firing = await incidents.firing();
  const items = rules.map(({ body, origin }) => ({ ...body, origin, words: ruleInWords(body), firing: firing.get(body.name) ?? 0 }));
  return { items: items.toSorted((a, b) => (a.name < b.name ? -1 : 1)), next: null };
}

export async function askIncidents({ incidents }: AlertPorts, parameters: Parameters): Promise<IncidentList | Refusal> {
  const state = among("incidents", INCIDENT_STATES, parameters.state ?? "open");
  if (isRefusal(state)) return state;
  const paging = pagingOf("incidents", parameters);
  if (isRefusal(paging)) return paging;
  const { settings } = await incidents.config();
  const page = pageOf(await incidents.incidents(state, withOneMore(paging)), paging);
  return { ...page, evaluated_at: await incidents.judgedAt(), alerting: settings.alerting };
}

export async function askIncident({ incidents }: AlertPorts, { id = "" }: Parameters): Promise<IncidentDetail | Refusal> {
  return (isId(id) ? await incidents.incident(id) : null) ?? noIncident(id);
}

export async function askAlerts({ incidents }: AlertPorts, parameters: Parameters): Promise<AlertList | Refusal> {
  const state = among("alerts", ALERT_STATES, parameters.state ?? "firing");
  if (isRefusal(state)) return state;
  const paging = pagingOf("alerts", parameters);
  return isRefusal(paging) ? paging : pageOf(await incidents.alerts(state, withOneMore(paging)), paging);
}

export async function acknowledgeIncident(
  { incidents }: AlertPorts,
  { id = "" }: Parameters,
  { who }: AcknowledgeRequest,
): Promise<IncidentDetail | Refusal> {
  const done = isId(id) ? await incidents.acknowledge(id, who) : ({ notDone: "missing" } as const);
  if (!("notDone" in done)) return done;
  return done.notDone === "missing" ? noIncident(id) : refuse("bad_request", `Cannot acknowledge incident ${id}: it is over`);
}

export async function commentIncident(
  { incidents }: AlertPorts,
  { id = "" }: Parameters,
  comment: CommentRequest,
): Promise<IncidentDetail | Refusal> {
  const done = isId(id) ? await incidents.comment(id, comment) : ({ notDone: "missing" } as const);
  return "notDone" in done ? noIncident(id) : done;
}

export const askSilences = async ({ incidents }: AlertPorts): Promise<SilenceList> => ({ items: await incidents.silences(), next: null });

export const addSilence = ({ incidents }: AlertPorts, _: Parameters, request: SilenceRequest): Promise<SilenceMade> =>
  incidents.addSilence(request);

export async function endSilence({ incidents }: AlertPorts, { id = "" }: Parameters): Promise<Silence | Refusal> {
  const done = isId(id) ? await incidents.endSilence(id) : ({ notDone: "missing" } as const);
  return "notDone" in done ? refuse(...whyNotEnded(id, done)) : done;
}

export function whyNotEnded(id: string, why: NotDone | OfFile): ["not_found" | "read_only", string] {
  if (why.notDone !== "of_file") return ["not_found", `There is no silence ${JSON.stringify(id.slice(0, 40))}`];
  return [
    "read_only",
    `Cannot end silence ${id}: the file ${why.file} sets it (silences, name: ${why.name}); take it out there and run truebound apply`,
  ];
}

export async function askChannels({ incidents }: AlertPorts): Promise<ChannelList> {
  const { channels } = await incidents.config();
  const states = await incidents.channelStates();
  const items = channels.map(({ body, origin }) => ({
    name: body.name,
    kind: body.kind,
    severities: body.severities,
    enabled: body.enabled,
    origin,
    to: whereTo(body),
    ...(states.get(body.name) ?? { waiting: 0, last: null }),
  }));
  return { items, next: null };
}

export async function testChannel({ incidents, testChannel: tell }: AlertPorts, { name = "" }: Parameters): Promise<ChannelTest | Refusal> {
  const { channels } = await incidents.config();
  const channel = channels.find(({ body }) => body.name === name)?.body;
  if (channel === undefined)
    return refuse(
      "not_found",
      noChannel(
        name,
        channels.map(({ body }) => body.name),
      ),
    );
  return tell === null ? refuse("unavailable", "This process tells no channels anything") : tell(channel);
}

export const noChannel = (name: string, names: readonly string[]): string =>
  names.length === 0
    ? "There is no channel: truebound apply sets them"
    : `There is no channel ${JSON.stringify(name.slice(0, 60))}; did you mean ${nearest(name, names)}?`;

export async function askMaintenance({ incidents }: AlertPorts): Promise<MaintenanceList> {
  return { items: (await incidents.windows()).map(viewWindow), next: null };
}

function viewWindow({ body, origin, who, now, isGone = false }: KnownWindow): MaintenanceView {
  const state = isGone ? "past" : windowState(body, now);
  return {
    name: body.name,
    hosts: coveredWords(body),
    when: whenInWords(body),
    from: body.once?.from ?? null,
    to: body.once?.to ?? null,
    next: isGone || body.weekly === undefined ? null : (nextTimes(body.weekly, now, 1)[0] ?? null),
    comment: body.comment,
    who,
    origin,
    active: state === "running",
    state,
  };
}

export async function addMaintenance(
  { incidents }: AlertPorts,
  _: Parameters,
  request: MaintenanceRequest,
): Promise<MaintenanceMade | Refusal> {
  const added = await incidents.addWindow((now) => wishedWindow(request, now), request.who);
  if ("refused" in added) return refuse("bad_request", `Cannot declare this window: ${added.refused}`);
  if ("unknown" in added) return refuse("bad_request", `Cannot declare this window: ${noHost(added)}`);
  return { ...viewWindow(added.window), hosts_now: added.hostsNow };
}

const noHost = ({ unknown, names }: { readonly unknown: string; readonly names: readonly string[] }): string => {
  const meant = names.length === 0 ? "" : `; did you mean ${nearest(unknown, names)}?`;
  return `no host that may report has the name or id ${JSON.stringify(unknown.slice(0, 60))}${meant}`;
};

export async function endMaintenance(
  { incidents }: AlertPorts,
  { name = "" }: Parameters,
  { who }: MaintenanceEnd,
): Promise<MaintenanceView | Refusal> {
  const done = await incidents.endWindow(name, who);
  return "notDone" in done ? refuse(...whyWindowStays(name, done)) : viewWindow(done);
}

function whyWindowStays(name: string, why: NotDone | OfFile): ["not_found" | "read_only" | "bad_request", string] {
  const said = JSON.stringify(name.slice(0, 63));
  if (why.notDone === "missing") return ["not_found", `There is no maintenance window ${said}`];
  if (why.notDone !== "of_file") return ["bad_request", `Cannot end maintenance window ${said}: it is over`];
  return [
    "read_only",
    `Cannot end maintenance window ${said}: the file ${why.file} sets it (maintenance, name: ${why.name}); take it out there and run truebound apply`,
  ];
}

const isId = (text: string): boolean => /^[1-9][0-9]{0,17}$/.test(text);
const noIncident = (id: string): Refusal => refuse("not_found", `There is no incident ${JSON.stringify(id.slice(0, 40))}`);

const among = <const T extends string>(what: string, words: readonly T[], word: string): T | Refusal =>
  words.find((one) => one === word) ??
  refuse(
    "bad_request",
    `Cannot list ${what} with state=${word.slice(0, 40)}: did you mean ${nearest(word, words)}? It is ${words.join(", ")}`,
  );

function pagingOf(what: string, { limit: asked, after, host }: Parameters): Paging | Refusal {
  const limit = readCount(asked, LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === null) return refuse("bad_request", `Cannot list ${asked} ${what}: limit is a number from 1 to ${LIMIT_MAX}`);
  if (host?.includes("\0")) return refuse("bad_request", "Cannot take a host with a NUL in its name");
  const before = after === undefined ? null : (decodeCursor(after, 1)?.[0] ?? NO_PLACE);
  if (before !== null && !isId(before)) return refuse("bad_request", "Cannot continue from this cursor: it is none that this list gave");
  return { limit, before, host: host ?? null };
}

const NO_PLACE = "";
const withOneMore = (paging: Paging): Paging => ({ ...paging, limit: paging.limit + 1 });

function pageOf<T extends { readonly id: string }>(found: T[], { limit }: Paging): { items: T[]; next: string | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last === undefined || found.length <= limit ? null : encodeCursor([last.id]) };
}
