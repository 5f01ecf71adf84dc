import type { UtcInstant } from "@truebound/time";
import type { OscillatorDay } from "../fleet/calibration.ts";
import type { EventRecord, HostRecord } from "../fleet/host-record.ts";
import type { DaemonSaid } from "../ingest/daemon-said.ts";
import type { Minute } from "../ingest/rollup.ts";
import type { Target } from "../peer/target.ts";
import type { PolicyRule } from "../policy/choose-policy.ts";
import type { FleetMinute } from "./fleet-series.ts";
import type { PastStore } from "./host-past.ts";
import type { HostSigningKey, StatementPage, StatementQuestion } from "./spans.ts";
import type { SparkFrame, SparkPart } from "./sparks.ts";
import type { StoredEvidence } from "./stored-readings.ts";

export interface EventPlace {
  readonly at: UtcInstant;
  readonly epoch: number;
  readonly seq: number;
  readonly ordinal: number;
}

export interface EventQuestion {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  /** Only events before this one; null = from the newest. */
  readonly before: EventPlace | null;
  readonly limit: number;
}

/** Between these two instants evidence was set aside or lost. */
export interface Hole {
  readonly from: bigint;
  readonly to: bigint;
}

export interface SpreadEvidence extends StoredEvidence {
  /** Where its last reading lay. */
  readonly lastUtc: UtcInstant;
}

export interface EvidenceLimit {
  readonly batches: number;
  /** Of their bodies as they are kept. */
  readonly bytes: number;
}

export interface QueryStore extends PastStore {
  /** The clock of the database: what `now` means in a question about a range. */
  now(): Promise<UtcInstant>;
  /** By id, else by name. */
  host(idOrName: string): Promise<{ readonly record: HostRecord; readonly rules: readonly PolicyRule[] } | null>;
  /** Ids of all hosts that ever had this name, those that still have it first; at most twenty. */
  named(name: string): Promise<string[]>;
  /** Newest first. */
  events(host: string, question: EventQuestion): Promise<EventRecord[]>;
  /** All batches with a reading between the two, and the nearest one on each side. */
  evidenceAround(host: string, from: UtcInstant, to: UtcInstant): Promise<StoredEvidence[]>;
  /** All batches with a reading between the two; null when there are more than `most`. */
  evidenceBetween(host: string, from: UtcInstant, to: UtcInstant, most: EvidenceLimit): Promise<StoredEvidence[] | null>;
  /** Of each part of a range, all equally long, the first batch that ends in it and is in the database; in order. */
  evidenceSpread(host: string, from: UtcInstant, to: UtcInstant, parts: number): Promise<SpreadEvidence[]>;
  /** What the past day says of the host's oscillator; null = nothing. */
  oscillator(host: string): Promise<OscillatorDay | null>;
  /** What its own daemon said last; null = it was never asked. */
  daemon(host: string): Promise<DaemonSaid | null>;
  /** Of the whole fleet, in order; those that are over. */
  fleetMinutes(from: UtcInstant, to: UtcInstant): Promise<FleetMinute[]>;
  /** Signed statements of a host that overlap a range, from a place on. */
  statements(host: string, question: StatementQuestion): Promise<StatementPage>;
  /** All that it ever had, the oldest first. */
  signingKeys(host: string): Promise<HostSigningKey[]>;
  /** In the order of their names. */
  targets(): Promise<Target[]>;
  minutes(host: string, from: UtcInstant, to: UtcInstant): Promise<Minute[]>;
  /** Of these hosts' minutes in each part, those parts of which there are some. */
  sparkParts(hosts: readonly string[], frame: SparkFrame): Promise<SparkPart[]>;
  /** Those of these hosts that may have holes behind `from`. */
  holed(hosts: readonly string[], from: bigint): Promise<string[]>;
  /** All that reach behind `from`, and perhaps others. */
  holes(host: string, from: UtcInstant): Promise<Hole[]>;
}
