import { createHash } from "node:crypto";
import { postSignatureBase, postSignatureInput, SIGNATURE_LABEL } from "@truebound/wire";
import type { Signer } from "../report/ports.ts";

/** The headers of what an agent says beside its batches, signed for the very URL that is dialled. */
export function signedPostHeaders(target: URL, agent: string, body: Uint8Array, signer: Pick<Signer, "sign">): Record<string, string> {
  const contentDigest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
  const signed = { method: "POST", targetUri: target.href, contentDigest, agent } as const;
  const signature = Buffer.from(signer.sign(postSignatureBase(signed))).toString("base64");
  return {
    "content-digest": contentDigest,
    "truebound-agent": agent,
    "signature-input": postSignatureInput(agent),
    signature: `${SIGNATURE_LABEL}=:${signature}:`,
  };
}
