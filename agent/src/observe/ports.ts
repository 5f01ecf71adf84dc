import type { Disruption } from "@truebound/time";
import type { BatchEvent } from "@truebound/wire";
import type { DaemonSource, DaemonTracking, Malformed } from "./chronyc.ts";
import type { DisciplineSaying } from "./ntpd.ts";
import type { PtpSaying } from "./ptp4l.ts";
import type { RunningDaemon } from "./running-daemon.ts";
import type { CpuTimes } from "./steal.ts";
import type { VmMarker } from "./vmclock.ts";

/** What the host's audit trail gave since the last look. Lines are in the form of auditd's log. */
export type AuditTail =
  | { readonly kind: "absent" }
  | { readonly kind: "denied" }
  | { readonly kind: "lines"; readonly from: "log" | "netlink"; readonly lines: readonly string[]; readonly skipped: number };

/**
 * What the kernel tells beside its clocks. Every call is cheap, takes a bounded time and never throws; what cannot be read
 * is `null` or named, never a guess. Absent on hosts whose clocks are simulated.
 */
export interface HostWitness {
  /** Name of the clocksource that every clock of the kernel counts on; null where it cannot be read. */
  clocksource(): string | null;
  vmMarker(): VmMarker;
  cpuTimes(): CpuTimes | null;
  auditTail(): AuditTail;
  close(): void;
}

/** Something that a witness showed: an event, and whether it voids what was measured before. */
export interface Sighting {
  readonly kind: BatchEvent["kind"];
  readonly detail: BatchEvent["detail"];
  readonly disrupts: Disruption | null;
}

/** Why the daemon could not be asked, one name per cause: no such program, no permission, nobody answers, too late. */
export type WitnessTrouble = "absent" | "denied" | "refused" | "timeout" | "too_long" | "malformed" | "failed";

export type Testimony<T> =
  | { readonly kind: "ok"; readonly value: T; readonly malformed: readonly Malformed[] }
  | { readonly kind: WitnessTrouble; readonly why: string };

/** Answers of daemons other than chronyd; absent = it does not run. */
export interface OtherDaemons {
  readonly ntpd?: Testimony<DisciplineSaying>;
  readonly timesyncd?: Testimony<DisciplineSaying>;
  readonly ptp4l?: Testimony<PtpSaying>;
}

/** The host's own time daemon as a witness. Never rejects. */
export interface DaemonWitness {
  /** How often it is asked, seconds. */
  readonly everySeconds: number;
  sources(): Promise<Testimony<readonly DaemonSource[]>>;
  tracking(): Promise<Testimony<DaemonTracking>>;
  /** What those of them say that are not chronyd; absent = they are not asked. */
  others?(running: RunningDaemon): Promise<OtherDaemons>;
  /** Which daemons run on this host; absent where there are no processes to look at. */
  running?(): RunningDaemon;
}
