import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { leapsOf } from "@truebound/time";
import { type AlertSettings, formatJoinToken, type Policy } from "@truebound/wire";
import { openArchive } from "./adapters/archive.ts";
import { openContent } from "./adapters/batch-content.ts";
import { readBootId } from "./adapters/boot-id.ts";
import { ingestCrypto, nodeCrypto, sha1 } from "./adapters/crypto/node-crypto.ts";
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
import { notifier } from "./adapters/notify/notifier.ts";
import { readAlertConfig } from "./adapters/postgres/alert-config-store.ts";
import { alertStore } from "./adapters/postgres/alert-store.ts";
import { enrolStore } from "./adapters/postgres/enrol-store.ts";
import { eventNews } from "./adapters/postgres/event-news.ts";
import { makeFleetMinutes } from "./adapters/postgres/fleet-minutes.ts";
import { fleetStore } from "./adapters/postgres/fleet-store.ts";
import { flightStore, recordStore } from "./adapters/postgres/flight-store.ts";
import { changedIncidents, incidentStore } from "./adapters/postgres/incident-store.ts";
import { ingestStore } from "./adapters/postgres/ingest/ingest-store.ts";
import { keyStore } from "./adapters/postgres/key-store.ts";
import { requireCurrentSchema, schemaState } from "./adapters/postgres/migrate.ts";
import { peerStore } from "./adapters/postgres/peer-store.ts";
import { isOutage, openPool } from "./adapters/postgres/pool.ts";
import { readProfiles } from "./adapters/postgres/profile-store.ts";
import { queryStore } from "./adapters/postgres/query-store.ts";
import { claimReceiptKey } from "./adapters/postgres/receipt-key-store.ts";
import { evidenceKeeper } from "./adapters/postgres/retention/evidence-keeper.ts";
import { goodbyeStore, retireSilent } from "./adapters/postgres/retire-store.ts";
import { setRule } from "./adapters/postgres/rules.ts";
import { readTargets } from "./adapters/postgres/target-store.ts";
import { traceabilityStore } from "./adapters/postgres/traceability-store.ts";
import { metricsPage } from "./adapters/prometheus/registry.ts";
import { runbookFiles } from "./adapters/runbook-files.ts";
import { VERSION } from "./adapters/software.ts";
import { readTls, type TlsPaths } from "./adapters/tls/tls-files.ts";
import { turns } from "./adapters/turns.ts";
import { AlertKeeper } from "./alert/alert-keeper.ts";
import { IncidentWatch } from "./alert/incident-watch.ts";
import type { ArchivePlace } from "./archive-place.ts";
import { type PairProfiles, shippedPairProfiles } from "./audit/pair-verdicts.ts";
import { createToken, type TokenGrant } from "./enrol/token.ts";
import { SalvageMemory } from "./evidence/salvage-memory.ts";
import { FleetWatcher } from "./fleet/watcher.ts";
import type { QuotaLimits } from "./ingest/agent-quota.ts";
import { Ingest } from "./ingest/ingest.ts";
import { expiryWarning, type SeenTime, secondsToExpiry } from "./leap/leap-expiry.ts";
import { LeapKeeper } from "./leap/leap-keeper.ts";
import type { Log } from "./log.ts";
import { alertSamples } from "./metrics/alert-samples.ts";
import { AGED_EVENTS, EventAges } from "./metrics/event-ages.ts";
import { fleetSamples, type Sample } from "./metrics/fleet-samples.ts";
import { peerSamples } from "./metrics/peer-samples.ts";
import { ReportedErrors } from "./metrics/reported-errors.ts";
import { alertingSamples, leapSamples, ownClockSamples } from "./metrics/server-samples.ts";
import { sourceSamples } from "./metrics/source-samples.ts";
import { MeshDirectory } from "./peer/directory.ts";
import { PeerKeeper } from "./peer/peer-keeper.ts";
import { distrusted } from "./peer/standing.ts";
import type { LabelSet } from "./policy/choose-policy.ts";
import type { QueryStore } from "./query/ports.ts";
import { ArchiveUnreachable } from "./retention/archive.ts";

export interface ServerOptions {
  readonly databaseUrl: string;
  /** Port of the people's listener on 127.0.0.1; 0 = any free one. */
  readonly httpPort: number;
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
  readonly log: Log;
}

export interface RunningServer {
  /** Without a path: http://127.0.0.1:8123 */
  readonly peopleUrl: string;
  /** As programs on this machine dial it, past any proxy. */
  readonly agentsUrl: string;
  /** A join token for this machine, with the pins by which it knows this server. */
  createToken(grant: TokenGrant): Promise<string>;
  /** What hosts that carry these labels are told, in the fields that the block names. */
  setPolicy(selector: LabelSet, block: Partial<Omit<Policy, "version">>): Promise<void>;
  stop(): Promise<void>;
}

const RUNBOOKS = fileURLToPath(new URL("../../docs/alerts/", import.meta.url));
const LOOK_EVERY_MS = 1_000;
const LEAP_LOOK_EVERY_MS = 60_000;
const RETIRE_LOOK_EVERY_MS = 60_000;
const KEEP_LOOK_EVERY_MS = 60_000;
const FLEET_MINUTES_EVERY_MS = 15_000;
const PEERS_EVERY_MS = 10_000;
const SALVAGE_MOST_BYTES = 64 * 1024 * 1024;

/** Builds one server process on a migrated database and joins its parts. Several may run on one database. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const {
    databaseUrl,
    httpPort,
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
    log,
  } = options;
  const leaps = LeapKeeper.open(leapFiles(leapFile), sha1, log);
  if (typeof leaps === "string") throw new StartupError(leaps, 78);
  const tls = options.tls ? readTls(options.tls) : null;
  const without = joiningWithoutTokens({ kubernetes, hostList }, log);
  const receiptKey = openReceiptKey(receiptKeyFile);
  await requireCurrentSchema(databaseUrl);
  const pool = openPool(databaseUrl, log);
  await claimReceiptKey(pool, receiptKey.publicKey, receiptKeyFile).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const watcher = new FleetWatcher(fleetStore(pool));
  const directory = new MeshDirectory(nodeCrypto.sha256);
  const expiry = watchExpiry(leaps, queryStore(pool), log);
  const closing = new AbortController();
  const archive = openArchive(place, {
    counted: (operation, outcome) => metrics.add("archive", { operation, outcome }),
    closed: closing.signal,
  });
  const keeper = evidenceKeeper(pool, { rollupDays, archive }, log);
  const peers = new PeerKeeper({
    store: peerStore(pool),
    fleet: watcher,
    leaps: () => leapsOf(leaps.kept.list),
    monotonic: () => performance.now(),
    pause: turns(),
    begun: (tier) => metrics.add("peerConflicts", { tier }),
  });
  const bootId = readBootId();
  const alerts = new AlertKeeper({
    store: alertStore(pool),
    fleet: watcher,
    mesh: () => peers.state,
    leaps: () => leaps.kept.list,
    bootId,
    monotonic: () => performance.now(),
    localPage: () => listeners[1]?.url ?? `http://127.0.0.1:${httpPort}`,
    word: randomUUID,
  });
  const ages = new EventAges();
  const reported = new ReportedErrors();
  watcher.subscribe(({ id }) => {
    const entry = watcher.entry(id);
    if (entry !== null) reported.heard(entry);
  });
  let alerting: AlertSettings | null = null;
  const metrics = metricsPage(
    () => {
      const entries = watcher.entries();
      return [
        ...fleetSamples(entries, watcher.rules),
        ...sourceSamples(entries),
        ...ownClockSamples(entries, bootId),
        ...alertingSamples(alerting),
        ...ages.samples((id) => watcher.entry(id), performance.now()),
        ...expiry.samples(),
        ...keeper.samples(),
        ...peerSamples(peers.state),
        ...notices.samples(),
        ...alertSamples(alerts.figures, performance.now()),
      ];
    },
    { reportedErrorBound: () => reported.samples() },
  );
  const notices = notifier(pool, metrics, log);
  const incidentWatch = new IncidentWatch({ changedWithin: (seconds) => changedIncidents(pool, seconds) });
  const streams = new EventStreams(watcher, incidentWatch);
  const tokens = enrolStore(pool);
  const common = { log, isOutage: (error: unknown) => isOutage(error) || error instanceof ArchiveUnreachable };
  const leapList = () => leaps.kept.text;
  const agentListener = agentsListener({
    ...common,
    counters: metrics,
    enrol: { store: tokens, crypto: nodeCrypto, ...without, leapList, receiptKey: receiptKey.publicKey },
    goodbye: { store: goodbyeStore(pool), crypto: nodeCrypto },
    rotate: { store: keyStore(pool), crypto: nodeCrypto },
    flights: { store: flightStore(pool), crypto: nodeCrypto, inflate: inflateFlight },
    ingest: new Ingest({
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
      ...(options.quota === undefined ? {} : { quota: options.quota }),
    }),
    tlsProxy,
    schemes: tls !== null ? ["https"] : tlsProxy ? ["https", "http"] : ["http"],
    signer: { keyId: receiptKey.keyId, sign: (text) => receiptKey.sign(text), sha256: nodeCrypto.sha256 },
  });
  const reading = { read: new SalvageMemory(SALVAGE_MOST_BYTES, nodeCrypto.sha256).read, pause: turns() };
  const peopleListener = peopleApp({
    ...common,
    streams,
    metrics,
    siteDir,
    version: VERSION,
    questions: { store: queryStore(pool, archive, reading), fleet: watcher, ...reading },
    peers: { state: () => peers.state, profiles: pairProfiles, customProfiles: () => readProfiles(pool) },
    alerts: { incidents: incidentStore(pool), testChannel: notices.test },
    runbook: { page: runbookFiles(runbookDir) },
    records: { records: recordStore(pool), crypto: nodeCrypto },
    traceability: { store: traceabilityStore(pool) },
    unready: () => unready(pool),
  });
  const newEvents = eventNews(pool, AGED_EVENTS);
  const seeing = async () => {
    const targets = await readTargets(pool);
    alerting = (await readAlertConfig(pool)).settings;
    await watcher.look(() => performance.now());
    directory.look(
      watcher.entries().map(({ record }) => record),
      watcher.rules,
      targets,
      distrusted(peers.state?.standings ?? new Map()),
    );
    ages.learn(await newEvents(), performance.now());
  };
  const judging = alertNow(alerts, log);
  const look = watchfully(seeing, metrics, log, judging);
  const solve = () => solvePeers(peers, log);
  const listeners: Listener[] = [];
  try {
    await look();
    await expiry.look();
    await keeper.start();
    await solve();
    await watchIncidents(incidentWatch, log);
    listeners.push(await listen(agentListener, agents, "TRUEBOUND_LISTEN", tls));
    listeners.push(await listen(peopleListener, { host: "127.0.0.1", port: httpPort }, "TRUEBOUND_HTTP_PORT"));
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    await alerts.stop();
    await pool.end();
    throw error;
  }
  const looking = repeat(LOOK_EVERY_MS, look);
  const retiring = repeat(RETIRE_LOOK_EVERY_MS, () => retire(pool, log));
  const expiring = repeat(LEAP_LOOK_EVERY_MS, expiry.look);
  const keeping = repeat(KEEP_LOOK_EVERY_MS, keeper.look);
  const counting = repeat(FLEET_MINUTES_EVERY_MS, () => countFleet(pool, log));
  const solving = repeat(PEERS_EVERY_MS, solve);
  const stopNotices = notices.start();
  const watching = repeat(LOOK_EVERY_MS, () => watchIncidents(incidentWatch, log));
  const [agentsAt, peopleAt] = listeners as [Listener, Listener];
  return {
    peopleUrl: peopleAt.url,
    agentsUrl: agentsAt.url,
    createToken: async (grant) =>
      formatJoinToken({ secret: await createToken(tokens, nodeCrypto, grant), pins: tls?.pins ?? [], server: agentsAt.url }),
    setPolicy: (selector, block) => setRule(pool, selector, block),
    stop: async () => {
      streams.close();
      closing.abort();
      const loops = [looking, expiring, retiring, keeping, counting, solving, watching];
      await Promise.all([...loops.map((loop) => loop.stop()), stopNotices(), ...listeners.map((listener) => listener.close())]);
      await alerts.stop();
      await pool.end();
    },
  };
}

/** A look that fails is counted and tried again; the first of a row of failures is told. `then` follows each that did not. */
function watchfully(
  see: () => Promise<void>,
  metrics: ReturnType<typeof metricsPage>,
  log: Log,
  then: () => Promise<void>,
): () => Promise<void> {
  let blind = false;
  return async () => {
    try {
      await see();
      if (blind) log.info("The fleet can be seen again");
      blind = false;
      metrics.add("looks", { outcome: "done" });
    } catch (error) {
      if (!blind) log.warn(`Cannot see the fleet: ${error instanceof Error ? error.message : String(error)}`);
      blind = true;
      metrics.add("looks", { outcome: "failed" });
      return;
    }
    await then();
  };
}

/** Judges what was just seen. What fails is told once, and done in the next look; what is open stays as it was written. */
function alertNow(alerts: AlertKeeper, log: Log): () => Promise<void> {
  let failed = false;
  return async () => {
    try {
      await alerts.look();
      if (failed) log.info("Alerts are judged again");
      failed = false;
    } catch (error) {
      if (!failed)
        log.warn(`Cannot judge alerts: ${error instanceof Error ? (isOutage(error) ? error.message : error.stack) : String(error)}`);
      failed = true;
    }
  };
}

/** Once a minute: is there a newer list, what does the database's clock say, is a warning due? */
function watchExpiry(leaps: LeapKeeper, { now }: Pick<QueryStore, "now">, log: Log) {
  let seen: SeenTime | null = null;
  let warnedMs: number | null = null;
  return {
    look: async () => {
      leaps.look();
      try {
        seen = { now: await now(), atMs: performance.now() };
      } catch {
        return; // the look at the fleet tells of a database that does not answer
      }
      const warning = expiryWarning(leaps.kept.list, seen.now, seen.atMs, warnedMs);
      if (warning === null) return;
      warnedMs = seen.atMs;
      log.warn(warning);
    },
    samples: (): Sample[] => {
      const value = secondsToExpiry(leaps.kept.list, seen, performance.now());
      const expires: Sample[] = value === null ? [] : [{ family: "leapListExpiry", labels: {}, value }];
      return [...expires, ...leapSamples(leapsOf(leaps.kept.list), seen, performance.now())];
    },
  };
}

/** Once a minute, one server of those on the database: ephemeral hosts that were silent for long are no part of the fleet. */
async function retire(pool: ReturnType<typeof openPool>, log: Log): Promise<void> {
  try {
    for (const { name, hours } of await retireSilent(pool)) log.info(`Retired ${name}: silent for ${hours} h`);
  } catch (error) {
    if (!isOutage(error)) log.warn(`Cannot retire silent hosts: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What fails is done in the next look; until then what was solved before is answered, with its time. */
async function solvePeers(peers: PeerKeeper, log: Log): Promise<void> {
  try {
    await peers.look();
  } catch (error) {
    if (!isOutage(error)) log.warn(`Cannot solve the mesh: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** What fails is seen in the next look, which goes back as far as need be. */
async function watchIncidents(watch: IncidentWatch, log: Log): Promise<void> {
  try {
    await watch.look(() => performance.now());
  } catch (error) {
    if (!isOutage(error)) log.warn(`Cannot see incidents: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One server of those on the database; what fails is done in the next look. */
async function countFleet(pool: ReturnType<typeof openPool>, log: Log): Promise<void> {
  try {
    await makeFleetMinutes(pool);
  } catch (error) {
    if (!isOutage(error)) log.warn(`Cannot count the fleet: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function unready(pool: ReturnType<typeof openPool>): Promise<string | null> {
  try {
    const { kind } = await schemaState(pool);
    return kind === "current" ? null : `The schema of the database is ${kind}`;
  } catch {
    return "The database does not answer";
  }
}
