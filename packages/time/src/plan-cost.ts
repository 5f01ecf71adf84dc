import { polled, readEvery, type Situation } from "./plan.ts";
import { BILLION, divCeil } from "./units.ts";

/** What it costs to measure a host at a pace. Estimates from what was measured, rounded up; no bound rests on them. */
export interface PlanCost {
  /** NTP packets in a day, requests and replies. */
  readonly packetsPerDay: bigint;
  /** Of one processor, in millionths: exchanges and readings of the clocks. */
  readonly processorPpm: bigint;
  /** Of the server's database in a day, for exchanges. */
  readonly diskBytesPerDay: bigint;
}

/** Each figure is measured, and docs/what-can-be-proved.md says by what command; ns of one processor, and bytes. */
export const COSTS = {
  exchangeNs: 1_500_000n,
  readingNs: 2_100_000n,
  exchangeBytes: 39n,
} as const;

const DAY = 86_400n * BILLION;

export function costOf(situation: Situation): PlanCost {
  const exchanges = polled(situation).reduce((sum, apart) => sum + divCeil(DAY, apart), 0n);
  const readings = divCeil(DAY, readEvery(situation));
  return {
    packetsPerDay: 2n * exchanges,
    processorPpm: divCeil((exchanges * COSTS.exchangeNs + readings * COSTS.readingNs) * 1_000_000n, DAY),
    diskBytesPerDay: exchanges * COSTS.exchangeBytes,
  };
}
