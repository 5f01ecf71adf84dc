import type { PtpLook, ReceivedMessages } from "./ptp-look.ts";

/**
 * Whether the clock that is heard sends its Syncs in one step or in two. No data set says it of another clock: it stands in each Sync's
 * flags, which pmc does not show. But a two-step clock sends a Follow_Up behind each Sync, and a port counts what it receives.
 * `both` = some Syncs come with one and some without: more than one clock is heard.
 */
export type SyncSteps = "one" | "two" | "both";

/** Fewer Syncs show nothing: a Follow_Up may still be on its way. */
const ENOUGH_SYNCS = 4n;

export class SyncStepsWatch {
  #parent: string | null = null;
  #since: ReceivedMessages | null = null;
  #found: SyncSteps | null = null;

  /** What is found by now of the clock that is heard; null = nothing yet, or this ptp4l does not count. */
  see({ parentPort, received }: Pick<PtpLook, "parentPort" | "received">): SyncSteps | null {
    if (parentPort !== this.#parent || received === null || this.#since === null || received.syncs < this.#since.syncs) {
      [this.#parent, this.#since, this.#found] = [parentPort, received, null];
      return null;
    }
    const syncs = received.syncs - this.#since.syncs;
    if (syncs < ENOUGH_SYNCS) return this.#found;
    this.#found = stepsOf(syncs, received.followUps - this.#since.followUps);
    this.#since = received;
    return this.#found;
  }
}

/** Of so many Syncs one Follow_Up may be missing at either end. */
function stepsOf(syncs: bigint, followUps: bigint): SyncSteps {
  if (followUps === 0n) return "one";
  return followUps + 1n >= syncs ? "two" : "both";
}
