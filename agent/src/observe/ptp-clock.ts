import type { Interval } from "@truebound/time";

/** A PTP clock of this machine's hardware: what it shows beside REALTIME, or why that is not known. No bound rests on it. */
export interface PtpClock {
  /** As under /dev, e.g. ptp0. */
  readonly device: string;
  /** What its driver calls it; null = it does not say. */
  readonly driver: string | null;
  readonly state: "read" | "denied" | "absent" | "failed" | "no_native_code";
  /** Device less REALTIME, ns, as both were read; it may keep TAI. */
  readonly minusRealtime: Interval | null;
}
