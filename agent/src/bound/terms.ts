import { absolute, type Binding, type Drift, delay, divCeil, drift, fastest, type Interval, maxOf, type RawInstant } from "@truebound/time";
import type { Terms } from "@truebound/wire";
import type { SourceProbe } from "../probe/source-probe.ts";
import type { Evidence } from "../probe/source-window.ts";
import type { BoundRow } from "./bound-row.ts";

/**
 * What a bound's width is made of: the terms of the exchange that sets its wider side, the one that sets the worst error.
 * `null` when no exchange does, as in holdover, where drift alone keeps growing.
 */
export function termsOf(row: BoundRow, probes: readonly SourceProbe[], assumed: Drift): Terms | null {
  const { bound, offset, reading, since, throughout } = row;
  if (offset === null || bound.guaranteed === null) return null;
  const side = absolute(offset.hi) >= absolute(offset.lo) ? "upper" : "lower";
  const setter = probes.find((probe) => sets(probe, bound.guaranteed as Interval, side, reading.rawAfter));
  const binding = setter?.binding ?? null;
  return binding === null ? null : split(binding[side], reading.rawAfter, assumed, strayed(since, throughout));
}

/** How far beyond the readings the clock can have been between them. */
function strayed(since: Interval | null, throughout: Interval | null): bigint {
  if (since === null || throughout === null) return 0n;
  return maxOf(0n, maxOf(throughout.hi - since.hi, since.lo - throughout.lo));
}

function sets(probe: SourceProbe, guaranteed: Interval, side: "upper" | "lower", at: RawInstant): boolean {
  const own = probe.boundAt(at);
  if (own.kind !== "bound") return false;
  return side === "upper" ? own.interval.hi === guaranteed.hi : own.interval.lo === guaranteed.lo;
}

/** The terms of one exchange's half-width at `now`, ns, each rounded up, and beside them what a slew between readings adds. */
export function split({ at, origin }: Binding<Evidence>["upper"], now: RawInstant, assumed: Drift, strayed = 0n): Terms {
  const path = delay(origin.sample.exchange);
  return {
    path_ns: (path > 0n ? divCeil(path, 2n) : 0n).toString(),
    root_ns: origin.budget.root.toString(),
    precision_ns: origin.budget.precision.toString(),
    stamp_ns: origin.budget.stamp.toString(),
    drift_ns: drift(fastest(assumed), now > at ? now - at : 0n).toString(),
    slew_ns: strayed.toString(),
  };
}

/** In holdover no exchange sets the width any more: what made it when one still did, and all the drift since. */
export class WidthWatch {
  #known: { readonly terms: Terms; readonly at: RawInstant } | null = null;

  terms(row: BoundRow, probes: readonly SourceProbe[], assumed: Drift): Terms | null {
    const at = row.reading.rawAfter;
    const terms = termsOf(row, probes, assumed);
    if (terms !== null) this.#known = { terms, at };
    if (terms !== null || row.offset === null || this.#known === null) return terms;
    const grown = drift(fastest(assumed), maxOf(0n, at - this.#known.at));
    return {
      ...this.#known.terms,
      drift_ns: (BigInt(this.#known.terms.drift_ns) + grown).toString(),
      slew_ns: strayed(row.since, row.throughout).toString(),
    };
  }
}
