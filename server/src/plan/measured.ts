import {
  absolute,
  divCeil,
  drift,
  FLOOR_SECONDS,
  longestGap,
  maxOf,
  minOf,
  type Polled,
  pollThatCounts,
  ppb,
  type SampleParts,
  STARTING_POLLS,
  sampleBound,
  seconds,
  spanned,
} from "@truebound/time";
import {
  type Assumptions,
  type Batch,
  type BatchSource,
  type BigColumn,
  isInterleaved,
  type Status,
  type Terms,
  unpackColumn,
} from "@truebound/wire";

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
  readonly status: Status;
  readonly trusting: boolean;
  /** How the last report has its sources. */
  readonly told: readonly BatchSource[];
}

/** Statuses in which exchanges set the bound. */
const MEASURING: readonly string[] = ["proven", "unverified"];

/** Of batches in order, none of a rehearsal; null = none of them says what a bound is made of. */
export function measuredIn(batches: readonly Batch[]): Measured | null {
  const last = batches.at(-1);
  if (last === undefined) return null;
  const sources = last.sources.map((source) => polledAs(source, batches));
  const sampling = samplingIn(last, sources);
  const samples = batches.flatMap((batch) => sampleOf(batch, longestAge(sampling)) ?? []);
  const [first, ...others] = samples;
  if (first === undefined) return null;
  const gaps = batches
    .flatMap(({ bounds }) => (bounds.gap_ns === undefined ? [] : unpackColumn(bounds.gap_ns)))
    .filter((gap) => gap !== null);
  return {
    reports: samples.length,
    sample: others.reduce((worst, next) => (sampleBound(next) > sampleBound(worst) ? next : worst), first),
    leastReach: samples.map(({ path, root }) => path + root).reduce((least, next) => (next < least ? next : least)),
    slew: batches.map(({ assumptions }) => BigInt(assumptions.slew_ppm) * 1000n).reduce(maxOf),
    drift: batches.map(({ assumptions }) => fastestOf(assumptions)).reduce(maxOf),
    ...sampling,
    readApart: gaps.length === 0 ? null : gaps.reduce(maxOf),
    sources,
    status: (last.bounds.status.at(-1) ?? "unknown") as Status,
    told: last.sources,
  };
}

type Sampling = Pick<Measured, "interleaved" | "faults" | "votes" | "trusting">;

const samplingIn = (last: Batch, sources: readonly Polled[]): Sampling => ({
  interleaved: isInterleaved(last.assumptions.stamp_mode),
  faults: last.assumptions.faults,
  votes: votesOf(last, sources),
  trusting: last.bounds.reason.at(-1) === "trusting",
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

const fastestOf = ({ rho_ppb, oscillator_ppb }: Pick<Assumptions, "rho_ppb" | "oscillator_ppb">): bigint =>
  BigInt(rho_ppb) + absolute(BigInt(oscillator_ppb ?? 0));

const lastOf = (column: BigColumn): bigint | null => unpackColumn(column).at(-1) ?? null;

/**
 * m at a report's last reading; null = no exchange set its bound. What an exchange drifted that is older than `longest` is no drift of the
 * vote that counts: another one set the bound, or peers did, or replies are lost. It stays in the sample, for no poll takes it away.
 */
function sampleOf({ bounds, terms, assumptions }: Batch, longest: bigint | null): SampleParts | null {
  const [status, lo, hi] = [bounds.status.at(-1), lastOf(bounds.lo_ns), lastOf(bounds.hi_ns)];
  if (terms === null || lo === null || hi === null || !MEASURING.includes(status ?? "")) return null;
  const worst = maxOf(absolute(lo), absolute(hi));
  const [path, root, precision, stamp] = [terms.path_ns, terms.root_ns, terms.precision_ns, terms.stamp_ns].map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const grown = leastGrown(terms, assumptions);
  const still = worst - (longest === null ? grown : minOf(grown, drift(ppb(fastestOf(assumptions)), longest)));
  return { path, root, precision, stamp, offset: maxOf(0n, still - path - root - precision - stamp) };
}

/** Of the drift in a width, so much at least is no part of the sample: around a calibrated frequency one side grows by less than rho. */
function leastGrown({ drift_ns }: Terms, { rho_ppb, oscillator_ppb }: Assumptions): bigint {
  const around = absolute(BigInt(oscillator_ppb ?? 0));
  const rho = BigInt(rho_ppb);
  return rho <= around ? 0n : (BigInt(drift_ns) * (rho - around)) / (rho + around);
}

/** Between the first and the last batch that know the source; its counts begin anew with its agent. */
function polledAs(source: BatchSource, batches: readonly Batch[]): Polled {
  const floor = seconds(FLOOR_SECONDS[source.origin]);
  const seen = batches.flatMap((batch) => {
    const polls = batch.sources.find(({ id }) => id === source.id)?.polls;
    return polls === undefined || polls < STARTING_POLLS ? [] : [{ polls, at: BigInt(batch.sealed_boottime_ns), boot: batch.boot_id }];
  });
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined || first.boot !== last.boot) return { floor, apart: null };
  const polls = last.polls - first.polls;
  return { floor, apart: polls < ENOUGH_POLLS ? null : divCeil(last.at - first.at, BigInt(polls)) };
}

/** Below so many an interval on average says little. */
const ENOUGH_POLLS = 4;

/** Which sources share a vote is not told with them: of so many votes the slowest sources count. Whoever is no source is a peer. */
function votesOf({ bounds, sources }: Batch, polled: readonly Polled[]): Polled[] {
  const count = bounds.votes.at(-1) ?? 0;
  const agreeing = sources.flatMap(({ state }, index) => (state === "agrees" ? [polled[index] as Polled] : []));
  const slowest = [...agreeing].sort((a, b) => (every(a) > every(b) ? -1 : 1)).slice(0, count);
  return [...slowest, ...Array.from({ length: count - slowest.length }, () => PEER)];
}

const every = ({ floor, apart }: Polled): bigint => apart ?? floor;
const PEER: Polled = { floor: seconds(FLOOR_SECONDS.declared), apart: null, isPeer: true };

/** As the situation of a plan wants them. */
export const rates = ({ slew, drift }: Pick<Measured, "slew" | "drift">) => ({ slew: ppb(slew), drift: ppb(drift) });
