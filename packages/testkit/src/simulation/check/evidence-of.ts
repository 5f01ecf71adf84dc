import { openContent, readStoredBatch } from "@truebound/server";
import type { Batch } from "@truebound/wire";
import { chainOf, type EvidenceRow, type Tables } from "../tables.ts";

/** A batch of the evidence, read again from the bytes that are kept. */
export interface KeptBatch {
  readonly row: EvidenceRow;
  readonly batch: Batch;
}

const MOST = 1 << 24;

/** JSON, however it is kept. */
export function textOf(body: Uint8Array): Uint8Array {
  const opened = openContent(body, MOST);
  if (opened.kind !== "open") throw new Error("Cannot open a batch of the evidence that could be opened when it came");
  return opened.bytes;
}

/** In the order of the chain. */
export const evidenceOf = (tables: Tables, host: string): KeptBatch[] =>
  chainOf(tables, host).flatMap((row) =>
    row.isReadable ? [{ row, batch: readStoredBatch(textOf(row.body), host, row.isWhole).batch }] : [],
  );
