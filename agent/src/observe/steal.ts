import type { Sighting } from "./ports.ts";

/** Processor time of all CPUs since boot, in ticks of USER_HZ (proc_stat(5)): all of it, and what the hypervisor took. */
export interface CpuTimes {
  readonly total: number;
  readonly steal: number;
}

const STEAL_COLUMN = 7;

/** The summary line of /proc/stat; null on a kernel that does not count steal. guest is contained in user and not added twice. */
export function parseCpuTimes(text: string): CpuTimes | null {
  const columns = /^cpu +([0-9 ]{15,400})(?:\n|$)/.exec(text)?.[1]?.trim().split(/ +/).map(Number) ?? [];
  const steal = columns[STEAL_COLUMN];
  const total = columns.slice(0, STEAL_COLUMN + 1).reduce((sum, ticks) => sum + ticks, 0);
  return steal === undefined || !Number.isSafeInteger(total) ? null : { total, steal };
}

export interface CpuSample extends CpuTimes {
  /** RAW, ns. */
  readonly at: bigint;
}

/** Samples of the last minute, oldest first, and whether steal was last called high. */
export interface StealState {
  readonly samples: readonly CpuSample[];
  readonly high: boolean;
}

export const FRESH_STEAL: StealState = { samples: [], high: false };

const WINDOW_NS = 60_000_000_000n;
const SPACING_NS = 5_000_000_000n;
const HIGH_PPM = 100_000;
const NORMAL_PPM = 50_000;

/** True when another sample is due. */
export const stealIsDue = ({ samples }: StealState, at: bigint): boolean => at - (samples.at(-1)?.at ?? at - SPACING_NS) >= SPACING_NS;

/**
 * The share of processor time that the hypervisor withheld over the last minute. Above a tenth it is said once, below a
 * twentieth it is taken back. A flag on the quality of userland stamps and of the pace of the agent; no part of any bound.
 */
export function watchSteal(state: StealState, now: CpuSample): { state: StealState; sighting: Sighting | null } {
  const samples = [...within(state.samples, now), now];
  const share = shareOf(samples[0] as CpuSample, now);
  if (share === null) return { state: { samples, high: state.high }, sighting: null };
  const high = state.high ? share >= NORMAL_PPM : share > HIGH_PPM;
  const sighting: Sighting = { kind: high ? "steal_high" : "steal_normal", detail: { share_ppm: share }, disrupts: null };
  return { state: { samples, high }, sighting: high === state.high ? null : sighting };
}

/** The share as of the latest sample; null = not known. */
export const stealShare = ({ samples }: StealState): number | null =>
  samples.length < 2 ? null : shareOf(samples[0] as CpuSample, samples.at(-1) as CpuSample);

/** Keeps one sample that is a minute old, and all younger ones. Counters that ran backwards begin a new window. */
function within(samples: readonly CpuSample[], now: CpuSample): readonly CpuSample[] {
  const last = samples.at(-1);
  if (last !== undefined && (now.total < last.total || now.steal < last.steal)) return [];
  const old = samples.findLastIndex(({ at }) => now.at - at >= WINDOW_NS);
  return samples.slice(Math.max(0, old));
}

/** Parts per million of all processor time; null before a whole minute has been seen. */
function shareOf(from: CpuSample, to: CpuSample): number | null {
  const total = to.total - from.total;
  if (to.at - from.at < WINDOW_NS || total <= 0) return null;
  return Math.round(((to.steal - from.steal) * 1e6) / total);
}
