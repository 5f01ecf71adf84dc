import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { parentPort, workerData } from "node:worker_threads";
import { HASH_BYTES } from "@truebound/audit";
import { type BigFleet, BigHost } from "./big-host.ts";

export interface BigHostWork {
  readonly fleet: BigFleet;
  /** Leaf hashes of the whole log. */
  readonly leaves: SharedArrayBuffer;
}
/** What it is asked, and answers: one host at a time. */
export interface BigHostOrder {
  readonly index: number;
  /** Batches go there, a line of JSON each. */
  readonly path: string;
}
export interface BigHostDone {
  readonly publicKey: string;
}

const { fleet, leaves } = workerData as BigHostWork;
const hashes = new Uint8Array(leaves);

async function write({ index, path }: BigHostOrder): Promise<BigHostDone> {
  const host = new BigHost(fleet, index);
  const file = createWriteStream(path);
  for (const batch of host.batches((leaf, hash) => hashes.set(hash, leaf * HASH_BYTES))) {
    const delivery = batch.delivery && { ...batch.delivery, signature: Buffer.from(batch.delivery.signature).toString("base64") };
    const line = JSON.stringify({ ...batch, body: Buffer.from(batch.body).toString("base64"), delivery });
    if (!file.write(`${line}\n`)) await new Promise<void>((drained) => file.once("drain", () => drained()));
  }
  file.end();
  await finished(file);
  return { publicKey: host.publicKey };
}

parentPort?.on("message", (order: BigHostOrder) => void write(order).then((done) => parentPort?.postMessage(done)));
