import { FLOOR_SECONDS, longestGap, STARTING_POLLS, spanned } from "./pace.ts";
import { type Polled, pollThatCounts, type SampleParts, sampleBound } from "./plan.ts";
import { absolute, divCeil, divFloor, drift, maxOf, minOf, ppb, seconds } from "./units.ts";

/** What a plan reads of one report of a host; ns, and ppb. */
export interface PlanReport {
  readonly bootId: string;
  /** On BOOTTIME, when it was closed. */
  readonly sealed: bigint;
  readonly interleaved: boolean;
  readonly faults: number;
  /** By how much the oscillator was assumed to stray around `oscillator`, its calibrated frequency error (0 = none). */
  readonly rho: bigint;
  readonly oscillator: bigint;
  /** S. */
  readonly slew: bigint;
  /** Of its last reading; the bound is null where none is known. */
  readonly status: string;
  readonly trusting: boolean;
  readonly lo: bigint | null;
  readonly hi: bigint | null;
  readonly votes: number;
  /** What that bound is made of; null = no exchange says. */
  readonly terms: PlanTerms | null;
  /** The longest time between two readings of the clocks; null = not told. */
  readonly readApart: bigint | null;
  readonly sources: readonly PlanSource[];
}

export type PlanTerms = Readonly<Record<"path" | "root" | "precision" | "stamp" | "drift", bigint>>;

export interface PlanSource {
  readonly id: string;
  readonly origin: keyof typeof FLOOR_SECONDS;
  readonly agrees: boolean;
  /** So far, since its agent began. */
  readonly polls: number;
}

/** What a host's reports of some minutes say of how it is measured. */
export interface Measured {
  readonly reports: number;
  /** m of the worst of them, ns. */
  readonly sample: SampleParts;
  /** The least that path and root together cost, ns. */
  readonly leastReach: bigint;
  /** The greatest that was assumed, ppb. */
  readonly slew: bigint;
  readonly drift: bigint;
  readonly interleaved: boolean;
  readonly faults: number;
  /** The longest time between two readings of the clocks, ns; null = not told. */
  readonly readApart: bigint | null;
  readonly votes: readonly Polled[];
  readonly sources: readonly Polled[];
  readonly status: string;
  readonly trusting: boolean;
}

/** Statuses in which exchanges set the bound. */
const MEASURING: readonly string[] = ["proven", "unverified"];
const DISAGREEING: readonly string[] = ["conflict", "no_majority"];

/** Its sources exclude each other, so that no majority says anything. */
export const areAtOdds = ({ status }: Pick<Measured, "status">): boolean => DISAGREEING.includes(status);

/** Of reports in order, none of a rehearsal; null = none of them says what a bound is made of. */
export function measuredOf(reports: readonly PlanReport[]): Measured | null {
  const last = reports.at(-1);
  if (last === undefined) return null;
  const sources = last.sources.map((source) => polledAs(source, reports));
  const sampling = samplingIn(last, sources);
  const samples = reports.flatMap((report) => sampleOf(report, longestAge(sampling)) ?? []);
  const [first, ...others] = samples;
  if (first === undefined) return null;
  const gaps = reports.flatMap(({ readApart }) => readApart ?? []);
  return {
    reports: samples.length,
    sample: others.reduce((worst, next) => (sampleBound(next) > sampleBound(worst) ? next : worst), first),
    leastReach: samples.map(({ path, root }) => path + root).reduce(minOf),
    slew: reports.map(({ slew }) => slew).reduce(maxOf),
    drift: reports.map(fastestOf).reduce(maxOf),
    ...sampling,
    readApart: gaps.length === 0 ? null : gaps.reduce(maxOf),
    sources,
    status: last.status,
  };
}

type Sampling = Pick<Measured, "interleaved" | "faults" | "votes" | "trusting">;

const samplingIn = (last: PlanReport, sources: readonly Polled[]): Sampling => ({
  interleaved: last.interleaved,
  faults: last.faults,
  votes: votesOf(last, sources),
  trusting: last.trusting,
});

/**
 * The oldest that an exchange of the vote that counts can be, one reply lost, ns; null = how often that one is asked is not known. Terms
 * are those of sources alone, so that peers do not count.
 */
function longestAge({ interleaved, votes, ...who }: Sampling): bigint | null {
  const sources = votes.filter(({ isPeer }) => !isPeer);
  const polls = sources.flatMap(({ apart }) => apart ?? []);
  const poll = polls.length < sources.length ? undefined : pollThatCounts(polls, who);
  return poll === undefined ? null : spanned(interleaved) * longestGap(poll);
}

const fastestOf = ({ rho, oscillator }: Pick<PlanReport, "rho" | "oscillator">): bigint => rho + absolute(oscillator);

/**
 * m at a report's last reading; null = no exchange set its bound. What an exchange drifted that is older than `longest` is no drift of the
 * vote that counts: another one set the bound, or peers did, or replies are lost. It stays in the sample, for no poll takes it away.
 */
function sampleOf(report: PlanReport, longest: bigint | null): SampleParts | null {
  const { status, lo, hi, terms } = report;
  if (terms === null || lo === null || hi === null || !MEASURING.includes(status)) return null;
  const worst = maxOf(absolute(lo), absolute(hi));
  const { path, root, precision, stamp } = terms;
  const grown = leastGrown(terms, report);
  const still = worst - (longest === null ? grown : minOf(grown, drift(ppb(fastestOf(report)), longest)));
  return { path, root, precision, stamp, offset: maxOf(0n, still - path - root - precision - stamp) };
}

/** Of the drift in a width, so much at least is no part of the sample: around a calibrated frequency one side grows by less than rho. */
function leastGrown({ drift: inWidth }: PlanTerms, { rho, oscillator }: PlanReport): bigint {
  const around = absolute(oscillator);
  return rho <= around ? 0n : divFloor(inWidth * (rho - around), rho + around);
}

/** Between the first and the last report that know the source; its counts begin anew with its agent. Time that did not pass shows nothing. */
function polledAs({ id, origin }: PlanSource, reports: readonly PlanReport[]): Polled {
  const floor = seconds(FLOOR_SECONDS[origin]);
  const seen = reports.flatMap(({ sources, sealed, bootId }) => {
    const polls = sources.find((one) => one.id === id)?.polls;
    return polls === undefined || polls < STARTING_POLLS ? [] : [{ polls, sealed, bootId }];
  });
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined || first.bootId !== last.bootId) return { floor, apart: null };
  const [polls, elapsed] = [last.polls - first.polls, last.sealed - first.sealed];
  return { floor, apart: polls < ENOUGH_POLLS || elapsed <= 0n ? null : divCeil(elapsed, BigInt(polls)) };
}

/** Below so many an interval on average says little. */
const ENOUGH_POLLS = 4;

/** Which sources share a vote is not told with them: of so many votes the slowest sources count. Whoever is no source is a peer. */
function votesOf({ votes: count, sources }: PlanReport, polled: readonly Polled[]): Polled[] {
  const agreeing = sources.flatMap(({ agrees }, index) => (agrees ? [polled[index] as Polled] : []));
  const slowest = [...agreeing].sort(slowestFirst).slice(0, count);
  return [...slowest, ...Array.from({ length: count - slowest.length }, () => PEER)];
}

const every = ({ floor, apart }: Polled): bigint => apart ?? floor;
const slowestFirst = (a: Polled, b: Polled): number => Number(every(b) > every(a)) - Number(every(a) > every(b));
const PEER: Polled = { floor: seconds(FLOOR_SECONDS.declared), apart: null, isPeer: true };
