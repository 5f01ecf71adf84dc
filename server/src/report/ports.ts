import type {
  AuditScope,
  DeclaredExemption,
  Inventory,
  LeafPlace,
  ManifestDocument,
  ManifestHead,
  Stretch,
  TilePlace,
} from "@truebound/audit";
import type { UtcInstant } from "@truebound/time";
import type { KeyChange } from "@truebound/wire";
import type { Period } from "../audit/scopes.ts";
import type { ChainDocument } from "../traceability/chain.ts";
import type { ProfileVerdict } from "./profile-verdicts.ts";

export interface ReportHost {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly enrolledAt: UtcInstant;
  readonly retiredAt: UtcInstant | null;
}

/** A batch as it lies in the database or the archive. */
export interface ReportBatch {
  readonly kind: "batch";
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
  readonly prevHash: string;
  readonly receivedAt: bigint;
  readonly body: Uint8Array;
  /** Nothing of it was set aside when it came. */
  readonly whole: boolean;
  /** Null = the next batch that has one is of the same delivery. */
  readonly delivery: {
    readonly signedFrom: number;
    readonly signature: Uint8Array;
    readonly signedDigest: string | null;
    readonly targetUri: string;
    readonly sent: string;
  } | null;
}

/** What is left of a batch that is gone. */
export interface ReportStatement {
  readonly kind: "statement";
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
  readonly context: string;
  /** It was in this batch, or in a later one. */
  readonly near: { readonly epoch: number; readonly seq: number };
}

export interface ReportKey {
  readonly publicKey: Uint8Array;
  readonly from: { readonly epoch: number; readonly seq: number } | null;
}

export interface ReportEvidence {
  /** All hosts that were enrolled before `to` and not retired before `from`. */
  hosts(from: UtcInstant, to: UtcInstant): Promise<ReportHost[]>;
  keys(host: string): Promise<ReportKey[]>;
  /** Whole deliveries in the order of the chain: all that have a reading in the range, and the nearest on each side. */
  batches(host: string, from: UtcInstant, to: UtcInstant): AsyncIterable<ReportBatch>;
  /** Of batches that are gone, in the order in which they were signed. */
  statements(host: string, from: UtcInstant, to: UtcInstant): Promise<ReportStatement[]>;
  /** Another text once anything that was kept of the host went, or moved: what was read before and after that may miss some of it. */
  removals(host: string): Promise<string>;
}

/** A leaf of the log as it is opened in a bundle. */
export interface OpenedLeaf extends LeafPlace {
  readonly salt: Uint8Array;
}

export interface PlacedLeaf extends OpenedLeaf {
  readonly epoch: number;
  readonly seq: number;
}

export interface AskedStatement {
  readonly digest: string;
  readonly near: ReportStatement["near"];
}

export interface HostLeaf extends OpenedLeaf {
  readonly entry: Readonly<Record<string, unknown>>;
}

/** `at` is ns of UTC by the database's clock. */
export interface DeclaredLeaf extends HostLeaf {
  readonly at: bigint;
}

export interface SignedHead extends ManifestHead {
  readonly previous: string;
  readonly signature: Uint8Array;
  readonly key_id: string;
}

export interface LogStop {
  readonly epoch: number;
  readonly seq: number;
  readonly why: string;
  /** By the database's clock. */
  readonly since: bigint;
}

/** The log, as it is asked of one host. */
export interface HostLog {
  /** Of batches, by "epoch/seq". */
  batchLeaves(
    host: string,
    from: { readonly epoch: number; readonly seq: number },
    to: { readonly epoch: number; readonly seq: number },
  ): Promise<ReadonlyMap<string, OpenedLeaf>>;
  /** By the digest of statement and signature; where each stood. Asked in the order of the chain. */
  statementLeaves(host: string, asked: readonly AskedStatement[]): Promise<ReadonlyMap<string, PlacedLeaf>>;
  /** Its enrolment and keys. */
  hostLeaves(host: string): Promise<readonly HostLeaf[]>;
  /** Where the host's log stops for what does not fit, and nobody has acknowledged it; null = it does not. */
  stop(host: string): Promise<LogStop | null>;
}

/** The log, as a report needs it. */
export interface ReportLog extends HostLog {
  /** How the server's present key goes back to its first one, or to one that followed a lost one; the oldest first. */
  keyChanges(): Promise<readonly KeyChange[]>;
  /** Takes what is committed and not logged yet; the newest head. */
  seal(): Promise<SignedHead>;
  /** The newest head of a shard; null = there is none. */
  head(shard: string): Promise<SignedHead | null>;
  /** What was deleted of these hosts, or of all, since a month began. */
  deletionLeaves(hosts: readonly string[], month: string): Promise<readonly HostLeaf[]>;
  /** All that was declared of these, such as "scope desks", in the order of the log, and when the database took it. */
  declaredLeaves(whats: readonly string[]): Promise<readonly DeclaredLeaf[]>;
  tile(shard: string, place: TilePlace): Promise<Uint8Array | null>;
  /** The newest head of a shard, up to a size, that somebody else stamped, with the RFC 3161 response; null = none was. */
  anchor(
    shard: string,
    size: number,
  ): Promise<{ readonly head: SignedHead; readonly imprint: string; readonly response: Uint8Array } | null>;
  /** How long a stretch of the log can be without an anchor; null = nobody stamps it. */
  anchorPeriodNs(): Promise<string | null>;
}

/** What people declared. */
export interface AuditScopes {
  /** Those that were in force at some time of the period, and from when to when; null = it goes on. */
  scopes(period: Period): Promise<readonly { readonly scope: AuditScope; readonly from: bigint; readonly to: bigint | null }[]>;
  exemptions(period: Period): Promise<readonly DeclaredExemption[]>;
  /** Null = none was imported. */
  inventory(): Promise<Inventory | null>;
  /** When a calendar is open within the period, counts of UTC; null = there is no calendar of that name. */
  schedule(calendar: string, period: Period): Promise<readonly Stretch[] | null>;
  /** Chain documents of a host that are in force in the period. */
  documents(host: string, period: Period): Promise<readonly ManifestDocument[]>;
  /** All documents that there ever were, with what stamp tests measured. */
  allDocuments(): Promise<readonly ChainDocument[]>;
}

/** Where a bundle is written. */
export interface BundleSink {
  /** Where it is to be found once it is whole. */
  readonly place: string;
  /** The folder in which it is written, where threads can write into it too. */
  readonly draft?: string;
  write(name: string, bytes: Uint8Array | string): Promise<void>;
  /** Lines are written as they come. */
  open(name: string): Promise<{ line(value: object): Promise<void>; close(): Promise<void> }>;
  /** It is whole: from here on it lies at its place, and `unbooked` beside it, for whoever finds it there before it is booked. */
  finish(unbooked: string): Promise<void>;
  /** The book has it. Never rejects. */
  booked(): Promise<void>;
}

export interface MadeReport {
  readonly id: string;
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  readonly createdAt: UtcInstant;
  readonly final: boolean;
  readonly sha256: string;
  readonly resultsSha256: string;
  readonly head: ManifestHead;
  readonly scope: string;
  /** Of the request that made it, so that it can be made again. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Folder of its bundle. */
  readonly place: string;
  readonly manifest: string;
  /** In the order of its profiles; null = not kept: it is of before they were. */
  readonly verdicts: readonly ProfileVerdict[] | null;
}

export interface ReportBook {
  now(): Promise<UtcInstant>;
  installation(): Promise<string>;
  /** The newest; null = none was made yet. */
  last(): Promise<MadeReport | null>;
  add(report: MadeReport): Promise<void>;
}

/** Made of the manifest alone: what people read. */
export type Render = (manifestText: string, sha256: string) => Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]>;
