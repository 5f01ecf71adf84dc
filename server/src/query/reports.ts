import type { ReportManifest } from "@truebound/audit";
import type { ReportItem, ReportJob, ReportList, ReportRequestBody, ReportView } from "@truebound/wire";
import { type Refusal, refuse } from "../refusal.ts";
import { todosOf } from "../report/render/todos.ts";
import { sayReport } from "../report/report-command.ts";
import { MOST_AT_ONCE, type ReportJobs } from "../report/report-jobs.ts";
import { readPeriod } from "../report/report-requests.ts";
import type { ReportRequest } from "../report/request.ts";
import type { ReportRow, ReportShelf } from "../report/shelf.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { type Parameters, readCount } from "./questions.ts";

export interface ReportQuestions {
  readonly shelf: ReportShelf;
  readonly jobs: ReportJobs;
  /** What people declared forbids it; null = nothing does. */
  readonly whyNot: (request: ReportRequest) => Promise<string | null>;
  /** A file of a bundle that still lies where it was written; null = it does not. */
  readonly file: (place: string, name: string) => Promise<Uint8Array | null>;
}

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 1_000;

/** What can be fetched of a report, and as what. */
export const REPORT_FILES: Readonly<Record<string, string>> = {
  "manifest.json": "application/json",
  "manifest.sig": "application/json",
  "rendered.json": "application/json",
  "report.csv": "text/csv",
  "report.html": "text/html",
  "report.pdf": "application/pdf",
  "signoff.json": "application/json",
  "signoff.html": "text/html",
  "signoff.pdf": "application/pdf",
};

const itemOf = (row: ReportRow): ReportItem => {
  const { head: _, ...item } = sayReport(row);
  return { ...item, verdicts: item.verdicts && [...item.verdicts], signoffs: [...item.signoffs] };
};

export async function askReports({ shelf, jobs }: ReportQuestions, parameters: Parameters): Promise<ReportList | Refusal> {
  const limit = readCount(parameters.limit, LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === null) return refuse("bad_request", `Cannot list ${parameters.limit} reports: limit is a number from 1 to ${LIMIT_MAX}`);
  const before = parameters.after === undefined ? null : placeOf(parameters.after);
  if (before === undefined) return refuse("bad_request", "Cannot continue from this cursor: it is none that this list gave");
  const found = await shelf.list(before, limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(itemOf),
    jobs: jobs.all.filter(({ state }) => state !== "made"),
    next: found.length > limit && last !== undefined ? encodeCursor([String(last.number)]) : null,
  };
}

function placeOf(text: string): bigint | undefined {
  const [number] = decodeCursor(text, 1) ?? [];
  return typeof number === "string" && /^[1-9]\d{0,17}$/.test(number) ? BigInt(number) : undefined;
}

const noReport = (id: string): Refusal => refuse("not_found", `There is no report ${JSON.stringify(id)}; GET /api/v1/reports lists them`);

export async function askReport({ shelf, jobs, file }: ReportQuestions, { id = "" }: Parameters): Promise<ReportView | Refusal> {
  // In this order: a job that is said to be made has its report.
  const job = jobs.find(id);
  const report = await shelf.find(id);
  if (report === null && job === null) return noReport(id);
  const files: string[] = [];
  for (const name of Object.keys(REPORT_FILES)) if (report !== null && (await file(report.place, name)) !== null) files.push(name);
  const manifest = report && (JSON.parse(report.manifest) as ReportManifest);
  return {
    report: report && itemOf(report),
    job,
    manifest: manifest && { ...manifest },
    withdrawn_exemptions: report && manifest ? [...(await shelf.withdrawnAfter(exemptionsOf(manifest), report.createdAt))] : [],
    todos: manifest === null ? [] : [...todosOf(manifest)],
    files,
  };
}

const exemptionsOf = ({ results }: ReportManifest): string[] => [
  ...new Set(results.flatMap(({ exemptions }) => exemptions.map(({ id }) => id))),
];

export interface ReportFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export async function askReportFile({ shelf, file }: ReportQuestions, { id = "", name = "" }: Parameters): Promise<ReportFile | Refusal> {
  const report = await shelf.find(id);
  if (report === null) return noReport(id);
  const type = Object.hasOwn(REPORT_FILES, name) ? REPORT_FILES[name] : undefined;
  if (type === undefined)
    return refuse("not_found", `A report has no file ${JSON.stringify(name)} here: there are ${Object.keys(REPORT_FILES).join(", ")}`);
  // The manifest is kept, whatever becomes of the folder.
  const bytes = name === "manifest.json" ? Buffer.from(report.manifest) : await file(report.place, name);
  return bytes === null ? refuse("not_found", `${name} of report ${id} is not in ${report.place} any more`) : { type, bytes };
}

/** What can be known at once is said at once: it is not begun. */
export async function addReport({ jobs, whyNot }: ReportQuestions, body: ReportRequestBody): Promise<ReportJob | Refusal> {
  const period = readPeriod(body.from, body.to);
  if (typeof period === "string") return refuse("bad_request", period.replaceAll("--", ""));
  const request = { ...period, profiles: body.profiles ?? [], scopes: body.scopes ?? [], hosts: body.hosts ?? [] };
  const why = await whyNot(request);
  if (why !== null) return refuse("bad_request", why.replaceAll("--", ""));
  const job = jobs.start(request);
  return job ?? refuse("unavailable", `${MOST_AT_ONCE} reports are being made already; wait, or cancel one`);
}

export async function cancelReport({ jobs }: ReportQuestions, { id = "" }: Parameters): Promise<ReportJob | Refusal> {
  const found = jobs.cancel(id) ? jobs.find(id) : null;
  return found ?? refuse("not_found", `No report ${JSON.stringify(id)} is being made by this server`);
}
