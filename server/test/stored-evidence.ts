import { createHash } from "node:crypto";
import { chainText, encodeDelivery, genesisText, signatureBase } from "@truebound/wire";
import { ask } from "./database.ts";

/** Evidence as a verifier without our code would see it: rows of the table, and nothing else. */
export interface EvidenceRow {
  epoch: number;
  seq: bigint;
  hash: Buffer;
  prev_hash: Buffer;
  body: Buffer;
  signature: Buffer | null;
  signed_from: bigint | null;
  signed_digest: Buffer | null;
  target_uri: string | null;
  sent: string;
}

/** In the order of the chain. */
export const evidenceOf = (url: string, host: string): Promise<EvidenceRow[]> =>
  ask<EvidenceRow>(url, "select * from evidence where host_id = $1 order by epoch, seq", [host]);

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest();
const digestOf = (bytes: Buffer) => `sha-256=:${sha256(bytes).toString("base64")}:`;

/** The first row whose hash is not that of its bytes in its place; null = the chain holds. */
export function brokenLink(host: string, rows: readonly EvidenceRow[]): EvidenceRow | null {
  let [prev, epoch] = ["", 0];
  for (const row of rows) {
    if (row.epoch !== epoch) prev = sha256(genesisText(host, row.epoch)).toString("hex");
    epoch = row.epoch;
    const hash = sha256(chainText({ agent: host, epoch, seq: Number(row.seq), prev, contentDigest: digestOf(row.body) })).toString("hex");
    if (row.prev_hash.toString("hex") !== prev || row.hash.toString("hex") !== hash) return row;
    prev = hash;
  }
  return null;
}

export interface SignedRun {
  /** What was signed, written again from the rows. */
  readonly base: string;
  readonly signature: Buffer;
  readonly rows: readonly EvidenceRow[];
}

/** Each signature with the batches that it stands for. */
export function signedRuns(host: string, rows: readonly EvidenceRow[]): SignedRun[] {
  return rows.flatMap((row, index) => {
    if (row.signature === null || row.signed_from === null) return [];
    const from = row.signed_from;
    const run = rows.slice(0, index + 1).filter((other) => other.epoch === row.epoch && other.seq >= from);
    const whole = Buffer.from(encodeDelivery({ batches: run.map(({ body }) => body), live: null }));
    const base = signatureBase({
      method: "POST",
      targetUri: row.target_uri ?? "",
      contentDigest: row.signed_digest === null ? digestOf(whole) : `sha-256=:${row.signed_digest.toString("base64")}:`,
      agent: host,
      epoch: row.epoch,
      seq: Number(from),
      prev: run[0]?.prev_hash.toString("hex") ?? "",
      head: row.hash.toString("hex"),
      sent: row.sent,
    });
    return [{ base, signature: row.signature, rows: run }];
  });
}
