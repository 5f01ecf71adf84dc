import { existsSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import {
  AcknowledgeRequest,
  CommentRequest,
  EXPOSITION_TYPES,
  ExemptionRequest,
  ExemptionWithdrawal,
  type ExpositionFormat,
  expositionFormat,
  INVENTORY_BYTES_MAX,
  InventoryRequest,
  MaintenanceEnd,
  MaintenanceRequest,
  ReportRequestBody,
  SilenceRequest,
  validator,
} from "@truebound/wire";
import compression from "compression";
import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import helmet from "helmet";
import type { PeopleOperation } from "../../access/route-access.ts";
import type { HostAdminPorts } from "../../admin/administer-hosts.ts";
import { type AdvicePorts, askAdvice } from "../../advice/ask-advice.ts";
import { isInScope } from "../../audit/scopes.ts";
import { askFlight, type RecordPorts } from "../../flight/kept-record.ts";
import type { Log } from "../../log.ts";
import { askPlan, type PlanPorts } from "../../plan/ask-plan.ts";
import type { AlertPorts } from "../../query/alert-ports.ts";
import {
  acknowledgeIncident,
  addMaintenance,
  addSilence,
  askAlerts,
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
} from "../../query/alerts.ts";
import { askOrder } from "../../query/ask-order.ts";
import {
  type AuditPorts,
  addExemption,
  askExemptions,
  askInventory,
  askProfile,
  askProfiles,
  askScopes,
  importInventory,
  withdrawExemption,
} from "../../query/audits.ts";
import { askLogHeads, askLogProof, type LogQuestions } from "../../query/log.ts";
import { askLog, askLogAnchorFile, askLogAnchors, type LogRoomQuestions } from "../../query/log-room.ts";
import { openApi } from "../../query/openapi.ts";
import { askPair, askPeers, askPeersCase, type PeerPorts } from "../../query/peers.ts";
import {
  askEvents,
  askFleetSeries,
  askHost,
  askHosts,
  askInterval,
  askSeries,
  type Parameters,
  type QuestionPorts,
} from "../../query/questions.ts";
import { addReport, askReport, askReportFile, askReports, cancelReport, type ReportQuestions } from "../../query/reports.ts";
import { Nothing, type Operation, ROUTES } from "../../query/routes.ts";
import { askRunbook, askRunbookBrief, type RunbookPorts } from "../../query/runbook.ts";
import { askSourceHistory, type HistoryPorts } from "../../query/source-history.ts";
import { askSourceSeries } from "../../query/source-series.ts";
import { askSource, askSources } from "../../query/sources.ts";
import { askSpans } from "../../query/spans.ts";
import { askSparks } from "../../query/sparks.ts";
import { askSystem, type SystemPorts } from "../../query/system.ts";
import { askTargets } from "../../query/targets.ts";
import { askTerms } from "../../query/terms.ts";
import { askTime, serverTime, TIME_HEADER, type TimePorts, timeHeader } from "../../query/time.ts";
import { askDocuments, askReviews, askTraceability, type TraceabilityQuestions } from "../../query/traceability.ts";
import { askWindowTimes } from "../../query/window-times.ts";
import { isRefusal, type Refusal, refuse } from "../../refusal.ts";
import { askStamps, type StampPorts, type ToldStamps } from "../../stamps/ask-stamps.ts";
import type { StampJobs } from "../../stamps/stamp-jobs.ts";
import { type AccessPorts, actorOf, isStillIn, letIn, seesOf, writeDown } from "./access.ts";
import { type AccessHandlerPorts, accessHandlers } from "./access-handlers.ts";
import { answering, changing, type Handler, parametersOf, queryNames } from "./asking.ts";
import type { EventStreams } from "./event-stream.ts";
import { knownHostOnly, ownOriginOnly, type Reach } from "./guards.ts";
import { hostAdminHandlers } from "./host-admin-handlers.ts";
import { expressPath, knownPaths } from "./known-paths.ts";
import { listText } from "./list-text.ts";
import { pagePolicy } from "./page-policy.ts";
import { problemHandler, sendProblem } from "./problem.ts";

export interface PeoplePorts {
  readonly questions: QuestionPorts;
  readonly time: TimePorts;
  readonly stamps: StampPorts;
  readonly stampJobs: StampJobs;
  readonly advice: AdvicePorts;
  readonly plan: PlanPorts;
  readonly peers: PeerPorts;
  readonly sources: HistoryPorts;
  readonly alerts: AlertPorts;
  readonly audits: AuditPorts;
  readonly runbook: RunbookPorts;
  readonly records: RecordPorts;
  readonly reports: ReportQuestions;
  readonly evidenceLog: LogQuestions;
  readonly logRoom: LogRoomQuestions;
  readonly traceability: TraceabilityQuestions;
  readonly streams: EventStreams;
  readonly metrics: { text(format: ExpositionFormat): Promise<string> };
  readonly system: SystemPorts;
  /** Null = ready; else why not. */
  readonly unready: () => Promise<string | null>;
  readonly access: AccessPorts & AccessHandlerPorts;
  readonly hostAdmin: HostAdminPorts;
  /** How people reach it: what a Host and an Origin may say. */
  readonly reach: Reach;
  readonly log: Log;
  readonly isOutage: (error: unknown) => boolean;
  readonly version: string;
  /** Folder of the built page. */
  readonly siteDir: string;
}

const POSTED_BYTES_MAX = 16 * 1024;
const jsonBody = express.json({ limit: POSTED_BYTES_MAX, inflate: false });
/** As JSON a text may be twice as long, and there is more beside it. */
const longBody = express.json({ limit: 2 * INVENTORY_BYTES_MAX + POSTED_BYTES_MAX, inflate: false });
/** Compiled once. */
const BODIES = {
  AcknowledgeRequest: validator(AcknowledgeRequest),
  ReportRequestBody: validator(ReportRequestBody),
  CommentRequest: validator(CommentRequest),
  ExemptionRequest: validator(ExemptionRequest),
  ExemptionWithdrawal: validator(ExemptionWithdrawal),
  InventoryRequest: validator(InventoryRequest),
  MaintenanceRequest: validator(MaintenanceRequest),
  MaintenanceEnd: validator(MaintenanceEnd),
  SilenceRequest: validator(SilenceRequest),
  Nothing: validator(Nothing),
};
const jsonOf = ({ method, operation }: { readonly method: string; readonly operation: Operation }) =>
  method === "post" ? [operation === "importInventory" ? longBody : jsonBody] : [];

/** What people and their programs talk to: the API, the metrics and the page. */
export function peopleApp(ports: PeoplePorts): Express {
  const app = express().disable("x-powered-by").set("query parser", "simple");
  app.use(
    securityHeaders(ports.reach),
    knownHostOnly(ports.reach),
    ownOriginOnly(ports.reach),
    // Fast before small: the whole fleet is megabytes, and deflating them takes longer than to hand them over on this machine.
    compression({ level: 1, filter: (req, res) => comesByProxy(req) && !isEventStream(res) && compression.filter(req, res) }),
  );
  const handle = handlers(ports);
  for (const route of ROUTES)
    if (route.listener === "people") app[route.method](expressPath(route.path), ...way(ports, route), handle[route.operation]);
  for (const { path, refusal } of knownPaths("people")) app.all(path, (_req, res) => sendProblem(res, refusal));
  app.use("/api", (_req, res) =>
    sendProblem(res, refuse("not_found", "There is nothing at this path; /api/openapi.json lists what there is")),
  );
  serveSite(app, ports.siteDir);
  app.use(problemHandler(ports.log, ports.isOutage, () => {}));
  return app;
}

const way = ({ access, time }: PeoplePorts, route: { readonly method: string; readonly operation: PeopleOperation }) => [
  letIn(access, route.operation),
  tellTime(time),
  ...jsonOf(route),
  writeDown(access, route.operation),
];

/** Before anything is looked up: UTC passed this instant after the question was sent and before its answer came. */
const tellTime =
  (time: TimePorts): RequestHandler =>
  (_req, res, next) => {
    res.setHeader(TIME_HEADER, timeHeader(serverTime(time)));
    next();
  };

/** Only what we serve ourselves is loaded or run. What the charts set on elements they set by script, which is no inline style. */
const securityHeaders = ({ isSecure }: Reach) =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // On plain HTTP, on the loopback, browsers would not heed it.
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });

/** The listener is on the loopback: whoever comes from further comes by a proxy, which says so (RFC 7239, or as most do). */
const comesByProxy = ({ headers }: Pick<Request, "headers">): boolean =>
  ["forwarded", "x-forwarded-for", "via"].some((name) => headers[name] !== undefined);

const isEventStream = (res: { getHeader(name: string): unknown }): boolean =>
  String(res.getHeader("content-type") ?? "").startsWith("text/event-stream");

function handlers({
  access,
  hostAdmin,
  questions,
  time,
  stamps,
  stampJobs,
  advice,
  plan,
  peers,
  sources,
  alerts,
  audits,
  records,
  reports,
  evidenceLog: log,
  logRoom,
  traceability,
  runbook,
  streams,
  metrics,
  system,
  unready,
  version,
}: PeoplePorts): Record<PeopleOperation, Handler> {
  let document: object | null = null;
  return {
    ...accessHandlers(access),
    ...hostAdminHandlers(hostAdmin),
    listHosts: answering("listHosts", (parameters, res) => askHosts(seenOf(questions, res), parameters), listText),
    getHost: answering("getHost", (parameters) => askHost(questions, parameters)),
    getInterval: answering("getInterval", (parameters, res) => askInterval(seenOf(questions, res), parameters)),
    getOrder: answering("getOrder", (parameters) => askOrder(questions, parameters)),
    placeStamps: takingStamps(stampJobs, (wish, chunks) => askStamps(stamps, wish, chunks)),
    getSeries: answering("getSeries", (parameters) => askSeries(questions, parameters)),
    getTerms: answering("getTerms", (parameters) => askTerms(questions, parameters)),
    getTime: answering("getTime", () => askTime(time)),
    listSpans: answering("listSpans", (parameters) => askSpans(questions, parameters)),
    getFleetSeries: answering("getFleetSeries", (parameters) => askFleetSeries(questions, parameters)),
    getFleetSparks: answering("getFleetSparks", (parameters, res) => askSparks(seenOf(questions, res), parameters)),
    getAdvice: answering("getAdvice", (parameters) => askAdvice(advice, parameters)),
    getPlan: answering("getPlan", (parameters, res) => askPlan(plan, parameters, seesOf(res))),
    listPeers: answering("listPeers", (parameters) => askPeers(peers, parameters)),
    getPeersCase: answering("getPeersCase", (parameters) => askPeersCase(peers, parameters)),
    getPair: answering("getPair", (parameters) => askPair(peers, parameters)),
    listEvents: answering("listEvents", (parameters) => askEvents(questions, parameters)),
    listSources: answering("listSources", (parameters) => askSources(sources, parameters)),
    getSource: answering("getSource", (parameters) => askSource(sources, parameters)),
    getSourceSeries: answering("getSourceSeries", (parameters) => askSourceSeries({ ...questions, ...sources }, parameters)),
    getSourceHistory: answering("getSourceHistory", (parameters) => askSourceHistory(sources, parameters)),
    listTargets: answering("listTargets", () => askTargets(questions)),
    listProfiles: answering("listProfiles", () => askProfiles(audits)),
    getProfile: answering("getProfile", (parameters) => askProfile(audits, parameters)),
    listScopes: answering("listScopes", () => askScopes(audits)),
    listExemptions: answering("listExemptions", () => askExemptions(audits)),
    addExemption: changing("addExemption", BODIES.ExemptionRequest, (_, body) => addExemption(audits, body)),
    withdrawExemption: changing("withdrawExemption", BODIES.ExemptionWithdrawal, (given, body) => withdrawExemption(audits, given, body)),
    getInventory: answering("getInventory", () => askInventory(audits)),
    importInventory: changing("importInventory", BODIES.InventoryRequest, (_, body) => importInventory(audits, body)),
    getLog: answering("getLog", () => askLog(logRoom)),
    listLogAnchors: answering("listLogAnchors", (parameters) => askLogAnchors(logRoom, parameters)),
    getLogAnchorFile: async (req, res) => {
      const found = await askLogAnchorFile(logRoom, { id: String(req.params.id), name: String(req.params.name) });
      if (isRefusal(found)) sendProblem(res, found);
      else res.type(found.type).send(Buffer.from(found.bytes));
    },
    listLogHeads: answering("listLogHeads", (parameters) => askLogHeads(log, parameters)),
    getLogProof: answering("getLogProof", async (parameters) => askLogProof(log, parameters)),
    getTraceability: answering("getTraceability", (parameters) => askTraceability(traceability, parameters)),
    listDocuments: answering("listDocuments", () => askDocuments(traceability)),
    listReviews: answering("listReviews", () => askReviews(traceability)),
    listRules: answering("listRules", () => askRules(alerts)),
    listIncidents: answering("listIncidents", (parameters) => askIncidents(alerts, parameters)),
    getIncident: answering("getIncident", (parameters) => askIncident(alerts, parameters)),
    acknowledgeIncident: changing("acknowledgeIncident", BODIES.AcknowledgeRequest, (given, body) =>
      acknowledgeIncident(alerts, given, body),
    ),
    commentIncident: changing("commentIncident", BODIES.CommentRequest, (given, body) => commentIncident(alerts, given, body)),
    listAlerts: answering("listAlerts", (parameters) => askAlerts(alerts, parameters)),
    listSilences: answering("listSilences", () => askSilences(alerts)),
    addSilence: changing("addSilence", BODIES.SilenceRequest, (given, body) => addSilence(alerts, given, body)),
    endSilence: changing("endSilence", BODIES.Nothing, (given) => endSilence(alerts, given)),
    listChannels: answering("listChannels", () => askChannels(alerts)),
    testChannel: changing("testChannel", BODIES.Nothing, (given) => testChannel(alerts, given)),
    listReports: answering("listReports", (parameters) => askReports(reports, parameters)),
    addReport: changing("addReport", BODIES.ReportRequestBody, (_given, body) => addReport(reports, body)),
    getReport: answering("getReport", (parameters) => askReport(reports, parameters)),
    cancelReport: changing("cancelReport", BODIES.Nothing, (given) => cancelReport(reports, given)),
    getReportFile: async (req, res) => {
      const found = await askReportFile(reports, { id: String(req.params.id), name: String(req.params.name) });
      if (isRefusal(found)) sendProblem(res, found);
      else if (found.type.startsWith("text/html")) sendPage(res, Buffer.from(found.bytes).toString());
      else res.type(found.type).send(Buffer.from(found.bytes));
    },
    listMaintenance: answering("listMaintenance", () => askMaintenance(alerts)),
    listWindowTimes: answering("listWindowTimes", (parameters) => askWindowTimes(questions.store, parameters)),
    addMaintenance: changing("addMaintenance", BODIES.MaintenanceRequest, (given, body) => addMaintenance(alerts, given, body)),
    endMaintenance: changing("endMaintenance", BODIES.MaintenanceEnd, (given, body) => endMaintenance(alerts, given, body)),
    getRunbook: async (req, res) => {
      const page = await askRunbook(runbook, { finding: String(req.params.finding) });
      if (isRefusal(page)) sendProblem(res, page);
      else sendPage(res.set("Cache-Control", "no-cache"), page);
    },
    getRunbookBrief: answering("getRunbookBrief", (parameters) => askRunbookBrief(runbook, parameters)),
    getFlight: answering("getFlight", (parameters) => askFlight(records, parameters)),
    streamEvents: (req, res) => streams.serve(req, res, { sees: seesOf(res), isStillIn: () => isStillIn(access, req, actorOf(res)) }),
    getSystem: answering("getSystem", () => askSystem(system)),
    describe: (_req, res) => {
      // Made for whoever asks first: no server starts later for it.
      document ??= openApi(ROUTES, version);
      res.json(document);
    },
    metrics: async (req, res) => {
      const format = expositionFormat(req.get("accept"));
      res
        .vary("Accept")
        .type(EXPOSITION_TYPES[format])
        .send(await metrics.text(format));
    },
    livez: (_req, res) => void res.type("text/plain").send("ok\n"),
    readyz: async (_req, res) => {
      const why = await unready();
      if (why === null) res.type("text/plain").send("ok\n");
      else sendProblem(res, refuse("unavailable", why));
    },
  } satisfies Partial<Record<Operation, Handler>>;
}

const sendPage = (res: Response, html: string): void => {
  res.set("Content-Security-Policy", pagePolicy(html)).type("text/html").send(html);
};

/** The fleet as far as the asker may see it, and the scopes that hold some of that. */
const seenOf = (questions: QuestionPorts, res: Response): QuestionPorts => {
  const sees = seesOf(res);
  if (sees(null)) return questions;
  const entries = () => questions.fleet.entries().filter(({ record }) => sees(record.labels));
  return {
    ...questions,
    fleet: { entry: (host) => questions.fleet.entry(host), entries, mark: questions.fleet.mark },
    scopes: async (when) => {
      const seen = entries();
      return (await questions.scopes(when)).filter(({ scope }) => seen.some(({ record }) => isInScope(record, scope)));
    },
  };
};

const CSV = "text/csv";

/** A file comes in, and answers go out as fast as they are read. */
const takingStamps = (
  jobs: StampJobs,
  take: (wish: Parameters, chunks: AsyncIterable<Uint8Array>) => Promise<ToldStamps | Refusal>,
): Handler => {
  return async (req, res) => {
    const parameters = parametersOf(req, queryNames("placeStamps"));
    res.setHeader("Cache-Control", "no-cache");
    if (isRefusal(parameters)) return sendProblem(res, parameters);
    if (req.is(CSV) !== CSV) return sendProblem(res, NO_CSV);
    const refusal = await jobs.run(
      () => take(parameters, req),
      async ({ format, text }) => {
        res.type(format === "csv" ? CSV : "application/json");
        await pipeline(text, res).catch((error: unknown) => {
          // Who asked has gone; nobody is left to be told.
          if (!res.destroyed || !isGone(error)) throw error;
        });
      },
    );
    if (refusal !== null) sendProblem(res, refusal);
  };
};

const NO_CSV = refuse("bad_request", `Cannot read a file of stamps: send it as ${CSV}`);
const isGone = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";

function serveSite(app: Express, siteDir: string): void {
  const page = join(siteDir, "index.html");
  app.use(express.static(siteDir));
  app.get("/{*path}", (req, res) => {
    // Views have paths of their own and one document; what is no document, and is not there, is missing.
    if (existsSync(page) && req.get("accept")?.includes("text/html")) res.sendFile(page);
    else if (existsSync(page)) res.status(404).type("text/plain").send("There is nothing at this path\n");
    else res.status(503).type("text/plain").send("The page is not built here: run `npm run build`. The API is at /api/openapi.json.\n");
  });
}
