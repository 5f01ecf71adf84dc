import { BATCH_PATH, SIGNATURE_LABEL, type SignedRequest, signatureBase, signatureInput } from "@truebound/wire";
import type { Signer } from "./ports.ts";

/** The headers of a delivery, signed for the very URL that is dialled. @param base where the server is. */
export function deliveryHeaders(
  described: Omit<SignedRequest, "method" | "targetUri">,
  base: URL,
  signer: Pick<Signer, "sign">,
): Record<string, string> {
  const signed: SignedRequest = { ...described, method: "POST", targetUri: new URL(BATCH_PATH, base).href };
  const signature = Buffer.from(signer.sign(signatureBase(signed))).toString("base64");
  return {
    "content-type": "application/vnd.truebound.batches",
    "content-digest": signed.contentDigest,
    "truebound-agent": signed.agent,
    "truebound-epoch": String(signed.epoch),
    "truebound-seq": String(signed.seq),
    "truebound-prev": signed.prev,
    "truebound-head": signed.head,
    "truebound-sent": signed.sent,
    "signature-input": signatureInput(signed.agent),
    signature: `${SIGNATURE_LABEL}=:${signature}:`,
  };
}
