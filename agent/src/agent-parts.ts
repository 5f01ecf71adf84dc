import type { AsciiHash, Steering } from "@truebound/time";
import type { Batch, Policy, StampMode } from "@truebound/wire";
import type { OpenIntervals } from "./interval-source/ports.ts";
import type { Log } from "./log/log-line.ts";
import type { HostWatch } from "./observe/host-watch.ts";
import type { DaemonWitness } from "./observe/ports.ts";
import type { MeshParts } from "./peers/neighbours.ts";
import type { Instruments } from "./probe/poll.ts";
import type { Source } from "./probe/source.ts";
import type { Sender } from "./report/build-batch.ts";
import type { Alarm } from "./timers.ts";

/** What this host insists on, whatever the policy says; null = as the policy says. */
export interface LocalSettings {
  readonly sources: readonly Source[] | null;
  readonly probeIntervalS: number | null;
  readonly rhoPpb: number | null;
  readonly faults: number | null;
  /** Only authenticated sources count; absent = as the policy says. */
  readonly authenticated?: "required" | null;
  /** Sources whose error is declared, by id, that count beside those that the policy names; absent = none. */
  readonly declared?: readonly string[];
  /** Faults may be rehearsed in what it measures; absent = they may not. */
  readonly rehearsals?: boolean;
  /** A leap list that stands in for the policy's: of a host whose world has leaps of its own. */
  readonly leapList?: string;
}

export interface AgentParts {
  readonly instruments: Instruments;
  readonly mode: StampMode;
  readonly interleave: boolean;
  /** Who steers REALTIME, as far as is known now. */
  readonly steering: () => Steering;
  /** From now on `steering` says that nobody knows. */
  readonly distrustSteering: () => void;
  /** False on a virtual machine without a migration marker. */
  readonly mayCalibrate: boolean;
  /** Resolves when the kernel gives notice that the clock was set, or after some time; null where it gives none. */
  readonly clockSet: (() => Promise<void>) | null;
  readonly settings: LocalSettings;
  /** Used where neither the host nor the policy names sources. */
  readonly discovered: readonly Source[];
  readonly policy: Policy;
  readonly refidOf: (address: string) => number;
  /** Absent = this host takes no part in any mesh, whatever the policy says. */
  readonly mesh?: MeshParts;
  /** For the hash in a leap list. */
  readonly sha1: AsciiHash;
  /** A numeric address for a source, or null. Never rejects. */
  readonly resolve: (source: Source) => Promise<string | null>;
  /** Takes a finished batch; null before enrolment: then what was seen is not kept. */
  readonly report: ((batch: Batch) => void) | null;
  readonly sender: Sender | null;
  readonly keepPolicy: (policy: Policy) => void;
  /** Opens sources that are not asked by NTP; absent = nobody here can. */
  readonly openIntervals?: OpenIntervals;
  /** Absent where the clocks are simulated. */
  readonly watch?: HostWatch;
  /** The host's own daemon, which our polls must not harm; absent on demo hosts. */
  readonly witness?: DaemonWitness;
  /** How addresses are reached now; absent = nothing is known of that. */
  readonly routes?: () => (address: string) => { readonly interface: string; readonly nextHop: string | null } | null;
  /** By which it does everything in its time; absent = the process's own. */
  readonly alarm?: Alarm;
  readonly random: () => number;
  /** Called after each reading of the clocks; @param intervalS until the next one, at most. */
  readonly published?: (intervalS: number) => void;
  /** Called whenever the clocks were read and what was seen has been handed over in time: the whole loop still turns. */
  readonly alive?: () => void;
  readonly log: Log;
}
