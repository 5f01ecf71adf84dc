import {
  AcknowledgeRequest,
  CommentRequest,
  MaintenanceEnd,
  MaintenanceRequest,
  nearest,
  readOptions,
  SilenceRequest,
  type Validator,
  validator,
} from "@truebound/wire";
import { INCIDENT_STATES, type IncidentState } from "../query/alert-ports.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import { noVerb } from "./verbs.ts";

type Listing = "list_rules" | "list_silences" | "list_channels" | "list_maintenance";

/** What `truebound rule …`, `incident …`, `silence …`, `channel …` and `maintenance …` ask for. */
export type AlertRequest =
  | { readonly do: Listing; readonly json: boolean }
  | { readonly do: "show_rule" | "test_channel"; readonly name: string; readonly json: boolean }
  | { readonly do: "list_incidents"; readonly state: IncidentState; readonly host: string | null; readonly json: boolean }
  | { readonly do: "show_incident" | "end_silence"; readonly id: string; readonly json: boolean }
  | { readonly do: "acknowledge"; readonly id: string; readonly who: string; readonly json: boolean }
  | { readonly do: "comment"; readonly id: string; readonly comment: CommentRequest; readonly json: boolean }
  | { readonly do: "add_silence"; readonly silence: SilenceRequest; readonly json: boolean }
  | { readonly do: "add_maintenance"; readonly window: MaintenanceRequest; readonly json: boolean }
  | { readonly do: "end_maintenance"; readonly name: string; readonly who: string; readonly json: boolean };

export const RULE_USAGE = `usage: truebound rule list [--json]
       truebound rule show NAME [--json]
  What is looked for: the rules that come with Truebound, and those that truebound apply set (docs/rules.md).
  --json                   as JSON (off)
${ADMIN_SETTINGS}
example: truebound rule show host_silent`;

export const INCIDENT_USAGE = `usage: truebound incident list [--state open|resolved|all] [--host HOST] [--json]
       truebound incident show ID [--json]
       truebound incident ack ID --who WHO [--json]
       truebound incident comment ID WORDS --who WHO [--json]
       truebound incident record ID --out DIR
  What is the matter, one incident for each cause, the newest first. ack says that somebody looks after it, which channels that
  were told of it are told; comment adds a line to its story. record writes what its hosts recorded of the minutes around it
  (docs/flight-recorder.md), for each into DIR/HOST: flight.deflated, as it was signed; flight.json, the same to read;
  signature-base.txt, signature.bin and key.pem, to verify it; case.json, for truebound explain bound. It exits 0 when there was a
  record and all of them are as they were signed, 1 when not.
  --state STATE            open, resolved or all (open)
  --host HOST              what is about this host, by its id or name (all)
  --who WHO                needed for ack and comment: who does it
  --out DIR                needed for record: a directory that is not there yet, or is empty
  --json                   list, show, ack, comment: as JSON (off)
${ADMIN_SETTINGS}
example: truebound incident ack 17 --who ada`;

export const SILENCE_USAGE = `usage: truebound silence add --match name=value… --for SPAN --comment WHY --who WHO [--json]
       truebound silence list [--json]
       truebound silence end ID [--json]
  For a while nobody is told of incidents all of whose alerts have these labels: alertname, severity, finding, host, source,
  group, the rule's labels, the host's labels. One that a file sets is ended by that file alone.
  --match name=value       needed; may be given several times, and then all must fit
  --for SPAN               needed: from 1m to 90d
  --comment WHY            needed: why
  --who WHO                needed: who does it
  --json                   as JSON (off)
${ADMIN_SETTINGS}
example: truebound silence add --match group=rack=r1 --for 4h --comment "the rack moves" --who ada`;

export const CHANNEL_USAGE = `usage: truebound channel list [--json]
       truebound channel test NAME [--json]
  Where incidents are told to; truebound apply sets them. test tells a channel of nothing, and says so, from this machine: the
  files that hold its secrets must be here.
  --json                   as JSON (off)
${ADMIN_SETTINGS}
example: truebound channel test on-call`;

export const MAINTENANCE_USAGE = `usage: truebound maintenance list [--json]
       truebound maintenance add (--host HOST… | --labels name=value… | --all) [--from TIME] --to TIME --comment WHY --who WHO [--json]
       truebound maintenance end NAME --who WHO [--json]
  Windows in which nobody is told of alerts on these hosts. Those of every week, and whatever a file sets, truebound apply sets and
  ends. end takes back a window that has not begun.
  --host HOST              add: a host, by its id or name; may be given several times
  --labels name=value      add: hosts that carry all of these; may be given several times, also beside --host
  --all                    add: every host
  --from TIME              add: when it begins, such as 2026-11-28T06:00:00Z (now)
  --to TIME                add: when it ends, 90 days later at most
  --comment WHY            needed for add: what is done
  --who WHO                needed for add and end: who does it
  --json                   as JSON (off)
${ADMIN_SETTINGS}
example: truebound maintenance add --labels rack=r1 --to 2026-11-28T08:00:00Z --comment "the rack moves" --who ada`;

type Parsed = AlertRequest | string;

export function parseRule([what, ...rest]: readonly string[]): Parsed {
  if (what === "list") return listing("list_rules", rest);
  if (what === "show") return named(rest, "the name of a rule", (name, json) => ({ do: "show_rule", name, json }));
  return noVerb(what, "rules", ["list", "show"]);
}

export function parseChannel([what, ...rest]: readonly string[]): Parsed {
  if (what === "list") return listing("list_channels", rest);
  if (what === "test") return named(rest, "the name of a channel", (name, json) => ({ do: "test_channel", name, json }));
  return noVerb(what, "channels", ["list", "test"]);
}

export function parseMaintenance([what, ...rest]: readonly string[]): Parsed {
  switch (what) {
    case "list":
      return listing("list_maintenance", rest);
    case "add":
      return parseWindow(rest);
    case "end":
      return parseWindowEnd(rest);
    default:
      return noVerb(what, "maintenance windows", ["list", "add", "end"]);
  }
}

export function parseIncident([what, ...rest]: readonly string[]): Parsed {
  switch (what) {
    case "list":
      return parseIncidents(rest);
    case "show":
      return named(rest, ID_FORM, (id, json) => ({ do: "show_incident", id, json }));
    case "ack":
      return parseAcknowledge(rest);
    case "comment":
      return parseComment(rest);
    default:
      return noVerb(what, "incidents", ["list", "show", "ack", "comment", "record"]);
  }
}

export function parseSilence([what, ...rest]: readonly string[]): Parsed {
  switch (what) {
    case "add":
      return parseAdd(rest);
    case "list":
      return listing("list_silences", rest);
    case "end":
      return named(rest, "the id of a silence, as truebound silence list shows it", (id, json) => ({ do: "end_silence", id, json }));
    default:
      return noVerb(what, "silences", ["add", "list", "end"]);
  }
}

const ID_FORM = "the id of an incident, as truebound incident list shows it";

function listing(what: Listing, args: readonly string[]): Parsed {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  const [odd] = read.words;
  return odd === undefined ? { do: what, json: read.values.json === true } : `Cannot take ${JSON.stringify(odd)}: list takes no words`;
}

function named(args: readonly string[], what: string, request: (name: string, json: boolean) => AlertRequest): Parsed {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  const one = wordOf(read.words, what);
  return typeof one === "string" ? one : request(one.word, read.values.json === true);
}

function wordOf([word, odd]: readonly string[], what: string): { readonly word: string } | string {
  if (word === undefined) return `Cannot do that without ${what}`;
  return odd === undefined ? { word } : `Cannot take ${JSON.stringify(odd)}: one at a time`;
}

function parseIncidents(args: readonly string[]): Parsed {
  const read = readOptions(args, { json: "flag", state: "text", host: "text" });
  if (typeof read === "string") return read;
  const { json = false, state: asked = "open", host = null } = read.values;
  const state = INCIDENT_STATES.find((one) => one === asked);
  if (state === undefined) return `Cannot take --state ${asked}: did you mean ${nearest(asked, INCIDENT_STATES)}?`;
  const [odd] = read.words;
  return odd === undefined ? { do: "list_incidents", state, host, json } : `Cannot take ${JSON.stringify(odd)}: list takes no words`;
}

const BODIES = {
  acknowledge: validator(AcknowledgeRequest),
  comment: validator(CommentRequest),
  silence: validator(SilenceRequest),
  window: validator(MaintenanceRequest),
  windowEnd: validator(MaintenanceEnd),
};
const NEEDS_WHO = "Cannot do that without --who: it stands in the incident's story";

function parseAcknowledge(args: readonly string[]): Parsed {
  const read = readOptions(args, { json: "flag", who: "text" });
  if (typeof read === "string") return read;
  const { json = false, who } = read.values;
  const one = wordOf(read.words, ID_FORM);
  if (typeof one === "string") return one;
  if (who === undefined) return NEEDS_WHO;
  return wrong(BODIES.acknowledge, { who }) ?? { do: "acknowledge", id: one.word, who, json };
}

function parseComment(args: readonly string[]): Parsed {
  const read = readOptions(args, { json: "flag", who: "text" });
  if (typeof read === "string") return read;
  const { json = false, who } = read.values;
  const [id, ...said] = read.words;
  if (id === undefined || said.length === 0) return "Cannot comment without the id of an incident and what is to be said";
  if (who === undefined) return NEEDS_WHO;
  const comment = { who, words: said.join(" ") };
  return wrong(BODIES.comment, comment) ?? { do: "comment", id, comment, json };
}

function parseAdd(args: readonly string[]): Parsed {
  const read = readOptions(args, { json: "flag", match: "list", for: "text", comment: "text", who: "text" });
  if (typeof read === "string") return read;
  const { json = false, match = [], for: span, comment, who } = read.values;
  const [odd] = read.words;
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: alerts are named by --match name=value`;
  if (match.length === 0 || span === undefined || comment === undefined || who === undefined)
    return "Cannot silence anything without --match, --for, --comment and --who";
  const matchers = matchersOf(match);
  if (typeof matchers === "string") return matchers;
  const seconds = secondsOf(span);
  if (seconds === null) return `Cannot take --for ${span}: write a span with its unit, from 1m to 90d`;
  const silence = { matchers, for_s: seconds, who, comment };
  return wrong(BODIES.silence, silence) ?? { do: "add_silence", silence, json };
}

function parseWindow(args: readonly string[]): Parsed {
  const options = {
    json: "flag",
    host: "list",
    labels: "list",
    all: "flag",
    from: "text",
    to: "text",
    comment: "text",
    who: "text",
  } as const;
  const read = readOptions(args, options);
  if (typeof read === "string") return read;
  const { json = false, host: names = [], labels: given = [], all = false, from, to, comment, who } = read.values;
  const [odd] = read.words;
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: hosts are named by --host, --labels or --all`;
  if (to === undefined || comment === undefined || who === undefined)
    return "Cannot declare a maintenance window without --to, --comment and --who";
  if (all === (names.length > 0 || given.length > 0)) return "Cannot tell whose window it is: say --host and --labels, or --all alone";
  const labels = matchersOf(given, "--labels");
  if (typeof labels === "string") return labels;
  const window = {
    labels,
    to,
    comment,
    who,
    ...(names.length === 0 ? {} : { names: [...names] }),
    ...(from === undefined ? {} : { from }),
  };
  return wrong(BODIES.window, window) ?? { do: "add_maintenance", window, json };
}

function parseWindowEnd(args: readonly string[]): Parsed {
  const read = readOptions(args, { json: "flag", who: "text" });
  if (typeof read === "string") return read;
  const { json = false, who } = read.values;
  const one = wordOf(read.words, "the name of a window, as truebound maintenance list shows it");
  if (typeof one === "string") return one;
  if (who === undefined) return "Cannot end a maintenance window without --who";
  return wrong(BODIES.windowEnd, { who }) ?? { do: "end_maintenance", name: one.word, who, json };
}

function matchersOf(match: readonly string[], option = "--match"): Record<string, string> | string {
  const pairs = match.map((one) => /^([a-zA-Z_][a-zA-Z0-9_]{0,62})=(.{1,255})$/.exec(one));
  const odd = match.find((_, index) => pairs[index] === null);
  return odd === undefined
    ? Object.fromEntries(pairs.map((pair) => [pair?.[1], pair?.[2]]))
    : `Cannot take ${option} ${odd}: write name=value`;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const MOST_S = 90 * 86_400;

function secondsOf(span: string): number | null {
  const [, digits = "", unit = ""] = /^(\d{1,7})([smhd])$/.exec(span) ?? [];
  const seconds = Number(digits) * (UNITS[unit] ?? Number.NaN);
  return seconds >= 60 && seconds <= MOST_S ? seconds : null;
}

function wrong<T>({ errors }: Validator<T>, body: unknown): string | null {
  const [first] = errors(body);
  return first === undefined ? null : `Cannot take ${first.pointer.slice(1) || "that"}: ${first.detail}`;
}
