import {
  AcknowledgeRequest,
  Advice,
  AlertList,
  AlertRuleList,
  ChainDocumentList,
  ChainReviewList,
  Challenge,
  ChannelList,
  ChannelTest,
  CommentRequest,
  EnrolReply,
  EnrolRequest,
  ExemptionList,
  ExemptionRequest,
  ExemptionView,
  FleetSeries,
  FlightReply,
  FlightView,
  Goodbye,
  GoodbyeReply,
  HostDetail,
  HostEvent,
  HostList,
  IncidentDetail,
  IncidentList,
  IntervalAnswer,
  InventoryRequest,
  InventoryView,
  MaintenanceList,
  OrderAnswer,
  PairView,
  PeersCase,
  PeersView,
  Problem,
  ProfileList,
  ProfileView,
  Receipt,
  ReportJob,
  ReportList,
  ReportRequestBody,
  ReportView,
  RotateReply,
  RotateRequest,
  ScopeList,
  Series,
  Silence,
  SilenceList,
  SilenceMade,
  SilenceRequest,
  SpanList,
  StampAnswer,
  TargetList,
  TIERS,
  TraceabilityView,
} from "@truebound/wire";

import { STAMP_FORMATS } from "../stamps/write-stamps.ts";
import { ALERT_STATES, INCIDENT_STATES } from "./alert-ports.ts";

/** A JSON schema, as it stands in an OpenAPI document. */
export type JsonSchema = object;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

export interface Route {
  readonly operation: string;
  /** Agents and people have a listener of their own each. */
  readonly listener: "agents" | "people";
  readonly method: "get" | "post";
  /** With OpenAPI's {parameters}. */
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly type: string; readonly schema: JsonSchema };
  readonly answer: { readonly type: string; readonly description: string; readonly schema: JsonSchema };
}

const text = { type: "string" };
const id: Parameter = { name: "id", in: "path", required: true, description: "Id of the host, or its name", schema: text };
const report: Parameter = { ...id, description: "Id of the report" };
const node = (name: string): Parameter => ({ ...id, name, description: "Id of a host or target of a mesh, or its name" });
const incident: Parameter = { ...id, description: "Number of the incident" };
const recorded: Parameter = { ...id, name: "host" };
const query = (name: string, description: string, schema: JsonSchema = text): Parameter => ({ name, in: "query", description, schema });
const header = (name: string, description: string): Parameter => ({ name, in: "header", required: true, description, schema: text });
const limit = query("limit", "Items in a page", { type: "integer", minimum: 1, maximum: 10000, default: 200 });
const retired = query("retired", "1 = those that were retired too", { type: "integer", minimum: 0, maximum: 1, default: 0 });
const after = query("after", "The `next` of the page before");
const ofScope = query("scope", "Name of a scope: the error of its application widens the answer at both ends");
const json = (description: string, schema: JsonSchema): Route["answer"] => ({ type: "application/json", description, schema });
const plain = (description: string, type = "text/plain"): Route["answer"] => ({ type, description, schema: text });

const signedPost = [
  header("Content-Digest", "sha-256 of the body (RFC 9530)"),
  header("Truebound-Agent", "Id of the agent"),
  header("Signature-Input", "RFC 9421, the fixed profile of what an agent says beside its batches"),
  header("Signature", "Ed25519 by the agent's key in use over these and @target-uri"),
];

const eventList = {
  type: "object",
  required: ["items", "next"],
  properties: { items: { type: "array", items: HostEvent }, next: { type: ["string", "null"] } },
};

/** Of requests that say all by their path. */
export const Nothing = { type: "object", properties: {}, additionalProperties: false, maxProperties: 0 } as const;
const incidentId: Parameter = { name: "id", in: "path", required: true, description: "Id of the incident", schema: text };
const states = (words: readonly string[]) => query("state", "Only those", { type: "string", enum: [...words], default: words[0] });
const someLimit = query("limit", "Items in a page", { type: "integer", minimum: 1, maximum: 1000, default: 200 });
const aboutHost = query("host", "Only what is about this host, by its id or name");
const jsonBody = (schema: JsonSchema): NonNullable<Route["body"]> => ({ type: "application/json", schema });

const wholeNumber = { type: "integer", minimum: 0 };
const logHead = {
  type: "object",
  required: ["number", "installation", "shard", "size", "root", "timestamp_ns", "previous", "public_key", "signature"],
  properties: {
    number: wholeNumber,
    installation: text,
    shard: text,
    size: wholeNumber,
    root: text,
    timestamp_ns: text,
    previous: text,
    public_key: text,
    signature: text,
  },
};
const logHeads = {
  type: "object",
  required: ["items", "next"],
  properties: { items: { type: "array", items: logHead }, next: { type: ["string", "null"] } },
};
const logProof = {
  type: "object",
  required: ["head", "proof", "leaf", "consistency"],
  properties: {
    head: logHead,
    proof: { type: "array", items: text },
    leaf: {
      type: ["object", "null"],
      required: ["shard", "index", "hash", "salt", "entry"],
      properties: { shard: text, index: wholeNumber, hash: text, salt: text, entry: { type: ["object", "null"] } },
    },
    consistency: {
      type: ["object", "null"],
      required: ["shard", "from", "to"],
      properties: { shard: text, from: wholeNumber, to: wholeNumber },
    },
  },
};

/** Everything that the server answers, once: the applications and the OpenAPI document are both made from it. */
export const ROUTES = [
  {
    operation: "openChallenge",
    listener: "agents",
    method: "post",
    path: "/api/v1/enroll/challenge",
    summary: "A random number to sign: single use, one minute",
    parameters: [],
    answer: json("The challenge", Challenge),
  },
  {
    operation: "enrol",
    listener: "agents",
    method: "post",
    path: "/api/v1/enroll",
    summary: "Lets a host in that holds its key and a join token, or a pod's service account token, or is on the operator's list",
    parameters: [],
    body: { type: "application/json", schema: EnrolRequest },
    answer: json("The host's identity, its place in the chain and its policy", EnrolReply),
  },
  {
    operation: "rotateKey",
    listener: "agents",
    method: "post",
    path: "/api/v1/enroll/key",
    summary:
      "Agrees on an agent's next key, over a challenge and signed by both; the present one is refused from the first batch on that the next one signed",
    parameters: signedPost,
    body: { type: "application/json", schema: RotateRequest },
    answer: json("The key that was agreed on", RotateReply),
  },
  {
    operation: "sayGoodbye",
    listener: "agents",
    method: "post",
    path: "/api/v1/goodbye",
    summary: "Retires an ephemeral host that goes; counts only while the batch that it names is its latest",
    parameters: signedPost,
    body: { type: "application/json", schema: Goodbye },
    answer: json("It is retired", GoodbyeReply),
  },
  {
    operation: "receiveFlight",
    listener: "agents",
    method: "post",
    path: "/api/v1/flights",
    summary: "Takes what an agent recorded of the minutes around an incident for which it was asked; kept as it was signed",
    parameters: signedPost,
    body: { type: "application/octet-stream", schema: { type: "object", description: "A Flight as deflated JSON, at most 1 MiB" } },
    answer: json("It is kept", FlightReply),
  },
  {
    operation: "receiveBatch",
    listener: "agents",
    method: "post",
    path: "/api/v1/batches",
    summary:
      "Takes one signed batch; acknowledged after its commit. @target-uri is the URI that the agent dialled: scheme of the listener, Host header, path",
    parameters: [
      header("Content-Digest", "sha-256 of the body (RFC 9530)"),
      header("Truebound-Agent", "Id of the agent"),
      header("Truebound-Epoch", "Epoch of its chain"),
      header("Truebound-Seq", "Number of the batch in the epoch, from 1"),
      header("Truebound-Prev", "Hash of the batch before, in hex"),
      header("Truebound-Sent", "boot id and BOOTTIME in ns when it was sent"),
      header("Signature-Input", "RFC 9421, the fixed profile of a batch"),
      header("Signature", "Ed25519 over all of these and @target-uri"),
    ],
    body: { type: "application/json", schema: { type: "object", description: "A batch, at most 1 MiB; kept byte for byte" } },
    answer: json("The receipt", Receipt),
  },
  {
    operation: "listHosts",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts",
    summary: "The fleet: hosts of which nothing is known first, then by worst error",
    parameters: [limit, after, query("q", "Part of the name, in any case"), retired],
    answer: json("A page of hosts", HostList),
  },
  {
    operation: "getHost",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}",
    summary: "One host: its bound, what it rests on, its sources and latest events",
    parameters: [id],
    answer: json("The host", HostDetail),
  },
  {
    operation: "getInterval",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}/interval",
    summary: "The bound on a host's offset at one instant, and what its clock showed then",
    parameters: [id, query("at", "RFC 3339 or now-6h; without it, the host's latest reading"), ofScope],
    answer: json("The bound; null where nothing is known", IntervalAnswer),
  },
  {
    operation: "getOrder",
    listener: "people",
    method: "get",
    path: "/api/v1/order",
    summary:
      "Which of two events came first, by what the clocks of their hosts showed then: before iff a.latest < b.earliest; undecidable where they overlap; unknown where a clock is not known to have shown its stamp",
    parameters: [
      query("a", "HOST@TIME: id or unique name of a host, and its own stamp, RFC 3339 or integer ns; HOST ends at the last @"),
      query("b", "As a"),
      ofScope,
    ],
    answer: json("The order, its margin, and when each clock can have shown its stamp", OrderAnswer),
  },
  {
    operation: "placeStamps",
    listener: "people",
    method: "post",
    path: "/api/v1/stamps",
    summary:
      "When each of many stamps was shown, UTC, and whether the clock was within a limit then: yes, no or not_provable. The answers come in the order of the rows; a bad row is answered by what is wrong with it",
    parameters: [
      query("scope", "Name of a scope: as it was in force then, its profile, its application error, and what it counts"),
      query("profile", "Instead of a scope: id of a profile that limits divergence from UTC"),
      query("limit", "Instead of these: the most that is allowed either way, such as 100us"),
      query("format", "Of the answer", { type: "string", enum: [...STAMP_FORMATS], default: "json" }),
    ],
    body: {
      type: "text/csv",
      schema: {
        type: "string",
        description: "host,timestamp,id in each line, at most 100,000; a header is optional; timestamps as in order",
      },
    },
    answer: json("What is known of each stamp; as CSV with the same names where that is asked for", StampAnswer),
  },
  {
    operation: "getSeries",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}/series",
    summary: "The bound over a range: every reading up to two hours, minutes beyond; never narrower than what it stands for",
    parameters: [
      id,
      query("from", "RFC 3339 or now-6h (default now-1h)"),
      query("to", "RFC 3339 or now (default now)"),
      query("points", "At most so many points", { type: "integer", minimum: 1, maximum: 2000, default: 600 }),
    ],
    answer: json("The series; a point without a bound is a gap", Series),
  },
  {
    operation: "listSpans",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}/spans",
    summary:
      "What the host's agent signed of its minutes, with keys and contexts, to be verified by hand: beside their batches first, then in the archive, then in the batches' place; each part in order of time. A page may be short, and one statement may come twice if it moved meanwhile",
    parameters: [
      id,
      query("from", "RFC 3339 or now-6h (default now-1h)"),
      query("to", "RFC 3339 or now (default now)"),
      query("limit", "Statements in a page", { type: "integer", minimum: 1, maximum: 1000, default: 200 }),
      after,
    ],
    answer: json("A page of statements that overlap the range", SpanList),
  },
  {
    operation: "getFleetSeries",
    listener: "people",
    method: "get",
    path: "/api/v1/fleet/series",
    summary:
      "How well the whole fleet was known, minute by minute, some three minutes behind: percentiles of worst error, and hosts by status",
    parameters: [
      query("from", "RFC 3339 or now-6h (default now-24h); at most 31 days before to"),
      query("to", "RFC 3339 or now (default now)"),
      query("points", "At most so many points", { type: "integer", minimum: 1, maximum: 2000, default: 600 }),
    ],
    answer: json(
      "The series; hosts that were not heard are counted as silent, and a minute in which no host belonged to the fleet has no point",
      FleetSeries,
    ),
  },
  {
    operation: "getAdvice",
    listener: "people",
    method: "get",
    path: "/api/v1/advice",
    summary:
      "What measured minutes say of two settings: how long to wait before a commit is told, and how far apart two clocks can be; minutes without a bound count as beyond every value",
    parameters: [
      query("host", "One host, by its id or name"),
      query("labels", "Instead: hosts that carry these, name=value joined by commas"),
      query("from", "RFC 3339 or now-6h (default now-7d); at most 92 days before to"),
      query("to", "RFC 3339 or now (default now)"),
    ],
    answer: json("The advice, and how many minutes it rests on; null = too many are unknown", Advice),
  },
  {
    operation: "listPeers",
    listener: "people",
    method: "get",
    path: "/api/v1/peers",
    summary: "The mesh: what hosts that measure each other prove together of all their clocks, and who contradicts whom",
    parameters: [query("domain", "Hosts and targets of this domain alone")],
    answer: json("The mesh as this server solved it last, at most some ten seconds ago", PeersView),
  },
  {
    operation: "getPeersCase",
    listener: "people",
    method: "get",
    path: "/api/v1/peers/case",
    summary: "The constraints that were solved last, as truebound explain peers reads them",
    parameters: [query("tier", "Which tier's", { type: "string", enum: [...TIERS], default: "guaranteed" })],
    answer: json("The graph; what several measurements say of two nodes is one edge", PeersCase),
  },
  {
    operation: "getPair",
    listener: "people",
    method: "get",
    path: "/api/v1/peers/{a}/{b}",
    summary: "How far one clock is ahead of another, and by which measurements that is known",
    parameters: [node("a"), node("b")],
    answer: json("Bounds on clock b less clock a; null where nothing is known", PairView),
  },
  {
    operation: "listEvents",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}/events",
    summary: "What happened on a host, newest first",
    parameters: [id, query("from", "RFC 3339 or now-6h"), query("to", "RFC 3339 or now"), limit, after],
    answer: json("A page of events", eventList),
  },
  {
    operation: "listTargets",
    listener: "people",
    method: "get",
    path: "/api/v1/targets",
    summary: "What hosts of a mesh measure beside themselves, by name",
    parameters: [],
    answer: json("All targets", TargetList),
  },
  {
    operation: "listProfiles",
    listener: "people",
    method: "get",
    path: "/api/v1/profiles",
    summary: "Limits on clocks: those that come with Truebound, rules without a number (templates), and those that a file set",
    parameters: [],
    answer: json("All profiles", ProfileList),
  },
  {
    operation: "getProfile",
    listener: "people",
    method: "get",
    path: "/api/v1/profiles/{id}",
    summary: "One limit on clocks, and the hash by which reports name it",
    parameters: [{ name: "id", in: "path", required: true, description: "Id of the profile", schema: text }],
    answer: json("The profile", ProfileView),
  },
  {
    operation: "listScopes",
    listener: "people",
    method: "get",
    path: "/api/v1/scopes",
    summary: "Whose clocks are held against which limit, and when, as of now",
    parameters: [],
    answer: json("All scopes in force", ScopeList),
  },
  {
    operation: "listExemptions",
    listener: "people",
    method: "get",
    path: "/api/v1/exemptions",
    summary: "When limits need not hold, in the order in which that was declared",
    parameters: [],
    answer: json("All that were ever declared", ExemptionList),
  },
  {
    operation: "addExemption",
    listener: "people",
    method: "post",
    path: "/api/v1/exemptions",
    summary:
      "For a while the limit of a scope need not hold. It is declared when the database takes it; one that has begun by then never hides a violation",
    parameters: [],
    body: jsonBody(ExemptionRequest),
    answer: json("The exemption; it is kept for good", ExemptionView),
  },
  {
    operation: "getInventory",
    listener: "people",
    method: "get",
    path: "/api/v1/inventory",
    summary: "The list of the hosts that must be there, as it was imported last, held against those that report",
    parameters: [],
    answer: json("The list, what is missing, and what is in scope and not listed", InventoryView),
  },
  {
    operation: "importInventory",
    listener: "people",
    method: "post",
    path: "/api/v1/inventory",
    summary: "Imports such a list: CSV, an inventory of Ansible, or the JSON of kubectl get nodes; at most 8 MiB. Earlier ones are kept",
    parameters: [],
    body: jsonBody(InventoryRequest),
    answer: json("The list as it is now", InventoryView),
  },
  {
    operation: "listLogHeads",
    listener: "people",
    method: "get",
    path: "/api/v1/log/heads",
    summary: "Signed heads of the log that all evidence lies in, the newest first (docs/log.md)",
    parameters: [someLimit, after],
    answer: json("Heads; public keys and signatures are raw Ed25519 as base64url, digests are hex", logHeads),
  },
  {
    operation: "getLogProof",
    listener: "people",
    method: "get",
    path: "/api/v1/log/proof",
    summary: "Proves that a batch lies under the newest head of its shard, or that a shard of one size became the one of that head",
    parameters: [
      query("host", "Of a batch: id of the host, or its name"),
      query("epoch", "Of a batch", wholeNumber),
      query("seq", "Of a batch", wholeNumber),
      query("shard", "Of the log: 2026-11"),
      query("from", "Leaves that the shard had", wholeNumber),
    ],
    answer: json("The hashes of a proof of RFC 9162, in its order, and what it proves", logProof),
  },
  {
    operation: "getTraceability",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}/traceability",
    summary: "The chain from a host to UTC(k): what was observed of its sources, what documents declare, and what is missing",
    parameters: [
      id,
      query("from", "RFC 3339, or now-30d; 30 days before `to`"),
      query("to", "RFC 3339, or now"),
      query("required", "1 = as under a profile that demands traceability", { type: "integer", minimum: 0, maximum: 1, default: 0 }),
    ],
    answer: json("The chain, and how it stands at `to`", TraceabilityView),
  },
  {
    operation: "listDocuments",
    listener: "people",
    method: "get",
    path: "/api/v1/traceability/documents",
    summary: "All documents of traceability, the oldest first, without their files",
    parameters: [],
    answer: json("All documents", ChainDocumentList),
  },
  {
    operation: "listReviews",
    listener: "people",
    method: "get",
    path: "/api/v1/traceability/reviews",
    summary: "Who reviewed which chain and when, the latest first, with what they had before them",
    parameters: [],
    answer: json("All reviews", ChainReviewList),
  },
  {
    operation: "listRules",
    listener: "people",
    method: "get",
    path: "/api/v1/rules",
    summary: "What is looked for, by name: the rules that come with Truebound and those that a file set",
    parameters: [],
    answer: json("All rules", AlertRuleList),
  },
  {
    operation: "listIncidents",
    listener: "people",
    method: "get",
    path: "/api/v1/incidents",
    summary: "What is the matter, one incident for each cause, the newest first",
    parameters: [states(INCIDENT_STATES), someLimit, after, aboutHost],
    answer: json("A page of incidents; evaluated_at null = nobody has judged yet", IncidentList),
  },
  {
    operation: "getIncident",
    listener: "people",
    method: "get",
    path: "/api/v1/incidents/{id}",
    summary: "One incident: its alerts, its story, and how telling of it went",
    parameters: [incidentId],
    answer: json("The incident", IncidentDetail),
  },
  {
    operation: "acknowledgeIncident",
    listener: "people",
    method: "post",
    path: "/api/v1/incidents/{id}/acknowledge",
    summary:
      "Somebody looks after it: channels that were told of it are told so. Of one that somebody acknowledged already nothing changes",
    parameters: [incidentId],
    body: jsonBody(AcknowledgeRequest),
    answer: json("The incident as it is now", IncidentDetail),
  },
  {
    operation: "commentIncident",
    listener: "people",
    method: "post",
    path: "/api/v1/incidents/{id}/comments",
    summary: "Adds a line to its story",
    parameters: [incidentId],
    body: jsonBody(CommentRequest),
    answer: json("The incident as it is now", IncidentDetail),
  },
  {
    operation: "listAlerts",
    listener: "people",
    method: "get",
    path: "/api/v1/alerts",
    summary: "One rule that holds for one host, one of its sources, or none of both; the newest first",
    parameters: [states(ALERT_STATES), someLimit, after, aboutHost],
    answer: json("A page of alerts", AlertList),
  },
  {
    operation: "listSilences",
    listener: "people",
    method: "get",
    path: "/api/v1/silences",
    summary: "Of which alerts nobody is told: silences that are not over, and those that ended within a week; the newest first",
    parameters: [],
    answer: json("All of them", SilenceList),
  },
  {
    operation: "addSilence",
    listener: "people",
    method: "post",
    path: "/api/v1/silences",
    summary: "From now on for a while nobody is told of incidents all of whose alerts have these labels; it is committed before the reply",
    parameters: [],
    body: jsonBody(SilenceRequest),
    answer: json("The silence, and how many open incidents it keeps quiet now", SilenceMade),
  },
  {
    operation: "endSilence",
    listener: "people",
    method: "post",
    path: "/api/v1/silences/{id}/end",
    summary: "Ends a silence now; one that a file sets is ended by that file alone (409, read_only)",
    parameters: [{ name: "id", in: "path", required: true, description: "Id of the silence", schema: text }],
    body: jsonBody(Nothing),
    answer: json("The silence as it is now", Silence),
  },
  {
    operation: "listChannels",
    listener: "people",
    method: "get",
    path: "/api/v1/channels",
    summary: "Where incidents are told to, without secrets, and how that goes",
    parameters: [],
    answer: json("All channels", ChannelList),
  },
  {
    operation: "testChannel",
    listener: "people",
    method: "post",
    path: "/api/v1/channels/{name}/test",
    summary: "Tells a channel of nothing, and says so, straight away",
    parameters: [{ name: "name", in: "path", required: true, description: "Name of the channel", schema: text }],
    body: jsonBody(Nothing),
    answer: json("What became of it", ChannelTest),
  },
  {
    operation: "listReports",
    listener: "people",
    method: "get",
    path: "/api/v1/reports",
    summary: "Audit reports that were made, newest first; and those that this server is making",
    parameters: [someLimit, after],
    answer: json("A page of reports", ReportList),
  },
  {
    operation: "addReport",
    listener: "people",
    method: "post",
    path: "/api/v1/reports",
    summary: "Has a report made, and answers at once: GET /api/v1/reports/{id} says how far it is",
    parameters: [],
    body: jsonBody(ReportRequestBody),
    answer: json("It is being made", ReportJob),
  },
  {
    operation: "getReport",
    listener: "people",
    method: "get",
    path: "/api/v1/reports/{id}",
    summary: "A report with its manifest (docs/reports.md), or how far one is that is being made",
    parameters: [report],
    answer: json("The report", ReportView),
  },
  {
    operation: "cancelReport",
    listener: "people",
    method: "post",
    path: "/api/v1/reports/{id}/cancel",
    summary: "Ends the making of a report; nothing is left of it",
    parameters: [report],
    body: jsonBody(Nothing),
    answer: json("It is being cancelled", ReportJob),
  },
  {
    operation: "getReportFile",
    listener: "people",
    method: "get",
    path: "/api/v1/reports/{id}/files/{name}",
    summary: "A file of a report's bundle: what people read, and the manifest",
    parameters: [report, { name: "name", in: "path", required: true, description: "Name of the file, such as report.pdf", schema: text }],
    answer: { type: "application/octet-stream", description: "Its bytes", schema: text },
  },
  {
    operation: "listMaintenance",
    listener: "people",
    method: "get",
    path: "/api/v1/maintenance",
    summary: "Windows in which nobody is told",
    parameters: [],
    answer: json("All windows", MaintenanceList),
  },
  {
    operation: "getRunbook",
    listener: "people",
    method: "get",
    path: "/runbook/{finding}",
    summary: "What a finding means, what to look at, and how to mend it",
    parameters: [{ name: "finding", in: "path", required: true, description: "What was found, such as host_silent", schema: text }],
    answer: plain("A page for people", "text/html"),
  },
  {
    operation: "getFlight",
    listener: "people",
    method: "get",
    path: "/api/v1/incidents/{id}/flights/{host}",
    summary: "What a host recorded of the minutes around an incident, as it signed it",
    parameters: [incident, recorded],
    answer: json("The record, its signature and the key", FlightView),
  },
  {
    operation: "streamEvents",
    listener: "people",
    method: "get",
    path: "/api/v1/events",
    summary:
      "Server-sent events: `host` carries a host's summary whenever it changes; after Last-Event-ID, what was missed comes first. `incident` carries an incident whenever it changes; what was missed of these does not come again",
    parameters: [],
    answer: plain("The stream", "text/event-stream"),
  },
  {
    operation: "describe",
    listener: "people",
    method: "get",
    path: "/api/openapi.json",
    summary: "This document",
    parameters: [],
    answer: json("OpenAPI 3.1", { type: "object" }),
  },
  {
    operation: "metrics",
    listener: "people",
    method: "get",
    path: "/metrics",
    summary: "Metrics for Prometheus",
    parameters: [],
    answer: plain("Text exposition format"),
  },
  {
    operation: "livez",
    listener: "people",
    method: "get",
    path: "/livez",
    summary: "The process runs",
    parameters: [],
    answer: plain("ok"),
  },
  {
    operation: "readyz",
    listener: "people",
    method: "get",
    path: "/readyz",
    summary: "The database answers and its schema is right",
    parameters: [],
    answer: plain("ok"),
  },
] as const satisfies readonly Route[];

export type Operation = (typeof ROUTES)[number]["operation"];
export const PROBLEM_SCHEMA: JsonSchema = Problem;
