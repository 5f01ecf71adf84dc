import type pg from "pg";
import type { Log } from "../../../log.ts";
import type { Sample } from "../../../metrics/fleet-samples.ts";
import { type ArchiveStore, checkArchive } from "../../../retention/archive.ts";
import type { Reached } from "../../../system/facts.ts";
import { makePartitions, type RetentionSettings, RetentionTrouble, removeOld } from "./keep-evidence.ts";
import { readRetentionTime } from "./time-store.ts";

export interface EvidenceKeeper {
  /** Before the first report is taken: the partitions that are due. */
  start(): Promise<void>;
  /** To be called every minute: each hour the partitions that are due are made, and what is past its age goes. */
  look(): Promise<void>;
  samples(): Sample[];
  /** How the archive was found when it was tried last. */
  archive(): Reached;
}

const HOUR_MS = 3_600_000;

/** What fails is told and tried again a minute later: without a partition reports go to DEFAULT, and nothing is lost. */
export function evidenceKeeper(pool: pg.Pool, settings: RetentionSettings, log: Log): EvidenceKeeper {
  let strayRows: number | null = null;
  let passedMs: number | null = null;
  let failures: number | null = null;
  const partitions = hourly(async () => {
    strayRows = await makePartitions(pool, log);
  });
  const clock = clockWatch(pool, log);
  const removal = hourly(async () => {
    await clock.look();
    await removeOld(pool, settings, log).catch((error: unknown) => {
      failures = error instanceof RetentionTrouble ? error.count : 1;
      throw error;
    });
    [passedMs, failures] = [performance.now(), 0];
  });
  const { archive = null } = settings;
  let reached: Reached = { kind: archive === null ? "none" : "unknown" };
  const check = hourly(async () => {
    if (archive === null) return;
    reached = await reach(archive.store);
    if (reached.kind === "trouble") throw new Error(reached.why);
  });
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      log.warn(`Cannot ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const make = () => attempt("make partitions", partitions);
  return {
    start: make,
    look: async () => {
      await make();
      await attempt("use the archive", check);
      await attempt("remove old evidence", removal);
    },
    archive: () => reached,
    samples: () => [
      ...(strayRows === null ? [] : [{ family: "defaultRows" as const, labels: {}, value: strayRows }]),
      ...(passedMs === null ? [] : [{ family: "retentionAge" as const, labels: {}, value: (performance.now() - passedMs) / 1000 }]),
      ...(failures === null ? [] : [{ family: "retentionFailures" as const, labels: {}, value: failures }]),
      ...clock.samples(),
    ],
  };
}

/** Writes something there and reads it again. */
export const reach = (store: ArchiveStore): Promise<Reached> =>
  checkArchive(store).then(
    () => ({ kind: "works" }),
    (error: unknown) => ({ kind: "trouble", why: error instanceof Error ? error.message : String(error) }),
  );

/** Tells once that the database's clock is ahead of what the fleet proves, and once that it is no longer. */
function clockWatch(pool: pg.Pool, log: Log) {
  let ahead: bigint | null = null;
  let wasHeldBack = false;
  return {
    look: async (): Promise<void> => {
      const time = await readRetentionTime(pool);
      ahead = time.ahead;
      if (time.isHeldBack === wasHeldBack) return;
      wasHeldBack = time.isHeldBack;
      if (!wasHeldBack) log.info("The database's clock and the fleet agree again: ages count by the database's clock");
      else log.warn(`The database's clock is ${Number(time.ahead) / 1e9} s ahead of what the fleet proves: ${HELD_BACK}`);
    },
    samples: (): Sample[] => (ahead === null ? [] : [{ family: "retentionClockAhead", labels: {}, value: Number(ahead) / 1e9 }]),
  };
}

const HELD_BACK = "what would be past its age by that clock alone stays; set the clock right, or see why no host reports";

/** Does it at once, and then an hour after it was last done; one that failed was not done. */
function hourly(work: () => Promise<void>): () => Promise<void> {
  let doneMs: number | null = null;
  return async () => {
    if (doneMs !== null && performance.now() - doneMs < HOUR_MS) return;
    await work();
    doneMs = performance.now();
  };
}
