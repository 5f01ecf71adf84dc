import { nearest, readOptions } from "@truebound/wire";
import {
  ACTION_USAGE,
  API_TOKEN_USAGE,
  PERSON_USAGE,
  type PersonCommand,
  parseAction,
  parseApiToken,
  parsePerson,
} from "./access/person-requests.ts";
import {
  type AlertRequest,
  CHANNEL_USAGE,
  INCIDENT_USAGE,
  MAINTENANCE_USAGE,
  parseChannel,
  parseIncident,
  parseMaintenance,
  parseRule,
  parseSilence,
  RULE_USAGE,
  SILENCE_USAGE,
} from "./admin/alert-requests.ts";
import { APPLY_USAGE, parseApply } from "./admin/apply-requests.ts";
import { ARCHIVE_USAGE, type ArchiveRequest, parseArchive } from "./admin/archive.ts";
import { EVIDENCE_USAGE, parseEvidence } from "./admin/evidence-requests.ts";
import { HOLD_USAGE, parseHold } from "./admin/hold-requests.ts";
import { MESH_USAGE, parseMesh } from "./admin/mesh-requests.ts";
import { type AdminRequest, HOST_USAGE, parseHost, parseToken, TOKEN_USAGE } from "./admin/requests.ts";
import { parseTarget, TARGET_USAGE } from "./admin/target-requests.ts";
import type { ApplyRequest } from "./apply/apply.ts";
import { PROFILE_USAGE, type ProfileRequest, parseProfile } from "./audit/profiles.ts";
import {
  EXEMPTION_USAGE,
  INVENTORY_USAGE,
  parseExemption,
  parseInventory,
  parseScope,
  SCOPE_USAGE,
  type ScopeRequest,
} from "./audit/scope-requests.ts";
import { ADMIT_USAGE, type CarrierRequest, IMPORT_USAGE, parseAdmit, parseImport } from "./carrier/carrier-requests.ts";
import { DIAGNOSTICS_USAGE, type DiagnosticsRequest, parseDiagnostics } from "./diagnostics/diagnostics-request.ts";
import { EXPLAINABLE, type Explainable } from "./explain/command.ts";
import { parseRecord, type RecordRequest } from "./flight/incident-record.ts";
import { LOG_USAGE, type LogRequest, parseLog } from "./log-book/log-requests.ts";
import { ADVISE_USAGE, ORDER_USAGE, type PastRequest, parseAdvise, parseOrder, parseStampFile, STAMP_USAGE } from "./past/past-requests.ts";
import { PLAN_USAGE, type PlanRequest, parsePlan } from "./plan/plan-request.ts";
import { parseRehearse, REHEARSE_USAGE, type RehearseRequest } from "./rehearse/rehearse-request.ts";
import { parseReport, REPORT_USAGE, type ReportCommand } from "./report/report-requests.ts";
import { DOCTOR_USAGE, type DoctorRequest, parseDoctor } from "./system/doctor.ts";
import { parseTraceability, TRACEABILITY_USAGE, type TraceabilityRequest } from "./traceability/requests.ts";
import { EXPLAIN_USAGE, HOST_LIST_USAGE, MIGRATE_USAGE, REBUILD_USAGE, SERVE_USAGE, UP_USAGE, VERSION_USAGE } from "./usage.ts";

/** What the command line asks for. */
export type Command =
  | { readonly name: "up"; readonly demo: boolean }
  | { readonly name: "explain"; readonly what: Explainable; readonly file: string }
  | { readonly name: "admin"; readonly request: AdminRequest }
  | { readonly name: "archive"; readonly request: ArchiveRequest }
  | { readonly name: "apply"; readonly request: ApplyRequest }
  | { readonly name: "alerts"; readonly request: AlertRequest }
  | { readonly name: "diagnostics"; readonly request: DiagnosticsRequest }
  | { readonly name: "doctor"; readonly request: DoctorRequest }
  | { readonly name: "carrier"; readonly request: CarrierRequest }
  | { readonly name: "log"; readonly request: LogRequest }
  | { readonly name: "profile"; readonly request: ProfileRequest }
  | { readonly name: "people"; readonly request: PersonCommand }
  | { readonly name: "scope"; readonly request: ScopeRequest }
  | { readonly name: "traceability"; readonly request: TraceabilityRequest }
  | { readonly name: "record"; readonly request: RecordRequest }
  | { readonly name: "report"; readonly request: ReportCommand }
  | { readonly name: "past"; readonly request: PastRequest }
  | { readonly name: "plan"; readonly request: PlanRequest }
  | { readonly name: "rehearse"; readonly request: RehearseRequest }
  | { readonly name: "sign_host_list"; readonly file: string; readonly keyFile: string }
  | { readonly name: "rebuild"; readonly host: string | null; readonly check: boolean }
  | { readonly name: "say"; readonly text: string }
  | { readonly name: "migrate"; readonly distribute: "citus" | null }
  | { readonly name: "serve" | "version" | "help" }
  | { readonly name: "usage"; readonly problem: string };

export const HELP = `Truebound proves how wrong every clock can be.

  truebound up [--demo]   database, server, an agent for this host and the page; with --demo a fleet with known faults too
  truebound serve         the server alone, on DATABASE_URL
  truebound migrate [--distribute citus]
                          brings the schema of DATABASE_URL up to this version, and spreads it over a Citus
  truebound token create|list|revoke
                          lets hosts in (truebound token --help)
  truebound host list|approve|suspend|resume|revoke|rotate|clear-clone
                          who may report (truebound host --help)
  truebound host admit FILE --answer FILE, truebound import FILE
                          hosts without a road, and their reports (truebound import --help)
  truebound hold add|list|release
                          what may not be removed, whatever its age (truebound hold --help)
  truebound evidence list|set|remove
                          what is kept of which hosts, and for how long (truebound evidence --help)
  truebound mesh set|off|redraw|show|list
                          which hosts measure each other (truebound mesh --help)
  truebound target add|list|remove
                          what they measure beside themselves (truebound target --help)
  truebound apply [--check] [--diff] [--dry-run] FILE|-
                          sets rules, channels, policies and the like as a file says (docs/rules.md)
  truebound incident list|show|ack|comment|record
                          what is the matter, who looks after it, what hosts recorded (truebound incident --help)
  truebound silence add|list|end
                          of what nobody is told for a while (truebound silence --help)
  truebound rule list|show
                          what is looked for (truebound rule --help)
  truebound channel list|test
                          where incidents are told to (truebound channel --help)
  truebound maintenance list|add|end
                          windows in which nobody is told (truebound maintenance --help)
  truebound doctor        how the service itself stands, and what to do about it
  truebound diagnostics [--out FILE.tar.gz]
                          one file for whoever helps you: no secret, no evidence, no names
  truebound archive remove-old [--dry-run]
                          removes what is past its age in the archive (truebound archive --help)
  truebound log show|head|verify|acknowledge|rotate-key
                          the log that all evidence lies in (truebound log --help)
  truebound host-list sign FILE --key KEYFILE
                          lets listed hosts in without a token (truebound host-list --help)
  truebound rebuild [--host HOST] [--check]
                          derives minutes, events and states anew from the evidence, and replaces what differs
  truebound person list|add|grant|revoke|disable|enable|link|sign-out
                          people who sign in to the page (truebound person --help)
  truebound api-token list|create|revoke
                          tokens by which programs ask the API (truebound api-token --help)
  truebound action list   what people and programs changed
  truebound profile list|show
                          limits on clocks that come with this version (truebound profile --help)
  truebound scope list    whose clocks are held against which limit, and when (docs/scopes.md)
  truebound exemption add|list|withdraw
                          when a limit need not hold (truebound exemption --help)
  truebound inventory import|show
                          the hosts that must be there (truebound inventory --help)
  truebound report create|list|verify|sign|countersign|signoffs|signer
                          holds a period against limits, proves what it says, and has people sign it (truebound report --help)
  truebound order HOST@TIME HOST@TIME
                          which of two events came first, by what their hosts' clocks showed (docs/order.md)
  truebound stamp FILE.csv [--profile ID | --limit 100us]
                          when each stamp of a file was shown, and whether its clock was within a limit then
  truebound advise [--host HOST] [--from TIME]
                          how long to wait before a commit is told, how far apart two clocks can be
  truebound plan --profile ID [--host HOST]
                          what can be proved of a limit on each host, and the cheapest thing that would change it
  truebound traceability show|document|list|review|templates
                          the chain from hosts to UTC, its documents, and who reviewed it (truebound traceability --help)
  truebound rehearse step|drift|lost-source|lying-source|silent --host HOST
                          whether people are told of a fault that one host only makes believe (truebound rehearse --help)
  truebound explain bound|peers|audit FILE|-
                          recomputes a recorded case: a bound, who lies among peers, or an audit (docs/explain.md)
  truebound version
  truebound help [COMMAND]

truebound COMMAND --help says what a command takes, with defaults and an example.
Settings are environment variables: TRUEBOUND_HTTP_PORT (8123), TRUEBOUND_LISTEN (127.0.0.1:8125), TRUEBOUND_DATA_DIR,
TRUEBOUND_SOURCES (host, host:port or [v6]:port, comma-separated), DATABASE_URL (else an embedded PostgreSQL).
Exit codes: 0 ok, 1 failure, 2 usage, 78 configuration.
`;

export function parseCommand(args: readonly string[]): Command {
  const [name = "help", ...rest] = args;
  if (HELP_WORDS.includes(name)) return rest[0] === undefined ? { name: "help" } : helpOn(rest[0]);
  if (VERSION_WORDS.includes(name)) return parsePlain("version", rest);
  const command = COMMANDS.get(name);
  if (command === undefined) return { name: "usage", problem: noCommand(name) };
  return asksForHelp(rest) ? say(command.usage) : command.parse(rest);
}

interface CommandWord {
  readonly usage: string;
  readonly parse: (rest: readonly string[]) => Command;
}

const COMMANDS: ReadonlyMap<string, CommandWord> = new Map([
  ["up", { usage: UP_USAGE, parse: parseUp }],
  ["explain", { usage: EXPLAIN_USAGE, parse: parseExplain }],
  ["token", { usage: TOKEN_USAGE, parse: (rest) => parseAdmin(rest, TOKEN_USAGE, parseToken) }],
  ["host", { usage: `${HOST_USAGE}\n${ADMIT_USAGE}`, parse: parseHostCommand }],
  ["import", { usage: IMPORT_USAGE, parse: (rest) => parseCarrier(rest, IMPORT_USAGE, parseImport) }],
  ["hold", { usage: HOLD_USAGE, parse: (rest) => parseAdmin(rest, HOLD_USAGE, parseHold) }],
  ["evidence", { usage: EVIDENCE_USAGE, parse: (rest) => parseAdmin(rest, EVIDENCE_USAGE, parseEvidence) }],
  ["mesh", { usage: MESH_USAGE, parse: (rest) => parseAdmin(rest, MESH_USAGE, parseMesh) }],
  ["target", { usage: TARGET_USAGE, parse: (rest) => parseAdmin(rest, TARGET_USAGE, parseTarget) }],
  ["silence", { usage: SILENCE_USAGE, parse: (rest) => parseAlerts(rest, SILENCE_USAGE, parseSilence) }],
  ["rule", { usage: RULE_USAGE, parse: (rest) => parseAlerts(rest, RULE_USAGE, parseRule) }],
  ["channel", { usage: CHANNEL_USAGE, parse: (rest) => parseAlerts(rest, CHANNEL_USAGE, parseChannel) }],
  ["maintenance", { usage: MAINTENANCE_USAGE, parse: (rest) => parseAlerts(rest, MAINTENANCE_USAGE, parseMaintenance) }],
  ["apply", { usage: APPLY_USAGE, parse: parseApplyCommand }],
  ["archive", { usage: ARCHIVE_USAGE, parse: parseArchiveCommand }],
  ["diagnostics", { usage: DIAGNOSTICS_USAGE, parse: parseDiagnosticsCommand }],
  ["doctor", { usage: DOCTOR_USAGE, parse: parseDoctorCommand }],
  ["log", { usage: LOG_USAGE, parse: parseLogCommand }],
  ["profile", { usage: PROFILE_USAGE, parse: parseProfileCommand }],
  ["person", { usage: PERSON_USAGE, parse: (rest) => parsePeople(rest, PERSON_USAGE, parsePerson) }],
  ["api-token", { usage: API_TOKEN_USAGE, parse: (rest) => parsePeople(rest, API_TOKEN_USAGE, parseApiToken) }],
  ["action", { usage: ACTION_USAGE, parse: (rest) => parsePeople(rest, ACTION_USAGE, parseAction) }],
  ["scope", { usage: SCOPE_USAGE, parse: (rest) => parseScopes(rest, SCOPE_USAGE, parseScope) }],
  ["exemption", { usage: EXEMPTION_USAGE, parse: (rest) => parseScopes(rest, EXEMPTION_USAGE, parseExemption) }],
  ["inventory", { usage: INVENTORY_USAGE, parse: (rest) => parseScopes(rest, INVENTORY_USAGE, parseInventory) }],
  ["order", { usage: ORDER_USAGE, parse: (rest) => parsePast(rest, ORDER_USAGE, parseOrder) }],
  ["stamp", { usage: STAMP_USAGE, parse: (rest) => parsePast(rest, STAMP_USAGE, parseStampFile) }],
  ["advise", { usage: ADVISE_USAGE, parse: (rest) => parsePast(rest, ADVISE_USAGE, parseAdvise) }],
  ["plan", { usage: PLAN_USAGE, parse: parsePlanCommand }],
  ["traceability", { usage: TRACEABILITY_USAGE, parse: parseTraceabilityCommand }],
  ["incident", { usage: INCIDENT_USAGE, parse: parseIncidentCommand }],
  ["report", { usage: REPORT_USAGE, parse: parseReportCommand }],
  ["rehearse", { usage: REHEARSE_USAGE, parse: parseRehearseCommand }],
  ["host-list", { usage: HOST_LIST_USAGE, parse: parseHostList }],
  ["rebuild", { usage: REBUILD_USAGE, parse: parseRebuild }],
  ["serve", { usage: SERVE_USAGE, parse: (rest) => parsePlain("serve", rest) }],
  ["migrate", { usage: MIGRATE_USAGE, parse: parseMigrate }],
  ["version", { usage: VERSION_USAGE, parse: (rest) => parsePlain("version", rest) }],
]);

/** Every command there is; each has its own help. */
export const COMMAND_NAMES: readonly string[] = [...COMMANDS.keys()];

const HELP_WORDS = ["help", "--help", "-h"];
const VERSION_WORDS = ["--version", "-v"];

const asksForHelp = (rest: readonly string[]): boolean => {
  const end = rest.indexOf("--");
  return rest.some((word, index) => (word === "--help" || word === "-h") && (end === -1 || index < end));
};

const say = (usage: string): Command => ({ name: "say", text: `${usage}\n` });

function helpOn(name: string): Command {
  const command = COMMANDS.get(name);
  return command === undefined ? { name: "usage", problem: noCommand(name) } : say(command.usage);
}

function parsePlain(name: "serve" | "version", rest: readonly string[]): Command {
  const read = readOptions(rest, {});
  if (typeof read === "string") return { name: "usage", problem: `${read}; truebound ${name} takes none` };
  return read.words[0] === undefined ? { name } : noWord(name, read.words[0]);
}

const noWord = (name: string, word: string): Command => ({
  name: "usage",
  problem: `truebound ${name} takes no ${JSON.stringify(word)}; truebound ${name} --help says what it takes`,
});

const noCommand = (name: string): string =>
  `There is no command ${JSON.stringify(name)}; did you mean ${nearest(name, [...COMMAND_NAMES, "help"])}? truebound help lists them`;

function parseUp(rest: readonly string[]): Command {
  const read = readOptions(rest, { demo: "flag" });
  if (typeof read === "string") return { name: "usage", problem: read };
  return read.words[0] === undefined ? { name: "up", demo: read.values.demo === true } : noWord("up", read.words[0]);
}

function parseAdmin(rest: readonly string[], usage: string, parse: (rest: readonly string[]) => AdminRequest | string): Command {
  const request = parse(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${usage}` } : { name: "admin", request };
}

function parseHostCommand(rest: readonly string[]): Command {
  return rest[0] === "admit" ? parseCarrier(rest.slice(1), ADMIT_USAGE, parseAdmit) : parseAdmin(rest, HOST_USAGE, parseHost);
}

function parseCarrier(rest: readonly string[], usage: string, parse: (rest: readonly string[]) => CarrierRequest | string): Command {
  const request = parse(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${usage}` } : { name: "carrier", request };
}

function parseAlerts(rest: readonly string[], usage: string, parse: (rest: readonly string[]) => AlertRequest | string): Command {
  const request = parse(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${usage}` } : { name: "alerts", request };
}

function parsePast(rest: readonly string[], usage: string, parse: (rest: readonly string[]) => PastRequest | string): Command {
  const request = parse(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${usage}` } : { name: "past", request };
}

function parseApplyCommand(rest: readonly string[]): Command {
  const request = parseApply(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${APPLY_USAGE}` } : { name: "apply", request };
}

function parseArchiveCommand(rest: readonly string[]): Command {
  const request = parseArchive(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${ARCHIVE_USAGE}` } : { name: "archive", request };
}

function parseReportCommand(rest: readonly string[]): Command {
  const request = parseReport(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${REPORT_USAGE}` } : { name: "report", request };
}

function parseDoctorCommand(rest: readonly string[]): Command {
  const request = parseDoctor(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${DOCTOR_USAGE}` } : { name: "doctor", request };
}

function parseDiagnosticsCommand(rest: readonly string[]): Command {
  const request = parseDiagnostics(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${DIAGNOSTICS_USAGE}` } : { name: "diagnostics", request };
}

function parseLogCommand(rest: readonly string[]): Command {
  const request = parseLog(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${LOG_USAGE}` } : { name: "log", request };
}

function parseProfileCommand(rest: readonly string[]): Command {
  const request = parseProfile(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${PROFILE_USAGE}` } : { name: "profile", request };
}

function parsePeople(rest: readonly string[], usage: string, parse: (rest: readonly string[]) => PersonCommand | string): Command {
  const request = parse(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${usage}` } : { name: "people", request };
}

function parseScopes(rest: readonly string[], usage: string, parse: (rest: readonly string[]) => ScopeRequest | string): Command {
  const request = parse(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${usage}` } : { name: "scope", request };
}

function parseTraceabilityCommand(rest: readonly string[]): Command {
  const request = parseTraceability(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${TRACEABILITY_USAGE}` } : { name: "traceability", request };
}

function parseIncidentCommand(rest: readonly string[]): Command {
  const [what, ...more] = rest;
  if (what !== "record") return parseAlerts(rest, INCIDENT_USAGE, parseIncident);
  const request = parseRecord(more);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${INCIDENT_USAGE}` } : { name: "record", request };
}

function parsePlanCommand(rest: readonly string[]): Command {
  const request = parsePlan(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${PLAN_USAGE}` } : { name: "plan", request };
}

function parseRehearseCommand(rest: readonly string[]): Command {
  const request = parseRehearse(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${REHEARSE_USAGE}` } : { name: "rehearse", request };
}

function parseHostList([what, ...rest]: readonly string[]): Command {
  if (what === undefined) return say(HOST_LIST_USAGE);
  const usage = (problem: string): Command => ({ name: "usage", problem: `${problem}\n${HOST_LIST_USAGE}` });
  if (what !== "sign") return usage(`Cannot do ${JSON.stringify(what)} with a host list: did you mean sign?`);
  const read = readOptions(rest, { key: "text" });
  if (typeof read === "string") return usage(read);
  const [file, odd] = read.words;
  if (file === undefined || odd !== undefined) return usage("Cannot sign without exactly one file");
  const { key: keyFile } = read.values;
  return keyFile === undefined ? usage("Cannot sign without --key KEYFILE") : { name: "sign_host_list", file, keyFile };
}

function parseMigrate(rest: readonly string[]): Command {
  const read = readOptions(rest, { distribute: "text" });
  if (typeof read === "string") return { name: "usage", problem: read };
  if (read.words[0] !== undefined) return noWord("migrate", read.words[0]);
  const { distribute = null } = read.values;
  if (distribute === null || distribute === "citus") return { name: "migrate", distribute };
  return { name: "usage", problem: `Cannot distribute by ${JSON.stringify(distribute)}: say --distribute citus` };
}

function parseRebuild(rest: readonly string[]): Command {
  const read = readOptions(rest, { host: "text", check: "flag" });
  const problem =
    typeof read === "string" ? read : read.words.length > 0 ? `truebound rebuild takes no ${JSON.stringify(read.words[0])}` : null;
  if (problem !== null || typeof read === "string") return { name: "usage", problem: `${problem}\n${REBUILD_USAGE}` };
  return { name: "rebuild", host: read.values.host ?? null, check: read.values.check === true };
}

function parseExplain(rest: readonly string[]): Command {
  const read = readOptions(rest, {});
  if (typeof read === "string") return { name: "usage", problem: `${read}; truebound explain takes none` };
  const [what, file, odd] = read.words;
  const usage = (problem: string): Command => ({ name: "usage", problem: `${problem}\n${EXPLAIN_USAGE}` });
  const subject = EXPLAINABLE.find((one) => one === what);
  if (what === undefined)
    return usage(
      `truebound explain needs ${EXPLAINABLE.slice(0, -1).join(", ")} or ${EXPLAINABLE.at(-1)}, and a file, or - for standard input`,
    );
  if (subject === undefined)
    return usage(`truebound explain cannot explain ${JSON.stringify(what)}: did you mean ${nearest(what, EXPLAINABLE)}?`);
  if (file === undefined) return usage(`truebound explain ${subject} needs a file, or - for standard input`);
  if (odd !== undefined) return usage(`truebound explain ${subject} takes one file, no ${JSON.stringify(odd)}`);
  return { name: "explain", what: subject, file };
}
