import { offsetInWords, worstError } from "@truebound/time";
import { type ExpositionFormat, expositionEnd } from "@truebound/wire";
import { type OwnPages, openOwnListener, type Page } from "../adapters/own-listener.ts";
import { Textfile } from "../adapters/textfile.ts";
import type { Agent } from "../agent.ts";
import { gateOf, passage } from "../ask/gate.ts";
import { type CardSaid, sayCard } from "../card-stamps/say-cards.ts";
import type { StampingCards } from "../card-stamps/stamping-cards.ts";
import { spanOf } from "../check/arguments.ts";
import type { Log } from "../log/log-line.ts";
import { agentPage } from "../metrics/agent-page.ts";
import { type ChronyTestimony, chronyPage } from "../metrics/chrony-page.ts";
import type { DaemonWitness } from "../observe/ports.ts";
import type { Clocks } from "../probe/ports.ts";
import { type HostAnswerFacts, hostNow, hostStatus } from "../publish/host-answer.ts";
import type { PublishSettings } from "../publish/publish-settings.ts";
import { VERSION } from "../version.ts";

export interface PublishingParts {
  readonly settings: PublishSettings;
  readonly agent: Pick<Agent, "monitor" | "limitNs" | "daemonFindings" | "lookNow">;
  /** Who this host is to its server by now, and where that is. */
  readonly host: () => Pick<HostAnswerFacts, "host" | "server">;
  readonly clocks: Clocks;
  /** Null where the clocks are simulated. */
  readonly witness: DaemonWitness | null;
  /** Absent where no network card's stamps are looked for. */
  readonly cards?: StampingCards;
  readonly log: Log;
}

/** Joins what this host tells on its own machine to what is known of its clock. Resolves once it is told, or cannot be. */
export async function startPublishing(parts: PublishingParts): Promise<{ close(): Promise<void> }> {
  const { settings, log } = parts;
  const page = pageOf(parts);
  const facts = (): HostAnswerFacts => answerFacts(parts);
  const pages = { metrics: page, now: () => hostNow(facts()), status: () => hostStatus(facts()), ready: readiness(parts) };
  const listener = await openOwnListener(settings, pages, log);
  const textfile = settings.textfile === null ? null : new Textfile(settings.textfile, () => page("text"), log);
  await textfile?.start();
  return {
    close: async () => {
      textfile?.close();
      await listener.close();
    },
  };
}

/** Of a reading made now: an age would have to be bounded, and a step since then could not be. */
function answerFacts({ agent, host, cards }: PublishingParts): HostAnswerFacts {
  const present = agent.lookNow();
  const { limitNs, daemonFindings, monitor } = agent;
  return { ...host(), present, limitNs, steps: monitor.steps, daemon: daemonFindings, cards: cardsSaid(cards), version: VERSION };
}

const cardsSaid = (cards: StampingCards | undefined): CardSaid[] => cards?.states().map(sayCard) ?? [];

/** `/ready`: for probes that only look at the code of an answer. */
const readiness =
  ({ agent }: PublishingParts): OwnPages["ready"] =>
  (query) => {
    const gate = gateOf(query, spanOf);
    if (typeof gate === "string") return { status: 400, says: gate };
    const { status, reason, offset } = agent.lookNow().row;
    const seen = passage(gate, { status, reason, worstError: offset && worstError(offset) });
    return seen.open
      ? { status: 200, says: offset === null ? "" : offsetInWords(offset) }
      : { status: 503, says: `Not ready: ${seen.why}` };
  };

function pageOf({ settings, agent, clocks, witness, cards }: PublishingParts): Page {
  const ask = witness === null || !settings.chrony ? null : together(witness);
  return async (format: ExpositionFormat) => {
    const testimony = await ask?.();
    const { monitor, limitNs, daemonFindings } = agent;
    const present = monitor.current === null ? null : monitor.present;
    const ageNs = present === null ? 0n : clocks.read().rawBefore - present.row.reading.rawAfter;
    const facts = { present, ageNs, limitNs, steps: monitor.steps, daemon: daemonFindings, cards: cardsSaid(cards), version: VERSION };
    const own = agentPage(facts, format);
    return own + (testimony === undefined ? "" : chronyPage(testimony, format)) + expositionEnd(format);
  };
}

/** chronyd is asked once at a time, however many ask us. */
function together(witness: DaemonWitness): () => Promise<ChronyTestimony> {
  let asked: Promise<ChronyTestimony> | null = null;
  const ask = async (): Promise<ChronyTestimony> => {
    const [tracking, sources] = await Promise.all([witness.tracking(), witness.sources()]);
    return { tracking, sources };
  };
  return () => {
    asked ??= ask().finally(() => {
      asked = null;
    });
    return asked;
  };
}
