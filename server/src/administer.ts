import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Profile } from "@truebound/audit";
import type { PersonCommand } from "./access/person-requests.ts";
import { tellPeople } from "./access/tell-people.ts";
import { type CommandBook, writtenDown } from "./access/written-down.ts";
import { agentsAddress } from "./adapters/agents-address.ts";
import { openArchive } from "./adapters/archive.ts";
import { openContent } from "./adapters/batch-content.ts";
import { bundleFiles, bundleFolder, whyNoBundle } from "./adapters/bundle-folder.ts";
import { openText, readCaseFile } from "./adapters/case-file.ts";
import { nodeCrypto, sha1, textSha256 } from "./adapters/crypto/node-crypto.ts";
import { openReceiptKey, type ReceiptKey } from "./adapters/crypto/receipt-key.ts";
import { documentFiles } from "./adapters/document-files.ts";
import { StartupError } from "./adapters/embedded-postgres/index.ts";
import { runningDatabase } from "./adapters/embedded-postgres/running.ts";
import { inflateFlight, pemOf, writeFolder } from "./adapters/flight-files.ts";
import { leapFiles } from "./adapters/leap-files.ts";
import { notifier } from "./adapters/notify/notifier.ts";
import { drawPdf } from "./adapters/pdf/draw-pdf.ts";
import { actionBook } from "./adapters/postgres/access/action-book.ts";
import { peopleStore } from "./adapters/postgres/access/people-store.ts";
import { adminStore } from "./adapters/postgres/admin-store.ts";
import { applyStore } from "./adapters/postgres/apply-store.ts";
import { auditScopeStore } from "./adapters/postgres/audit-scope-store.ts";
import { enrolStore } from "./adapters/postgres/enrol-store.ts";
import { recordStore } from "./adapters/postgres/flight-store.ts";
import { incidentStore } from "./adapters/postgres/incident-store.ts";
import { logPorts } from "./adapters/postgres/log/log-ports.ts";
import { requireCurrentSchema } from "./adapters/postgres/migrate.ts";
import { pastPorts } from "./adapters/postgres/past-ports.ts";
import { openPool } from "./adapters/postgres/pool.ts";
import { readProfiles } from "./adapters/postgres/profile-store.ts";
import { rebuildStore } from "./adapters/postgres/rebuild/rebuild-store.ts";
import { claimReceiptKey, receiptKeyChanges } from "./adapters/postgres/receipt-key-store.ts";
import { rehearsalStore } from "./adapters/postgres/rehearsal-store.ts";
import { reportShelf } from "./adapters/postgres/report/report-book.ts";
import { reach } from "./adapters/postgres/retention/evidence-keeper.ts";
import { removeOldFiles, seeOldFiles } from "./adapters/postgres/retention/keep-evidence.ts";
import { traceabilityStore } from "./adapters/postgres/traceability-store.ts";
import { reportPorts, signoffPorts } from "./adapters/report-wiring.ts";
import { VERSION } from "./adapters/software.ts";
import { ownName, ownSurroundings } from "./adapters/surroundings.ts";
import { readTls } from "./adapters/tls/tls-files.ts";
import { hostsSideBySide } from "./adapters/verify/hosts-side-by-side.ts";
import { verifyPorts } from "./adapters/verify/verify-ports.ts";
import { wallClock } from "./adapters/wall-clock.ts";
import { parseYaml } from "./adapters/yaml-file.ts";
import { administer, type Told } from "./admin/admin.ts";
import type { AlertRequest } from "./admin/alert-requests.ts";
import { administerAlerts } from "./admin/alerts.ts";
import { type ArchiveRequest, administerArchive } from "./admin/archive.ts";
import type { AdminRequest } from "./admin/requests.ts";
import { type ApplyRequest, apply, checkFile, type FilePorts } from "./apply/apply.ts";
import { declare } from "./audit/declare.ts";
import type { ScopeRequest } from "./audit/scope-requests.ts";
import type { CarrierRequest } from "./carrier/carrier-requests.ts";
import { tellCarried } from "./carrier/tell-carried.ts";
import { type Config, type Environment, readConfig } from "./config.ts";
import type { DiagnosticsRequest } from "./diagnostics/diagnostics-request.ts";
import { type RecordRequest, writeRecords } from "./flight/incident-record.ts";
import { LeapKeeper } from "./leap/leap-keeper.ts";
import type { Log } from "./log.ts";
import { administerLog } from "./log-book/administer-log.ts";
import type { LogRequest } from "./log-book/log-requests.ts";
import type { PastRequest } from "./past/past-requests.ts";
import { tellPast } from "./past/tell-past.ts";
import type { PlanRequest } from "./plan/plan-request.ts";
import { tellPlan } from "./plan/tell-plan.ts";
import { viewSystem } from "./query/system.ts";
import { type RebuildRequest, rebuild } from "./rebuild/rebuild.ts";
import { rehearse } from "./rehearse/rehearse.ts";
import type { RehearseRequest } from "./rehearse/rehearse-request.ts";
import { renderReport } from "./report/render-report.ts";
import { tellCreated, tellReports, tellVerified } from "./report/report-command.ts";
import type { ReportCommand } from "./report/report-requests.ts";
import type { Watching } from "./report/request.ts";
import type { SignoffRequest } from "./report/signoff/requests.ts";
import { tellSignoff } from "./report/signoff/sign.ts";
import { type DoctorRequest, tellDoctor } from "./system/doctor.ts";
import type { DatabaseFacts, SystemFacts } from "./system/facts.ts";
import { administerTraceability } from "./traceability/administer-traceability.ts";
import type { TraceabilityRequest } from "./traceability/requests.ts";
import { carrierPorts } from "./wiring/carrier.ts";
import { diagnoseOn } from "./wiring/diagnostics.ts";
import { databaseOrWhy, diskOf } from "./wiring/system.ts";

/** `truebound token …`, `host …`, `hold …`, `evidence …`, `mesh …` and `target …`: on DATABASE_URL, or on the database of a Truebound that runs on this machine. */
export function runAdmin(config: Config, request: AdminRequest, log: Log): Promise<Told> {
  return onDatabase(config, log, (pool) => {
    const pins = config.tls === null ? [] : readTls(config.tls).pins;
    const ports = { store: { ...adminStore(pool), ...enrolStore(pool) }, crypto: nodeCrypto, server: agentsAddress(config), pins };
    return writtenDown(bookOn(pool), request, () => administer(ports, request));
  });
}

/** `truebound rule …`, `incident …`, `silence …`, `channel …` and `maintenance …`, on the same database. */
export const runAlerts = (config: Config, request: AlertRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) =>
    writtenDown(bookOn(pool), request, () =>
      administerAlerts({ incidents: incidentStore(pool), testChannel: notifier(pool, { add: () => undefined }, log).test }, request),
    ),
  );

/** `truebound person …`, `api-token …` and `action …`, on the same database. */
export const runPeople = (config: Config, request: PersonCommand, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) => {
    const publicUrl = () => config.people.publicUrl ?? `${config.people.tls === null ? "http" : "https"}://127.0.0.1:${config.httpPort}`;
    return tellPeople({ store: peopleStore(pool), actions: actionBook(pool), crypto: nodeCrypto, publicUrl, user: ownName() }, request);
  });

/** `truebound apply`, on the same database. */
export const runApply = (config: Config, request: ApplyRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) => {
    const work = () => apply({ store: applyStore(pool), ...FILES }, request);
    return request.dryRun ? work() : writtenDown(bookOn(pool), { do: "apply", ...request }, work);
  });

/** `truebound scope …`, `exemption …` and `inventory …`, on the same database. */
export const runScopes = (config: Config, request: ScopeRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) =>
    writtenDown(bookOn(pool), request, () =>
      declare({ store: auditScopeStore(pool), read: readCaseFile, parseYaml, sha256: textSha256 }, request),
    ),
  );

/** `truebound apply --check`, on no database. */
export const runCheck = (request: ApplyRequest): Promise<Told> => checkFile(FILES, request);

const FILES: FilePorts = { read: readCaseFile, parse: parseYaml, now: wallClock };

/** Those that people set, where a database is named or runs here; the others are shown whatever becomes of it. */
export async function customProfiles(
  environment: NodeJS.ProcessEnv,
  log: Log,
): Promise<{ readonly profiles: readonly Profile[]; readonly err: string }> {
  const read = readConfig(environment, ownSurroundings());
  if ("problems" in read) return { profiles: [], err: `Only the profiles of this version are shown: ${read.problems.join("; ")}\n` };
  if (read.config.databaseUrl === null && runningDatabase(read.config.dataDir) === null) return { profiles: [], err: "" };
  try {
    return { profiles: await onDatabase(read.config, log, readProfiles), err: "" };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { profiles: [], err: `Only the profiles of this version are shown: ${why}\n` };
  }
}

/** `truebound rebuild`, on the same database. */
export const runRebuild = (config: Config, request: RebuildRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) => {
    const { host, check } = request;
    const work = () => rebuild(rebuildStore(pool), openContent, request);
    return check ? work() : writtenDown(bookOn(pool), { do: "rebuild", host }, work);
  });

/** `truebound incident record`, on the same database. */
export const runRecord = (config: Config, request: RecordRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) =>
    writeRecords(
      { records: recordStore(pool), crypto: nodeCrypto, sha256: nodeCrypto.sha256, inflate: inflateFlight, pem: pemOf, write: writeFolder },
      request,
    ),
  );

/** `truebound order`, `stamp` and `advise`, on the same database and the archive of the settings. */
export const runPast = (config: Config, request: PastRequest, write: (text: string) => Promise<void>, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) => {
    const archive = openArchive(config.archive, { counted: () => {}, closed: new AbortController().signal });
    return tellPast({ ...pastPorts(pool, archive), open: openText, write }, request);
  });

/** `truebound plan`, on the same database and the archive of the settings. */
export const runPlan = (config: Config, request: PlanRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) => {
    const archive = openArchive(config.archive, { counted: () => {}, closed: new AbortController().signal });
    return tellPlan(pastPorts(pool, archive).plan, request);
  });

/** `truebound traceability`, on the same database. */
export const runTraceability = (config: Config, request: TraceabilityRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) =>
    writtenDown(bookOn(pool), request, () =>
      administerTraceability(
        { store: traceabilityStore(pool), sha256: nodeCrypto.sha256, verify: nodeCrypto.verifyEd25519, files: documentFiles },
        request,
      ),
    ),
  );

const LOOK_MS = 200;

/** `truebound rehearse`, on the same database. */
export const runRehearsal = (config: Config, request: RehearseRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) =>
    rehearse(
      {
        store: rehearsalStore(pool),
        newId: randomUUID,
        who: process.env.LOGNAME ?? process.env.USER ?? `uid ${process.getuid?.() ?? "unknown"}`,
        now: () => performance.now(),
        pause: () => pause(LOOK_MS),
        tell: (line) => void process.stderr.write(line),
      },
      request,
    ),
  );

/** `truebound archive`, on the same database and the archive of the settings. */
export function runArchive(config: Config, request: ArchiveRequest, log: Log): Promise<Told> {
  const archive = openArchive(config.archive, { counted: () => {}, closed: new AbortController().signal });
  if (archive === null)
    throw new StartupError(
      "Cannot look after an archive that no setting names: set TRUEBOUND_ARCHIVE_DIR or TRUEBOUND_ARCHIVE_BUCKET as the servers have it",
      78,
    );
  return onDatabase(config, log, (pool) =>
    writtenDown(bookOn(pool), { do: request.dryRun ? "show_old" : "remove_old" }, () =>
      administerArchive({ oldFiles: () => seeOldFiles(pool), removeOld: () => removeOldFiles(pool, archive) }, request),
    ),
  );
}

/** `truebound report`: made and listed on the same database, verified on none. */
export function runReport(configured: () => Config, request: ReportCommand, log: Log, watching: Watching): Promise<Told> {
  if (request.do === "verify") return verifyReport(request);
  const config = configured();
  if (request.do === "list") return onDatabase(config, log, (pool) => tellReports(reportShelf(pool), request.json));
  const signer = openReceiptKey(config.receiptKeyFile);
  if (request.do !== "create") return runSignoff(config, signer, request, log);
  const leaps = LeapKeeper.open(leapFiles(config.leapFile), sha1, log);
  if (typeof leaps === "string") throw new StartupError(leaps, 78);
  const archive = openArchive(config.archive, { counted: () => {}, closed: watching.signal });
  return onDatabase(config, log, async (pool) => {
    await claimReceiptKey(pool, signer.publicKey, config.receiptKeyFile);
    const ports = reportPorts({ pool, archive, signer, leaps: () => leaps.kept.list, render: renderReport(drawPdf) });
    return tellCreated({ sink: bundleFolder, ports, shelf: reportShelf(pool), watching }, request);
  });
}

/** Exit 1 is a report that does not hold, so what could not be looked at is another. */
async function verifyReport(request: Extract<ReportCommand, { do: "verify" }>): Promise<Told> {
  const why = whyNoBundle(request.bundle);
  if (why !== null) throw new StartupError(why, 2);
  return tellVerified(verifyPorts, bundleFiles(request.bundle), hostsSideBySide(request.bundle), request);
}
/** `truebound report sign` and what belongs to it: on the machine that has the issuer's key. */
const runSignoff = (config: Config, signer: ReceiptKey, request: SignoffRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, async (pool) => {
    await claimReceiptKey(pool, signer.publicKey, config.receiptKeyFile);
    return writtenDown(bookOn(pool), request, () => tellSignoff(signoffPorts(pool, signer, drawPdf), request));
  });

/** `truebound log`, on the same database. */
export const runLog = (config: Config, request: LogRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, (pool) =>
    writtenDown(bookOn(pool), request, () => administerLog(logPorts(pool, config.receiptKeyFile), request)),
  );

/** `truebound import` and `host admit`, on the same database, beside whatever servers run on it. */
export const runCarrier = (config: Config, request: CarrierRequest, log: Log): Promise<Told> =>
  onDatabase(config, log, async (pool) => {
    const signer = openReceiptKey(config.receiptKeyFile);
    await claimReceiptKey(pool, signer.publicKey, config.receiptKeyFile);
    const ports = carrierPorts(pool, { signer, keyChanges: await receiptKeyChanges(pool), leapFile: config.leapFile, log });
    return writtenDown(bookOn(pool), request, () => tellCarried(ports, request).catch((cause) => refuseFile(request.file, cause)));
  });

/** What a system call refuses, such as a stick that is not there or is full. */
function refuseFile(file: string, cause: unknown): never {
  if (cause instanceof Error && "syscall" in cause) throw new StartupError(`Cannot carry ${file}: ${cause.message}`, 1, { cause });
  throw cause;
}

/** `truebound doctor`, on the same database, the archive and the leap list of the settings. That the database is away is one of its answers. */
export const runDoctor = async (config: Config, request: DoctorRequest, log: Log): Promise<Told> =>
  tellDoctor(viewSystem(await systemFacts(config, log)), request);

/** `truebound diagnostics`, on the same database; where there is none it says so in the file. */
export const runDiagnostics = async (config: Config, request: DiagnosticsRequest, log: Log, environment: Environment): Promise<Told> =>
  diagnoseOn(
    {
      config,
      environment,
      databaseUrl: config.databaseUrl ?? runningDatabase(config.dataDir),
      facts: await systemFacts(config, log),
      log,
    },
    request,
  );

async function systemFacts(config: Config, log: Log): Promise<SystemFacts> {
  const leaps = LeapKeeper.open(leapFiles(config.leapFile), sha1, log);
  if (typeof leaps === "string") throw new StartupError(leaps, 78);
  const archive = openArchive(config.archive, { counted: () => {}, closed: new AbortController().signal });
  return {
    version: VERSION,
    database: await databaseOf(config, log),
    process: null,
    leaps: leaps.kept.list,
    isAnchored: config.tsa !== null,
    archive: archive === null ? ({ kind: "none" } as const) : await reach(archive.store),
    disk: await diskOf(config.databaseUrl === null ? config.dataDir : null),
  };
}

async function databaseOf(config: Config, log: Log): Promise<DatabaseFacts | string> {
  const url = config.databaseUrl ?? runningDatabase(config.dataDir);
  if (url === null) return `no Truebound runs with its data in ${config.dataDir}`;
  const pool = openPool(url, log);
  try {
    return await databaseOrWhy(pool);
  } finally {
    await pool.end();
  }
}

const bookOn = (pool: ReturnType<typeof openPool>): CommandBook => ({ actions: actionBook(pool), user: ownName() });

async function onDatabase<T>(config: Config, log: Log, work: (pool: ReturnType<typeof openPool>) => Promise<T>): Promise<T> {
  const databaseUrl = config.databaseUrl ?? runningDatabase(config.dataDir);
  if (databaseUrl === null)
    throw new StartupError(
      `Cannot reach the database: no Truebound runs with its data in ${config.dataDir}; start truebound up, or set DATABASE_URL or TRUEBOUND_DATA_DIR`,
      1,
    );
  await requireCurrentSchema(databaseUrl);
  const pool = openPool(databaseUrl, log);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
