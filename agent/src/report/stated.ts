import { type Batch, type HexDigest, statementOf, statementText } from "@truebound/wire";
import type { Signer } from "./ports.ts";

/** The batch with its spans signed apart: what they say can then outlive the rest of it. One without spans as it is. */
export function stated(batch: Batch, signer: Pick<Signer, "sign">, sha256: HexDigest): Batch {
  const body = statementOf(batch, sha256);
  if (body === null) return batch;
  return { ...batch, spans_signature: Buffer.from(signer.sign(statementText(batch.agent, body))).toString("base64url") };
}
