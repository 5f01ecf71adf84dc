import { SIGNATURE_LABEL } from "./signature.ts";

/**
 * RFC 9421 HTTP message signatures, the fixed profile of what an agent says beside its batches: that it changes its key, that
 * it goes. Always the same components in the same order, Ed25519. What makes such a request good for one time only stands in
 * its body.
 */
export interface SignedPost {
  readonly method: "POST";
  readonly targetUri: string;
  /** `sha-256=:BASE64:` of the body as sent (RFC 9530). */
  readonly contentDigest: string;
  readonly agent: string;
}

const COMPONENTS = ["@method", "@target-uri", "content-digest", "truebound-agent"];

const postParams = (agent: string): string => `(${COMPONENTS.map((name) => `"${name}"`).join(" ")});keyid="${agent}";alg="ed25519"`;

/** The text under the signature (RFC 9421 section 2.5). */
export function postSignatureBase({ method, targetUri, contentDigest, agent }: SignedPost): string {
  const values = [method, targetUri, contentDigest, agent];
  const lines = COMPONENTS.map((name, index) => `"${name}": ${values[index]}`);
  return [...lines, `"@signature-params": ${postParams(agent)}`].join("\n");
}

export const postSignatureInput = (agent: string): string => `${SIGNATURE_LABEL}=${postParams(agent)}`;
