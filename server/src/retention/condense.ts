import { type Batch, contextHash, contextText, type HexDigest, readStatement, statementOf, statementText } from "@truebound/wire";
import type { Stated } from "./audit-row.ts";

/** A stored batch that could be read when it came, or one that could not. */
export interface KeptBatch {
  readonly epoch: number;
  readonly seq: number;
  /** Batches that came together stand under one signature: they go together or not at all. */
  readonly receivedAt: bigint;
  readonly batch: Batch | null;
}

export interface CondenseCrypto {
  readonly sha256: HexDigest;
  /** By any key that the host ever had. */
  readonly isByHost: (text: string, signature: Uint8Array) => boolean;
}

/** What can take the place of a host's batches, and which may go then. */
export interface Condensed {
  readonly stated: readonly Stated[];
  /** Context texts by their hash in hex. */
  readonly contexts: ReadonlyMap<string, string>;
  /** Receipt times of deliveries of which nothing more is needed. */
  readonly goes: readonly bigint[];
}

/** A batch without spans has nothing to state. One whose spans its agent did not sign apart stays, and all that came with it. */
export function condense(batches: readonly KeptBatch[], crypto: CondenseCrypto): Condensed {
  const stated: Stated[] = [];
  const contexts = new Map<string, string>();
  const goes: bigint[] = [];
  for (const delivery of deliveriesOf(batches)) {
    const parts = delivery.map((one) => statedBy(one, crypto));
    if (parts.includes(null)) continue;
    goes.push((delivery[0] as KeptBatch).receivedAt);
    for (const [index, part] of parts.entries()) {
      if (part === null || part === "nothing") continue;
      stated.push(part);
      const text = contextText(delivery[index]?.batch as Batch);
      contexts.set(contextHash(text, crypto.sha256), text);
    }
  }
  return { stated, contexts, goes };
}

function deliveriesOf(batches: readonly KeptBatch[]): KeptBatch[][] {
  const deliveries = new Map<bigint, KeptBatch[]>();
  for (const one of batches) {
    const known = deliveries.get(one.receivedAt);
    if (known) known.push(one);
    else deliveries.set(one.receivedAt, [one]);
  }
  return [...deliveries.values()];
}

/** Null = only the batch itself proves what it says. */
export function statedBy(
  { epoch, seq, batch }: Omit<KeptBatch, "receivedAt">,
  { sha256, isByHost }: CondenseCrypto,
): Stated | "nothing" | null {
  if (batch === null) return null;
  if (batch.spans.status.length === 0 || batch.rehearsal !== undefined) return "nothing";
  const body = statementOf(batch, sha256);
  const signature = batch.spans_signature === undefined ? null : Buffer.from(batch.spans_signature, "base64url");
  if (body === null || signature === null || !isByHost(statementText(batch.agent, body), signature)) return null;
  const read = readStatement(body);
  return read === null ? null : { epoch, seq, body, signature, spans: read.spans };
}
