import { chronySettings } from "../discover/chrony-conf.ts";
import type { ChronyReading } from "../observe/chrony-reading.ts";
import { changedSinceStart, type Daemon, type RunningDaemon } from "../observe/running-daemon.ts";
import { type ChronyFiles, readChronyArguments, readChronyFiles } from "./chrony-files.ts";

/** What the running chronyd was told: by its command line, the file that this names, or its usual file. Null = nothing found. */
export function readRunningChrony(running: RunningDaemon, now: { realtime: bigint; boottime: bigint }): ChronyReading | null {
  const daemon = [...running.daemons, ...running.bystanders].find(({ kind }) => kind === "chronyd");
  const files = filesOf(daemon);
  if (files === null) return null;
  const { path, directives, unread, newestChangeNs } = files;
  const changed = daemon === undefined ? null : changedSinceStart(daemon, newestChangeNs, now.realtime, now.boottime);
  // On a command line nothing changes after the start, unless it names files.
  const fixed = daemon !== undefined && daemon.directives.length > 0 && newestChangeNs === 0n;
  return { path, settings: chronySettings(directives), unread, changedSinceStart: fixed ? false : changed };
}

function filesOf(daemon: Daemon | undefined): ChronyFiles | null {
  if (daemon === undefined) return readChronyFiles();
  if (daemon.directives.length > 0) return readChronyArguments(daemon.directives);
  const { configPath } = daemon;
  if (configPath === null || configPath.startsWith("/")) return readChronyFiles(configPath ?? undefined);
  return { path: configPath, directives: [], newestChangeNs: 0n, unread: [`${configPath}: its folder is known to chronyd only`] };
}
