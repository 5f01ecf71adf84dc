import { setTimeout as wait } from "node:timers/promises";
import type pg from "pg";

/** Whoever has it makes a report; nobody else does meanwhile. */
export const REPORT_TURN = "truebound report";
const TRY = "select pg_try_advisory_lock(hashtext($1)) as mine";
const RELEASE = "select pg_advisory_unlock(hashtext($1))";

const ASK_EVERY_MS = 500;
/** Then it is made all the same: whoever has the turn may be a process that somebody stopped. What is made first is then what counts. */
const LONGEST_MS = 3_600_000;

/**
 * Does the work once no other process on the database makes a report: each goes on from the one before, so that of two at once the
 * later one would have to be made again. Rejects when it is given up meanwhile.
 */
export async function inTurn<T>(pool: pg.Pool, signal: AbortSignal, work: () => Promise<T>, longestMs = LONGEST_MS): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const isMine = async (): Promise<boolean> => (await client.query<{ mine: boolean }>(TRY, [REPORT_TURN])).rows[0]?.mine === true;
  try {
    const began = performance.now();
    let mine = await isMine();
    while (!mine && performance.now() - began < longestMs) {
      await wait(ASK_EVERY_MS, undefined, { signal });
      mine = await isMine();
    }
    try {
      return await work();
    } finally {
      if (mine) await client.query(RELEASE, [REPORT_TURN]).catch((cause: Error) => (broken = cause));
    }
  } finally {
    client.release(broken);
  }
}
