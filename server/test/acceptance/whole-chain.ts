import { createPublicKey, verify } from "node:crypto";
import { ask } from "../database.ts";
import { brokenLink, evidenceOf, signedRuns } from "../stored-evidence.ts";

/** Ed25519 in a SubjectPublicKeyInfo (RFC 8410): what comes before the raw key. */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** What of a host's chain does not hold, from what is stored alone; and how many batches there are. */
export async function wholeChain(url: string, host: string): Promise<{ readonly batches: number; readonly trouble: readonly string[] }> {
  const rows = await evidenceOf(url, host);
  const keys = await ask<{ public_key: Buffer }>(url, "select public_key from host_key where host_id = $1", [host]);
  const isBySomeKey = (base: string, signature: Buffer) =>
    keys.some(({ public_key: raw }) =>
      verify(null, Buffer.from(base), createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" }), signature),
    );
  const trouble: string[] = [];
  const broken = brokenLink(host, rows);
  if (broken !== null) trouble.push(`the chain is broken at ${broken.epoch}/${broken.seq}`);
  for (const [index, { epoch, seq }] of rows.entries()) {
    const before = rows[index - 1];
    if (seq !== (before?.epoch === epoch ? before.seq + 1n : 1n)) trouble.push(`${epoch}/${seq} does not follow`);
  }
  for (const run of signedRuns(host, rows))
    if (!isBySomeKey(run.base, run.signature)) trouble.push(`no key signed ${run.rows.at(-1)?.seq}`);
  if (rows.length > 0 && rows.at(-1)?.signature === null) trouble.push("the end is not signed");
  return { batches: rows.length, trouble };
}
