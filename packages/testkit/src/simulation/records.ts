import type { BatchPut, ReportedBatch } from "./life.ts";
import type { SimRuler } from "./machine.ts";
import type { SealedLogHead } from "./server-process.ts";
import type { SolvedMesh } from "./solved-mesh.ts";
import type { Tables } from "./tables.ts";

/** What checks are made on, beside the tables at the end: all of it noted while it happened, by who saw the truth. */
export interface Records {
  /** Batches as agents made them, in order. */
  readonly reported: ReportedBatch[];
  /** By the hash of a body: it was on a disk, and the disk had said so. */
  readonly durable: Map<string, BatchPut>;
  /** Heads as they were signed. */
  readonly heads: SealedLogHead[];
  /** Receipts that an agent took: what it was told that the server has. */
  readonly acknowledged: {
    readonly host: string;
    readonly epoch: number;
    readonly seq: number;
    readonly hash: string;
    readonly at: bigint;
  }[];
  /** Deliveries that were tried, by host, at true times. */
  readonly tries: Map<string, bigint[]>;
  /** Most bytes that a spool had, by host. */
  readonly spoolBytes: Map<string, number>;
  /** Most bytes that one write to it had. */
  readonly writtenBytes: Map<string, number>;
  /** What channels were told, in order. */
  readonly told: {
    readonly channel: string;
    readonly key: string;
    readonly incident: string;
    readonly ordinal: number;
    readonly kind: string;
    readonly accepted: boolean;
    readonly content: string;
  }[];
  /** Errors that no part of the product expects. */
  readonly bugs: string[];
  /** Rulers by the names under which hosts of a mesh tell of them. */
  readonly rulers: Map<number, SimRuler>;
  /** What servers made of the mesh, in order. */
  readonly solved: SolvedMesh[];
  /** Tables just before they were replaced by older ones. */
  readonly replaced: Tables[];
  /** And those that took their places, each with whether an earlier setting back had left it. */
  readonly restored: { readonly tables: Tables; readonly wasLeft: boolean }[];
}

export const emptyRecords = (): Records => ({
  reported: [],
  durable: new Map(),
  heads: [],
  acknowledged: [],
  tries: new Map(),
  spoolBytes: new Map(),
  writtenBytes: new Map(),
  told: [],
  bugs: [],
  rulers: new Map(),
  solved: [],
  replaced: [],
  restored: [],
});
