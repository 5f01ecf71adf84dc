import { type Measured, maxOf, measuredOf, type PlanReport, ppb } from "@truebound/time";
import { type Batch, type BatchSource, type BigColumn, isInterleaved, unpackColumn } from "@truebound/wire";

/** With how the last report has its sources. */
export interface MeasuredHost extends Measured {
  readonly told: readonly BatchSource[];
}

/** Of batches in order, none of a rehearsal; null = none of them says what a bound is made of. */
export function measuredIn(batches: readonly Batch[]): MeasuredHost | null {
  const measured = measuredOf(batches.map(planReport));
  return measured && { ...measured, told: batches.at(-1)?.sources ?? [] };
}

/** What a plan reads of a batch. */
export function planReport({ boot_id, sealed_boottime_ns, assumptions, bounds, terms, sources }: Batch): PlanReport {
  return {
    bootId: boot_id,
    sealed: BigInt(sealed_boottime_ns),
    interleaved: isInterleaved(assumptions.stamp_mode),
    faults: assumptions.faults,
    rho: BigInt(assumptions.rho_ppb),
    oscillator: BigInt(assumptions.oscillator_ppb ?? 0),
    slew: BigInt(assumptions.slew_ppm) * 1000n,
    status: bounds.status.at(-1) ?? "unknown",
    trusting: bounds.reason.at(-1) === "trusting",
    lo: lastOf(bounds.lo_ns),
    hi: lastOf(bounds.hi_ns),
    votes: bounds.votes.at(-1) ?? 0,
    terms: terms && {
      path: BigInt(terms.path_ns),
      root: BigInt(terms.root_ns),
      precision: BigInt(terms.precision_ns),
      stamp: BigInt(terms.stamp_ns),
      drift: BigInt(terms.drift_ns),
    },
    readApart: longestIn(bounds.gap_ns),
    sources: sources.map(({ id, origin, state, polls }) => ({ id, origin, agrees: state === "agrees", polls })),
  };
}

const lastOf = (column: BigColumn): bigint | null => unpackColumn(column).at(-1) ?? null;

function longestIn(column: BigColumn | undefined): bigint | null {
  const gaps = column === undefined ? [] : unpackColumn(column).filter((gap) => gap !== null);
  return gaps.length === 0 ? null : gaps.reduce(maxOf);
}

/** As the situation of a plan wants them. */
export const rates = ({ slew, drift }: Pick<Measured, "slew" | "drift">) => ({ slew: ppb(slew), drift: ppb(drift) });
