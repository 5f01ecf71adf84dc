import { atMost, divCeil, formatUtc, type UtcInstant } from "@truebound/time";

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

/** So many minutes it takes for those that are unknown to be one in a thousand; null = they are no more than that already. */
export const needs = (count: MinuteCount): number | null =>
  rankOf(count) === null ? Math.max(1, 1000 * (count.minutes - count.known)) : null;

/** How a period goes on, in whole minutes; Infinity = without end. */
export interface Growing {
  /** The most that it has of one host: a period that ends now and begins so long before leaves its oldest minutes behind. */
  readonly longest: number;
  /** For so long it still goes on. */
  readonly left: number;
}

/** Minutes of one host, which may have left the fleet: they are no more then. */
export interface GrowingCount extends MinuteCount {
  readonly isOver?: boolean;
}

/**
 * In how many minutes an advice is known at the latest, if each of them has a bound of every host; null = not by waiting. `counts` are
 * minutes that grow side by side, those of each host.
 */
export function knownIn(counts: readonly GrowingCount[], { longest, left }: Growing): number | null {
  const sum = (what: keyof MinuteCount): number => counts.reduce((all, one) => all + one[what], 0);
  const wanted = needs({ minutes: sum("minutes"), known: sum("known") });
  if (wanted === null) return 0;
  if (counts.every(({ isOver }) => isOver === true)) return null;
  const after = (minutes: number): number =>
    counts.reduce((all, one) => all + Math.max(one.minutes, one.isOver === true ? 0 : Math.min(longest, one.minutes + minutes)), 0);
  // After the longest what is unknown now has been left behind.
  let [low, high] = [0, Math.min(longest, wanted)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (after(middle) >= wanted) high = middle;
    else low = middle + 1;
  }
  return low <= left ? low : null;
}

export interface Measured extends MinuteCount {
  readonly hosts: number;
  /** When it is known at the latest, if every minute until then has a bound; null = it is known, or is not by waiting. */
  readonly knownAt: { readonly inMinutes: number; readonly at: UtcInstant } | null;
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
      ? [
          `Nothing can be advised: it rests on ${basis}, and more than one in a thousand is too many`,
          ...whenKnown(measured),
          ...remedy(measured),
        ]
      : [
          `Wait ${atMost(2n * worst)} before a commit is told: twice the worst error of ${atMost(worst)}, which 99.9 % of the minutes stay within`,
          `Allow ${atMost(apart)} between two clocks: 99.9 % of the minutes stay within it`,
          `Both rest on ${basis}; these count as beyond every value`,
        ];
  return [...found, ...ASSUMED];
}

function whenKnown(measured: Measured): string[] {
  const { minutes, hosts, knownAt } = measured;
  const wanted = needs(measured);
  const missing =
    wanted === null
      ? "Of each host enough is known; what is missing are minutes in which all of them are known at once"
      : `It takes ${minutesOf(wanted)}, and there are ${minutes}${hosts === 1 ? "" : " of all hosts together"}`;
  if (minutes === 0) return [];
  if (knownAt === null) return [`${missing}; waiting does not help, since the period ends before that`];
  return [`${missing}: known in ${minutesOf(knownAt.inMinutes)} at the latest, at ${formatUtc(knownAt.at)}, if each of them has a bound`];
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
