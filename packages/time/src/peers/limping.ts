/**
 * Hosts that got slow, told by their likes: a machine that limps for months stands out beside those of its rack long before it
 * crosses a fixed limit. Of the network and of the host's own answering; of clocks it says nothing.
 */

/** What a host showed in a window of a minute, ns; null = nothing was measured. */
export interface PaceWindow {
  /** The least round trip of its exchanges. */
  readonly delay: number | null;
  /** The 95th percentile of how long it held requests. */
  readonly hold: number | null;
}

export const LIMPS_BY = ["delay", "hold"] as const;
export type LimpsBy = (typeof LIMPS_BY)[number];

/** `unknown` = there are too few to compare with, or nothing was measured. */
export interface Gait {
  readonly verdict: "unknown" | "well" | "limping";
  /** What it limps by. */
  readonly by: readonly LimpsBy[];
  /** What the latest windows showed alike, and how many. */
  readonly seen: Seen;
  readonly windows: number;
}

type Seen = "nothing" | "well" | "slow";

/** Fewer have no ordinary pace. */
export const LEAST_COHORT = 5;
/** A verdict changes after so many windows in a row. */
export const WINDOWS = 3;
const DEVIATIONS = 5;
const TIMES = 2;
/** Makes of the median distance the standard deviation, where what is measured is normal. */
const TO_DEVIATION = 1.4826;
/** ns: what reading a clock outside of the kernel costs; nobody limps by less. */
const TOO_LITTLE = 50_000;

export const NEW_GAIT: Gait = { verdict: "unknown", by: [], seen: "nothing", windows: 0 };

/** The next window of a cohort: hosts that should be alike, of one rack or one domain. Who is no longer in it is forgotten. */
export function nextGaits(gaits: ReadonlyMap<string, Gait>, cohort: ReadonlyMap<string, PaceWindow>): Map<string, Gait> {
  const slow = { delay: slowOf(cohort, "delay", (value) => Math.log(Math.max(value, 1))), hold: slowOf(cohort, "hold", (value) => value) };
  return new Map(
    [...cohort.keys()].map((host) => {
      const by = LIMPS_BY.filter((what) => slow[what].get(host) === true);
      const isKnown = LIMPS_BY.some((what) => slow[what].has(host));
      return [host, step(gaits.get(host) ?? NEW_GAIT, by.length > 0 ? "slow" : isKnown ? "well" : "nothing", by)];
    }),
  );
}

const VERDICT: Readonly<Record<Seen, Gait["verdict"]>> = { nothing: "unknown", well: "well", slow: "limping" };

function step(gait: Gait, seen: Seen, by: readonly LimpsBy[]): Gait {
  const windows = gait.seen === seen ? Math.min(gait.windows + 1, WINDOWS) : 1;
  const verdict = windows >= WINDOWS ? VERDICT[seen] : gait.verdict;
  // What it limps by is that of the windows which showed it, also while the verdict outlasts them.
  return { verdict, by: verdict !== "limping" ? [] : seen === "slow" ? by : gait.by, seen, windows };
}

/** Of each host whether it stands out; nobody where too few have a value. */
function slowOf(cohort: ReadonlyMap<string, PaceWindow>, what: LimpsBy, scale: (value: number) => number): Map<string, boolean> {
  const values = new Map([...cohort].flatMap(([host, window]) => (isPace(window[what]) ? [[host, window[what]] as const] : [])));
  if (values.size < LEAST_COHORT) return new Map();
  const scaled = [...values.values()].map(scale);
  const [usual, middle] = [median([...values.values()]), median(scaled)];
  const spread = TO_DEVIATION * median(scaled.map((value) => Math.abs(value - middle)));
  // Where the most are just alike the spread is nothing, and the other two conditions decide.
  const standsOut = (value: number) => scale(value) - middle > DEVIATIONS * spread && value > TIMES * usual && value - usual > TOO_LITTLE;
  return new Map([...values].map(([host, value]) => [host, standsOut(value)]));
}

/** No packet takes less than a nanosecond; a hold may read as nothing. */
const isPace = (value: number | null): value is number => value !== null && Number.isFinite(value) && value >= 0;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}
