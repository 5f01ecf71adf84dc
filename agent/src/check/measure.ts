import {
  defaultFaults,
  type HostBound,
  type HostReading,
  hostBound,
  type Interval,
  offsetAt,
  type PartsPerBillion,
  UNKNOWN_SLEW_PPM,
} from "@truebound/time";
import type { Assumptions, StampMode, Terms } from "@truebound/wire";
import type { BoundRow } from "../bound/host-monitor.ts";
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

/** Fuses what the probes hold at `reading`, by the same rules as the running agent. */
export function measure(
  probes: readonly SourceProbe[],
  reading: HostReading,
  rho: PartsPerBillion,
  faults: number | null,
  mode: StampMode,
): Measurement {
  const fused = hostBound({
    now: reading.rawAfter,
    rho,
    faults: faults ?? defaultFaults(probes.length),
    sources: probes.map((probe) => probe.facts(reading.rawAfter)),
    disrupted: false,
    last: null,
  });
  const offset = fused.guaranteed && offsetAt(reading, fused.guaranteed, rho);
  const row: BoundRow = { reading, bound: fused, status: fused.status, reason: fused.reason, offset, since: offset, gap: null };
  const assumptions: Assumptions = {
    rho_ppb: Number(rho),
    sigma_ppb: null,
    faults: fused.faults,
    slew_ppm: Number(UNKNOWN_SLEW_PPM),
    stamp_mode: mode,
  };
  return { sources: probes.map((probe) => measured(probe, row, rho)), fused, offset, terms: termsOf(row, probes, rho), assumptions };
}

function measured(probe: SourceProbe, { reading, bound }: BoundRow, rho: PartsPerBillion): MeasuredSource {
  const own = probe.boundAt(reading.rawAfter);
  const offset = own.kind === "bound" ? offsetAt(reading, own.interval, rho) : null;
  const { binding } = probe;
  const wider = offset !== null && offset.hi >= -offset.lo ? "upper" : "lower";
  const out = bound.out.find(({ id }) => id === probe.source.id);
  const state = bound.agree.includes(probe.source.id) ? "agrees" : (out?.reason ?? "no_region");
  return { probe, offset, terms: binding && offset && split(binding[wider], reading.rawAfter, rho), state };
}
