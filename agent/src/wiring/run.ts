import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Steering } from "@truebound/time";
import { DEFAULT_POLICY, genesisText } from "@truebound/wire";
import { Chronyc } from "../adapters/chronyc.ts";
import { discoverSources } from "../adapters/discover-files.ts";
import { HttpLink } from "../adapters/http-link.ts";
import { IdentityFiles, sha1, sha256 } from "../adapters/identity-file.ts";
import { KernelWitness } from "../adapters/kernel-witness.ts";
import { chooseRung, type Rung } from "../adapters/ladder.ts";
import { nonceSource, refidOf } from "../adapters/random.ts";
import { resolveSource } from "../adapters/resolver.ts";
import { SegmentFiles } from "../adapters/segment-files.ts";
import { SteeringWatch } from "../adapters/steering-watch.ts";
import { mayBeVirtual } from "../adapters/virtual-machine.ts";
import { Agent } from "../agent.ts";
import { type Config, ConfigError, type Environment, readConfig } from "../config.ts";
import { HostWatch } from "../observe/host-watch.ts";
import type { RandomNonce } from "../probe/ports.ts";
import { enrol } from "../report/enrol.ts";
import { Outbox } from "../report/outbox.ts";
import type { Identity, Signer } from "../report/ports.ts";
import { Spool } from "../spool/spool.ts";
import { VERSION } from "../version.ts";
import { WakeablePause } from "./wakeable-pause.ts";

export type Log = (level: "info" | "warn", message: string) => void;

const toStderr: Log = (level, message) => process.stderr.write(`${level === "warn" ? "warning: " : ""}${message}\n`);

/** `truebound-agent run`: measures until SIGTERM or SIGINT. Resolves to the exit code. */
export async function runAgent(env: Environment): Promise<number> {
  const config = readConfig(env);
  const nonce = nonceSource();
  const steering = new SteeringWatch();
  const { rung, attempts } = await chooseRung(nonce, { steering: () => steering.current });
  steering.start(() => rung.clocks.read());
  for (const { mode, outcome } of attempts) toStderr(outcome === "chosen" ? "info" : "warn", `stamps by ${mode}: ${outcome}`);
  const running = await startAgent(config, rung, nonce, toStderr, steering);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
  steering.close();
  await running.stop();
  return 0;
}

export interface RunningAgent {
  readonly agent: Agent;
  stop(): Promise<void>;
}

/** Who steers the clock, as far as is known; from `distrust` on, nobody is. */
export interface Steerer {
  readonly current: Steering;
  distrust(): void;
}

const NOBODY: Steerer = { current: { kind: "unknown" }, distrust: () => undefined };

/** Joins one agent from its parts. Rung and steerer are parameters: demo hosts bring simulated clocks. */
export async function startAgent(
  config: Config,
  rung: Rung,
  nonce: RandomNonce,
  log: Log,
  steerer: Steerer = NOBODY,
): Promise<RunningAgent> {
  const files = openFolder(config);
  const discovery = config.sources === null ? discoverSources() : { sources: [], from: "" };
  if (config.sources === null) log("info", `measuring against ${discovery.sources.length} sources from ${discovery.from}`);
  const bootId = readBootId();
  const watch = rung.mode === "simulated" ? null : new HostWatch(new KernelWitness());
  const agent = new Agent({
    instruments: { clocks: rung.clocks, transport: rung.transport, nonce },
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
    // A simulated clock has no daemon beside it.
    ...(rung.mode === "simulated" ? {} : { witness: new Chronyc() }),
    random: Math.random,
    ...(watch === null ? {} : { watch }),
    log,
  });
  agent.start();
  const reporting = config.server === null ? null : startReporting(config, config.server, agent, rung, files, bootId, log);
  if (config.server === null) log("warn", "no TRUEBOUND_SERVER_URL: measuring without reporting to anybody");
  return {
    agent,
    stop: async () => {
      agent.stop();
      await reporting?.stop();
      rung.close();
    },
  };
}

function openFolder(config: Config): IdentityFiles {
  try {
    return new IdentityFiles(config.dataDir);
  } catch (error) {
    throw new ConfigError(
      `Cannot use the folder ${config.dataDir}: ${(error as Error).message}; set TRUEBOUND_DATA_DIR to one that this user may write`,
    );
  }
}

/** Changes with every boot; RAW readings of two boots cannot be compared. */
function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return `process-${process.pid}-${process.hrtime.bigint()}`; // no boot id here: a process is then as long as a boot
  }
}

/** Enrols if need be, then sends until stopped. */
function startReporting(
  config: Config,
  server: URL,
  agent: Agent,
  rung: Rung,
  files: IdentityFiles,
  bootId: string,
  log: Log,
): { stop: () => Promise<void> } {
  const signer = files.signer();
  const link = new HttpLink(server, signer);
  const pause = new WakeablePause();
  let outbox: Outbox | null = null;
  const sending = (async () => {
    const spool = new Spool(new SegmentFiles(join(config.dataDir, "spool")));
    const identity = knownIdentity(files, spool) ?? (await joinServer(config, server, link, signer, files, bootId, pause, log));
    if (identity === null) return;
    outbox = new Outbox(identity, {
      spool,
      link,
      sha256,
      genesis: (id, epoch) => sha256.hex(genesisText(id, epoch)),
      sent: () => `${bootId} ${rung.clocks.read().boottime}`,
      random: Math.random,
      idle: () => pause.idle(),
      backOff: (seconds) => pause.backOff(seconds),
      onPolicy: (policy) => agent.offerPolicy(policy),
      onEpoch: (epoch) => files.keep({ ...identity, epoch }),
      log,
    });
    declareLoss(outbox, agent, log);
    const box = outbox;
    agent.enrolled({ agent: identity.agent, bootId, software: `truebound-agent/${VERSION}` }, (batch) => {
      const put = box.put(Buffer.from(JSON.stringify(batch)));
      if (put.kind !== "durable")
        log("warn", `cannot write the spool: ${put.why}; this report is ${put.kind === "held" ? "held in memory" : "lost"}`);
      if (put.kind === "dropped") agent.lost(1);
      pause.wake();
    });
    await outbox.run();
    await outbox.flushOnce();
  })();
  return {
    stop: async () => {
      outbox?.stop();
      pause.close();
      await sending;
      link.close();
    },
  };
}

/** The identity of an earlier run. Where its spool is gone its chain cannot be continued: a new epoch says so. */
function knownIdentity(files: IdentityFiles, spool: Spool): Identity | null {
  const identity = files.identity();
  if (identity === null || spool.last !== null) return identity;
  const next = { ...identity, epoch: identity.epoch + 1 };
  files.keep(next);
  return next;
}

/** What opening the spool had to leave behind is said to the server as an event, once. */
function declareLoss(outbox: Outbox, agent: Agent, log: Log): void {
  const { tornBytes, damagedFiles, droppedBatches } = outbox.loss;
  const current = agent.monitor.current;
  if (current === null || (tornBytes === 0 && damagedFiles.length === 0 && droppedBatches === 0)) return;
  log("warn", `the spool was damaged: ${tornBytes} bytes torn, ${damagedFiles.length} files set aside, ${droppedBatches} batches lost`);
  agent.monitor.note({
    kind: "spool_gap",
    reading: current.reading,
    source: null,
    detail: { torn_bytes: tornBytes, damaged_files: damagedFiles.length, dropped_batches: droppedBatches },
  });
}

const ENROL_PAUSES_S = [1, 2, 5, 10, 30];

/** Asks until the server answers; a refusal is for the operator to mend and is asked again rarely. Null = stopped first. */
async function joinServer(
  config: Config,
  server: URL,
  link: HttpLink,
  signer: Signer,
  files: IdentityFiles,
  bootId: string,
  pause: WakeablePause,
  log: Log,
): Promise<Identity | null> {
  for (let attempt = 0; !pause.closed; attempt++) {
    const token = readToken(config);
    const applicant = {
      token,
      name: config.name,
      labels: config.labels,
      bootId,
      software: `truebound-agent/${VERSION}`,
      server: server.href,
    };
    const outcome = await enrol(link, signer, applicant);
    if (outcome.kind === "enrolled") {
      files.keep(outcome.identity);
      if (config.tokenFile !== null && !config.keepTokenFile) rmSync(config.tokenFile, { force: true });
      log("info", `enrolled at ${server.href} as ${outcome.identity.agent}`);
      return outcome.identity;
    }
    log("warn", `cannot enrol at ${server.href}: ${outcome.why}`);
    await pause.backOff(outcome.kind === "refused" ? 300 : (ENROL_PAUSES_S[Math.min(attempt, ENROL_PAUSES_S.length - 1)] as number));
  }
  return null;
}

function readToken({ tokenFile }: Config): string {
  if (tokenFile === null) throw new ConfigError("Cannot enrol without a token: set TRUEBOUND_TOKEN_FILE to a file that holds one");
  try {
    return readFileSync(tokenFile, "utf8").trim();
  } catch (error) {
    throw new ConfigError(`Cannot read the join token in ${tokenFile}: ${(error as Error).message}`);
  }
}
