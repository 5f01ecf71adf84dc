import type { ChainEnd, Edge, HostRecord, OpenAlert, OpenIncident, SignedLogHead, StoredConflict } from "@truebound/server";
import type { UtcInstant } from "@truebound/time";
import type { Notice } from "@truebound/wire";

/** A host and its state, one row for both: they are always locked together. */
export interface HostRow {
  readonly record: HostRecord;
  readonly publicKey: Uint8Array;
  /** Agreed on, and has signed nothing yet. */
  readonly nextKey: Uint8Array | null;
  /** Those whose place others took. */
  readonly formerKeys: readonly Uint8Array[];
  readonly rotationWanted: boolean;
  /** Hash of what let it in. */
  readonly enrolledWith: Uint8Array;
  readonly chainHash: string;
  readonly checkpointedSeq: number;
  readonly uncheckpointedSince: UtcInstant | null;
  readonly chainBootId: string | null;
  readonly forkAttempts: bigint;
  readonly forkAddress: string | null;
  readonly forkSince: UtcInstant | null;
  readonly burstWanted: string | null;
}

export interface EvidenceRow {
  readonly host: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
  readonly prev: string;
  readonly body: Uint8Array;
  readonly receivedAt: UtcInstant;
  readonly sent: string;
  readonly isReadable: boolean;
  readonly isWhole: boolean;
}

export interface EventRow {
  readonly host: string;
  readonly epoch: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly at: UtcInstant;
  readonly marked: boolean;
  readonly kind: string;
  readonly source: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  readonly xid: bigint;
}

export interface LeafRow {
  readonly index: number;
  readonly host: string;
  readonly text: string;
}

/** An incident with all that was said of it. */
export interface IncidentRow {
  readonly open: OpenIncident;
  readonly openedAt: UtcInstant;
  readonly changedAt: UtcInstant;
  readonly resolvedAt: UtcInstant | null;
}

export interface AlertRow {
  readonly alert: OpenAlert;
  readonly since: UtcInstant;
  readonly endedAt: UtcInstant | null;
}

export interface NoticeRow {
  readonly id: bigint;
  readonly incident: bigint;
  readonly ordinal: number;
  readonly createdAt: UtcInstant;
  readonly content: Notice;
}

export interface DeliveryRow {
  readonly notice: bigint;
  readonly incident: bigint;
  readonly ordinal: number;
  readonly channel: string;
  readonly state: "due" | "delivered" | "given_up";
  readonly attempts: number;
  readonly nextAt: UtcInstant;
}

/** The newest of what a host measured of a peer. */
export interface MeasuredRow {
  readonly host: string;
  readonly receivedAt: UtcInstant;
  readonly edge: Edge;
}

export type ConflictRow = StoredConflict;

/** All tables. Rows never change; a copy is cheap, and what is done to it leaves this one as it was. */
export class Tables {
  /** Of the latest transaction that wrote. */
  xid = 0n;
  nextId = 1n;
  judgedMark: bigint | null = null;
  hosts = new Map<string, HostRow>();
  evidence = new Map<string, EvidenceRow>();
  epochEnds = new Map<string, number>();
  /** Open challenges, and until when by the clock of the database. */
  challenges = new Map<string, bigint>();
  events: EventRow[] = [];
  logged = new Map<string, ChainEnd>();
  leaves: LeafRow[] = [];
  heads: SignedLogHead[] = [];
  tiles = new Map<string, Uint8Array>();
  incidents = new Map<bigint, IncidentRow>();
  alerts = new Map<bigint, AlertRow>();
  notices = new Map<bigint, NoticeRow>();
  deliveries = new Map<string, DeliveryRow>();
  edges = new Map<string, MeasuredRow>();
  conflicts = new Map<bigint, ConflictRow>();

  copy(): Tables {
    const copy = new Tables();
    copy.xid = this.xid;
    copy.nextId = this.nextId;
    copy.judgedMark = this.judgedMark;
    copy.hosts = new Map(this.hosts);
    copy.evidence = new Map(this.evidence);
    copy.epochEnds = new Map(this.epochEnds);
    copy.challenges = new Map(this.challenges);
    copy.events = [...this.events];
    copy.logged = new Map(this.logged);
    copy.leaves = [...this.leaves];
    copy.heads = [...this.heads];
    copy.tiles = new Map(this.tiles);
    copy.incidents = new Map(this.incidents);
    copy.alerts = new Map(this.alerts);
    copy.notices = new Map(this.notices);
    copy.deliveries = new Map(this.deliveries);
    copy.edges = new Map(this.edges);
    copy.conflicts = new Map(this.conflicts);
    return copy;
  }
}

export const emptyTables = (): Tables => new Tables();

export const evidenceKey = (host: string, epoch: number, seq: number): string =>
  `${host}/${String(epoch).padStart(6, "0")}/${String(seq).padStart(9, "0")}`;

/** In the order of the chain. */
export const chainOf = (tables: Tables, host: string): EvidenceRow[] =>
  [...tables.evidence.values()].filter((row) => row.host === host).sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
