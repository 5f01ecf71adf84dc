import {
  CARRIER_URI,
  type CarriedDelivery,
  carriedLine,
  carriedSent,
  encodeDelivery,
  PART_HEAD_BYTES,
  signatureBase,
} from "@truebound/wire";
import type { Identity, Signer } from "../report/ports.ts";
import { isBefore, type Place } from "../spool/place.ts";
import type { SealedBatch, Sha256 } from "../spool/sealed-batch.ts";
import type { Spool } from "../spool/spool.ts";

/** A server takes no more than 4 MiB of decoded text at once; a batch is far from an eighth of that. */
const MOST_BATCHES = 32;
const MOST_BYTES = 512 * 1024;

export interface ExportParts {
  readonly identity: Pick<Identity, "agent">;
  readonly signer: Signer;
  readonly sha256: Sha256;
  /** Of the server that answers are expected from. */
  readonly serverKeyId: string;
  /** Grows by one with each export of this host. */
  readonly count: number;
}

/** What an export holds. */
export interface Exported {
  deliveries: number;
  batches: number;
  last: Place | null;
}

/** The lines of an export: everything from a place on, as it would be POSTed. `told` says at the end what they hold. */
export function* exportLines(spool: Spool, from: Place, parts: ExportParts, told: Exported): Generator<string> {
  const { identity, serverKeyId, count } = parts;
  yield carriedLine({ truebound: "deliveries/1", agent: identity.agent, export: count, server_key: serverKeyId });
  for (const run of runs(spool, from)) {
    yield carriedLine(carried(run, parts));
    told.deliveries += 1;
    told.batches += run.length;
    told.last = run.at(-1) ?? told.last;
  }
  yield carriedLine({ end: told.deliveries });
}

/** Neighbours in the chain, as many as one delivery takes; what is missing in between ends a run, and so does an epoch. */
function* runs(spool: Spool, from: Place): Generator<readonly SealedBatch[]> {
  let run: SealedBatch[] = [];
  let bytes = 0;
  for (const batch of batchesFrom(spool, from)) {
    const last = run.at(-1);
    const more = PART_HEAD_BYTES + batch.body.length;
    const follows = last !== undefined && last.epoch === batch.epoch && last.seq + 1 === batch.seq && last.hash === batch.prev;
    if (last !== undefined && !(follows && run.length < MOST_BATCHES && bytes + more <= MOST_BYTES)) {
      yield run;
      [run, bytes] = [[], 0];
    }
    run.push(batch);
    bytes += more;
  }
  if (run.length > 0) yield run;
}

function* batchesFrom(spool: Spool, from: Place): Generator<SealedBatch> {
  for (let epoch = spool.after(-1); epoch !== null; epoch = spool.after(epoch)) {
    const stretch = spool.stretch(epoch);
    if (stretch === null || isBefore({ epoch, seq: stretch.last }, from)) continue;
    for (let seq = epoch === from.epoch ? Math.max(from.seq, stretch.first) : stretch.first; seq <= stretch.last; seq++) {
      const batch = spool.read(seq, epoch);
      if (batch !== null) yield batch;
    }
  }
}

function carried(run: readonly SealedBatch[], { identity, signer, sha256, count }: ExportParts): CarriedDelivery {
  const [first, last] = [run[0] as SealedBatch, run.at(-1) as SealedBatch];
  const body = encodeDelivery({ batches: run.map((batch) => batch.body), live: null });
  const { agent } = identity;
  const contentDigest = `sha-256=:${sha256.base64(body)}:`;
  const described = { agent, epoch: first.epoch, seq: first.seq, prev: first.prev, head: last.hash, sent: carriedSent(count) };
  const signature = signer.sign(signatureBase({ ...described, contentDigest, method: "POST", targetUri: CARRIER_URI }));
  return {
    delivery: { ...described, content_digest: contentDigest, signature: Buffer.from(signature).toString("base64") },
    body: Buffer.from(body).toString("base64"),
  };
}
