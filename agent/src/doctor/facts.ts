import type { DisciplineRefusal, SourceIdentity } from "@truebound/time";
import type { MeshRule } from "@truebound/wire";
import type { CardSaid } from "../card-stamps/say-cards.ts";
import type { SourceSays, Taken } from "../interval-source/ports.ts";
import type { ChronyReading } from "../observe/chrony-reading.ts";
import type { DaemonSource, DaemonTracking } from "../observe/chronyc.ts";
import type { Testimony } from "../observe/ports.ts";
import type { PtpClock } from "../observe/ptp-clock.ts";
import type { RunningDaemon } from "../observe/running-daemon.ts";
import type { CpuTimes } from "../observe/steal.ts";
import type { VmMarker } from "../observe/vmclock.ts";
import type { Endpoint } from "../probe/ports.ts";

/** What the doctor knows of this host. Gathered without a packet leaving it: names of sources are not looked up. */
export interface DoctorFacts {
  /** Rungs of the ladder in the order tried: "chosen", or why one was passed over. */
  readonly stamps: readonly { readonly mode: string; readonly outcome: string }[];
  /** What each interface's card does by itself; `off` = switched off; null = the rung that was chosen takes no kernel stamps. */
  readonly hardwareStamps: readonly CardSaid[] | "off" | null;
  readonly nativeCode: { readonly loaded: boolean; readonly why: string | null };
  /** The kernel's clock source; null = cannot be read. */
  readonly clocksource: string | null;
  readonly running: RunningDaemon;
  readonly chrony: ChronyReading | null;
  /** chronyd's own word; null = not asked, since it does not run. */
  readonly witness: { readonly tracking: Testimony<DaemonTracking>; readonly sources: Testimony<readonly DaemonSource[]> } | null;
  readonly slew: SlewFacts;
  /** What became of asking the kernel for its discipline. */
  readonly discipline:
    | { readonly kind: "said" | "denied" | "no_native_code" }
    | { readonly kind: "refused"; readonly why: DisciplineRefusal };
  readonly machine: MachineFacts;
  readonly sources: { readonly identities: readonly SourceIdentity[]; readonly from: string; readonly pollSeconds: number };
  /** Sources that are not asked by NTP. */
  readonly declared: DeclaredFacts;
  /** Sources that are a PTP port or a clock of a card, each asked once. */
  readonly clockSources: readonly ClockSourceFacts[];
  readonly nts: NtsFacts;
  /** Second opinions that are asked for, and whether the program is installed that gives them. */
  readonly opinions: { readonly names: readonly string[]; readonly isInstalled: boolean };
  readonly road: RoadFacts;
  readonly peers: PeerFacts;
  readonly dataFolder: { readonly path: string; readonly problem: string | null };
}

export interface DeclaredFacts {
  /** Their ids. */
  readonly named: readonly string[];
  /** Ids that count, by the settings or by the policy that the agent kept. */
  readonly counting: readonly string[];
  /** What this agent cannot ask, or what its place lacks, in words. */
  readonly problems: readonly string[];
}

export interface ClockSourceFacts {
  readonly id: string;
  readonly taken: Taken;
  readonly says: SourceSays;
  readonly assumes: readonly string[];
  /** Somebody says that its declared error may count. */
  readonly isDeclared: boolean;
}

export interface NtsFacts {
  /** Names of the sources that are asked under it, and that are not. */
  readonly asked: readonly string[];
  readonly plain: readonly string[];
  /** Only authenticated sources count. */
  readonly isRequired: boolean;
  /** Names of the sources whose keys are pinned. */
  readonly pinned: readonly string[];
  /** Those that showed another key to the agent that runs here, and whether they are authenticated all the same; null = no agent answers. */
  readonly strangers: readonly { readonly id: string; readonly authenticated: boolean }[] | null;
  /** Why the file of authorities cannot be used; null = it can, or none is named. */
  readonly caProblem: string | null;
}

/** How its server is reached. */
export interface RoadFacts {
  /** Where it reports; null = to nobody. */
  readonly server: string | null;
  /** HOST:PORT of the proxy on the way, and which setting names it; null = none. */
  readonly proxy: { readonly at: string; readonly from: string; readonly hasCredentials: boolean } | null;
  /** Why the identity, or the proxy's credentials, cannot be read; null = they can. */
  readonly problem: string | null;
}

export interface MachineFacts {
  readonly isVirtual: boolean;
  readonly marker: VmMarker;
  /** Since boot; null = not counted. */
  readonly cpuTimes: CpuTimes | null;
  readonly ptpClocks: readonly PtpClock[];
}

export interface PeerFacts {
  readonly off: boolean;
  /** Of the policy that the agent kept; null = none. */
  readonly mesh: MeshRule | null;
  /** What the setting says. */
  readonly listen: Endpoint | null;
  /** Whether anybody has the UDP port on which it would answer; null = cannot be read. */
  readonly taken: boolean | null;
}

export interface SlewFacts {
  /** S, ppm: the fastest that this clock may be moving between two readings. */
  readonly ppm: bigint;
  /** What S rests on, in words. */
  readonly basis: string;
}
