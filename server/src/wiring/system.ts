import { randomUUID } from "node:crypto";
import { statfs } from "node:fs/promises";
import { hostname } from "node:os";
import type { LeapList } from "@truebound/time";
import type pg from "pg";
import { schemaState } from "../adapters/postgres/migrate.ts";
import { forgetServer, noteServer, readSystem } from "../adapters/postgres/system-store.ts";
import { VERSION } from "../adapters/software.ts";
import { serverClock } from "../alert/findings/fleet.ts";
import type { HostSeen } from "../alert/host-facts.ts";
import type { Counters } from "../metrics/families.ts";
import type { Sample } from "../metrics/fleet-samples.ts";
import { CheckStatuses } from "../system/check-statuses.ts";
import { systemChecks } from "../system/checks.ts";
import type { DatabaseFacts, ProcessFacts, Reached, SystemFacts } from "../system/facts.ts";
import { RecentCounts } from "../system/recent-counts.ts";

export interface SystemParts {
  readonly pool: pg.Pool;
  readonly fleet: { entries(): readonly HostSeen[] };
  readonly bootId: string | null;
  readonly leaps: () => LeapList;
  readonly isAnchored: boolean;
  readonly archive: () => Reached;
  /** Folder of a database that lies on this machine; null = it does not. */
  readonly databaseDir: string | null;
  /** What the parts of this process say of themselves. */
  readonly samples: () => readonly Sample[];
  readonly judges: () => boolean;
  readonly monotonic: () => number;
}

/** How the service itself stands, and that this process is there. */
export function joinSystem(parts: SystemParts) {
  const recent = new RecentCounts(parts.monotonic);
  const server = { id: randomUUID(), name: hostname(), version: VERSION };
  const statuses = new CheckStatuses(parts.monotonic);
  const ofProcess = (): ProcessFacts => {
    const turnedAway = recent.lastHour();
    const quarantined = turnedAway.get(QUARANTINED) ?? 0;
    turnedAway.delete(QUARANTINED);
    return { samples: parts.samples(), ownClock: serverClock(parts.fleet.entries(), parts.bootId), turnedAway, quarantined };
  };
  const look = async (): Promise<SystemFacts> => ({
    version: VERSION,
    database: await databaseOrWhy(parts.pool, parts.monotonic),
    process: ofProcess(),
    leaps: parts.leaps(),
    isAnchored: parts.isAnchored,
    archive: parts.archive(),
    disk: await diskOf(parts.databaseDir),
  });
  return {
    /** Counts as before, and remembers what of it matters here. */
    remembering: (counters: Counters): Counters => ({
      add: (counter, labels, count) => {
        counters.add(counter, labels, count);
        if (counter === "refusals") recent.add(labels.code ?? "", count);
        if (counter === "batches" && labels.verdict === QUARANTINED) recent.add(QUARANTINED, count);
      },
    }),
    look,
    /** For the metrics: how each thing stood at the last note. */
    samples: () => statuses.samples(),
    /** What cannot be said now is said the next time. */
    note: async (): Promise<void> => {
      await noteServer(parts.pool, server, parts.judges()).catch(() => {});
      statuses.seen(systemChecks(await look()));
    },
    leave: () => forgetServer(parts.pool, server).catch(() => {}),
  };
}

const QUARANTINED = "quarantined";

/** What it says, and how long it took for that, by our own monotonic clock in ms; or why it says nothing. */
export async function databaseOrWhy(pool: pg.Pool, monotonic: () => number = () => performance.now()): Promise<DatabaseFacts | string> {
  const beganMs = monotonic();
  try {
    const { kind } = await schemaState(pool);
    if (kind === "behind") return "its schema is older than this software: truebound migrate";
    const said = await readSystem(pool);
    return { ...said, tookMs: Math.ceil(monotonic() - beganMs) };
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
}

/** What is free for whoever runs the database; null = nobody can say. */
export async function diskOf(folder: string | null): Promise<SystemFacts["disk"]> {
  if (folder === null) return null;
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch {
    return null;
  }
}
