import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { leapsOf } from "@truebound/time";
import { formatJoinToken, type Policy } from "@truebound/wire";
import { agentsAddress } from "./adapters/agents-address.ts";
import { openArchive } from "./adapters/archive.ts";
import { openContent } from "./adapters/batch-content.ts";
import { readBootId } from "./adapters/boot-id.ts";
import { bounded, TookTooLong } from "./adapters/bounded.ts";
import { ingestCrypto, nodeCrypto, sha1, textSha256 } from "./adapters/crypto/node-crypto.ts";
import { openReceiptKey } from "./adapters/crypto/receipt-key.ts";
import { StartupError } from "./adapters/embedded-postgres/index.ts";
import { inflateFlight } from "./adapters/flight-files.ts";
import { agentsListener } from "./adapters/http/agents-app.ts";
import { EventStreams } from "./adapters/http/event-stream.ts";
import { type Address, type Listener, listen } from "./adapters/http/listen.ts";
import { peopleApp } from "./adapters/http/people-app.ts";
import { type JoiningSettings, joiningWithoutTokens } from "./adapters/joining-without-tokens.ts";
import { leapFiles } from "./adapters/leap-files.ts";
import { repeat } from "./adapters/loop.ts";
import { adminStore } from "./adapters/postgres/admin-store.ts";
import { auditScopeStore, readScopes } from "./adapters/postgres/audit-scope-store.ts";
import { enrolStore } from "./adapters/postgres/enrol-store.ts";
import { enrolmentStore } from "./adapters/postgres/enrolment-view-store.ts";
import { fleetStore } from "./adapters/postgres/fleet-store.ts";
import { flightStore, recordStore } from "./adapters/postgres/flight-store.ts";
import { ingestStore } from "./adapters/postgres/ingest/ingest-store.ts";
import { keyStore } from "./adapters/postgres/key-store.ts";
import { logQuestions } from "./adapters/postgres/log/log-questions.ts";
import { requireCurrentSchema, schemaState } from "./adapters/postgres/migrate.ts";
import { pastPorts } from "./adapters/postgres/past-ports.ts";
import { peerStore } from "./adapters/postgres/peer-store.ts";
import { inTransaction, isOutage, openPool, sqlState } from "./adapters/postgres/pool.ts";
import { readProfiles } from "./adapters/postgres/profile-store.ts";
import { queryStore } from "./adapters/postgres/query-store.ts";
import { claimReceiptKey, receiptKeyChanges } from "./adapters/postgres/receipt-key-store.ts";
import { mendRestoredMarks } from "./adapters/postgres/restored-marks.ts";
import { evidenceKeeper } from "./adapters/postgres/retention/evidence-keeper.ts";
import { goodbyeStore } from "./adapters/postgres/retire-store.ts";
import { setRule } from "./adapters/postgres/rules.ts";
import { sourceEvents } from "./adapters/postgres/source-events.ts";
import { readTargets } from "./adapters/postgres/target-store.ts";
import { traceabilityStore } from "./adapters/postgres/traceability-store.ts";
import { runbookFiles } from "./adapters/runbook-files.ts";
import { VERSION } from "./adapters/software.ts";
import { readTls, type TlsPaths } from "./adapters/tls/tls-files.ts";
import { turns } from "./adapters/turns.ts";
import { wallClock } from "./adapters/wall-clock.ts";
import { parseYaml } from "./adapters/yaml-file.ts";
import type { ArchivePlace } from "./archive-place.ts";
import { isPair, type PairProfiles, shippedPairProfiles } from "./audit/pair-verdicts.ts";
import type { Config } from "./config.ts";
import { createToken, type TokenGrant } from "./enrol/token.ts";
import { SalvageMemory } from "./evidence/salvage-memory.ts";
import { livenessWatched } from "./fleet/liveness.ts";
import { FleetWatcher } from "./fleet/watcher.ts";
import type { QuotaLimits } from "./ingest/agent-quota.ts";
import { Ingest } from "./ingest/ingest.ts";
import { LeapKeeper } from "./leap/leap-keeper.ts";
import type { Log } from "./log.ts";
import { MeshDirectory } from "./peer/directory.ts";
import { PeerKeeper } from "./peer/peer-keeper.ts";
import { distrusted } from "./peer/standing.ts";
import type { PeopleSettings } from "./people-settings.ts";
import type { LabelSet } from "./policy/choose-policy.ts";
import { ArchiveUnreachable } from "./retention/archive.ts";
import { StampJobs } from "./stamps/stamp-jobs.ts";
import { joinAccess } from "./wiring/access.ts";
import { joinAlerting } from "./wiring/alerting.ts";
import { joinAuditing, type ReportSettings } from "./wiring/auditing.ts";
import { watchExpiry } from "./wiring/expiry-watch.ts";
import { joinMetrics } from "./wiring/fleet-metrics.ts";
import { countFleet, retire, solvePeers, watchfully } from "./wiring/looks.ts";
import { countCommits, joinProcess } from "./wiring/process-metrics.ts";
import { sourcesOf } from "./wiring/sources.ts";
import { joinSystem } from "./wiring/system.ts";

export interface ServerOptions {
  readonly databaseUrl: string;
  /** Port of the people's listener; 0 = any free one. */
  readonly httpPort: number;
  /** Absent = on the loopback, without sign-in. */
  readonly people?: PeopleSettings;
  readonly agents: Address;
  /** Folder of the built page. */
  readonly siteDir: string;
  /** A leap list that may be newer than the one that came with this version. */
  readonly leapFile?: string | null;
  /** Where the key lies by which replies are signed. */
  readonly receiptKeyFile: string;
  /** Absent = plain HTTP. */
  readonly tls?: TlsPaths | null;
  /** A proxy terminates TLS before the agents' listener. */
  readonly tlsProxy?: boolean;
  /** Days after which an agent is asked for another key; 0 = never for its age. */
  readonly keyDays?: number;
  /** Who comes in without a token of a person's; null = nobody. */
  readonly kubernetes?: JoiningSettings["kubernetes"];
  readonly hostList?: JoiningSettings["hostList"];
  /** What one agent may send; absent = as much as any sound agent does. */
  readonly quota?: QuotaLimits;
  /** Days for which minutes and events are kept. */
  readonly rollupDays?: number;
  /** Where evidence moves that is past its age; null = it goes. */
  readonly archive?: ArchivePlace | null;
  /** Folder of the pages that say what a finding means. */
  readonly runbookDir?: string;
  /** What is asked of two clocks together. */
  readonly pairProfiles?: PairProfiles;
  /** Absent = beside the receipt key, and none are made of themselves. */
  readonly reports?: ReportSettings;
  /** The authority that stamps heads of the log; null = none does. */
  readonly tsa?: Config["tsa"];
  /** Folder of a database that lies on this machine; absent = it lies elsewhere. */
  readonly databaseDir?: string | null;
  readonly log: Log;
}

export interface RunningServer {
  /** Without a path: http://127.0.0.1:8123 */
  readonly peopleUrl: string;
  /** As programs on this machine dial it, past any proxy. */
  readonly agentsUrl: string;
  /** Of the TLS keys of the agents' listener; none = it speaks plain HTTP. */
  readonly pins: readonly string[];
  /** A join token for this machine, with the pins by which it knows this server. */
  createToken(grant: TokenGrant): Promise<string>;
  /** What hosts that carry these labels are told, in the fields that the block names. */
  setPolicy(selector: LabelSet, block: Partial<Omit<Policy, "version">>): Promise<void>;
  stop(): Promise<void>;
}

const ON_THE_LOOPBACK: PeopleSettings = { host: "127.0.0.1", tls: null, tlsProxy: false, publicUrl: null, signIn: false, oidc: null };
const RUNBOOKS = fileURLToPath(new URL("../../docs/alerts/", import.meta.url));
const LOOK_EVERY_MS = 1_000;
const LEAP_LOOK_EVERY_MS = 60_000;
const RETIRE_LOOK_EVERY_MS = 60_000;
const KEEP_LOOK_EVERY_MS = 60_000;
const FLEET_MINUTES_EVERY_MS = 15_000;
const PEERS_EVERY_MS = 10_000;
const NOTE_EVERY_MS = 30_000;
const SALVAGE_MOST_BYTES = 64 * 1024 * 1024;

/** Builds one server process on a migrated database and joins its parts. Several may run on one database. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const {
    databaseUrl,
    httpPort,
    people = ON_THE_LOOPBACK,
    agents,
    siteDir,
    leapFile = null,
    receiptKeyFile,
    tlsProxy = false,
    keyDays = 90,
    kubernetes = null,
    hostList = null,
    rollupDays = 400,
    archive: place = null,
    runbookDir = RUNBOOKS,
    pairProfiles = shippedPairProfiles,
    reports = { folder: join(dirname(receiptKeyFile), "reports"), rhythms: [] },
    tsa = null,
    databaseDir = null,
    log,
  } = options;
  const leaps = LeapKeeper.open(leapFiles(leapFile), sha1, log);
  if (typeof leaps === "string") throw new StartupError(leaps, 78);
  const tls = options.tls ? readTls(options.tls) : null;
  const peopleTls = people.tls ? readTls({ ...people.tls, nextKeyFile: null }) : null;
  const without = joiningWithoutTokens({ kubernetes, hostList }, log);
  const receiptKey = openReceiptKey(receiptKeyFile);
  await requireCurrentSchema(databaseUrl);
  const pool = openPool(databaseUrl, log);
  await claimReceiptKey(pool, receiptKey.publicKey, receiptKeyFile).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const keyChanges = await receiptKeyChanges(pool);
  const watcher = new FleetWatcher(fleetStore(pool));
  const directory = new MeshDirectory(nodeCrypto.sha256);
  const expiry = watchExpiry(leaps, queryStore(pool), log);
  const closing = new AbortController();
  const archive = openArchive(place, {
    counted: (operation, outcome) => metrics.add("archive", { operation, outcome }),
    closed: closing.signal,
  });
  const keeper = evidenceKeeper(pool, { rollupDays, archive }, log);
  const auditing = joinAuditing({
    pool,
    archive,
    signer: receiptKey,
    leaps: () => leaps.kept.list,
    reports,
    tsa,
    closed: closing.signal,
    log,
  });
  const peers = new PeerKeeper({
    store: peerStore(pool),
    fleet: watcher,
    leaps: () => leapsOf(leaps.kept.list),
    monotonic: () => performance.now(),
    pause: turns(),
    begun: (tier) => metrics.add("peerConflicts", { tier }),
  });
  const bootId = readBootId();
  const own = joinProcess({ pool, ingestWaiting: () => ingest.waiting, reportJobs: () => auditing.reports.jobs.all });
  const ownSamples = () => [...expiry.samples(), ...keeper.samples(), ...auditing.samples(), ...alerting.samples(), ...own.samples()];
  const metrics = joinMetrics({ watcher, mesh: () => peers.state, bootId, others: () => [...ownSamples(), ...system.samples()] });
  const system = joinSystem({
    pool,
    fleet: watcher,
    bootId,
    leaps: () => leaps.kept.list,
    isAnchored: tsa !== null,
    archive: keeper.archive,
    databaseDir,
    samples: ownSamples,
    judges: () => alerting.judges(),
    monotonic: () => performance.now(),
  });
  const alerting = joinAlerting({
    pool,
    watcher,
    mesh: () => peers.state,
    leaps: () => leaps.kept.list,
    bootId,
    localPage: () => listeners[1]?.url ?? `http://127.0.0.1:${httpPort}`,
    counters: metrics,
    log,
  });
  const streams = new EventStreams(watcher, alerting.incidents);
  const tokens = enrolStore(pool);
  const common = { log, isOutage: (error: unknown) => isOutage(error) || error instanceof ArchiveUnreachable };
  const leapList = () => leaps.kept.text;
  const ingest = new Ingest({
    store: ingestStore(pool),
    crypto: ingestCrypto,
    open: openContent,
    leapList,
    assignmentOf: (host) => directory.assignmentOf(host),
    signReceipt: (text) => receiptKey.sign(text),
    tlsPins: tls?.pins ?? [],
    keyDays,
    random: Math.random,
    now: () => performance.now(),
    committed: countCommits(metrics),
    ...(options.quota === undefined ? {} : { quota: options.quota }),
  });
  const agentListener = agentsListener({
    ...common,
    counters: system.remembering(metrics),
    enrol: { store: tokens, crypto: nodeCrypto, ...without, leapList, receiptKey: receiptKey.publicKey },
    goodbye: { store: goodbyeStore(pool), crypto: nodeCrypto },
    rotate: { store: keyStore(pool), crypto: nodeCrypto },
    flights: { store: flightStore(pool), crypto: nodeCrypto, inflate: inflateFlight },
    ingest,
    tlsProxy,
    schemes: tls !== null ? ["https"] : tlsProxy ? ["https", "http"] : ["http"],
    signer: { keyId: receiptKey.keyId, sign: (text) => receiptKey.sign(text), sha256: nodeCrypto.sha256, keyChanges },
  });
  const reading = { read: new SalvageMemory(SALVAGE_MOST_BYTES, nodeCrypto.sha256).read, pause: turns() };
  const localPage = () => listeners[1]?.url ?? `http://127.0.0.1:${httpPort}`;
  const past = pastPorts(pool, archive, reading, pairProfiles);
  const peopleListener = peopleApp({
    ...common,
    access: joinAccess({ pool, watcher, settings: people, publicUrl: () => people.publicUrl ?? localPage(), log }),
    hostAdmin: {
      store: { ...adminStore(pool), ...enrolmentStore(pool), ...tokens },
      crypto: nodeCrypto,
      server: () => agentsAddress({ agents: { ...agents, port: portOf(listeners[0]) ?? agents.port }, tls: options.tls ?? null, tlsProxy }),
      pins: tls?.pins ?? [],
    },
    reach: { publicUrl: people.publicUrl, isSecure: people.tls !== null || people.tlsProxy, signIn: people.signIn },
    streams,
    metrics,
    siteDir,
    version: VERSION,
    questions: {
      store: queryStore(pool, archive, reading),
      fleet: watcher,
      ...reading,
      scopes: (when) => readScopes(pool, when),
      limits: past.stamps.limits,
    },
    time: { fleet: watcher, bootId, wall: wallClock },
    ...past,
    plan: {
      ...past.plan,
      livenessOf: (record, ...asked) => livenessWatched(watcher.entry(record.id), () => past.plan.livenessOf(record, ...asked)),
    },
    stampJobs: new StampJobs((outcome) => metrics.add("stampJobs", { outcome })),
    peers: { state: () => peers.state, profiles: pairProfiles, customProfiles: async () => (await readProfiles(pool)).filter(isPair) },
    sources: { look: sourcesOf(watcher, () => performance.now()), history: sourceEvents(pool) },
    audits: { store: auditScopeStore(pool), customProfiles: () => readProfiles(pool), parseYaml, sha256: textSha256 },
    alerts: alerting.ports,
    runbook: { page: runbookFiles(runbookDir) },
    records: { records: recordStore(pool), crypto: nodeCrypto },
    reports: auditing.reports,
    evidenceLog: logQuestions(pool),
    logRoom: auditing.logRoom,
    traceability: { store: traceabilityStore(pool) },
    system,
    unready: () => (stopping ? Promise.resolve("This server is stopping: ask another one") : unready(pool)),
  });
  const seeing = async () => {
    const targets = await readTargets(pool);
    await watcher.look(() => performance.now());
    directory.look(
      watcher.entries().map(({ record }) => record),
      watcher.rules,
      targets,
      distrusted(peers.state?.standings ?? new Map()),
    );
    await alerting.see();
  };
  const look = watchfully(seeing, metrics, log, alerting.judge);
  const solve = () => solvePeers(peers, log);
  const listeners: Listener[] = [];
  let stopping = false;
  try {
    const restored = await mendRestoredMarks(pool);
    if (restored > 0) log.info(`The database was restored from a dump: ${restored} rows are counted anew`);
    await look();
    await expiry.look();
    await keeper.start();
    await auditing.open();
    await solve();
    await alerting.watch();
    await system.note();
    listeners.push(await listen(agentListener, agents, "TRUEBOUND_LISTEN", tls));
    listeners.push(await listen(peopleListener, { host: people.host, port: httpPort }, "TRUEBOUND_HTTP_PORT", peopleTls));
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    await alerting.leave();
    await own.stop();
    await pool.end();
    throw error;
  }
  const looking = repeat(LOOK_EVERY_MS, look);
  const retiring = repeat(RETIRE_LOOK_EVERY_MS, () => retire(pool, log));
  const expiring = repeat(LEAP_LOOK_EVERY_MS, expiry.look);
  const keeping = repeat(KEEP_LOOK_EVERY_MS, keeper.look);
  const counting = repeat(FLEET_MINUTES_EVERY_MS, () => countFleet(pool, log));
  const solving = repeat(PEERS_EVERY_MS, solve);
  const noting = repeat(NOTE_EVERY_MS, system.note);
  const stopAlerting = alerting.start();
  const stopAuditing = auditing.start();
  const [agentsAt, peopleAt] = listeners as [Listener, Listener];
  return {
    peopleUrl: peopleAt.url,
    agentsUrl: agentsAt.url,
    pins: tls?.pins ?? [],
    createToken: async (grant) =>
      formatJoinToken({ secret: await createToken(tokens, nodeCrypto, grant), pins: tls?.pins ?? [], server: agentsAt.url }),
    setPolicy: (selector, block) => inTransaction(pool, (client) => setRule(client, selector, block)),
    stop: async () => {
      stopping = true;
      streams.close();
      closing.abort();
      const loops = [looking, expiring, retiring, keeping, counting, solving, noting];
      // People's listener is the last to go: it says that this server is not ready any more.
      const drained = agentsAt.close();
      await stopAuditing();
      await Promise.all([...loops.map((loop) => loop.stop()), stopAlerting(), drained]);
      await peopleAt.close();
      await alerting.leave();
      await system.leave();
      await own.stop();
      await pool.end();
    },
  };
}

/** Where any free port was asked for, the one that it became. */
const portOf = (listener: Listener | undefined): number | null =>
  listener === undefined ? null : Number(new URL(listener.url).port) || null;

const READY_WITHIN_MS = 5_000;

/** Null = ready. Whoever asks may be a stranger: what is said names no address. */
async function unready(pool: ReturnType<typeof openPool>): Promise<string | null> {
  try {
    const state = await bounded(READY_WITHIN_MS, schemaState(pool), `no answer within ${READY_WITHIN_MS / 1000} s`);
    if (state.kind === "newer") return `The schema of the database is newer than this server: ${state.unknown.join(", ")}`;
    return state.kind === "behind" ? `The schema of the database lacks ${state.missing.join(", ")}: run truebound migrate` : null;
  } catch (error) {
    return `The database does not answer: ${sqlState(error) ?? (error instanceof TookTooLong ? error.message : "the connection is lost")}`;
  }
}
