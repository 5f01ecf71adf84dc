import type { Place } from "../ingest/sequence.ts";
import type { Columns, DerivedAnew, EndedEpoch, StoredRow, Trail } from "./rederive.ts";

export const TABLES = ["host_minute", "host_event", "host_state"] as const;
export type Table = (typeof TABLES)[number];
export const KINDS = ["equal", "differs", "missing", "surplus", "left"] as const;
/** `missing` are rows that evidence gives and the table lacks; `surplus` the reverse; `left` cannot be judged any more. */
export type Kind = (typeof KINDS)[number];

/** How many rows of a kind, and the first of them: a minute in ns, a place in the chain, a column. */
export interface Found {
  readonly table: Table;
  readonly kind: Kind;
  readonly rows: number;
  readonly first: readonly string[];
}

export interface UnderWay {
  readonly trail: Trail;
}

export interface Done {
  /** Nothing was replaced. */
  readonly check: boolean;
  readonly found: readonly Found[];
}

/** Reads of one host, and what was derived from them. */
export interface Workbench {
  /** In the order of the chain; empty = there are no more. */
  next(host: string, after: Place | null): Promise<readonly StoredRow[]>;
  ended(host: string): Promise<readonly EndedEpoch[]>;
  /** With the trail, in one transaction. */
  keep(host: string, derived: DerivedAnew): Promise<void>;
}

/** The same while the host is locked, with what is stored. */
export interface Bench extends Workbench {
  /** Where the chain ends. */
  end(host: string): Promise<Place>;
  compareMinutes(host: string, judgedFrom: bigint | null, isWhole: boolean): Promise<readonly Found[]>;
  compareEvents(host: string, isWhole: boolean): Promise<readonly Found[]>;
  state(host: string): Promise<Columns>;
  mendMinutes(host: string, judgedFrom: bigint | null, isWhole: boolean): Promise<void>;
  mendEvents(host: string, isWhole: boolean): Promise<void>;
  mendState(host: string, columns: Columns): Promise<void>;
  /** Keeps what was found, and drops what was derived anew. */
  finish(host: string, done: Done): Promise<void>;
}

export interface RebuildStore extends Workbench {
  /** False when another one is at it. */
  begin(): Promise<boolean>;
  /** By id, else by name. */
  hostOf(idOrName: string): Promise<string | null>;
  /** Ids after this one, in order. */
  hosts(after: string | null): Promise<readonly string[]>;
  /** What an earlier run, of the same software, left when it was interrupted; null = nothing. */
  resume(host: string): Promise<UnderWay | Done | null>;
  /** Nothing of the host changes until the work is done. */
  locked<T>(host: string, work: (bench: Bench) => Promise<T>): Promise<T>;
  /** Forgets what was found of this host, or of all. */
  forget(host: string | null): Promise<void>;
  end(): Promise<void>;
}
