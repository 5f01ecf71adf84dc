import {
  type Drift,
  defaultFaults,
  fastest,
  type HostBound,
  type HostReading,
  hostBound,
  type Interval,
  offsetAt,
  type PartsPerBillion,
  type Steering,
  slewAllowance,
} from "@truebound/time";
import type { Assumptions, StampMode, Terms } from "@truebound/wire";
import type { BoundRow } from "../bound/bound-row.ts";
import { split, termsOf } from "../bound/terms.ts";
import type { SourceProbe } from "../probe/source-probe.ts";

/** What one look at several sources proves, at one reading of the clock. */
export interface Measurement {
  readonly sources: readonly MeasuredSource[];
  readonly fused: HostBound;
  /** Guaranteed bound on the offset; null = none. */
  readonly offset: Interval | null;
  readonly terms: Terms | null;
  readonly assumptions: Assumptions;
}

export interface MeasuredSource {
  readonly probe: SourceProbe;
  readonly offset: Interval | null;
  readonly terms: Terms | null;
  readonly state: string;
}

/** What the check assumes of this host's clock. */
export interface Premises {
  readonly drift: Drift;
  readonly sigma: PartsPerBillion;
  readonly steering: Steering;
}

/** Fuses what the probes hold at `reading`, by the same rules as the running agent. */
export function measure(
  probes: readonly SourceProbe[],
  reading: HostReading,
  { drift, sigma, steering }: Premises,
  faults: number | null,
  mode: StampMode,
): Measurement {
  const fused = hostBound({
    now: reading.rawAfter,
    drift,
    sigma,
    faults: faults ?? defaultFaults(probes.length),
    sources: probes.map((probe) => probe.facts(reading.rawAfter)),
    disrupted: false,
    last: null,
  });
  const offset = fused.guaranteed && offsetAt(reading, fused.guaranteed, fastest(drift));
  const slew = slewAllowance(steering, reading.kernel ?? null);
  const { status, reason } = fused;
  const row: BoundRow = {
    reading,
    bound: fused,
    own: fused,
    disruptions: 0,
    status,
    reason,
    offset,
    tight: null,
    since: offset,
    throughout: offset,
    gap: null,
    slew,
    daemonSlew: null,
  };
  const assumptions: Assumptions = {
    rho_ppb: Number(drift.rho),
    oscillator_ppb: null,
    drift_basis: "assumed",
    sigma_ppb: Number(sigma),
    faults: fused.faults,
    slew_ppm: Number((slew + 999n) / 1000n),
    slew_basis: steering.kind,
    stamp_mode: mode,
  };
  return { sources: probes.map((probe) => measured(probe, row, drift)), fused, offset, terms: termsOf(row, probes, drift), assumptions };
}

function measured(probe: SourceProbe, { reading, bound }: BoundRow, drift: Drift): MeasuredSource {
  const own = probe.boundAt(reading.rawAfter);
  const offset = own.kind === "bound" ? offsetAt(reading, own.interval, fastest(drift)) : null;
  const { binding } = probe;
  const wider = offset !== null && offset.hi >= -offset.lo ? "upper" : "lower";
  const out = bound.out.find(({ id }) => id === probe.source.id);
  const state = bound.agree.includes(probe.source.id) ? "agrees" : (out?.reason ?? "no_region");
  return { probe, offset, terms: binding && offset && split(binding[wider], reading.rawAfter, drift), state };
}
