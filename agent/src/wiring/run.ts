import { join } from "node:path";
import type { Steering } from "@truebound/time";
import { DEFAULT_POLICY } from "@truebound/wire";
import { CarrierFiles } from "../adapters/carrier-files.ts";
import { discoverSources } from "../adapters/discover-files.ts";
import { openExternal } from "../adapters/external-source.ts";
import { lockFolder, refuseHeld } from "../adapters/folder-lock.ts";
import { HostDaemon } from "../adapters/host-daemon.ts";
import { IdentityFiles, sha1 } from "../adapters/identity-file.ts";
import { KernelWitness } from "../adapters/kernel-witness.ts";
import { chooseRung, type Rung } from "../adapters/ladder.ts";
import { loadLibc } from "../adapters/libc.ts";
import { toStderr } from "../adapters/log-stream.ts";
import { readMachine } from "../adapters/machine-files.ts";
import { openOpinion } from "../adapters/opinion-child.ts";
import { nonceSource, refidOf } from "../adapters/random.ts";
import { resolveSource } from "../adapters/resolver.ts";
import { readRoutes } from "../adapters/route-files.ts";
import { RunSignals } from "../adapters/run-signals.ts";
import { SegmentFiles } from "../adapters/segment-files.ts";
import { giveBackStartPages } from "../adapters/start-pages.ts";
import { SteeringWatch } from "../adapters/steering-watch.ts";
import { mayBeVirtual } from "../adapters/virtual-machine.ts";
import { Watchdog } from "../adapters/watchdog.ts";
import { Agent } from "../agent.ts";
import type { HostMonitor } from "../bound/host-monitor.ts";
import type { NoCardStamps } from "../card-stamps/nic.ts";
import { type Config, ConfigError, readConfig } from "../config.ts";
import type { OpenIntervals } from "../interval-source/ports.ts";
import type { Log } from "../log/log-line.ts";
import { HostWatch } from "../observe/host-watch.ts";
import type { RandomNonce } from "../probe/ports.ts";
import { namesServers } from "../probe/source.ts";
import type { HostAnswerFacts } from "../publish/host-answer.ts";
import type { Machine } from "../report/machine.ts";
import type { Identity, Signer } from "../report/ports.ts";
import type { Settings } from "../settings/layers.ts";
import { PROCESS_ALARM } from "../timers.ts";
import { joinAnswering } from "./answering.ts";
import { readBootId } from "./boot-id.ts";
import { isCarried, overtaken, startCarrying } from "./carrying.ts";
import { openClockSource } from "./clock-sources.ts";
import { readCredential } from "./join.ts";
import { keyMakerFor } from "./key-maker.ts";
import { discardForeign, hasToken } from "./own-identity.ts";
import { startPublishing } from "./publishing.ts";
import { type Reporting, startReporting } from "./reporting.ts";
import { Segments } from "./segments.ts";
import { DIAL_HTTP } from "./server-trust.ts";

/** `truebound-agent run`: measures until SIGTERM or SIGINT. Resolves to the exit code. */
export async function runAgent(settings: Settings, again: () => Promise<Settings>): Promise<number> {
  const watchdog = new Watchdog((message) => toStderr("warn", message));
  const signals = new RunSignals();
  const settled = setTimeout(giveBack, SETTLED_MS).unref();
  try {
    let next: Settings | null = settings;
    while (next !== null) next = await runOnce(readConfig(next.env), signals, watchdog, again);
  } finally {
    clearTimeout(settled);
    signals.close();
    watchdog.close();
  }
  return 0;
}

/** By then its first answers have come, and whatever only a start needs was needed. */
const SETTLED_MS = 30_000;

function giveBack(): void {
  const { libc } = loadLibc();
  if (libc !== null) giveBackStartPages(libc);
}

/** One life of the agent, until it is to end (null) or to go on with other settings. */
async function runOnce(config: Config, signals: RunSignals, watchdog: Watchdog, again: () => Promise<Settings>): Promise<Settings | null> {
  const nonce = nonceSource();
  const steering = new SteeringWatch();
  const { rung, attempts } = await chooseRung(nonce, { steering: () => steering.current, hardwareStamps: config.hardwareStamps });
  steering.start(() => rung.clocks.read());
  for (const { mode, outcome } of attempts) toStderr(outcome === "chosen" ? "info" : "warn", `stamps by ${mode}: ${outcome}`);
  const running = await startAgent(config, rung, nonce, toStderr, steering, () => watchdog.beat());
  let next: Settings | null = null;
  try {
    next = await Promise.race([untilAsked(signals, again), running.failed]);
  } finally {
    steering.close();
    await running.stop(next === null ? "ends" : "goes_on");
  }
  return next;
}

/** The settings to go on with; null = it is to end. Settings that are wrong change nothing, and are told. */
async function untilAsked(signals: RunSignals, again: () => Promise<Settings>): Promise<Settings | null> {
  for (;;) {
    if ((await signals.next()) === "end") return null;
    const settings = await usable(again).catch((error: unknown) => {
      if (!(error instanceof ConfigError)) throw error;
      return error;
    });
    if (!(settings instanceof ConfigError)) {
      toStderr("info", "asked by SIGHUP: beginning again with the settings as they are now");
      return settings;
    }
    toStderr("error", settings.message);
    toStderr("warn", "asked by SIGHUP, and these settings cannot be used: going on with those from before");
  }
}

/** What a life begins with is tried while the one before goes on: a folder that refuses must not end an agent that measures. */
async function usable(again: () => Promise<Settings>): Promise<Settings> {
  const settings = await again();
  const config = readConfig(settings.env);
  keyMakerFor(config);
  const files = openFolder(config);
  inFolder(config, () => refuseHeld(config.dataDir, readBootId()));
  if (inFolder(config, () => files.identity()) !== null) signerIn(files, config);
  return settings;
}

export interface RunningAgent {
  readonly agent: Agent;
  /** Rejects when it cannot report, for a reason that a person must mend; never resolves. */
  readonly failed: Promise<never>;
  /** `goes_on`: another life follows at once, so nobody is told goodbye. */
  stop(how?: Stopping): Promise<void>;
}

export type Stopping = "ends" | "goes_on";

/** Who steers the clock, as far as is known; from `distrust` on, nobody is. */
export interface Steerer {
  readonly current: Steering;
  distrust(): void;
}

const NOBODY: Steerer = { current: { kind: "unknown" }, distrust: () => undefined };

/** Joins one agent from its parts. Rung, steerer and machine are parameters: demo hosts bring simulated clocks. */
export async function startAgent(
  config: Config,
  rung: Rung,
  nonce: RandomNonce,
  log: Log,
  steerer: Steerer = NOBODY,
  alive: () => void = () => undefined,
  machine: Machine = readMachine(),
): Promise<RunningAgent> {
  const keys = keyMakerFor(config);
  const files = openFolder(config);
  // Refused before anything is started.
  const unlock = inFolder(config, () => lockFolder(config.dataDir, readBootId()));
  const foreign = inFolder(config, () => discardForeign(files, machine, log));
  const server = whereToReport(config, files, foreign, log);
  const signer = server === null ? null : signerIn(files, config);
  const discovery = namesServers(config.sources) ? { sources: [], from: "" } : discoverSources();
  if (!namesServers(config.sources)) log("info", `measuring against ${discovery.sources.length} sources from ${discovery.from}`);
  const bootId = readBootId();
  const watch = rung.mode === "simulated" ? null : new HostWatch(new KernelWitness());
  let monitor: HostMonitor | null = null;
  let reporting: Reporting | null = null;
  // What a simulated clock shows says nothing of this host's.
  const segments =
    rung.mode === "simulated"
      ? null
      : new Segments({
          settings: config.publish,
          ruler: rung.clocks.ruler,
          bootId,
          vmMarker: () => watch?.disruption ?? null,
          sender: () => reporting?.next() ?? null,
          log,
        });
  const answering = joinAnswering({ settings: config.peers, rung, bootId, monitor: () => monitor, log });
  // A simulated clock has the daemon that is simulated beside it, if any.
  const witness = rung.daemon ?? (rung.mode === "simulated" ? null : new HostDaemon());
  const agent = new Agent({
    mesh: answering.mesh,
    instruments: { clocks: rung.clocks, transport: rung.transport, nonce, keys },
    mode: rung.mode,
    interleave: rung.interleave,
    steering: () => steerer.current,
    distrustSteering: () => steerer.distrust(),
    mayCalibrate: watch !== null && (watch.hasMarker || !mayBeVirtual()),
    clockSet: rung.clockSet,
    settings: config,
    discovered: discovery.sources,
    policy: files.policy() ?? DEFAULT_POLICY,
    refidOf,
    sha1,
    resolve: resolveSource,
    report: null,
    sender: null,
    keepPolicy: (policy) => {
      try {
        files.keepPolicy(policy);
      } catch (error) {
        log("warn", `cannot keep the policy on disk: ${(error as Error).message}; it is in force until this agent ends`);
      }
    },
    ...(witness === null ? {} : { witness }),
    // What stands on this machine says nothing of a simulated clock.
    ...(rung.mode === "simulated" ? {} : { openIntervals: openIntervals(rung, steerer) }),
    // A simulated clock has no routes beside it.
    ...(rung.mode === "simulated" ? {} : { routes: readRoutes }),
    random: Math.random,
    ...(watch === null ? {} : { watch }),
    published: (intervalS) => {
      if (monitor !== null) segments?.publish(monitor, intervalS);
    },
    alive,
    log,
  });
  monitor = agent.monitor;
  if (rung.cards !== undefined) rung.cards.gaveUp = (name, why) => queueMicrotask(() => tellGivenUp(agent, log, name, why));
  agent.start();
  const publishing = await startPublishing({
    settings: config.publish,
    agent,
    clocks: rung.clocks,
    witness,
    ...(rung.cards === undefined ? {} : { cards: rung.cards }),
    host: () => ({
      host: ownNames(
        inFolder(config, () => files.identity()),
        config,
      ),
      server: server?.href ?? null,
    }),
    log,
  });
  const pins = config.serverPins.length > 0 ? config.serverPins : ((foreign ?? files.identity())?.pins ?? []);
  const carrier = new CarrierFiles(config.dataDir);
  reporting =
    server === null || signer === null
      ? null
      : (isCarried(server) ? startCarrying : startReporting)({
          config,
          server,
          agent,
          clocks: rung.clocks,
          files,
          signer,
          bootId,
          machine,
          pins,
          log,
          openStore: () => new SegmentFiles(join(config.dataDir, "spool")),
          dial: DIAL_HTTP,
          onRoad: () => overtaken(carrier, log),
          alarm: PROCESS_ALARM,
          random: Math.random,
        });
  const failed = new Promise<never>((_, reject) => reporting?.ended.catch(reject));
  // Whoever does not look at it is not to be ended by it.
  failed.catch(() => undefined);
  return {
    agent,
    failed,
    stop: async (how = "ends") => {
      agent.stop();
      segments?.close();
      await publishing.close();
      await reporting?.stop(how);
      await answering.close();
      rung.close();
      unlock();
    },
  };
}

/** Told after the exchange in which it was found, and once. */
function tellGivenUp(agent: Agent, log: Log, name: string, why: NoCardStamps): void {
  log("warn", `the stamps of ${name}'s card are given up (${why}): the kernel's are taken until the agent starts anew`);
  agent.note("stamp_mode_changed", { interface: name, hardware_stamps: why });
}

/** Sources that are not asked by NTP. */
const openIntervals =
  ({ clocks }: Rung, steerer: Steerer): OpenIntervals =>
  (source, knows) => {
    const ports = { look: () => clocks.read(), steering: () => steerer.current, hasRaw: clocks.ruler === "raw" };
    if (source.kind === "opinion") return openOpinion(source, ports);
    return source.kind === "external"
      ? openExternal(source, { ...ports, leapList: knows.leapList })
      : openClockSource(source, ports, knows);
  };

/** What the operator says, or the enrolment, or what came with a copy; null = nobody is reported to, and that is said. */
function whereToReport(config: Config, files: IdentityFiles, foreign: Identity | null, log: Log): URL | null {
  if (foreign !== null) {
    if (hasToken(config.tokenFile)) return config.server ?? new URL(readCredential(config.tokenFile, []).server ?? foreign.server);
    log("warn", "not enrolled here: measuring without reporting to anybody until truebound-agent enroll --token-file FILE");
    return null;
  }
  const server = config.server ?? enrolledAt(files) ?? namedByToken(config, log);
  if (server === null)
    log("warn", "not enrolled, and neither TRUEBOUND_SERVER_URL nor a join token names a server: measuring without reporting to anybody");
  return server;
}

/** A whole join token names its server. What is wrong with one is told; the host is measured all the same. */
function namedByToken({ tokenFile }: Config, log: Log): URL | null {
  if (tokenFile === null) return null;
  try {
    const { server } = readCredential(tokenFile, []);
    return server === null ? null : new URL(server);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    log("warn", error.message);
    return null;
  }
}

/** As its server calls it; while it knows none, as its settings do. */
const ownNames = (identity: Identity | null, { name, labels }: Config): HostAnswerFacts["host"] => ({
  id: identity?.agent ?? null,
  name: identity?.name ?? name,
  labels,
});

/** Where an earlier enrolment says that this host reports. */
function enrolledAt(files: IdentityFiles): URL | null {
  const identity = files.identity();
  return identity === null ? null : new URL(identity.server);
}

const openFolder = (config: Config): IdentityFiles => inFolder(config, () => new IdentityFiles(config.dataDir));
const signerIn = (files: IdentityFiles, config: Config): Signer => inFolder(config, () => files.signer());

/** Whatever the folder refuses is for a person to mend. */
function inFolder<T>({ dataDir }: Config, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `Cannot use the folder ${dataDir}: ${(error as Error).message}; set TRUEBOUND_DATA_DIR to one that this user may write`,
    );
  }
}
