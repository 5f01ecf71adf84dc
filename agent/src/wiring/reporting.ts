import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { type Batch, genesisText } from "@truebound/wire";
import { sha256 } from "../adapters/identity-file.ts";
import type { Rung } from "../adapters/ladder.ts";
import type { Agent } from "../agent.ts";
import { type Config, ConfigError } from "../config.ts";
import type { Log } from "../log/log-line.ts";
import type { Sender } from "../report/build-batch.ts";
import type { Put } from "../report/early-reports.ts";
import { type EnrolOutcome, nameTaken } from "../report/enrol.ts";
import { FlightSender } from "../report/flight-sender.ts";
import { sayGoodbye } from "../report/goodbye.ts";
import { KeyRecovery } from "../report/key-recovery.ts";
import { ChangingSigner, KeyRotation } from "../report/key-rotation.ts";
import type { Machine } from "../report/machine.ts";
import { Outbox, type OutboxPorts } from "../report/outbox.ts";
import type { Identity, ServerLink, Signer } from "../report/ports.ts";
import { stated } from "../report/stated.ts";
import { type SegmentStore, Spool, type SpoolLimits, type SpoolLoss } from "../spool/spool.ts";
import type { Alarm } from "../timers.ts";
import { VERSION } from "../version.ts";
import { type Credential, type Joining, join, readCredential } from "./join.ts";
import { type IdentityFolder, Papers } from "./papers.ts";
import { ReportKeeper } from "./report-keeper.ts";
import { type Dial, KnownServer } from "./server-trust.ts";
import { WakeablePause } from "./wakeable-pause.ts";

/** What of an agent its reporting needs to know. */
export interface ReportingAgent
  extends Pick<Agent, "offerPolicy" | "offerAssignment" | "heed" | "isSilent" | "flightsTo" | "lost" | "note"> {
  enrolled(sender: Sender, report: (batch: Batch) => Put): void;
}

export interface ReportingParts {
  readonly config: Pick<Config, "dataDir" | "tokenFile" | "keepTokenFile" | "name" | "labels" | "proxy">;
  readonly server: URL;
  readonly agent: ReportingAgent;
  readonly clocks: Pick<Rung["clocks"], "read">;
  readonly files: IdentityFolder;
  readonly signer: Signer;
  readonly bootId: string;
  /** Throws what the disk says. */
  readonly openStore: () => SegmentStore;
  readonly spoolLimits?: SpoolLimits;
  readonly dial: Dial;
  /** Told of each receipt that came by the road; absent = nobody is. */
  readonly onRoad?: () => void;
  /** By which it pauses. */
  readonly alarm: Alarm;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly machine: Machine;
  /** By which the server is known, where its token says no more. */
  readonly pins: readonly string[];
  readonly log: Log;
}

export interface Reporting {
  /** Rejects when it cannot go on, for a reason that a person must mend; else resolves once stopped. */
  readonly ended: Promise<void>;
  /** An ephemeral host says goodbye where the agent ends, and not where it goes on. */
  stop(how: "ends" | "goes_on"): Promise<void>;
  /** Under which host, and in which batch, what is read now will be told; null = that is not known yet. */
  next(): { readonly host: string; readonly epoch: number; readonly seq: number } | null;
}

/** Enrols if need be, then sends until stopped. */
export function startReporting(parts: ReportingParts): Reporting {
  const { server, agent, files, bootId, alarm, log } = parts;
  const signer = new ChangingSigner(parts.signer);
  const known = new KnownServer(files.identity(), log, { proxy: parts.config.proxy, told: parts.pins, dial: parts.dial });
  const link = known.linkTo(server, signer);
  const pause = new WakeablePause(alarm);
  const flightPause = new WakeablePause(alarm);
  const keeper = new ReportKeeper(agent, log);
  let outbox: Outbox | null = null;
  let chain: Opened | null = null;
  let isLeaving = true;
  const ended = (async () => {
    const identity = heldIdentity(files) ?? (await joinServer(parts, known, signer, pause));
    if (identity === null) return;
    agent.enrolled({ agent: identity.agent, bootId, software: `truebound-agent/${VERSION}` }, (batch) => {
      const put = keeper.take(stated(batch, signer, sha256.hex));
      pause.wake();
      return put;
    });
    const sender = new FlightSender({
      link,
      deflate: (text) => deflated(text),
      backOff: (seconds) => flightPause.backOff(seconds),
      isEnding: () => flightPause.closed,
      log,
    });
    agent.flightsTo((flight) => sender.take(flight));
    const opened = await openSpool(parts, identity, keeper, pause);
    if (opened === null) return;
    chain = opened;
    const papers = new Papers(opened.identity, files);
    known.keepBy((receiptKey) => papers.keep({ receiptKey }));
    const rotation = new KeyRotation({
      agent: identity.agent,
      link,
      signer,
      next: papers.nextKey(signer, () => opened.spool.last),
      now: () => alarm.now(),
      log,
    });
    const recovery = new KeyRecovery({
      agent: identity.agent,
      signer,
      former: () => files.formerKeys(),
      linkBy: (former) => known.linkTo(server, former),
      settled: () => rotation.settled(),
      log,
    });
    const box = new Outbox(opened.identity, {
      ...outboxPorts(parts, opened.spool, papers, link, known, pause),
      onPolicy: (policy) => {
        parts.onRoad?.();
        agent.offerPolicy(policy);
      },
      onRotation: (isWished) => rotation.consider(isWished),
      onKeyRefused: () => recovery.agreeAgain(),
    });
    outbox = box;
    declareLoss(box.loss, agent, log);
    keeper.openedTo(box);
    await sendUntilStopped(box, pause, () => isLeaving, log);
    await sender.settled();
    await rotation.settled();
    if (isLeaving && identity.ephemeral === true && (await leave(link, papers.identity, opened.spool))) {
      papers.keep({ retired: true });
      log("info", `said goodbye to ${server.href}: this ephemeral host is retired there`);
    }
  })();
  return {
    next: () => chain && nextPlace(chain),
    ended,
    stop: async (how) => {
      isLeaving = how === "ends";
      outbox?.stop();
      pause.close();
      flightPause.close();
      known.hurry();
      await ended.catch(() => undefined);
      link.close();
    },
  };
}

const deflated: (text: string) => Promise<Uint8Array> = promisify(deflate);

/** Names the newest batch of the spool: counts only where the server has it. */
const leave = (link: ServerLink, { agent, epoch }: Identity, { last }: Spool): Promise<boolean> =>
  sayGoodbye(link, { agent, epoch: last?.epoch ?? epoch, last_seq: last?.seq ?? 0 });

/** The identity of an earlier run; null = none, or one that has said goodbye. */
export function heldIdentity(files: IdentityFolder): Identity | null {
  const identity = files.identity();
  return identity?.retired === true ? null : identity;
}

export interface Opened {
  readonly spool: Spool;
  readonly identity: Identity;
}

export const nextPlace = ({ spool: { last }, identity: { agent, epoch } }: Opened) => ({
  host: agent,
  epoch: last?.epoch ?? epoch,
  seq: (last?.seq ?? 0) + 1,
});

const DISK_PAUSE_S = 10;

/** Whatever lies on the disk, and whether or not it takes a byte, the agent measures: this is tried until it works. Null = stopped first. */
export async function openSpool(
  parts: ReportingParts,
  known: Identity,
  keeper: ReportKeeper,
  pause: WakeablePause,
): Promise<Opened | null> {
  for (;;) {
    try {
      const spool = new Spool(parts.openStore(), parts.spoolLimits);
      return { spool, identity: continued(known, parts.files, spool) };
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
      keeper.wait((error as Error).message);
    }
    await pause.backOff(DISK_PAUSE_S);
    if (pause.closed) return null;
  }
}

/** An identity whose spool is gone cannot continue its chain: a new epoch says so. It is used from now on. */
function continued(identity: Identity, files: Pick<IdentityFolder, "keep">, spool: Spool): Identity {
  const isNew = identity.fresh === true || spool.last !== null;
  const { fresh, ...rest } = identity;
  const next = isNew ? rest : { ...rest, epoch: identity.epoch + 1 };
  if (fresh === true || !isNew) files.keep(next);
  return next;
}

/** What a disk or a kernel refuses carries a code; anything else is a bug. */
const isOfTheSystem = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).code === "string";

export function outboxPorts(
  { agent, clocks, bootId, alarm, random, log }: ReportingParts,
  spool: Spool,
  papers: Papers,
  link: ServerLink,
  known: KnownServer,
  pause: WakeablePause,
): OutboxPorts {
  return {
    spool,
    link,
    sha256,
    genesis: (id: string, epoch: number) => sha256.hex(genesisText(id, epoch)),
    sent: () => `${bootId} ${clocks.read().boottime}`,
    random,
    now: () => alarm.now(),
    idle: () => pause.idle(),
    backOff: (seconds: number) => pause.backOff(seconds),
    onPolicy: (policy: unknown) => agent.offerPolicy(policy),
    onAssignment: (assignment: unknown) => agent.offerAssignment(assignment),
    isSilent: () => agent.isSilent,
    onAsked: (asked) => agent.heed(asked),
    onPins: (pins: readonly string[]) => {
      if (pins.length === 0 || pins.join() === known.pins.join()) return;
      known.learn({ pins });
      log("info", `the server's TLS keys are now pinned as ${pins.join(", ")}`);
      try {
        papers.keep({ pins });
      } catch (error) {
        log("warn", `cannot keep these pins on disk: ${(error as Error).message}; they are in force until this agent ends`);
      }
    },
    onEpoch: (epoch, losses) => papers.keep({ epoch, losses }),
    onLosses: (losses) => papers.keep({ losses }),
    onCheckpoint: (place) => {
      try {
        papers.checkpointed(place);
      } catch (error) {
        log("warn", `cannot delete the former keys: ${(error as Error).message}; tried again with the next receipt`);
      }
    },
    onLost: (batches, inAll, doubtful) => {
      const doubt =
        doubtful === 0 ? "" : `; of ${inAll} since the enrolment ${doubtful} may be at the server, or were never whole on the disk`;
      log("warn", `${batches} reports are lost: the server does not have them, and neither has the spool${doubt}`);
      agent.lost(batches, inAll, doubtful);
    },
    log,
  };
}

/** A disk that will not be read now may be read later. Where another life follows at once, what is left is sent by that: nobody waits here. */
async function sendUntilStopped(box: Outbox, pause: WakeablePause, isLeaving: () => boolean, log: Log): Promise<void> {
  const send = async (act: () => Promise<void>) => {
    try {
      await act();
      return true;
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
      log("warn", `cannot read the spool: ${(error as Error).message}`);
      return false;
    }
  };
  while (!(await send(() => box.run()))) await pause.backOff(DISK_PAUSE_S);
  if (isLeaving()) await send(() => box.flushOnce());
}

/** What opening the spool had to leave behind is said once; how many batches are lost is known only when the server is. */
export function declareLoss({ tornBytes, damagedFiles, newerFiles, droppedBatches }: SpoolLoss, agent: ReportingAgent, log: Log): void {
  if (newerFiles.length > 0)
    log("warn", `${newerFiles.length} files of the spool were written by a later version: set aside as ${newerFiles[0]}.newer`);
  if (tornBytes === 0 && damagedFiles.length === 0 && newerFiles.length === 0) return;
  log("warn", `the spool was damaged: ${tornBytes} bytes torn, ${damagedFiles.length} files set aside, ${droppedBatches} batches missing`);
  agent.note("spool_gap", {
    torn_bytes: tornBytes,
    damaged_files: damagedFiles.length,
    newer_files: newerFiles.length,
    missing_batches: droppedBatches,
  });
}

/** A file that is not there, or not right, may be mended while the agent runs. */
function credential(tokenFile: string | null, pins: readonly string[]): Credential | string {
  try {
    return readCredential(tokenFile, pins);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

const ENROL_PAUSES_S = [1, 2, 5, 10, 30];
const REFUSED_PAUSE_S = 300;

/** Asks until the server answers; a refusal is for the operator to mend and is asked again rarely. Null = stopped first. */
async function joinServer(
  { config, server, files, bootId, machine, pins, log }: ReportingParts,
  known: KnownServer,
  signer: Signer,
  pause: WakeablePause,
): Promise<Identity | null> {
  const tryToJoin = async (): Promise<EnrolOutcome> => {
    const token = credential(config.tokenFile, pins);
    if (typeof token === "string") return { kind: "refused", why: token };
    known.learn({ pins: token.pins });
    const link = known.linkTo(server, signer);
    const outcome = await joinOnce({ config, server, token, link, signer, files, bootId, machine });
    link.close();
    return outcome;
  };
  for (let attempt = 0; !pause.closed; attempt++) {
    const outcome = await tryToJoin();
    if (outcome.kind === "enrolled") {
      known.learn(outcome.identity);
      const waits = outcome.reply.state === "pending" ? "; a person must let it in there: truebound host approve" : "";
      log("info", `enrolled at ${server.href} as ${outcome.identity.agent}${nameTaken(outcome.reply)}${waits}`);
      return outcome.identity;
    }
    log("warn", `cannot enrol at ${server.href}: ${outcome.why}`);
    const pauseS = ENROL_PAUSES_S[Math.min(attempt, ENROL_PAUSES_S.length - 1)] as number;
    await pause.backOff(outcome.kind === "refused" ? REFUSED_PAUSE_S : pauseS);
  }
  return null;
}

/** What the disk does not keep is asked for again: by the same key and token the server gives the same answer. */
async function joinOnce(joining: Joining): Promise<EnrolOutcome> {
  try {
    return await join(joining);
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    return { kind: "try_again", why: (error as Error).message };
  }
}
