import { type HostReading, type KernelDiscipline, STA_UNSYNC } from "@truebound/time";
import type { ChronydSays, DaemonSays, KernelSays } from "@truebound/wire";
import type { DaemonTracking } from "./chronyc.ts";

/** The clocks right before a question and right after its answer. */
export interface Asked {
  readonly asked: Pick<HostReading, "rawAfter">;
  readonly answered: Pick<HostReading, "rawAfter" | "kernel">;
}

/** What the host's daemon and its kernel claim of its clock, for the record. */
export function daemonSays(tracking: DaemonTracking | null, { asked, answered: { rawAfter, kernel } }: Asked): DaemonSays {
  return {
    asked_raw_ns: asked.rawAfter.toString(),
    raw_ns: rawAfter.toString(),
    ...(tracking === null ? {} : { chronyd: chronydSays(tracking) }),
    ...(kernel ? { kernel: kernelSays(kernel) } : {}),
  };
}

const chronydSays = ({ systemOffsetNs, rootDelayNs, rootDispersionNs, stratum, follows, leap }: DaemonTracking): ChronydSays => ({
  offset_ns: systemOffsetNs.toString(),
  root_delay_ns: rootDelayNs.toString(),
  root_dispersion_ns: rootDispersionNs.toString(),
  stratum,
  follows: follows === "" ? null : follows,
  is_synchronised: leap !== "unsynchronised",
});

const MICROSECOND = 1000n;

const kernelSays = ({ offset, maxError, estimatedError = 0n, status }: KernelDiscipline): KernelSays => ({
  offset_ns: offset.toString(),
  max_error_ns: (maxError * MICROSECOND).toString(),
  estimated_error_ns: (estimatedError * MICROSECOND).toString(),
  is_synchronised: (status & STA_UNSYNC) === 0,
});
