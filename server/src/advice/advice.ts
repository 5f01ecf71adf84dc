import { atMost, divCeil } from "@truebound/time";

/** Minutes of one host, or of several. */
export interface MinuteCount {
  /** That the period has, while each host belonged to the fleet. */
  readonly minutes: number;
  /** Those with a bound that counts. */
  readonly known: number;
}

/**
 * The place, from 1, of the value that 99.9 % of all minutes stay within, among the known ones in order. What is unknown ranks behind
 * all that is known: null = the value is one of those.
 */
export function rankOf({ minutes, known }: MinuteCount): number | null {
  if (minutes === 0) return null;
  const rank = Number(divCeil(BigInt(minutes) * 999n, 1000n));
  return rank <= known ? rank : null;
}

export interface Measured extends MinuteCount {
  readonly hosts: number;
  /** Null = unknown. */
  readonly worst: bigint | null;
  readonly apart: bigint | null;
}

/** After so long whoever read the clock of any of these hosts has the stamp behind him: it may be ahead by the worst error, and his behind by it. */
export const commitWait = ({ worst }: Pick<Measured, "worst">): bigint | null => worst && 2n * worst;

export function sentences(measured: Measured): string[] {
  const { hosts, minutes, known, worst, apart } = measured;
  const basis = `${minutesOf(minutes)} of ${hosts === 1 ? "one host" : `${hosts} hosts`}, of which ${minutes - known} ${minutes - known === 1 ? "has" : "have"} no bound that counts`;
  const found =
    worst === null || apart === null
      ? [`Nothing can be advised: it rests on ${basis}, and more than one in a thousand is too many`, ...remedy(measured)]
      : [
          `Wait ${atMost(2n * worst)} before a commit is told: twice the worst error of ${atMost(worst)}, which 99.9 % of the minutes stay within`,
          `Allow ${atMost(apart)} between two clocks: 99.9 % of the minutes stay within it`,
          `Both rest on ${basis}; these count as beyond every value`,
        ];
  return [...found, ...ASSUMED];
}

const remedy = ({ minutes, known }: Measured): string[] =>
  minutes === 0
    ? ["No host belonged to the fleet in that period"]
    : [`Look at the hosts without a bound: ${minutesOf(minutes - known)} of theirs; or leave that time out, by --from`];

const minutesOf = (count: number): string => `${count} minute${count === 1 ? "" : "s"}`;

const ASSUMED = [
  "A bound counts where it is proven or in holdover; unverified, conflict, no_majority and disrupted count as none",
  "Assumed is what every guaranteed bound assumes (rho, F, the slew allowance), and that the time to come is like the period",
  "One minute in a thousand may be worse: a system that must never be wrong waits by the bound of the moment (truebound_clock_error_bound_seconds of the agent's own metrics)",
];
