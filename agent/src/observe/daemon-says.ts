import { type HostReading, type KernelDiscipline, STA_UNSYNC } from "@truebound/time";
import type { ChronydSays, DaemonSays, DisciplineSays, KernelSays, Ptp4lSays } from "@truebound/wire";
import type { DaemonTracking } from "./chronyc.ts";
import type { DisciplineSaying } from "./ntpd.ts";
import type { PtpSaying } from "./ptp4l.ts";

/** The clocks right before a question and right after its answer. */
export interface Asked {
  readonly asked: Pick<HostReading, "rawAfter">;
  readonly answered: Pick<HostReading, "rawAfter" | "kernel" | "kernelRefusal">;
}

/** Of daemons other than chronyd, those that answered. */
export interface OtherSayings {
  readonly ntpd?: DisciplineSaying;
  readonly timesyncd?: DisciplineSaying;
  readonly ptp4l?: PtpSaying;
}

/** What the host's daemon and its kernel claim of its clock, for the record. */
export function daemonSays(
  tracking: DaemonTracking | null,
  { asked, answered: { rawAfter, kernel, kernelRefusal } }: Asked,
  others: OtherSayings = {},
): DaemonSays {
  const { ntpd, timesyncd, ptp4l } = others;
  return {
    asked_raw_ns: asked.rawAfter.toString(),
    raw_ns: rawAfter.toString(),
    ...(tracking === null ? {} : { chronyd: chronydSays(tracking) }),
    ...(ntpd ? { ntpd: disciplineSays(ntpd) } : {}),
    ...(timesyncd ? { timesyncd: timesyncdSays(timesyncd, kernel) } : {}),
    ...(ptp4l ? { ptp4l: ptp4lSays(ptp4l) } : {}),
    ...(kernel ? { kernel: kernelSays(kernel) } : {}),
    ...(kernelRefusal ? { kernel_refused: kernelRefusal } : {}),
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

const disciplineSays = ({
  offsetNs,
  rootDelayNs,
  rootDispersionNs,
  stratum,
  follows,
  isSynchronised,
}: DisciplineSaying): DisciplineSays => ({
  offset_ns: offsetNs.toString(),
  root_delay_ns: rootDelayNs.toString(),
  root_dispersion_ns: rootDispersionNs.toString(),
  stratum,
  follows,
  is_synchronised: isSynchronised,
});

/** By how much its clock can have strayed since its last update it leaves to the kernel: where that cannot be asked it claims nothing. */
const timesyncdSays = (said: DisciplineSaying, kernel: Asked["answered"]["kernel"]): DisciplineSays =>
  disciplineSays({
    ...said,
    rootDispersionNs: said.rootDispersionNs + (kernel?.maxError ?? 0n) * MICROSECOND,
    isSynchronised: said.isSynchronised && kernel !== undefined && kernel !== null,
  });

const ptp4lSays = ({ portState, offsetNs, clockClass, isTimeTraceable }: PtpSaying): Ptp4lSays => ({
  port_state: portState,
  offset_ns: offsetNs?.toString() ?? null,
  clock_class: clockClass,
  is_time_traceable: isTimeTraceable,
});

const MICROSECOND = 1000n;

const kernelSays = ({ offset, maxError, estimatedError = 0n, status }: KernelDiscipline): KernelSays => ({
  offset_ns: offset.toString(),
  max_error_ns: (maxError * MICROSECOND).toString(),
  estimated_error_ns: (estimatedError * MICROSECOND).toString(),
  is_synchronised: (status & STA_UNSYNC) === 0,
});
