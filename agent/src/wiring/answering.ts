import { type PartsPerBillion, UNKNOWN_SLEW } from "@truebound/time";
import { sha256 } from "../adapters/identity-file.ts";
import type { Rung } from "../adapters/ladder.ts";
import { openResponder } from "../adapters/open-responder.ts";
import type { HostMonitor } from "../bound/host-monitor.ts";
import type { Log } from "../log/log-line.ts";
import type { MeshParts } from "../peers/neighbours.ts";
import type { PeerSettings } from "../responder/peer-settings.ts";
import { ResponderKeeper } from "../responder/responder-keeper.ts";
import { rulerId } from "../responder/ruler-id.ts";

export interface AnsweringParts {
  readonly settings: PeerSettings;
  readonly rung: Rung;
  readonly bootId: string;
  /** null = the agent is not there yet. */
  readonly monitor: () => HostMonitor | null;
  readonly log: Log;
}

/** Joins what answers peers to what is known of this host's clock. */
export function joinAnswering({ settings, rung, bootId, monitor, log }: AnsweringParts): { mesh: MeshParts; close: () => Promise<void> } {
  const started = rung.clocks.read().rawAfter;
  const nameOf = (disruptions: number) => rulerId({ bootId, started, disruptions }, sha256.hex);
  // The responder reads RAW: what is known beside another ruler is nothing to it.
  const known = () => (rung.clocks.ruler === "raw" ? monitor() : null);
  const keeper = new ResponderKeeper({
    settings,
    open: rung.answer ?? openResponder,
    own: () => known()?.ownFacts() ?? null,
    ruler: {
      id: () => namedOrNull(known(), nameOf),
      slew: (): PartsPerBillion => known()?.ownFacts()?.slew ?? UNKNOWN_SLEW,
    },
    log,
  });
  return {
    mesh: {
      rulerId: nameOf,
      asks: !settings.off,
      answering: {
        answer: (rule, askers) => keeper.tend(rule, askers, performance.now()),
        get standing() {
          return { answers: keeper.answers, trouble: keeper.trouble, requests: keeper.requests };
        },
      },
    },
    close: () => keeper.close(),
  };
}

const namedOrNull = (monitor: HostMonitor | null, nameOf: (disruptions: number) => number): number | null =>
  monitor === null ? null : nameOf(monitor.disruptions);
