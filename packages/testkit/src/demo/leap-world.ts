import { sha1 } from "@truebound/agent";
import { BILLION, divCeil, type LeapList, leapsOf, renderLeapList, utc } from "@truebound/time";
import type { RunningTime } from "../sim/sim-clock.ts";
import { LEAP_REHEARSED_AFTER_S } from "./fleet.ts";

/** A world like ours in which a second is inserted soon, and the leap list that its hosts have. */
export interface LeapWorld {
  readonly truth: RunningTime;
  readonly leapList: string;
}

const YEAR = 31_536_000n * BILLION;

export function leapWorld(truth: RunningTime): LeapWorld {
  const leap = utc(divCeil(truth.startUtc, BILLION) * BILLION + BigInt(LEAP_REHEARSED_AFTER_S) * BILLION);
  const list: LeapList = {
    updated: utc(leap - YEAR),
    expires: utc(leap + YEAR),
    rows: [
      { from: utc(leap - YEAR), taiMinusUtc: 37 },
      { from: leap, taiMinusUtc: 38 },
    ],
  };
  return { truth: { ...truth, leaps: leapsOf(list) }, leapList: renderLeapList(list, sha1) };
}
