import { join as joinPath } from "node:path";
import { genesisText } from "@truebound/wire";
import type { IdentityFiles } from "../adapters/identity-file.ts";
import { sha256 } from "../adapters/identity-file.ts";
import type { Rung } from "../adapters/ladder.ts";
import { SegmentFiles } from "../adapters/segment-files.ts";
import type { Agent } from "../agent.ts";
import { type Config, ConfigError } from "../config.ts";
import type { EnrolOutcome } from "../report/enrol.ts";
import { sayGoodbye } from "../report/goodbye.ts";
import { ChangingSigner, KeyRotation } from "../report/key-rotation.ts";
import type { Machine } from "../report/machine.ts";
import { Outbox } from "../report/outbox.ts";
import type { Identity, ServerLink, Signer } from "../report/ports.ts";
import { Spool } from "../spool/spool.ts";
import { VERSION } from "../version.ts";
import { type Credential, join, readCredential } from "./join.ts";
import type { Log } from "./run.ts";
import { KnownServer } from "./server-trust.ts";
import { WakeablePause } from "./wakeable-pause.ts";

export interface ReportingParts {
  readonly config: Config;
  readonly server: URL;
  readonly agent: Agent;
  readonly rung: Rung;
  readonly files: IdentityFiles;
  readonly bootId: string;
  readonly machine: Machine;
  /** By which the server is known, where its token says no more. */
  readonly pins: readonly string[];
  readonly log: Log;
}

/** Enrols if need be, then sends until stopped. */
export function startReporting(parts: ReportingParts): { stop: () => Promise<void> } {
  const { config, server, agent, rung, files, bootId, log } = parts;
  const signer = new ChangingSigner(files.signer());
  const known = new KnownServer(files.identity(), log);
  const link = known.linkTo(server, signer);
  const pause = new WakeablePause();
  let outbox: Outbox | null = null;

  const sending = (async () => {
    const spool = new Spool(new SegmentFiles(joinPath(config.dataDir, "spool")));
    const identity = knownIdentity(files, spool) ?? (await joinServer(parts, known, signer, pause));
    if (identity === null) return;
    let kept = identity;
    const keep = (change: Partial<Identity>) => {
      kept = { ...kept, ...change };
      files.keep(kept);
    };
    const rotation = new KeyRotation({ agent: identity.agent, link, signer, next: files.nextKey(), now: () => performance.now(), log });
    const box = new Outbox(identity, {
      spool,
      link,
      sha256,
      genesis: (id, epoch) => sha256.hex(genesisText(id, epoch)),
      sent: () => `${bootId} ${rung.clocks.read().boottime}`,
      random: Math.random,
      idle: () => pause.idle(),
      backOff: (seconds) => pause.backOff(seconds),
      onPolicy: (policy) => agent.offerPolicy(policy),
      onPins: (pins) => {
        if (pins.length === 0 || pins.join() === known.pins.join()) return;
        known.learn({ pins });
        keep({ pins });
        log("info", `the server's TLS keys are now pinned as ${pins.join(", ")}`);
      },
      onRotation: (isWished) => rotation.consider(isWished),
      onEpoch: (epoch) => keep({ epoch }),
      log,
    });
    outbox = box;
    declareLoss(box, agent, log);
    if (identity.fresh) keep({ fresh: false });
    agent.enrolled({ agent: identity.agent, bootId, software: `truebound-agent/${VERSION}` }, (batch) => {
      const put = box.put(Buffer.from(JSON.stringify(batch)));
      if (put.kind !== "durable")
        log("warn", `cannot write the spool: ${put.why}; this report is ${put.kind === "held" ? "held in memory" : "lost"}`);
      if (put.kind === "dropped") agent.lost(1);
      pause.wake();
    });
    await box.run();
    await box.flushOnce();
    await rotation.settled();
    if (identity.ephemeral === true && (await leave(link, kept, spool))) {
      keep({ retired: true });
      log("info", `said goodbye to ${server.href}: this ephemeral host is retired there`);
    }
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

/** Names the newest batch of the spool: counts only where the server has it. */
const leave = (link: ServerLink, { agent, epoch }: Identity, { last }: Spool): Promise<boolean> =>
  sayGoodbye(link, { agent, epoch: last?.epoch ?? epoch, last_seq: last?.seq ?? 0 });

/** The identity of an earlier run. Where its spool is gone its chain cannot be continued: a new epoch says so. */
function knownIdentity(files: IdentityFiles, spool: Spool): Identity | null {
  const identity = files.identity();
  if (identity?.retired === true) return null;
  if (identity === null || spool.last !== null || identity.fresh) return identity;
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
    const outcome = await join({ config, server, token, link, signer, files, bootId, machine });
    link.close();
    return outcome;
  };
  for (let attempt = 0; !pause.closed; attempt++) {
    const outcome = await tryToJoin();
    if (outcome.kind === "enrolled") {
      known.learn(outcome.identity);
      const waits = outcome.reply.state === "pending" ? "; a person must let it in there: truebound host approve" : "";
      log("info", `enrolled at ${server.href} as ${outcome.identity.agent}${waits}`);
      return outcome.identity;
    }
    log("warn", `cannot enrol at ${server.href}: ${outcome.why}`);
    const pauseS = ENROL_PAUSES_S[Math.min(attempt, ENROL_PAUSES_S.length - 1)] as number;
    await pause.backOff(outcome.kind === "refused" ? REFUSED_PAUSE_S : pauseS);
  }
  return null;
}
