import { absolute, type HostReading } from "@truebound/time";
import type { ClockChange } from "./audit-log.ts";
import type { Sighting } from "./ports.ts";

/** A step of REALTIME and the two readings between which it fell. */
export interface SeenStep {
  /** ns, positive = forward. */
  readonly by: bigint;
  readonly before: HostReading;
  readonly after: HostReading;
}

const NEAR_NS = 2_000_000_000n;
const SAME_SIZE_NS = 1_000_000n;

/**
 * The recorded call that most likely made a step, or `null`. A hint and no proof: the record's time is that of the clock
 * that was moved. It counts where that time or the recorded size fits; a size that fits weighs more, for it is the kernel's
 * own, and a recorded size that does not fit weighs least.
 */
export function whoMoved(step: SeenStep, changes: readonly ClockChange[]): ClockChange | null {
  const ranked = changes.map((change) => ({ change, rank: rankOf(step, change) })).filter(({ rank }) => rank > 0);
  return (
    ranked.reduce<(typeof ranked)[number] | null>((best, next) => (best === null || next.rank >= best.rank ? next : best), null)?.change ??
    null
  );
}

function rankOf(step: SeenStep, change: ClockChange): number {
  if (!canStep(change)) return 0;
  const near = isNear(step, change.at);
  if (change.by === null) return near ? 2 : 0;
  const fits = absolute(change.by - step.by) <= SAME_SIZE_NS;
  return fits ? (near ? 4 : 3) : near ? 1 : 0;
}

/** Steering alone (frequency, tick, a slewed offset) makes no step. */
const canStep = ({ by, adjusted }: ClockChange): boolean => by !== null || adjusted.length === 0;

/** True when a time of the clock before or after its step falls between the two readings, give or take two seconds. */
function isNear({ before, after }: SeenStep, at: bigint): boolean {
  const elapsed = after.rawAfter - before.rawBefore;
  const within = (from: bigint) => at >= from - NEAR_NS && at <= from + elapsed + NEAR_NS;
  return within(before.realtime) || within(after.realtime - elapsed);
}

export function movedBy(step: SeenStep, { pid, command, exe, uid, auid, call, by }: ClockChange): Sighting {
  const sizes = { by_ns: by?.toString() ?? null, step_ns: step.by.toString() };
  return { kind: "clock_moved_by", detail: { pid, command, uid, auid, exe, call, ...sizes }, disrupts: null };
}
