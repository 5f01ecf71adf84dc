import type pg from "pg";
import type { Log } from "../../../log.ts";
import type { Sample } from "../../../metrics/fleet-samples.ts";
import { checkArchive } from "../../../retention/archive.ts";
import { makePartitions, type RetentionSettings, removeOld } from "./keep-evidence.ts";

export interface EvidenceKeeper {
  /** Before the first report is taken: the partitions that are due. */
  start(): Promise<void>;
  /** To be called every minute: each hour the partitions that are due are made, and what is past its age goes. */
  look(): Promise<void>;
  samples(): Sample[];
}

const HOUR_MS = 3_600_000;

/** What fails is told and tried again a minute later: without a partition reports go to DEFAULT, and nothing is lost. */
export function evidenceKeeper(pool: pg.Pool, settings: RetentionSettings, log: Log): EvidenceKeeper {
  let strayRows: number | null = null;
  let passedMs: number | null = null;
  const partitions = hourly(async () => {
    strayRows = await makePartitions(pool, log);
  });
  const removal = hourly(async () => {
    await removeOld(pool, settings, log);
    passedMs = performance.now();
  });
  const { archive = null } = settings;
  const check = hourly(async () => {
    if (archive !== null) await checkArchive(archive.store);
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
    samples: () => [
      ...(strayRows === null ? [] : [{ family: "defaultRows" as const, labels: {}, value: strayRows }]),
      ...(passedMs === null ? [] : [{ family: "retentionAge" as const, labels: {}, value: (performance.now() - passedMs) / 1000 }]),
    ],
  };
}

/** Does it at once, and then an hour after it was last done; one that failed was not done. */
function hourly(work: () => Promise<void>): () => Promise<void> {
  let doneMs: number | null = null;
  return async () => {
    if (doneMs !== null && performance.now() - doneMs < HOUR_MS) return;
    await work();
    doneMs = performance.now();
  };
}
