import type {
  Alert,
  AlertRuleView,
  ChannelTest,
  ChannelView,
  Incident,
  IncidentDetail,
  IncidentList,
  MaintenanceMade,
  MaintenanceView,
  Matchers,
  NoticeDelivery,
  Silence,
} from "@truebound/wire";
import { nearest } from "@truebound/wire";
import { type Body, sayBody } from "../apply/fields.ts";
import { RULE } from "../apply/rule-fields.ts";
import type { AlertPorts } from "../query/alert-ports.ts";
import {
  acknowledgeIncident,
  addMaintenance,
  addSilence,
  askChannels,
  askIncident,
  askIncidents,
  askMaintenance,
  askRules,
  askSilences,
  commentIncident,
  endMaintenance,
  endSilence,
  testChannel,
} from "../query/alerts.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import type { Told } from "./admin.ts";
import type { AlertRequest } from "./alert-requests.ts";
import { sayLabels } from "./labels.ts";

/** What people ask of alerts on the command line; as JSON the same as over the API. */
export async function administerAlerts(ports: AlertPorts, request: AlertRequest): Promise<Told> {
  switch (request.do) {
    case "list_rules":
      return listed(await askRules(ports), request.json, ruleLine, "There is no rule");
    case "show_rule":
      return showRule(await askRules(ports), request);
    case "list_incidents":
      return listIncidents(ports, request);
    case "show_incident":
      return shown(await askIncident(ports, { id: request.id }), request.json, incidentInFull);
    case "acknowledge":
      return done(
        await acknowledgeIncident(ports, { id: request.id }, { who: request.who }),
        request.json,
        ({ id, acknowledged }) => `Incident ${id} is looked after by ${acknowledged?.who}`,
      );
    case "comment":
      return done(
        await commentIncident(ports, { id: request.id }, request.comment),
        request.json,
        ({ id }) => `Added to the story of incident ${id}`,
      );
    case "list_silences":
      return listed(await askSilences(ports), request.json, silenceLine, "There is no silence: truebound silence add makes one");
    case "add_silence":
      return done(await addSilence(ports, {}, request.silence), request.json, madeInWords);
    case "end_silence":
      return done(await endSilence(ports, { id: request.id }), request.json, ({ id }) => `Silence ${id} is over`);
    case "list_channels":
      return listed(await askChannels(ports), request.json, channelLine, "There is no channel: truebound apply sets them");
    case "test_channel":
      return tested(await testChannel(ports, { name: request.name }), request);
    case "list_maintenance":
      return listed(
        await askMaintenance(ports),
        request.json,
        windowLine,
        "There is no maintenance window: truebound maintenance add makes one",
      );
    case "add_maintenance":
      return done(await addMaintenance(ports, {}, request.window), request.json, windowMade);
    case "end_maintenance":
      return done(await endMaintenance(ports, { name: request.name }, { who: request.who }), request.json, ({ name }) => `${name} is over`);
    default:
      return request satisfies never;
  }
}

const inJson = (value: object): Told => ({ code: 0, out: `${JSON.stringify(value, null, 2)}\n`, err: "" });
const refused = ({ detail }: Pick<Refusal, "detail">): Told => ({ code: 1, out: "", err: `${detail}\n` });

function listed<T>(list: { readonly items: readonly T[] }, json: boolean, line: (item: T) => string, none: string): Told {
  if (json) return inJson(list);
  return list.items.length === 0
    ? { code: 0, out: "", err: `${none}\n` }
    : { code: 0, out: list.items.map((item) => `${line(item)}\n`).join(""), err: "" };
}

function shown<T extends object>(answer: T | Refusal, json: boolean, words: (answer: T) => string): Told {
  if (isRefusal(answer)) return refused(answer);
  return json ? inJson(answer) : { code: 0, out: words(answer), err: "" };
}

function done<T extends object>(answer: T | Refusal, json: boolean, words: (answer: T) => string): Told {
  if (isRefusal(answer)) return refused(answer);
  return json ? inJson(answer) : { code: 0, out: "", err: `${words(answer)}\n` };
}

const ruleLine = ({ name, origin, firing, words }: AlertRuleView): string =>
  `${name}  ${origin}${firing === 0 ? "" : `  ${firing} firing`}  ${words}`;

function showRule(
  { items }: { readonly items: readonly AlertRuleView[] },
  { name, json }: { readonly name: string; readonly json: boolean },
): Told {
  const rule = items.find((one) => one.name === name);
  if (rule !== undefined) return shown(rule, json, ruleInFull);
  const meant = nearest(
    name,
    items.map((one) => one.name),
  );
  return refused({ detail: `There is no rule ${JSON.stringify(name)}; did you mean ${meant}?` });
}

/** Key by key as a file writes it. */
function ruleInFull({ words, origin, firing, ...rule }: AlertRuleView): string {
  const said = [...sayBody(rule as unknown as Body, RULE), ["origin", origin] as const, ["firing", String(firing)] as const];
  return `${words}\n${said.map(([key, value]) => `${key.padEnd(WIDEST_KEY)}  ${value}\n`).join("")}`;
}
const WIDEST_KEY = "calendar.before".length;

const EVERY = 1_000;

async function listIncidents(ports: AlertPorts, request: Extract<AlertRequest, { do: "list_incidents" }>): Promise<Told> {
  const list = await askIncidents(ports, { state: request.state, limit: String(EVERY), host: request.host ?? undefined });
  if (isRefusal(list)) return refused(list);
  const told = listed(list, request.json, incidentLine, `No incident is ${request.state === "all" ? "known" : request.state}`);
  const more = list.next === null ? "" : `There are more than ${EVERY}: the API lists them page by page\n`;
  return { ...told, err: `${told.err}${request.json ? "" : `${judged(list)}${more}`}` };
}

/** That nothing is open means little where nobody has looked. */
const judged = ({ evaluated_at, alerting }: IncidentList): string =>
  `${evaluated_at === null ? "Nobody has judged yet" : `Judged last at ${evaluated_at.slice(0, 19)}Z`}${alerting === "prometheus" ? "; Prometheus tells people, not this server" : ""}\n`;

const incidentLine = (incident: Incident): string =>
  `${incident.id}  ${incident.severity.padEnd(8)}  ${since(incident)}  ${incident.title}${marks(incident)}`;

const since = ({ opened_at, resolved_at }: Incident): string =>
  `${opened_at.slice(0, 19)}Z${resolved_at === null ? "" : ` to ${resolved_at.slice(0, 19)}Z`}`;

const marks = ({ acknowledged, silenced_by, absorbed_by }: Incident): string =>
  [
    acknowledged === null ? "" : `; ${acknowledged.who} looks after it`,
    silenced_by === null ? "" : `; silenced by ${silenced_by}`,
    absorbed_by === null ? "" : `; part of ${absorbed_by}`,
  ].join("");

function incidentInFull(incident: IncidentDetail): string {
  const { members, more, timeline, deliveries } = incident;
  const sections = [
    section("alerts", [...members.map(alertLine), ...(more === 0 ? [] : [`and ${more} more`])]),
    section(
      "story",
      timeline.map(({ at, who, words }) => `${at.slice(0, 19)}Z  ${who === null ? "" : `${who}: `}${words}`),
    ),
    section("told", deliveries.map(deliveryLine)),
  ];
  return `${incidentLine(incident)}\n${sections.join("")}`;
}

export function deliveryLine({ channel, kind, state, attempts, error }: NoticeDelivery): string {
  const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
  return `${channel}  ${kind}: ${state} after ${tries}${error === null ? "" : `; ${error}`}`;
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? "" : `${title}\n${lines.map((line) => `  ${line}\n`).join("")}`;

const alertLine = ({ rule, severity, words, ended_at }: Alert): string =>
  `${severity.padEnd(8)}  ${rule}  ${words}${ended_at === null ? "" : "; over"}`;

const matchersInWords = (matchers: Matchers): string => sayLabels(matchers).trim();

const silenceLine = ({ id, matchers, from, to, who, comment, origin, active }: Silence): string =>
  `${id}  ${active ? "active" : "not active"}  ${matchersInWords(matchers)}  ${from.slice(0, 19)}Z to ${to.slice(0, 19)}Z  ${origin === "file" ? `the file ${who}` : who}: ${comment}`;

const madeInWords = ({ id, to, matchers, silences_now }: Silence & { readonly silences_now: number }): string =>
  `Silence ${id} holds until ${to.slice(0, 19)}Z for ${matchersInWords(matchers)}; it keeps ${silences_now === 1 ? "1 open incident" : `${silences_now} open incidents`} quiet now`;

const channelLine = ({ name, kind, to, severities, enabled, waiting, last }: ChannelView): string =>
  `${name}  ${kind}  ${severities.join(",")}  ${to}${enabled ? "" : "; switched off"}${waiting === 0 ? "" : `; ${waiting} waiting`}${last === null ? "" : `; ${lastInWords(last)}`}`;

const lastInWords = ({ at, delivered, error }: NonNullable<ChannelView["last"]>): string =>
  delivered ? `told last at ${at.slice(0, 19)}Z` : `the latest is not told: ${error ?? "no reason is known"}`;

function tested(answer: ChannelTest | Refusal, { name, json }: { readonly name: string; readonly json: boolean }): Told {
  if (isRefusal(answer)) return refused(answer);
  const code = answer.delivered ? 0 : 1;
  if (json) return { ...inJson(answer), code };
  const note = answer.error === null ? "" : `: ${answer.error}`;
  return {
    code,
    out: "",
    err: answer.delivered ? `${name} was told within ${answer.took_ms} ms${note}\n` : `Cannot tell ${name}${note}\n`,
  };
}

const windowLine = ({ name, hosts, when, state, who, origin, comment }: MaintenanceView): string =>
  `${name}  ${state}  ${hosts}, ${when}  ${origin === "file" ? `the file ${who}` : who}: ${comment}`;

const windowMade = ({ name, hosts, when, hosts_now }: MaintenanceMade): string =>
  `${name} holds ${when} for ${hosts}: ${hosts_now === 1 ? "1 host" : `${hosts_now} hosts`} now`;
