import { type ExpositionFormat, expositionEnd } from "@truebound/wire";
import { openOwnListener, type Page } from "../adapters/own-listener.ts";
import { Textfile } from "../adapters/textfile.ts";
import type { Agent } from "../agent.ts";
import type { Log } from "../log/log-line.ts";
import { agentPage } from "../metrics/agent-page.ts";
import { type ChronyTestimony, chronyPage } from "../metrics/chrony-page.ts";
import type { DaemonWitness } from "../observe/ports.ts";
import type { Clocks } from "../probe/ports.ts";
import type { PublishSettings } from "../publish/publish-settings.ts";
import { VERSION } from "../version.ts";

export interface PublishingParts {
  readonly settings: PublishSettings;
  readonly agent: Pick<Agent, "monitor" | "limitNs" | "daemonFindings">;
  readonly clocks: Clocks;
  /** Null where the clocks are simulated. */
  readonly witness: DaemonWitness | null;
  readonly log: Log;
}

/** Joins what this host tells on its own machine to what is known of its clock. Resolves once it is told, or cannot be. */
export async function startPublishing(parts: PublishingParts): Promise<{ close(): Promise<void> }> {
  const { settings, log } = parts;
  const page = pageOf(parts);
  const listener = await openOwnListener(settings, page, log);
  const textfile = settings.textfile === null ? null : new Textfile(settings.textfile, () => page("text"), log);
  await textfile?.start();
  return {
    close: async () => {
      textfile?.close();
      await listener?.close();
    },
  };
}

function pageOf({ settings, agent, clocks, witness }: PublishingParts): Page {
  const ask = witness === null || !settings.chrony ? null : together(witness);
  return async (format: ExpositionFormat) => {
    const testimony = await ask?.();
    const { monitor, limitNs, daemonFindings } = agent;
    const present = monitor.current === null ? null : monitor.present;
    const ageNs = present === null ? 0n : clocks.read().rawBefore - present.row.reading.rawAfter;
    const own = agentPage({ present, ageNs, limitNs, steps: monitor.steps, daemon: daemonFindings, version: VERSION }, format);
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
