import { CARRIER_ORIGIN, CARRIER_SCHEME } from "@truebound/wire";
import { CarrierFiles } from "../adapters/carrier-files.ts";
import { sha256 } from "../adapters/identity-file.ts";
import type { CarriedState } from "../carrier/carried-state.ts";
import { Outbox } from "../report/outbox.ts";
import type { ServerLink } from "../report/ports.ts";
import { stated } from "../report/stated.ts";
import { VERSION } from "../version.ts";
import { Papers } from "./papers.ts";
import { ReportKeeper } from "./report-keeper.ts";
import {
  declareLoss,
  heldIdentity,
  nextPlace,
  type Opened,
  openSpool,
  outboxPorts,
  type Reporting,
  type ReportingParts,
} from "./reporting.ts";
import { KnownServer } from "./server-trust.ts";
import { WakeablePause } from "./wakeable-pause.ts";

/** True for a server that no road leads to. */
export const isCarried = (server: URL): boolean => server.protocol === `${CARRIER_SCHEME}:`;

const NO_ANSWER = Promise.resolve({ kind: "no_answer", reason: `${CARRIER_ORIGIN} is reached by files alone` } as const);
const NO_ROAD: ServerLink = { post: () => NO_ANSWER, postSigned: () => NO_ANSWER, postBatches: () => NO_ANSWER };

/** What a server asks of now is long past when it arrives, and is heard anew at each start. */
const TOO_LATE = { onAsked: () => undefined, onAssignment: () => undefined };

/** Puts reports into the spool, where they wait to be carried; with each it looks for what came back. */
export function startCarrying(parts: ReportingParts): Reporting {
  const { agent, files, bootId, signer, log } = parts;
  const pause = new WakeablePause(parts.alarm);
  const keeper = new ReportKeeper(agent, log);
  let chain: Opened | null = null;
  const ended = (async () => {
    const identity = heldIdentity(files);
    if (identity === null) return log("warn", "not let in yet: truebound-agent enroll --request FILE writes what asks for it; measuring");
    let hear: () => void = () => {};
    agent.enrolled({ agent: identity.agent, bootId, software: `truebound-agent/${VERSION}` }, (batch) => {
      const put = keeper.take(stated(batch, signer, sha256.hex));
      hear();
      return put;
    });
    const opened = await openSpool(parts, identity, keeper, pause);
    if (opened === null) return;
    chain = opened;
    const known = new KnownServer(opened.identity, log, { proxy: parts.config.proxy, told: parts.pins, dial: parts.dial });
    const ports = outboxPorts(parts, opened.spool, new Papers(opened.identity, files), NO_ROAD, known, pause);
    const box = new Outbox(opened.identity, { ...ports, ...TOO_LATE });
    declareLoss(box.loss, agent, log);
    keeper.openedTo(box);
    hear = hearing(new CarrierFiles(parts.config.dataDir), box, log);
    hear();
    log("info", "reports wait in the spool to be carried: truebound-agent spool export");
  })();
  return { ended, stop: async () => pause.close(), next: () => chain && nextPlace(chain) };
}

/** What was acknowledged is taken up once, and again at each start: it says the same then. */
function hearing(carrier: CarrierFiles, box: Pick<Outbox, "hear">, log: ReportingParts["log"]): () => void {
  let taken = "";
  return () => {
    const state = stateOf(carrier, log);
    const word = JSON.stringify([state?.answered, state?.heard]);
    if (state === null || word === taken) return;
    taken = word;
    for (const answer of state.heard) box.hear(answer);
  };
}

/** A road leads to the server again: what that said in files before is older than what it says now, and must not be heard after it. */
export function overtaken(carrier: CarrierFiles, log: ReportingParts["log"]): void {
  try {
    const state = carrier.state();
    if (state.heard.length > 0) carrier.keep({ ...state, heard: [] });
  } catch (error) {
    log("warn", `cannot forget what the server said in files: ${(error as Error).message}`);
  }
}

function stateOf(carrier: CarrierFiles, log: ReportingParts["log"]): CarriedState | null {
  try {
    return carrier.state();
  } catch (error) {
    log("warn", (error as Error).message);
    return null;
  }
}
