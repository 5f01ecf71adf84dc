import type { ChronySettings } from "../discover/chrony-conf.ts";
import type { RunningDaemon } from "./running-daemon.ts";

/** The configuration of the chronyd that runs here, or would, and how far it can be relied on. */
export interface ChronyReading {
  readonly path: string;
  readonly settings: ChronySettings;
  /** What could not be read; a setting may stand there. */
  readonly unread: readonly string[];
  /** Whether it changed after the daemon had read it; null = no daemon, or unknown. */
  readonly changedSinceStart: boolean | null;
}

/**
 * The rate at which chronyd slews this clock at most, ppm, its frequency correction not counted; null where that cannot be
 * known: another or a second daemon steers, one may run unseen, or the configuration is not all read, or not the one in use.
 */
export function knownMaxSlewPpm(running: RunningDaemon, chrony: ChronyReading | null): number | null {
  const [daemon] = running.daemons;
  if (running.kind !== "one" || !running.seesAll || daemon?.kind !== "chronyd") return null;
  if (chrony === null || chrony.unread.length > 0 || chrony.changedSinceStart !== false) return null;
  return chrony.settings.maxSlewPpm;
}
