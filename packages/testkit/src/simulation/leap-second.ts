import { sha1 } from "@truebound/agent";
import { BILLION, type Leap, type LeapList, leapsOf, renderLeapList, utc } from "@truebound/time";
import type { Policy } from "@truebound/wire";

/** A second that is inserted or deleted in the midst of a world. */
export interface LeapPlan {
  /** True seconds from the start to where the second is, or would be. */
  readonly atS: number;
  readonly step: 1 | -1;
  /** Agents are told of it by a list; else nobody tells them but their servers' leap indicators. */
  readonly isListed: boolean;
}

/** 2029-01-01: any midnight at which UTC can have a leap. */
const MIDNIGHT = utc(1_861_920_000n * BILLION);
const YEAR = 31_536_000n * BILLION;
const TAI_MINUS_UTC = 37;
/** What lies so near to a leap has two counts, or none, or is the kernel's own business. */
const NEAR_NS = 3n * BILLION;

export const leapList = (plan: LeapPlan | null): LeapList => ({
  updated: utc(MIDNIGHT - YEAR),
  expires: utc(MIDNIGHT + YEAR),
  rows: [
    { from: utc(0n), taiMinusUtc: TAI_MINUS_UTC },
    ...(plan === null ? [] : [{ from: MIDNIGHT, taiMinusUtc: TAI_MINUS_UTC + plan.step }]),
  ],
});

export const leapsIn = (plan: LeapPlan | null): readonly Leap[] => leapsOf(leapList(plan));

/** UTC at the start of such a world; undefined where no leap says when that is. */
export const startBefore = (plan: LeapPlan | null): bigint | undefined =>
  plan === null ? undefined : MIDNIGHT - BigInt(Math.round(plan.atS * 1e9));

/** What the server tells agents of leaps, and of what their sources do then. */
export const leapPolicy = (plan: LeapPlan, sources: readonly string[]): Partial<Policy> =>
  plan.isListed
    ? { leap_list: renderLeapList(leapList(plan), sha1), timescales: Object.fromEntries(sources.map((source) => [source, "utc" as const])) }
    : { timescales: Object.fromEntries(sources.map((source) => [source, "utc" as const])) };

/** @param elapsed true ns since the start */
export const isNearLeap = (plan: LeapPlan | null, elapsed: bigint): boolean => {
  const since = plan === null ? null : elapsed - BigInt(Math.round(plan.atS * 1e9));
  return since !== null && since > -NEAR_NS && since < NEAR_NS;
};
