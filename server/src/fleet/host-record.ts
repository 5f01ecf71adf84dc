import type { Interval, UtcInstant } from "@truebound/time";
import type {
  Assumptions,
  BatchMesh,
  BatchSource,
  DaemonFinding,
  Frequency,
  KernelRefusal,
  Reason,
  Rehearsal,
  Status,
  Terms,
} from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";

/** All that is stored of one host's present. */
export interface HostRecord {
  readonly id: string;
  readonly name: string;
  readonly labels: LabelSet;
  readonly state: "pending" | "active" | "suspended" | "revoked" | "retired";
  readonly enrolledAt: UtcInstant;
  /** Transaction that changed it last, in the order of the database. */
  readonly changedXid: bigint;
  /** Latest batch; seq 0 = none yet in this epoch. */
  readonly epoch: number;
  readonly seq: number;
  /** A backlog is being delivered: the present was told ahead of the chain. */
  readonly ahead: boolean;
  /** Its reports come in files that a person carries: none is awaited. */
  readonly carried: boolean;
  /** Where the last reading of the chain lay; null = not known. */
  readonly chainAt: UtcInstant | null;
  /** By the clock of the database. */
  readonly receivedAt: UtcInstant | null;
  /** Where its latest batch came from; null = unknown. */
  readonly address: string | null;
  /** The latest batch could not be read; what follows is older. */
  readonly unreadable: boolean;
  /** Batches by this host's key beside its chain, until a person clears them; null = none. */
  readonly clone: {
    readonly attempts: bigint;
    readonly address: string | null;
    readonly ownAddress: string | null;
    readonly since: UtcInstant;
  } | null;
  readonly bootId: string | null;
  readonly software: string | null;
  readonly policyVersion: number | null;
  readonly status: Status;
  readonly reason: Reason | null;
  readonly asOf: UtcInstant | null;
  readonly asOfMarked: boolean;
  readonly bound: Interval | null;
  readonly tight: Interval | null;
  readonly frequency: Frequency | null;
  readonly injected: bigint | null;
  readonly votes: number | null;
  readonly need: number | null;
  readonly terms: Terms | null;
  readonly assumptions: Assumptions | null;
  readonly trusting: readonly string[];
  readonly sources: readonly BatchSource[];
  /** The host's ruler and its clock at the latest reading; null = none is known. */
  readonly reading: { readonly raw: bigint; readonly realtime: bigint } | null;
  /** What it says of its part in the mesh; null = it has none. */
  readonly mesh: HostMesh | null;
  /** What its agent found of its own daemon last, and when; null = it does not judge it. */
  readonly daemon: {
    readonly at: UtcInstant;
    readonly findings: readonly DaemonFinding[];
    /** Of these it could say neither that they hold nor that they are over. */
    readonly unjudged?: readonly DaemonFinding[];
    /** Why nothing is taken from what the kernel says of its discipline. */
    readonly kernelRefused?: KernelRefusal | null;
  } | null;
  /** The latest request to measure anew that its reports answered; null = none. */
  readonly burstDone: string | null;
  /** The declared fault that its latest report was made under; null = it is a real measurement. */
  readonly rehearsal: Rehearsal | null;
}

/** Its edges lie in a table of their own. */
export type HostMesh = Omit<BatchMesh, "edges">;

/** While its latest report is unreadable, nothing is known of a host's present: what was read before is history. */
export const asKnown = (record: HostRecord): HostRecord =>
  record.unreadable
    ? {
        ...record,
        status: "unknown",
        reason: "no_usable_evidence",
        bound: null,
        tight: null,
        frequency: null,
        injected: null,
        terms: null,
        votes: null,
        need: null,
        reading: null,
        daemon: null,
      }
    : record;

/** What a host sent or what became of it, for its list of events. */
export interface EventRecord {
  readonly epoch: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly at: UtcInstant;
  readonly atMarked: boolean;
  readonly kind: string;
  readonly source: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}
