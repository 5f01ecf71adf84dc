import type { ManifestHead, ReportManifest } from "@truebound/audit";
import type { UtcInstant } from "@truebound/time";
import type pg from "pg";
import type { MadeReport, ReportBook } from "../../../report/ports.ts";
import type { ProfileVerdict } from "../../../report/profile-verdicts.ts";
import { ReportTrouble } from "../../../report/request.ts";
import type { KeptReport, ReportRow, ReportShelf, SaidSignoff } from "../../../report/shelf.ts";
import { readInstallation } from "../installation.ts";
import { appendToLog } from "../log/log-queue.ts";
import { inTransaction, type Queryable } from "../pool.ts";

const NOW = "select utc_ns(clock_timestamp()) as now_ns";
const COLUMNS = `
  id, created_ns, from_ns, to_ns, final, encode(sha256, 'hex') as sha256, encode(results_sha256, 'hex') as results_sha256, head, scope, request,
  place, verdicts, (select coalesce(jsonb_agg(jsonb_build_object('act', s.statement -> 'act', 'name', s.statement -> 'name', 'role', s.statement -> 'role',
    'signed_at', s.statement -> 'signed_at') order by s.id), '[]') from report_signoff s where s.report = report.id) as signoffs`;
const LAST = `select ${COLUMNS}, manifest from report order by number desc limit 1`;
const LIST = `
  select ${COLUMNS}, number from report where ($1::bigint is null or number < $1) order by number desc limit $2`;
const ONE = `select ${COLUMNS}, manifest from report where id = $1`;
const SAME = `
  select ${COLUMNS}, manifest from report where from_ns = $1 and to_ns = $2 and request = $3::jsonb and id <> $4 order by number desc limit 1`;
const WITHDRAWN = `
  select exemption::text as id from audit_exemption_end where exemption::text = any($1::text[]) and utc_ns(at) > $2 order by exemption`;
/** The table's lock makes the chain one: each names the one that was last when it was written. */
const LOCK = "lock table report in exclusive mode";
const NEWEST = "select id from report order by number desc limit 1";
const ADD = `
  insert into report (id, previous, created_ns, from_ns, to_ns, final, sha256, results_sha256, head, scope, request, place, manifest, verdicts)
  values ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), decode($8, 'hex'), $9, $10, $11, $12, $13, $14)`;

interface Row {
  id: string;
  created_ns: UtcInstant;
  from_ns: UtcInstant;
  to_ns: UtcInstant;
  final: boolean;
  sha256: string;
  results_sha256: string;
  head: ManifestHead;
  scope: string;
  request: Record<string, unknown>;
  place: string;
  signoffs: SaidSignoff[];
  verdicts: ProfileVerdict[] | null;
  manifest: string;
  number: bigint;
}

const toReport = (row: Omit<Row, "number">): KeptReport => ({ ...toRow(row), manifest: row.manifest });

const toRow = (row: Omit<Row, "number" | "manifest">): ReportRow => ({
  id: row.id,
  from: row.from_ns,
  to: row.to_ns,
  createdAt: row.created_ns,
  final: row.final,
  sha256: row.sha256,
  resultsSha256: row.results_sha256,
  head: row.head,
  scope: row.scope,
  request: row.request,
  place: row.place,
  signoffs: row.signoffs,
  verdicts: row.verdicts,
});

const nowOf = async (client: Queryable): Promise<UtcInstant> =>
  ((await client.query<{ now_ns: UtcInstant }>(NOW)).rows[0] as { now_ns: UtcInstant }).now_ns;

export const reportBook = (pool: pg.Pool): ReportBook => ({
  now: () => nowOf(pool),
  installation: () => readInstallation(pool),
  last: async () => {
    const [row] = (await pool.query<Row>(LAST)).rows;
    return row === undefined ? null : toReport(row);
  },
  add: (report) => inTransaction(pool, (client) => add(client, report)),
});

/** With its leaf in the log: that it was made cannot be undone. */
async function add(client: Queryable, report: MadeReport): Promise<void> {
  await client.query(LOCK);
  const { previous: tied, previous_left } = JSON.parse(report.manifest) as Pick<ReportManifest, "previous" | "previous_left">;
  const previous = tied ?? previous_left ?? null;
  const [last] = (await client.query<{ id: string }>(NEWEST)).rows;
  if ((last?.id ?? null) !== (previous?.id ?? null))
    throw new ReportTrouble(`Report ${last?.id} was made meanwhile, and this one does not go on from it; make it again`);
  await client.query(ADD, [
    report.id,
    previous?.id ?? null,
    report.createdAt,
    report.from,
    report.to,
    report.final,
    report.sha256,
    report.resultsSha256,
    JSON.stringify(report.head),
    report.scope,
    JSON.stringify(report.request),
    report.place,
    report.manifest,
    JSON.stringify(report.verdicts),
  ]);
  await appendToLog(client, { kind: "export", report: report.id, sha256: report.sha256 });
}

export const reportShelf = (pool: pg.Pool): ReportShelf => ({
  now: () => nowOf(pool),
  list: async (before, limit) => {
    const { rows } = await pool.query<Row>(LIST, [before, limit]);
    return rows.map((row) => ({ ...toRow(row), number: row.number }));
  },
  find: async (id) => {
    const [row] = (await pool.query<Row>(ONE, [id])).rows;
    return row === undefined ? null : toReport(row);
  },
  withdrawnAfter: async (exemptions, at) => (await pool.query<{ id: string }>(WITHDRAWN, [exemptions, at])).rows.map(({ id }) => id),
  sameAs: async ({ id, from, to, request }) => {
    const [row] = (await pool.query<Row>(SAME, [from, to, JSON.stringify(request), id])).rows;
    return row === undefined ? null : toReport(row);
  },
});
