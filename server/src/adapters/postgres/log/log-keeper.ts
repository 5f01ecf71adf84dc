import type pg from "pg";
import type { Log } from "../../../log.ts";
import type { HeadSigner } from "../../../log-book/ports.ts";
import type { Sample } from "../../../metrics/fleet-samples.ts";
import { beginLog, sealNow } from "./log-store.ts";

export interface LogKeeper {
  /** Before the first report is taken: from here on the log misses whatever is taken out before it was logged. */
  start(): Promise<void>;
  /** To be called about once a minute: what is new goes into the log, and a head over it is signed. */
  look(): Promise<void>;
  samples(): Sample[];
  /** Seconds since the last pass that went well, null = none did yet; and why the last one did not, null = it did. */
  state(): { readonly passedSecondsAgo: number | null; readonly trouble: string | null };
}

const BLOCKED =
  "select coalesce(sum(batches), 0)::bigint as batches, count(*)::integer as hosts from log_block where through_epoch is null";

/** What fails is told once, and tried again a minute later: agents keep what no head covers, and so does the database. */
export function logKeeper(pool: pg.Pool, signer: HeadSigner, log: Log): LogKeeper {
  let sealedMs: number | null = null;
  let hasFailed: boolean | null = null;
  let trouble: string | null = null;
  let blocked: { readonly batches: number; readonly hosts: number } | null = null;
  const work = async () => {
    const sealed = await sealNow(pool, signer);
    const [first, ...more] = sealed?.mismatches ?? [];
    if (first !== undefined)
      log.error(
        `Evidence is not what was received: ${JSON.stringify(first)}${more.length === 0 ? "" : `, and ${more.length} more`}; the log of its host stops there: truebound log show says what to do`,
      );
    const [row] = (await pool.query<{ batches: bigint; hosts: number }>(BLOCKED)).rows;
    blocked = { batches: Number(row?.batches ?? 0n), hosts: row?.hosts ?? 0 };
  };
  return {
    start: () => beginLog(pool),
    look: async () => {
      try {
        await work();
        if (hasFailed) log.info("The log goes on");
        [sealedMs, hasFailed, trouble] = [performance.now(), false, null];
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error);
        if (!hasFailed) log.error(`Cannot take evidence into the log: ${trouble}`);
        hasFailed = true;
      }
    },
    state: () => ({ passedSecondsAgo: sealedMs === null ? null : (performance.now() - sealedMs) / 1000, trouble }),
    samples: () => [
      ...(sealedMs === null ? [] : [{ family: "logAge" as const, labels: {}, value: (performance.now() - sealedMs) / 1000 }]),
      ...(hasFailed === null ? [] : [{ family: "logFailing" as const, labels: {}, value: hasFailed ? 1 : 0 }]),
      ...(blocked === null
        ? []
        : [
            { family: "logMismatches" as const, labels: {}, value: blocked.batches },
            { family: "logBlocked" as const, labels: {}, value: blocked.hosts },
          ]),
    ],
  };
}
